"""Mermaid flowcharts as SVG: hosts of repositories draw them by a script, the site needs none.

What ``tools/draw_architecture.py`` writes is read: nodes ``name["first line<br/>second"]`` and
edges ``from --> to``. Nodes stand on rows, above what they point to; on the way across a row an
edge has a place of its own, and places are ordered by the mean of their neighbours' (Sugiyama et
al., 1981).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

NODE = re.compile(r'^\s*(\w+)\["(.*)"\]$', re.MULTILINE)
EDGE = re.compile(r"^\s*(\w+) --> (\w+)$", re.MULTILINE)
ROW_HEIGHT, LINE_HEIGHT, CHARACTER, GAP = 92, 18, 7.4, 26
SWEEPS = 12


@dataclass
class Place:
    """A node, or where an edge crosses a row; it lies at the centre of its width."""

    lines: list[str]
    row: int
    below: list[Place] = field(default_factory=list)
    above: list[Place] = field(default_factory=list)
    x: float = 0.0

    @property
    def width(self) -> float:
        longest = max((len(line) for line in self.lines), default=0)
        return CHARACTER * longest + 20 if self.lines else 12.0


class Flowchart:
    """The places of a chart, row by row."""

    def __init__(self, text: str) -> None:
        labels, edges = dict(NODE.findall(text)), EDGE.findall(text)
        rows = rows_of(list(labels), edges)
        self.places = {n: Place(label.split("<br/>"), rows[n]) for n, label in labels.items()}
        self.rows: list[list[Place]] = [[] for _ in range(max(rows.values()) + 1)]
        for place in self.places.values():
            self.rows[place.row].append(place)
        self.paths = [self._path(self.places[a], self.places[b]) for a, b in edges]
        for sweep in range(SWEEPS):
            self._order(downwards=sweep % 2 == 0)
        self._spread()

    def _path(self, start: Place, end: Place) -> list[Place]:
        path = [start]
        for row in range(start.row + 1, end.row):
            path.append(Place([], row))
            self.rows[row].append(path[-1])
        path.append(end)
        for upper, lower in pairwise(path):
            upper.below.append(lower)
            lower.above.append(upper)
        return path

    def _order(self, *, downwards: bool) -> None:
        position = {id(p): i for row in self.rows for i, p in enumerate(row)}
        for row in self.rows if downwards else reversed(self.rows):

            def mean(place: Place) -> float:
                near = place.above if downwards else place.below
                own = [position[id(p)] for p in near] or [position[id(place)]]
                return sum(own) / len(own)

            row.sort(key=mean)
            position.update({id(p): i for i, p in enumerate(row)})

    def _spread(self) -> None:
        widths = [sum(p.width + GAP for p in row) - GAP for row in self.rows]
        self.width = max(widths)
        for row, width in zip(self.rows, widths, strict=True):
            x = (self.width - width) / 2
            for place in row:
                place.x = x + place.width / 2
                x += place.width + GAP

    def svg(self) -> str:
        edges = "".join(line_of(path) for path in self.paths)
        boxes = "".join(box_of(place) for place in self.places.values())
        size = f"0 0 {self.width:.0f} {len(self.rows) * ROW_HEIGHT:.0f}"
        arrow = (
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>'
        )
        chart = f'<svg role="img" viewBox="{size}">{arrow}{edges}{boxes}</svg>'
        return f'<div class="flowchart">{chart}</div>'


def rows_of(names: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Return the length of the longest path to each node."""
    sources = defaultdict(list)
    for start, end in edges:
        sources[end].append(start)
    rows: dict[str, int] = {}

    def row(name: str) -> int:
        if name not in rows:
            rows[name] = 1 + max((row(s) for s in sources[name]), default=-1)
        return rows[name]

    return {name: row(name) for name in names}


def line_of(path: list[Place]) -> str:
    half = LINE_HEIGHT * 0.5
    start, end = path[0], path[-1]
    points = [(start.x, start.row * ROW_HEIGHT + 30 + half * (len(start.lines) + 1))]
    points += [(p.x, p.row * ROW_HEIGHT + 30) for p in path[1:-1]]
    points.append((end.x, end.row * ROW_HEIGHT + 30 - half * (len(end.lines) + 1)))
    d = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x, y), (x2, y2) in pairwise(points):
        middle = (y + y2) / 2
        d += f" C{x:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"
    return f'<path class="edge" d="{d}" marker-end="url(#arrow)"/>'


def box_of(place: Place) -> str:
    y, height = place.row * ROW_HEIGHT + 30, LINE_HEIGHT * (len(place.lines) + 1)
    text = "".join(
        f'<text x="{place.x:.0f}" y="{y + LINE_HEIGHT * (i - (len(place.lines) - 1) / 2):.0f}">'
        f"{escape(line)}</text>"
        for i, line in enumerate(place.lines)
    )
    left = place.x - place.width / 2
    box = f'<rect x="{left:.0f}" y="{y - height / 2:.0f}" width="{place.width:.0f}" '
    return f'{box}height="{height:.0f}" rx="4"/>{text}'


def draw(app: Sphinx, document: nodes.document) -> None:
    for block in list(document.findall(nodes.literal_block)):
        if block.get("language") == "mermaid":
            block.replace_self(nodes.raw("", Flowchart(block.astext()).svg(), format="html"))


class MermaidLexer(TextLexer):
    """Blocks are drawn; that they are read as text first must be no warning."""

    name = "Mermaid"
    aliases = ("mermaid",)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_lexer("mermaid", MermaidLexer)
    app.connect("doctree-read", draw)
    return {"parallel_read_safe": True}
