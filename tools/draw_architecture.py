"""Draw which part of the package imports which, as a mermaid diagram, from the imports themselves.

    python tools/draw_architecture.py            # print it
    python tools/draw_architecture.py --write    # put it into docs/architecture.md

An arrow that follows from others is left out: the diagram is the transitive reduction.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE, PAGE = ROOT / "textvec", ROOT / "docs" / "architecture.md"
BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)
TEXTS = {
    "_inputs": "_inputs<br/>any container as lists and arrays",
    "_kernels": "_kernels<br/>C++17, Cython",
    "_containers": "_containers<br/>Ragged, Vocabulary, Tokens, EmbeddedSequences",
    "_counting": "_counting<br/>counts in parts that merge",
    "_estimators": "_estimators<br/>what all estimators share",
    "_reporting": "_reporting<br/>what users see",
    "_storage": "_storage<br/>files, replaced whole",
    "distributed": "distributed<br/>Dask",
    "nn": "nn<br/>torch modules, batches, the training loop",
    "networks": "networks<br/>estimators, Trainer",
}

Graph = dict[str, set[str]]


def imports(path: Path) -> set[str]:
    """Return the first names below `textvec` that a module imports."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
        names = [part for part in base if part] + [node.names[0].name]
        found |= {alias.name for alias in node.names} if len(names) == 2 else {names[1]}
    return found


def parts() -> Graph:
    """Return the folders of the package, each with those that it imports."""
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    graph: Graph = {folder: set() for folder in folders}
    for path in PACKAGE.glob("*/**/*.py"):
        graph[path.relative_to(PACKAGE).parts[0]] |= imports(path) & folders
    return {part: names - {part} for part, names in graph.items()}


def reachable(graph: Graph, part: str) -> set[str]:
    found = set(graph[part])
    for name in graph[part]:
        found |= reachable(graph, name)
    return found


def reduced(graph: Graph) -> Graph:
    """Leave out what is imported through another part as well."""
    indirect = {
        part: set().union(*(reachable(graph, name) for name in names))
        for part, names in graph.items()
    }
    return {part: names - indirect[part] for part, names in graph.items()}


def drawn() -> str:
    """Return the diagram."""
    graph = reduced(parts())
    lines = [f'    {part}["{TEXTS.get(part, part)}"]' for part in sorted(graph)]
    lines += [f"    {part} --> {name}" for part in sorted(graph) for name in sorted(graph[part])]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


if __name__ == "__main__":
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(BLOCK.sub(lambda _: drawn(), page), encoding="utf-8")
    else:
        print(drawn())
