"""Directives that show ``benchmarks.json``, which ``benchmarks/record.py`` writes."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "docs" / "benchmarks.json"
CHART = "benchmarks/counts.py"  # whose figures the front page shows
ROW = re.compile(r"^(\S.*?) {2,}([\d.]+) s +([\d.]+) s +[\d.]+x", re.MULTILINE)
# The rows of benchmarks/counts.py that the chart shows, as users would say them.
SHOWN = {
    "counts, fit_transform": "CountVectorizer",
    "counts (1, 2), fit_transform": "CountVectorizer, 1- and 2-grams",
    "hashing, transform": "HashingVectorizer",
}


class Pair(NamedTuple):
    """Seconds of scikit-learn and of textvec for the same work."""

    label: str
    theirs: float
    ours: float


def records(script: str = "") -> list[dict[str, str]]:
    """Return the recorded runs, of one script where it is named."""
    runs = json.loads(RECORDS.read_text("utf-8"))
    return [r for r in runs if r["command"].startswith(f"python {script}")]


def pairs() -> list[Pair]:
    """Return the rows of the chart."""
    text = "\n".join(r["output"] for r in records(CHART))
    seconds = {name: (float(theirs), float(ours)) for name, theirs, ours in ROW.findall(text)}
    return [Pair(label, *seconds[name]) for name, label in SHOWN.items()]


def bar(name: str, kind: str, seconds: float, longest: float) -> str:
    width = f"{100 * seconds / longest:.1f}%"
    return (
        f'<div class="speed-bar {kind}"><span class="speed-name">{name}</span>'
        f'<span class="speed-track"><span class="speed-fill" style="width: {width}"></span></span>'
        f'<span class="speed-value">{seconds:.2f} s</span></div>'
    )


class SpeedChart(SphinxDirective):
    """A chart of bars in HTML, in the colours of the theme: seconds on the IMDb reviews."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORDS))
        rows = pairs()
        longest = max(row.theirs for row in rows)
        html = ""
        for row in rows:
            ratio = f"{row.theirs / row.ours:.0f} times as fast"
            html += (
                f'<div class="speed-row"><p>{escape(row.label)} <strong>{ratio}</strong></p>'
                f"{bar('scikit-learn', 'theirs', row.theirs, longest)}"
                f"{bar('textvec', 'ours', row.ours, longest)}</div>"
            )
        return [nodes.raw("", f'<div class="speed-chart">{html}</div>', format="html")]


class BenchmarkRuns(SphinxDirective):
    """Every recorded run: its command, machine and date, and what it printed."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORDS))
        runs: dict[str, list[nodes.Node]] = {}
        for record in records():
            script = record["command"].split()[1]
            where = f"{record['date']}; {record['machine']}"
            output = record["output"].strip("\n")
            runs.setdefault(script, []).extend(
                (
                    nodes.literal_block(record["command"], record["command"], language="bash"),
                    nodes.paragraph("", where, classes=["benchmark-where"]),
                    nodes.literal_block(output, output, language="text"),
                )
            )
        return [self.section(script, shown) for script, shown in sorted(runs.items(), key=order)]

    def section(self, script: str, shown: list[nodes.Node]) -> nodes.section:
        """Return the runs of a script under its title, the first line of its docstring."""
        text = (ROOT / script).read_text("utf-8")
        title = text.removeprefix('"""').partition("\n")[0].rstrip('."')
        section = nodes.section("", nodes.title(title, title), *shown, ids=[Path(script).stem])
        self.state.document.note_explicit_target(section)
        return section


def order(item: tuple[str, object]) -> tuple[bool, str]:
    """Return what sorts scripts by name, behind that of the chart."""
    return item[0] != CHART, item[0]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("speed-chart", SpeedChart)
    app.add_directive("benchmark-runs", BenchmarkRuns)
    return {"parallel_read_safe": True}
