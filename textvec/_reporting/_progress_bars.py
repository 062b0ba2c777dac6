"""Progress bars of long calls that are no fits; a fit has scikit-learn's ``ProgressBar``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from .._compat import import_optional

__all__ = ["show_progress"]

_Item = TypeVar("_Item")
Advance = Callable[[float], None]

# The colours of scikit-learn's bar: of a running and of a finished one.
_RUNNING, _FINISHED = "#F7931E", "#29ABE2"


class _Display:
    """The bars of the calls that run, drawn together while there are any."""

    def __init__(self, rich: Any):
        self._rich = rich
        self._n_open = 0

    @contextmanager
    def bar(self, what: str, total: float | None, unit: str, done: float) -> Iterator[Advance]:
        """Draw a bar, and yield the function that advances it."""
        if not self._n_open:
            self._drawn = _without_bars(self._rich)
            self._drawn.start()
        self._n_open += 1
        task = self._drawn.add_task(what, total=total, completed=done, count="")

        def advance(amount: float) -> None:
            nonlocal done
            done += amount
            self._drawn.update(task, completed=done, count=_counted(done, unit))

        try:
            yield advance
            self._drawn.update(task, total=done, completed=done)
        finally:
            self._n_open -= 1
            if not self._n_open:
                self._drawn.stop()


_shown: ContextVar[_Display | None] = ContextVar("shown", default=None)
# What counts the documents that a fit has read, where callbacks watch it.
_on_documents: ContextVar[Advance | None] = ContextVar("on_documents", default=None)


@contextmanager
def show_progress() -> Iterator[None]:
    """Show progress bars for the long calls in a ``with`` block that are no fits.

    These are: loading, fetching and evaluating word vectors, reading files and streams of
    documents, the function of a :class:`FunctionTokenizer`, :func:`~textvec.transform_blocks`,
    predictions of networks, :func:`token_saliency` and :func:`backtest`. In terminals and notebooks
    they are drawn by rich; elsewhere, as in a pipe, nothing is. Outside of such a block textvec is
    silent, but for downloads. The progress of a fit is shown by ``sklearn.callback.ProgressBar``,
    which looks the same.

    Raises
    ------
    ImportError
        If rich is missing.

    See Also
    --------
    sklearn.callback.ProgressBar : Draws the same bar of a fit.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import NaiveForecaster, backtest, show_progress
    >>> with show_progress():
    ...     result = backtest(NaiveForecaster(), np.arange(20.0), cv=4)
    >>> result.scores()
    array([2.5, 2.5, 2.5, 2.5])
    """
    rich = import_optional("rich", needed_for="show_progress")
    token = _shown.set(_shown.get() or _display(rich))
    try:
        yield
    finally:
        _shown.reset(token)


@contextmanager
def progress_bar(
    what: str, total: float | None, unit: str, *, done: float = 0, always: bool = False
) -> Iterator[Advance]:
    """Show the progress of a call where :func:`show_progress` has it, and yield what advances it.

    Parameters
    ----------
    what : str
        What is done, such as "reading glove.txt".
    total : float or None
        How much there is to do; None: that is not known.
    unit : str
        What is counted, in the plural.
    done : float, default=0
        How much of it is done.
    always : bool, default=False
        Whether to show it in terminals and notebooks in any case, if rich is installed.
    """
    display = _shown.get()
    if display is None and always and find_spec("rich") is not None:
        display = _display(import_module("rich"))
    if display is None:
        yield _ignored
        return
    with display.bar(what, total, unit, done) as advance:
        yield advance


def tracked(
    items: Iterable[_Item],
    what: str,
    unit: str,
    *,
    total: float | None = None,
    size: Callable[[_Item], float] | None = None,
) -> Iterable[_Item]:
    """Return items, whose progress is shown as they are taken.

    Parameters
    ----------
    items : iterable
    what, unit : str
        As of :func:`progress_bar`.
    total : float or None, default=None
        Of all items; None: their number, where they have one.
    size : callable, default=None
        Returns how much an item counts; None: 1.
    """
    if _shown.get() is None:
        return items
    if total is None and size is None and isinstance(items, Sized):
        total = len(items)
    return _advancing(items, what, unit, total, size)


def tracked_documents(blocks: Iterable[list[Any]], documents: Any) -> Iterator[list[Any]]:
    """Return blocks of documents, whose progress is shown as they are taken."""
    total = len(documents) if isinstance(documents, Sized) else None
    shown = tracked(blocks, "reading documents", "documents", total=total, size=len)
    advance = _on_documents.get()
    return iter(shown) if advance is None else _counting(shown, advance)


def _counting(blocks: Iterable[list[Any]], advance: Advance) -> Iterator[list[Any]]:
    for block in blocks:
        yield block
        advance(len(block))


def is_watched() -> bool:
    """Return whether a progress bar or a callback follows the reading of documents."""
    return _shown.get() is not None or _on_documents.get() is not None


@contextmanager
def counting_documents(advance: Advance) -> Iterator[None]:
    """Call a function, in a ``with`` block, with the number of documents of each block read."""
    token = _on_documents.set(advance)
    try:
        yield
    finally:
        _on_documents.reset(token)


def _advancing(
    items: Iterable[_Item],
    what: str,
    unit: str,
    total: float | None,
    size: Callable[[_Item], float] | None,
) -> Iterator[_Item]:
    with progress_bar(what, total, unit) as advance:
        for item in items:
            amount = 1 if size is None else size(item)
            yield item
            advance(amount)


def _ignored(amount: float) -> None:
    """Advance no bar."""


def _display(rich: Any) -> _Display | None:
    """Return where bars are drawn; None in a pipe or a file."""
    console = rich.get_console()
    return _Display(rich) if console.is_terminal or console.is_jupyter else None


def _without_bars(rich: Any) -> Any:
    """Return a display without bars, whose columns are those of scikit-learn's and a count."""
    progress = import_module("rich.progress")
    bar = progress.BarColumn(
        complete_style=_RUNNING, finished_style=_FINISHED, pulse_style=_RUNNING
    )
    return progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        bar,
        progress.TaskProgressColumn(),
        progress.TextColumn("{task.fields[count]}", markup=False),
        progress.TimeRemainingColumn(elapsed_when_finished=True),
        console=rich.get_console(),
    )


def _counted(done: float, unit: str) -> str:
    if unit == "bytes":
        return f"{done / 1e6:,.1f} MB"
    return f"{done:,.0f} {unit}"
