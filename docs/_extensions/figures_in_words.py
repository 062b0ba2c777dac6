"""Alt texts of the gallery's figures: what they show; Sphinx-Gallery has titles or file names."""

from __future__ import annotations

import re
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from sphinx_gallery.scrapers import matplotlib_scraper

ALT = re.compile(r"(?<=:alt: ).*")
MOST = 12  # bars, of which all are named


def scrape(block: Any, block_vars: Any, gallery_conf: Any, **options: Any) -> str:
    """Return the text that shows the open figures, as the scraper of Sphinx-Gallery does."""
    found = [in_words(plt.figure(number)) for number in plt.get_fignums()]
    text: str = matplotlib_scraper(block, block_vars, gallery_conf, **options)
    words = iter(found)
    return ALT.sub(lambda alt: next(words) or alt[0], text)


def in_words(figure: Figure) -> str:
    """Return what each of a figure's axes shows: its title and labels, and the lengths of bars."""
    return "; ".join(filter(None, map(_shown_on, figure.axes)))


def _shown_on(axes: Axes) -> str:
    x, y = axes.get_xlabel(), axes.get_ylabel()
    parts = [axes.get_title(), f"{y} by {x}" if x and y else x or y]
    for bars in axes.containers:
        names = [label.get_text() for label in axes.get_yticklabels()]
        if isinstance(bars, BarContainer) and len(names) == len(bars) <= MOST:
            lengths = [f"{bar.get_width():.3g}" for bar in bars]
            parts.append(", ".join(map(" ".join, zip(names, lengths))))
    return " ".join(": ".join(part for part in parts if part).split())
