"""The scores of tokens, and how they are shown."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._compat import import_optional
from .._containers._ragged import Ragged, positions_in_rows, row_of_item
from .._reporting._html_tables import escaped
from ._colored_text import (
    ansi_text,
    html_division,
    html_text,
    legend_html,
    output_has_colors,
    plain_text,
)

_MAX_ROWS_SHOWN = 50


@dataclass(frozen=True, eq=False)
class TokenSaliency:
    """Scores of tokens: how much each contributes to a prediction, as coloured text.

    :func:`token_saliency` returns it. Printed to a terminal with colours (unless the environment
    variable ``NO_COLOR`` is set), it is coloured text; else the tokens with the strongest scores
    stand in brackets. In a notebook it is coloured text. Colours are relative to the strongest
    token of each row.

    Attributes
    ----------
    tokens : list of list of str
        The tokens of each row that the network reads, without those that an earlier step
        truncates.
    scores : Ragged of float32
        The score of each token: positive if it speaks for the target, negative if against.
    predictions : ndarray of shape (n_rows, ...)
        The predictions of the estimator.
    targets : ndarray of shape (n_rows,)
        The explained class of each row; for a regression, the number of the explained column.
    values : ndarray of shape (n_rows,)
        The probability of the target; for a regression, the prediction.
    method : {"gradient_input", "occlusion"}
        How the scores are computed.
    separator : str
        What joins tokens to text.

    See Also
    --------
    token_saliency : Makes it.

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
        """Return the tokens with the strongest scores, positive or negative.

        Parameters
        ----------
        k : int, default=5
            Number of tokens of each row, at most.

        Returns
        -------
        list of list of (str, float)
            Token and score, the strongest first.
        """
        return [
            [(row[i], float(scores[i])) for i in np.argsort(-np.abs(scores), kind="stable")[:k]]
            for row, scores in zip(self.tokens, self.scores)
        ]

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with a row for each token.

        Returns
        -------
        pandas.DataFrame
            With the number of its document (``row``), its ``position`` there, the ``token`` and its
            ``score``, and the ``target`` and ``value`` of the document.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="TokenSaliency.to_frame")
        rows = row_of_item(self.scores.lengths)
        columns = {
            "row": rows,
            "position": positions_in_rows(self.scores.lengths),
            "token": [token for row in self.tokens for token in row],
            "score": self.scores.values,
            "target": self.targets[rows],
            "value": self.values[rows],
        }
        return pandas.DataFrame(columns)

    def terminal(self, *, color: bool | None = None) -> str:
        """Return the text for a terminal, a line for each row.

        Parameters
        ----------
        color : bool, default=None
            Whether to use colours; None: if the output is a terminal that has them.

        Returns
        -------
        str
            Control characters in tokens are escaped.
        """
        draw = ansi_text if (output_has_colors() if color is None else color) else plain_text
        rows = [
            f"{self._head(i)}: {draw(self.tokens[i], self.scores[i], self.separator)}"
            for i in range(self._n_shown)
        ]
        return "\n".join(rows + self._footer())

    def html(self) -> str:
        """Return the text as HTML, without scripts or style sheets.

        Returns
        -------
        str
            A ``div``; the score of a token is its tooltip.
        """
        rows = [
            f'<p style="margin:.5em 0"><b>{html.escape(self._head(i))}</b> '
            f"{html_text(self.tokens[i], self.scores[i], self.separator)}</p>"
            for i in range(self._n_shown)
        ]
        footer = [f"<p>{line}</p>" for line in self._footer()]
        legend = f"<p>{self._meaning}, and tokens: {legend_html()}</p>"
        return html_division("\n".join([legend, *rows, *footer, ""]))

    @property
    def _n_shown(self) -> int:
        return min(len(self), _MAX_ROWS_SHOWN)

    @property
    def _are_numbers(self) -> bool:
        return self.predictions.dtype.kind == "f" and self.targets.dtype.kind in "iu"

    @property
    def _meaning(self) -> str:
        return "Prediction" if self._are_numbers else "Class, its probability"

    def _head(self, row: int) -> str:
        value, target = self.values[row], self.targets[row]
        if self._are_numbers:
            column = f"column {target}: " if self.predictions.ndim > 1 else ""
            return f"{column}{value:.4g}"
        return f"{escaped(str(target))} {value:.2f}"

    def _footer(self) -> list[str]:
        n_more = len(self) - self._n_shown
        return [f"and {n_more:,} more"] if n_more else []

    def __str__(self) -> str:
        return self.terminal()

    def __repr__(self) -> str:
        return f"TokenSaliency({len(self)} rows, {len(self.scores.values)} tokens, {self.method!r})"

    def _repr_html_(self) -> str:
        return self.html()
