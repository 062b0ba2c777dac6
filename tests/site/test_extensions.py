"""The site's own extensions: sections of the gallery, links to sources, what pages say."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("sphinx", reason="sphinx is not installed")
backreferences = pytest.importorskip("sphinx_gallery.backreferences")

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = sorted((DOCS.parent / "examples").glob("[0-9]*.py"))


@pytest.fixture
def extensions(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "_extensions"))
    import gallery_sections
    import published

    yield gallery_sections, published
    for name in (
        "api_links",
        "changes",
        "downloads",
        "figures_in_words",
        "gallery_sections",
        "guide",
        "published",
        "tables",
    ):
        sys.modules.pop(name, None)


def index_of(paths):
    """Return the page that sphinx-gallery writes for some examples."""
    thumbnails = "".join(
        backreferences._thumbnail_div(
            DOCS / "examples", DOCS, path.name, "", path.stem, check=False
        )
        for path in paths
    )
    opening, closing = (
        backreferences.THUMBNAIL_PARENT_DIV,
        backreferences.THUMBNAIL_PARENT_DIV_CLOSE,
    )
    return f"Examples\n========\n{opening}{thumbnails}{closing}\n.. toctree::\n   :hidden:\n"


def test_every_example_is_in_a_section(extensions):
    gallery, _ = extensions
    numbers = [number for section in gallery.SECTIONS.values() for number in section]
    assert sorted(numbers) == [int(path.name[:2]) for path in EXAMPLES]
    shown = gallery.in_sections(index_of(EXAMPLES))
    found = re.findall(r":doc:`/examples/(\d\d)_", shown)
    assert [int(number) for number in found] == numbers
    places = [
        shown.index(f"\n{title}\n---") if i else 0 for i, title in enumerate(gallery.SECTIONS)
    ]
    assert places == sorted(places)
    n_sections = len(gallery.SECTIONS)
    assert shown.count('<div class="sphx-glr-thumbnails">') == n_sections
    assert shown.count("</div>\n") >= n_sections + len(EXAMPLES)
    assert shown.endswith(".. toctree::\n   :hidden:\n")


def test_every_example_is_at_the_end_of_a_page_of_the_guide(extensions):
    gallery, _ = extensions
    numbers = {number for shown in gallery.ENDS.values() for number in shown}
    assert numbers == {int(path.name[:2]) for path in EXAMPLES}
    assert all((DOCS / f"{page}.md").exists() for page in gallery.ENDS)


def test_pages_of_the_guide_end_with_examples(extensions, site):
    gallery, _ = extensions
    for page, numbers in gallery.ENDS.items():
        text = (site / f"{page}.html").read_text(encoding="utf-8").partition('id="examples"')[2]
        shown = re.findall(r'href="[./]*examples/(\d\d)_\w+\.html"', text)
        assert sorted({int(number) for number in shown}) == sorted(numbers), page


def test_examples_lead_back_to_the_guide(extensions):
    gallery, _ = extensions
    page = "the page\n\n.. _sphx_glr_download_examples_08_nb_trigrams.py:\n\nthe files"
    source = [page]
    gallery.complete(None, "examples/08_nb_trigrams", source)
    lines = "**In the guide:** :doc:`/bags`\n\n.. _sphx_glr_download"
    assert source == [page.replace(".. _sphx_glr_download", lines)]


def test_an_example_in_no_section_is_an_error(extensions):
    gallery, _ = extensions
    with pytest.raises(ValueError, match=r"in no section of the gallery: \[99\]"):
        gallery.in_sections(index_of([*EXAMPLES, Path("99_new.py")]))


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ("padding", "docs/padding.md"),
        ("learn/vectors", "docs/learn/vectors.md"),
        ("api/index", "docs/api/index.rst"),
        ("changes", "CHANGES.md"),
        ("examples/01_quickstart", "examples/01_quickstart.py"),
        ("examples/lecture", "examples/lecture.ipynb"),
        ("api/textvec.RNNClassifier", "textvec/networks/_rnn_classifier.py"),
        ("api/textvec.datasets.load_reviews", "textvec/datasets/_load_reviews.py"),
        ("api/textvec.backtest-function", "textvec/forecasting/_backtest.py"),
        ("search", None),
        ("examples/index", None),
    ],
)
def test_sources_of_pages(extensions, page, source):
    assert extensions[1].source_of(page) == source


def test_sessions_end_with_their_last_line(extensions):
    import guide
    from docutils import nodes
    from docutils.utils import new_document

    document = new_document("page")
    document += nodes.literal_block("", ">>> 1\n1\n\n", language="pycon")
    document += nodes.literal_block("", "a\n\n", language="text")
    guide.trim_sessions(None, document)
    assert [block.astext() for block in document] == [">>> 1\n1", "a\n\n"]


def test_kinds_of_changes_are_badges(extensions):
    import changes
    from docutils import nodes
    from docutils.utils import new_document

    document = new_document("page")
    document += [nodes.strong("", text) for text in ("New", "Fixed", "Much faster.")]
    for page, n_badges in (("tokens", 0), ("changes", 2)):
        changes.mark_kinds(SimpleNamespace(env=SimpleNamespace(docname=page)), document)
        assert sum("sd-badge" in strong["classes"] for strong in document) == n_badges


def test_cells_of_figures_are_marked(extensions):
    import tables
    from docutils import nodes
    from docutils.utils import new_document

    document = new_document("page")
    texts = ["0.627 ± 0.028", "a word", "27.4 s, 197 MB, 1.5 ms", "a text, too long, with 1 figure"]
    document += [nodes.entry("", nodes.paragraph(text=text)) for text in texts]
    tables.mark_figures(None, document)
    assert [cell["classes"] for cell in document] == [["figures"], [], ["figures"], []]


def test_shared_modules_of_examples_are_downloads(extensions):
    gallery, _ = extensions
    for example in EXAMPLES:
        code = example.read_text(encoding="utf-8")
        page = "".join(f"    {line}\n" for line in code.splitlines())
        shown = gallery.with_shared_modules(page + gallery.DOWNLOAD + "the file")
        used = {name for name in ("_data", "_tagging") if f"from {name} import" in code}
        assert set(re.findall(r"<\.\./\.\./examples/(\w+)\.py>", shown)) == used
        assert shown.startswith(page)
        assert shown.endswith(gallery.DOWNLOAD + "the file")
        assert all((DOCS.parent / "examples" / f"{name}.py").exists() for name in used)


def test_files_of_a_page_are_at_its_side(extensions):
    import downloads
    from docutils import nodes
    from docutils.utils import new_document
    from sphinx import addnodes

    document = new_document("page")
    for name in (
        "a/_data.py",
        "b/01_start.zip",
        "c/01_start.ipynb",
        "d/01_start.py",
    ):
        document += nodes.paragraph("", "", addnodes.download_reference(filename=name))
    document += addnodes.download_reference()  # of a file that is not there
    context = {}
    downloads.show_at_the_side(None, "", "", context, document)
    assert [file.name for file in context["downloads"]] == [
        *("01_start.py", "_data.py", "01_start.ipynb", "01_start.zip")
    ]
    assert context["downloads"][0].path == "_downloads/d/01_start.py"
    downloads.show_at_the_side(None, "", "", context, None)
    assert context["downloads"] == []


def test_examples_and_notebooks_have_their_files_at_their_side(site):
    pages = [f"examples/{path.stem}" for path in EXAMPLES]
    pages += [f"learn/{path.stem}" for path in (DOCS / "learn").glob("*.md")]
    for page in {*pages, "examples/lecture"} - {"learn/index"}:
        name = page.rpartition("/")[2]
        text = (site / f"{page}.html").read_text(encoding="utf-8")
        listed = text.partition('<ul class="downloads">')[2].partition("</ul>")[0]
        files = re.findall(r'<a href="([^"]+)" download>(.+)</a>', listed.replace("<wbr>", ""))
        assert f"{name}.ipynb" in {shown for _, shown in files}, page
        assert all((site / page).parent.joinpath(link).is_file() for link, _ in files)


def test_addresses_come_from_the_environment(extensions, monkeypatch):
    published = extensions[1]
    monkeypatch.delenv("TEXTVEC_REPOSITORY_URL", raising=False)
    before = published.urls()
    monkeypatch.setenv("TEXTVEC_DOCUMENTATION_URL", "https://example.org/docs/")
    assert published.urls() == {**before, "Documentation": "https://example.org/docs"}
    monkeypatch.setenv("TEXTVEC_DOCUMENTATION_URL", "")  # of a workflow that does not know it
    assert published.urls() == before


def test_tags_are_escaped(extensions):
    tags = extensions[1].tags_of('"a" <b>', "", "")
    assert 'content="&quot;a&quot; &lt;b&gt;"' in tags
    assert "og:description" not in tags
    assert "og:url" not in tags


def test_pages_say_what_they_are(site, pages):
    for page in pages:
        text = page.read_text(encoding="utf-8")
        if "_modules" in page.parts or page.name in ("search.html", "genindex.html"):
            continue
        assert 'property="og:title"' in text, page
    guide = (site / "padding.html").read_text(encoding="utf-8")
    assert re.search(r'og:description" content="\w', guide)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("Ragged", ["Ragged"]),
        ("textvec.save(model, 'x')", ["save"]),
        ("WordVectors.load('x')", ["WordVectors.load"]),
        ("make_pipeline(WordTokenizer(), CountVectorizer())", ["WordTokenizer", "CountVectorizer"]),
        ("fetch_glove('6B')", ["datasets.fetch_glove"]),
        ("gensim.models.Word2Vec(x)", []),
        ("from sklearn.feature_extraction.text import CountVectorizer", []),
        ('tokenizer="WordTokenizer"', []),
        ("model.save(path)", []),
        ("load + save.x", []),
    ],
)
def test_code_links_to_the_names_that_are_ours(extensions, code, names):
    import api_links
    from docutils import nodes

    literal = nodes.literal("", code)
    paragraph = nodes.paragraph("", "", literal)
    document = SimpleNamespace(findall=paragraph.findall)
    api_links.link_names(SimpleNamespace(env=SimpleNamespace(docname="bags")), document)
    links = [n["reftarget"] for n in paragraph.findall() if n.tagname == "pending_xref"]
    assert links == [f"textvec.{name}" for name in names]
    assert paragraph.astext() == code


def test_signatures_show_values_and_nothing_private(extensions):
    import api_links

    import textvec
    from textvec.networks import custom

    def shown(obj, signature):
        return api_links.show_defaults(None, "", "", obj, None, signature, None)

    of_report = shown(textvec.hashing_report, "(X, *, n_features=_WIDTHS, tokenizer=None)")
    assert of_report[0].startswith("(X, *, n_features=[256, 1024, ")
    assert of_report[0].endswith(", 1048576], tokenizer=None)")
    assert shown(textvec.Backtest, "(split, _rows)") == ("", None)
    assert shown(custom.Head, "(*args, **kwargs)") == ("", None)
    assert shown(textvec.Ragged, "(values, offsets, *, n_ids=None)") is None


def test_initials_begin_no_list(extensions):
    import api_links

    lines = ["L. van der Maaten", "  C. D. Manning", "K. Weinberger", "words : list"]
    api_links.quote_types(None, "", "", None, None, lines)
    assert lines == [r"\L. van der Maaten", r"  \C. D. Manning", "K. Weinberger", "words : list"]


def test_left_columns_are_of_the_other_library(extensions):
    import api_links
    from docutils import nodes

    cells = [nodes.entry("", nodes.literal("", "GloVe()")) for _ in range(2)]
    row = nodes.row("", *cells)
    places = [api_links.is_elsewhere(cell[0], "coming_from/torchtext") for cell in row]
    assert places == [True, False]
    assert not api_links.is_elsewhere(cells[0][0], "vectors")


def test_long_code_in_tables_breaks_between_its_parts(extensions):
    import tables
    from docutils import nodes

    code = "vectorizer.inverse_transform(vectorizer.transform([]))"
    row = nodes.row("", nodes.entry("", nodes.literal("", code), nodes.literal("", "X")))
    tables.break_code(None, SimpleNamespace(findall=row.findall))
    long, short = row.findall(nodes.literal)
    assert long.astext().split("<wbr>") == [
        *("vectorizer", ".inverse_transform(", "vectorizer", ".transform(", "[]))")
    ]
    assert short["classes"] == ["short"]


def test_figures_of_the_gallery_in_words(extensions, monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    import figures_in_words

    bars, axis = pyplot.subplots()
    axis.barh(["bag", "network"], [0.91, 0.875])
    axis.set(xlabel="accuracy")
    lines, axes = pyplot.subplots(1, 2)
    axes[0].plot([1, 2])
    axes[0].set(title="a\nb", xlabel="epoch", ylabel="loss")
    assert figures_in_words.in_words(bars) == "accuracy: bag 0.91, network 0.875"
    assert figures_in_words.in_words(lines) == "a b: loss by epoch"
    pyplot.figure()  # of which there is nothing to say
    of_gallery = ":alt: 1\n:srcset: x\n:alt: 2\n:alt: 3\n"
    monkeypatch.setattr(figures_in_words, "matplotlib_scraper", lambda *_, **__: of_gallery)
    expected = [":alt: accuracy: bag 0.91, network 0.875", ":srcset: x", ":alt: a b: loss by epoch"]
    assert figures_in_words.scrape(None, {}, {}).splitlines() == [*expected, ":alt: 3"]
    pyplot.close("all")
