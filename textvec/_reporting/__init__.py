"""What users see: progress bars, lines of `verbose`, tables in notebooks, warnings."""

from ._progress_bars import show_progress

__all__ = ["show_progress"]
