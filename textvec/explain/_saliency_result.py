"""Which tokens decided: the result, and how it is shown."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._ragged import Ragged
from ._colored_text import ansi_text, html_text, legend_html, output_has_colors, plain_text, shown

_MOST_SHOWN = 50  # rows


@dataclass(frozen=True, eq=False)
class TokenSaliency:
    """What each token says for the target of its row; what :func:`token_saliency` gives.

    Printed, it is text in colours where the output is a terminal that has them (and the
    environment variable ``NO_COLOR`` is not set), else text with its strongest tokens in
    brackets; as the last line of a notebook's cell, it is coloured text. Colours are relative
    to the strongest token of each row.

    Attributes
    ----------
    tokens : list of list of str
        What the network read of each row: what a step before it cut off is not there.
    scores : Ragged of float32
        A number for each token: positive if it speaks for the target, negative if against.
    predictions : ndarray of shape (n_rows, ...)
        What the estimator predicts.
    targets : ndarray of shape (n_rows,)
        What is explained: a label for each row; of a regression, the number of the column.
    values : ndarray of shape (n_rows,)
        The probability of the target; of a regression, what is predicted.
    method : {"gradient_input", "occlusion"}
        Where the scores come from.
    separator : str
        What stands between tokens as text.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import Ragged, TokenSaliency
    >>> saliency = TokenSaliency(
    ...     tokens=[["a", "good", "film"]],
    ...     scores=Ragged.from_rows([[0.01, 0.6, -0.02]]),
    ...     predictions=np.array(["positive"]),
    ...     targets=np.array(["positive"]),
    ...     values=np.array([0.98]),
    ...     method="occlusion",
    ... )
    >>> print(saliency)
    positive 0.98: a [good +0.6] film
    >>> saliency.strongest(1)
    [[('good', 0.6)]]
    """

    tokens: list[list[str]]
    scores: Ragged
    predictions: NDArray[Any]
    targets: NDArray[Any]
    values: NDArray[np.floating]
    method: str
    separator: str = " "

    def __len__(self) -> int:
        return len(self.tokens)

    def strongest(self, k: int = 5) -> list[list[tuple[str, float]]]:
        """List the tokens that say most, for or against.

        Parameters
        ----------
        k : int, default=5
            How many of each row, at most.

        Returns
        -------
        list of list of (str, float)
            The strongest first.
        """
        return [
            [(row[i], float(scores[i])) for i in np.argsort(-np.abs(scores), kind="stable")[:k]]
            for row, scores in zip(self.tokens, self.scores)
        ]

    def terminal(self, *, color: bool | None = None) -> str:
        """Give the text for a terminal, a line for each row.

        Parameters
        ----------
        color : bool, default=None
            Whether to use colours; None: if the output is a terminal that has them.

        Returns
        -------
        str
            What control characters tokens hold is written out.
        """
        draw = ansi_text if (output_has_colors() if color is None else color) else plain_text
        rows = [
            f"{self._head(i)}: {draw(self.tokens[i], self.scores[i], self.separator)}"
            for i in range(self._n_shown)
        ]
        return "\n".join(rows + self._rest())

    def html(self) -> str:
        """Give the text as a piece of HTML that needs nothing else.

        Returns
        -------
        str
            A ``div``; the scores are shown where the mouse points.
        """
        rows = [
            f'<p style="margin:.5em 0"><b>{html.escape(self._head(i))}</b> '
            f"{html_text(self.tokens[i], self.scores[i], self.separator)}</p>"
            for i in range(self._n_shown)
        ]
        rest = [f"<p>{line}</p>" for line in self._rest()]
        style = "font-family:sans-serif;line-height:1.6;max-width:60em;overflow-wrap:anywhere"
        return "\n".join([f'<div style="{style}"><p>{legend_html()}</p>', *rows, *rest, "</div>"])

    @property
    def _n_shown(self) -> int:
        return min(len(self), _MOST_SHOWN)

    def _head(self, row: int) -> str:
        value, target = self.values[row], self.targets[row]
        if self.predictions.dtype.kind == "f" and self.targets.dtype.kind in "iu":
            column = f"column {target}: " if self.predictions.ndim > 1 else ""
            return f"{column}{value:.4g}"
        return f"{shown(str(target))} {value:.2f}"

    def _rest(self) -> list[str]:
        n_more = len(self) - self._n_shown
        return [f"and {n_more:,} more"] * (n_more > 0)

    def __str__(self) -> str:
        return self.terminal()

    def __repr__(self) -> str:
        return f"TokenSaliency({len(self)} rows, {len(self.scores.values)} tokens, {self.method!r})"

    def _repr_html_(self) -> str:
        return self.html()
