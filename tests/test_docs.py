"""Every code block of the README and the user guide runs and shows what it gives."""

from __future__ import annotations

import doctest
import json
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COPIES = {"changes.md", "contributing.md"}  # which a build of the site makes of those of the root
PAGES = [
    ROOT / "README.md",
    *(p for p in sorted((ROOT / "docs").glob("*.md")) if p.name not in COPIES),
    *sorted((ROOT / "docs" / "coming_from").glob("*.md")),
    *sorted((ROOT / "docs" / "learn").glob("*.md")),
    *sorted((ROOT / "docs" / "how_to").glob("*.md")),
]
BLOCK = re.compile(r"^```pycon\n(.*?)^```", re.DOTALL | re.MULTILINE)
# Code shown as it stands in a file.
QUOTED = re.compile(r"^<!-- from (\S+) -->\n```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_code_blocks_of(page, tmp_path, monkeypatch):
    text = page.read_text(encoding="utf-8")
    shown = QUOTED.findall(text)
    assert text.count("```python") == len(shown), "Python is a session, ```pycon, or from a file"
    for file, code in shown:
        assert code in (ROOT / file).read_text(encoding="utf-8"), f"{file} reads otherwise now"
    # The text between the blocks goes, its lines stay, so that a failure names the line.
    session, end = "", 0
    for block in BLOCK.finditer(text):
        session += "\n" * text.count("\n", end, block.start(1)) + block[1] + "\n"
        end = block.end(1) + 1
    test = doctest.DocTestParser().get_doctest(session, {}, page.name, str(page), 0)
    monkeypatch.chdir(tmp_path)
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=FLAGS)  # else by `-v` of pytest
    runner.run(test, out=report.append)
    assert not report, "".join(report)


TEXTS = [*PAGES, *(ROOT / name for name in ("CHANGES.md", "CONTRIBUTING.md", "SECURITY.md"))]
each_text = pytest.mark.parametrize("page", TEXTS, ids=lambda p: p.name)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"`((?:[\w.]+/)*[\w.]+(?:\.py|/))`")


def anchors(page):
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_text
def test_links_lead_somewhere(page):
    for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@each_text
def test_files_named_exist(page):
    folders = [ROOT, ROOT / "textvec", *(f for f in (ROOT / "textvec").rglob("*") if f.is_dir())]
    for path in PATH.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        assert any((folder / path).exists() for folder in folders), path


