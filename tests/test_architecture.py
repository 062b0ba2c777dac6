"""The architecture: who may import whom, what is public, what loads when."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

import textvec
from textvec import _compat

PACKAGE = Path(textvec.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# A module imports only from lower floors, or from its own.
FLOORS = {
    "_compat": 0,
    "_inputs": 0,
    "_kernels": 0,
    "_version": 0,
    "_reporting": 1,
    "_storage": 1,
    "_containers": 2,
    "_estimators": 3,
    "_counting": 4,
    "blocks": 5,
    "distributed": 5,
    "tokenizers": 5,
    "vectorizers": 6,
    "vectors": 7,
    "checkpoint": 8,
    "embeddings": 8,
    "nn": 9,
    "saving": 10,
    "networks": 11,
    "explain": 12,
    "exporting": 12,
    "forecasting": 12,
    "datasets": 13,
    "displays": 13,
}
# The same inside a package, whose other modules stand above these; subpackages of one floor do
# not know each other.
INNER_FLOORS = {
    "vectorizers.drop_in": 0,
    "vectorizers.ids": 0,
    "vectorizers.weights": 0,
    "vectors._near_spellings": 0,
    "vectors._word_table": 1,
    "vectors.formats": 0,
    "vectors._composed_words": 2,
    "vectors.queries": 3,
    "networks.inputs": 0,
    "networks.heads": 1,
}
HEAVY = {
    "torch",
    "skorch",
    "gensim",
    "pooch",
    "matplotlib",
    "onnx",
    "tokenizers",
    "sacrebleu",
    "dask",
}


def floor(module: str) -> int:
    return FLOORS[module.split(".")[1]]


def may_import_inside(module: str, name: str) -> bool:
    """Return whether a module may import another one of the same package."""
    here, there = (".".join(m.split(".")[1:3]) for m in (module, name))
    top = max(INNER_FLOORS.values()) + 1
    above, below = INNER_FLOORS.get(here, top), INNER_FLOORS.get(there, top)
    return here == there or below < above or below == above == top


def imports(path: Path) -> list[str]:
    """Return the absolute names of the textvec modules that a module imports."""
    module = ".".join(("textvec", *path.relative_to(PACKAGE).with_suffix("").parts))
    package = module.removesuffix(".__init__").split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            name = ".".join([*base, *([node.module] if node.module else [])])
            found += [name] if node.module else [f"{name}.{a.name}" for a in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textvec"):
            found.append(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path):
    module = ".".join(("textvec", *path.relative_to(PACKAGE).with_suffix("").parts))
    if module == "textvec.__init__":
        return  # lists what there is, on every floor
    for name in imports(path):
        assert floor(name) <= floor(module), f"{module} imports {name} from a higher floor"
        if name.split(".")[1] == module.split(".")[1]:
            assert may_import_inside(module, name), f"{module} imports {name} from a higher floor"


def test_the_reading_order_of_nn_has_every_module():
    tree = ast.parse((PACKAGE / "nn" / "__init__.py").read_text(encoding="utf-8"))
    named = re.findall(r"``(\w+)``", ast.get_docstring(tree))
    assert sorted(named) == sorted(p.stem for p in PACKAGE.glob("nn/_[a-z]*.py"))


def test_every_floor_is_that_of_a_part():
    parts = {*FLOORS, *INNER_FLOORS}
    for part in parts:
        path = PACKAGE.joinpath(*part.split("."))
        assert path.is_dir() or path.with_suffix(".py").exists(), part
    subpackages = {p.parent.relative_to(PACKAGE) for p in PACKAGE.glob("*/*/__init__.py")}
    assert {".".join(p.parts) for p in subpackages if p.parts[0] != "_kernels"} <= parts


def test_no_name_of_a_module_is_given_twice():
    """A traceback or an editor's tab shows the name alone."""
    paths = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyx")]
    names = Counter(p.stem for p in paths if p.stem != "__init__")
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_private_names_of_scikit_learn_stay_in_compat(path):
    if path.name == "_compat.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sklearn"):
            parts = [*node.module.split("."), *(a.name for a in node.names)]
            assert not [p for p in parts if p.startswith("_")], f"{path}: {ast.unparse(node)}"


def test_every_public_name_loads_and_is_documented():
    for name in textvec.__all__:
        assert getattr(textvec, name) is not None
    assert sorted(textvec.__all__) == dir(textvec)
    for module, names in textvec._NAMES.items():
        assert sorted(names) == sorted(import_module(module, "textvec").__all__), module
    for name in textvec._PUBLIC:
        assert "Examples" in getattr(textvec, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'frog'"):
        textvec.frog  # noqa: B018


def test_importing_textvec_loads_nothing_heavy():
    code = (
        "import sys, textvec; textvec.WordTokenizer, textvec.SequenceVectorizer, "
        "textvec.EmbeddingVectorizer, textvec.SubwordTokenizer, textvec.HashingCollisionDisplay;"
        "textvec.datasets.load_reviews;"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_yardstick_of_length():
    """No module over 600 lines, no function over 40."""
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 600, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                assert lines <= 40, f"{path}: {node.name} has {lines} lines"


def test_optional_packages_are_in_the_extras_that_errors_name():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    names = {
        extra: {re.split(r"[\[<>=]", requirement)[0] for requirement in needed}
        for extra, needed in extras.items()
    }
    for package, extra in _compat.EXTRAS.items():
        assert {"ot": "pot"}.get(package, package) in names[extra], package
    # What has epochs or downloads shows progress, in notebooks by ipywidgets.
    assert all("rich" in names[extra] for extra in ("rnn", "vectors", "data"))
    everything = re.search(r"\[(.*)\]", extras["all"][0])[1].split(",")
    assert {*_compat.EXTRAS.values(), "notebooks"} <= set(everything)
    assert names["notebooks"] == {"ipywidgets"}
