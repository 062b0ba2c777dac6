"""Docstrings of public names keep numpydoc's rules: sections, parameters, returns, examples."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from pathlib import Path

import pytest

import textvec
from textvec.networks import custom

validate = pytest.importorskip("numpydoc.validate", reason="numpydoc is not installed")

API = Path(__file__).parents[2] / "docs" / "api" / "index.rst"
NAMES = re.findall(r"^   ((?:\w+\.)*\w+)$", API.read_text(encoding="utf-8"), re.MULTILINE)
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
RULES = ("EX", "GL", "PR", "RT", "SA", "SS", "YD")
# Made by functions and methods, not by users: their fields are listed as attributes.
RESULTS = {
    *(
        "AnalogyReport",
        "AnalogySection",
        "Backtest",
        "CoverageReport",
        "ErrorReport",
        "ForecastInterval",
    ),
    *("HashingReport", "Neighbors", "SimilarityReport", "TokenSaliency", "saving.ModelInfo"),
}
HEADS = [f"networks.custom.{kind}Head" for kind in ("Class", "Number", "Step")]
# Rules that are wrong for a name, with the reason.
EXCEPTIONS = defaultdict(set, {name: {"PR01"} for name in RESULTS})
EXCEPTIONS["networks.custom.Head"] = {"PR01"}  # a protocol, whose constructor typing makes
for head in HEADS:  # `Head` documents what its methods take and return
    EXCEPTIONS |= {f"{head}.{method}": {"PR01", "RT01"} for method in ("predict", "read")}
for name in custom.__all__:  # the guide's "Your own network" has them together
    EXCEPTIONS[f"networks.custom.{name}"] |= {"SA01"}
EXCEPTIONS["show_progress"] = {"YD01"}  # a context manager, not what a generator yields


def methods(name):
    """Return the public methods of a class that are ours, by their names."""
    owner = validate.Validator._load_obj(f"textvec.{name}")
    if not inspect.isclass(owner):
        return []
    fields = getattr(owner, "__dataclass_fields__", {})  # a default may be callable
    found = [item for item in inspect.getmembers(owner, callable) if item[0] not in fields]
    return [
        f"{name}.{method}"
        for method, value in found
        if method[0] != "_" and str(getattr(value, "__module__", "")).startswith("textvec.")
    ]


def broken_rules(name):
    """Return the rules that a docstring breaks, but for its exceptions."""
    found = validate.validate(f"textvec.{name}")["errors"]
    codes = {code: message for code, message in found if code[:2] in RULES}
    return {f"{name}: {code} {text}" for code, text in codes.items()}


@pytest.mark.parametrize("name", NAMES)
def test_docstrings_of(name):
    wrong = set()
    for part in [name, *methods(name)]:
        # A method is shown in the example of its class, or in the guide; its page is that class's.
        excepted = EXCEPTIONS[part] | ({"EX01", "SA01"} if part != name else set())
        wrong |= {line for line in broken_rules(part) if line.split()[1] not in excepted}
    assert not wrong
    documented = validate.Validator._load_obj(f"textvec.{name}")
    summary = inspect.getdoc(documented).partition("\n\n")[0]
    assert "]_" not in summary, "the list of the API shows a citation as the name of an anchor"


def test_every_exception_is_needed():
    for name, codes in EXCEPTIONS.items():
        broken = {line.split()[1] for line in broken_rules(name)}
        assert codes <= broken, name


def test_every_public_name_has_a_page():
    public = {*textvec.__all__} - {"__version__", "datasets", "saving"}
    public |= {f"datasets.{name}" for name in textvec.datasets.__all__}
    public |= {f"networks.custom.{name}" for name in custom.__all__}
    others = {name for name in NAMES if name.startswith("saving.")}
    assert set(NAMES) - others == public
    found = {name: getattr(value, "__module__", "") for name, value in vars(textvec.saving).items()}
    own = {name for name, module in found.items() if module.startswith("textvec.saving.")}
    assert own == {"load", "save", *(name.removeprefix("saving.") for name in others)}


def test_every_public_name_is_used_in_a_page_or_an_example():
    root = API.parents[2]
    ignored = {"_build", "changes.md", "contributing.md", "sources"}
    pages = [p for p in (root / "docs").rglob("*.md") if not ignored & {*p.parts}]
    texts = [p.read_text(encoding="utf-8") for p in [*pages, root / "README.md"]]
    code = [part for text in texts for part in CODE.findall(text)]  # prose has words such as load
    code += [p.read_text(encoding="utf-8") for p in (root / "examples").glob("*.py")]
    words = set(re.findall(r"\w+", " ".join(code)))
    assert {name for name in NAMES if name.rpartition(".")[2] not in words} == set()