def test_classes_named_in_the_architecture_exist():
    page = FENCED.sub("", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    names = set(re.findall(r"`([A-Z]\w+|_\w+)`", page))
    sources = [*(ROOT / "textvec").rglob("*.py"), *(ROOT / "textvec").rglob("*.pyx")]
    known = set(re.findall(r"\w+", " ".join(p.read_text(encoding="utf-8") for p in sources)))
    assert names - known - {p.name for p in (ROOT / "textvec").iterdir()} == set()


def test_the_guide_lists_every_page():
    listed = set(LINK.findall((ROOT / "docs" / "user_guide.md").read_text(encoding="utf-8")))
    others = {"404.md", "README.md", "index.md", "user_guide.md", "benchmarks.md"}
    assert {p.name for p in PAGES if p.parent.name == "docs"} - others <= listed
    assert {f"how_to/{p.name}" for p in PAGES if p.parent.name == "how_to"} <= listed


def test_changes_say_their_kind_and_are_in_its_order():
    kinds = ["New", "Changed", "Faster", "Fixed"]
    versions = (ROOT / "CHANGES.md").read_text(encoding="utf-8").split("\n## ")[1:]
    for version in versions:
        _, highlights, *parts = version.split("\n### ")
        assert highlights.startswith("Highlights\n")
        for part in parts:
            lines = re.findall(r"^- (.*)$", part, re.MULTILINE)
            found = [re.match(r"\*\*(\w+)\*\* ", line) for line in lines]
            assert lines, part
            assert all(found), [line for line, kind in zip(lines, found, strict=True) if not kind]
            places = [kinds.index(kind[1]) for kind in found]
            assert places == sorted(places), part[:80]


INSTALLATION = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DISTRIBUTION = re.compile(r"[\w-]+")
OWN = re.compile(r"textvec-learn\[(.*)\]")


def test_the_installation_page_has_every_extra_and_what_it_installs():
    rows = dict(re.findall(r"^\| (`\[.*?) \| (.*?) \|", INSTALLATION, re.MULTILINE))
    named = {extra: row for names, row in rows.items() for extra in re.findall(r"\[(\w+)", names)}
    extras = PROJECT["optional-dependencies"]
    assert set(named) == set(extras)
    groups = {"all", "test", "dev", "docs"}  # of extras, and what only contributors need
    for extra in set(extras) - groups:
        wanted = {DISTRIBUTION.match(line)[0].lower() for line in extras[extra]}
        for line in extras[extra]:
            if own := OWN.match(line):
                wanted = wanted - {"textvec-learn"} | set(own[1].split(","))
        assert set(re.findall(r"[\w-]+", named[extra].lower())) == wanted, extra
    [everything] = (OWN.match(line) for line in extras["all"])
    above = list(named)[: list(named).index("all")]
    assert set(everything[1].split(",")) == set(above)


def test_the_installation_page_names_the_compilers_of_setup():
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    table = setup.partition('NO_COMPILER = """')[2].partition('"""')[0]
    commands = dict(re.findall(r"^    (\w.*?) {2,}(.*)$", table, re.MULTILINE))
    assert len(commands) > 4
    for system, command in commands.items():
        assert f"| {system} | `{command}` |" in INSTALLATION
    assert PROJECT["requires-python"].removeprefix(">=") in INSTALLATION.partition("##")[0]


def test_messages_on_the_installation_page_are_ours():
    sources = [ROOT / "setup.py", ROOT / "textvec" / "_kernels" / "__init__.py"]
    texts = " ".join(path.read_text(encoding="utf-8") for path in sources)
    shown = re.findall(r"^`(.*?)`\n: ", INSTALLATION, re.MULTILINE)
    ours = [message for message in shown if re.search("compile|headers", message)]
    assert len(ours) == 3
    for message in ours:
        for part in re.split(r"'g\+\+'|\.\.\./Python\.h", message):
            assert part in texts, message


def test_the_diagram_is_drawn_from_the_imports():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    command = [sys.executable, str(ROOT / "tools" / "draw_architecture.py")]
    drawn = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert drawn in page, "run tools/draw_architecture.py --write"


def test_the_benchmarks_are_all_on_their_page():
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    scripts = {p.name for p in (ROOT / "benchmarks").glob("*.py")}
    assert {name for name in scripts if f"benchmarks/{name}" not in page} == set()


BENCHMARKS = ROOT / "docs" / "benchmarks.md"
RECORDS = json.loads((ROOT / "docs" / "benchmarks.json").read_text(encoding="utf-8"))
ROW = re.compile(r"^\| (?!figures |---)(.+) \|$", re.MULTILINE)
WHEN_AND_WHERE = re.compile(r"\d{1,2} \w+ 20\d\d, (\d+ cores of|NVIDIA) \w+")


def rows_of_figures():
    """Return the cells of the rows of the table of figures."""
    text = BENCHMARKS.read_text(encoding="utf-8")
    table = text.partition("## Figures of the guide")[2].partition("\n## ")[0]
    return [re.split(r" (?<!\\)\| ", row) for row in ROW.findall(table)]


def commands_of(cells):
    """Return the commands of a row, with the bars of their arguments as they are typed."""
    return [c.replace("\\|", "|") for c in re.findall(r"`(python [^`]+)`", cells[2])]


@pytest.mark.parametrize("cells", rows_of_figures(), ids=lambda cells: cells[0])
def test_a_figure_has_a_command_and_a_run(cells):
    commands = commands_of(cells)
    assert commands
    assert all((ROOT / shlex.split(command)[1]).is_file() for command in commands)
    if cells[3].startswith("recorded"):
        assert set(commands) <= {record["command"] for record in RECORDS}
    else:
        assert WHEN_AND_WHERE.search(cells[3]), "neither recorded nor with date and machine"


def test_a_record_is_of_a_command_of_the_page_and_says_when_and_where():
    known = {command for cells in rows_of_figures() for command in commands_of(cells)}
    assert {record["command"] for record in RECORDS} <= known
    for record in RECORDS:
        assert all(record[part] for part in ("machine", "date", "output")), record["command"]


def output_of(command):
    """Return what the recorded command that begins so printed."""
    start = f"python benchmarks/{command}"
    return next(r["output"] for r in RECORDS if r["command"].startswith(start))


def test_the_accuracies_of_the_readme_are_the_recorded_ones():
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    quoted = re.search(
        r"the bag has an accuracy of (\S+), a network of words and pairs of words (\S+), "
        r"and the vote of bag and averaged vectors (\S+) \(",
        text,
    )
    printed = output_of("accuracy.py nb averaged vote") + output_of("accuracy.py rnn-pairs")
    found = dict(re.findall(r"(\S+): mean (\S+),", printed))
    assert quoted.groups() == tuple(
        f"{float(found[name]):.3f}" for name in ("nb", "rnn-pairs", "vote")
    )


def test_the_tables_of_which_model_are_the_recorded_ones():
    page = (ROOT / "docs" / "choosing.md").read_text(encoding="utf-8")
    results = "benchmarks/results/which_model.json --sets --plot docs/images/which_model.png"
    for table in output_of(f"which_model.py {results}").split("\n\n"):
        assert table in page


@pytest.mark.parametrize(
    ("page", "command", "arguments"),
    [
        ("text_and_numbers.md", "calibration.py", ""),
        ("exporting.md", "onnx_runtime.py", ""),
        ("training.md", "training.py threads --rows 1000 --repeats 3", ""),
        ("choosing.md", "defaults.py benchmarks/results/defaults.json --kept", " --seeds 2"),
    ],
)
def test_the_numbers_of_a_table_are_the_recorded_ones(page, command, arguments):
    number = re.compile(r"\d+\.\d+")
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").partition(command)[2]
    table = re.search(r"^\| --- .*\n((?:\|.*\n)+)", text, re.MULTILINE)[1]
    assert number.findall(table)
    assert set(number.findall(table)) <= set(number.findall(output_of(command + arguments)))


def test_the_images_are_made_by_one_command():
    commands = runpy.run_path(str(ROOT / "tools" / "make_images.py"))["COMMANDS"]
    assert set(commands) == {path.stem for path in (ROOT / "docs" / "images").iterdir()}
    assert all((ROOT / script).is_file() for script, *_ in commands.values())
