"""The rows that a classifier got most wrong, and how they are shown."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._compat import import_optional
from .._reporting._html_tables import escaped, html_table
from ._colored_text import (
    ansi_text,
    html_division,
    html_text,
    legend_html,
    output_has_colors,
    plain_text,
)
from ._saliency_result import TokenSaliency

_LONGEST = 500  # characters of a text without colours
_MOST_CLASSES = 20  # of a table of confusion


@dataclass(frozen=True, eq=False)
class ErrorReport:
    """Report the rows that a classifier got most wrong: the result of :func:`prediction_errors`.

    Printed, and in notebooks, a line for each, of networks with the tokens coloured by how much
    they speak for the wrong class.

    Attributes
    ----------
    rows : ndarray of shape (n_errors,), int64
        Their positions in X, the most wrong first.
    y_true, y_pred : ndarray of shape (n_errors,)
        The true and the predicted class of each.
    true_probabilities, probabilities : ndarray of shape (n_errors,)
        The predicted probability of the one and of the other.
    texts : list of str
        The text of each, or its tokens joined.
    saliency : TokenSaliency or None
        The scores of their tokens for the predicted class; None if the classifier is no network.
    classes : ndarray of shape (n_classes,)
        The classes.
    confusion : ndarray of shape (n_classes, n_classes), int64
        The confusion matrix: number of all rows of each class, by row, that were predicted as each
        class, by column.

    See Also
    --------
    prediction_errors : Makes it.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from textvec import CountVectorizer, prediction_errors
    >>> model = make_pipeline(CountVectorizer(), LogisticRegression())
    >>> model = model.fit(["good film", "bad film"], ["pos", "neg"])
    >>> report = prediction_errors(model, ["good", "bad", "not bad"], ["pos", "neg", "pos"])
    >>> print(report)
    1 of 3 rows wrong
    row 2: true pos (0.40), predicted neg (0.60): not bad
    >>> report.confusion.tolist()
    [[1, 0], [1, 1]]
    """

    rows: NDArray[np.int64]
    y_true: NDArray[Any]
    y_pred: NDArray[Any]
    true_probabilities: NDArray[np.floating]
    probabilities: NDArray[np.floating]
    texts: list[str]
    saliency: TokenSaliency | None
    classes: NDArray[Any]
    confusion: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def n_wrong(self) -> int:
        """Number of all rows that were predicted wrong."""
        return int(self.confusion.sum() - np.trace(self.confusion))

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with a row for each error.

        Returns
        -------
        DataFrame
            The worst error first.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="ErrorReport.to_frame")
        names = ["y_true", "y_pred", "true_probabilities", "probabilities", "texts"]
        columns = {name: getattr(self, name) for name in names}
        return pandas.DataFrame(columns, index=pandas.Index(self.rows, name="row"))

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        draw = ansi_text if output_has_colors() else plain_text
        lines = []
        for i in range(len(self)):
            text = escaped(self._shortened(i))
            if self.saliency is not None:
                saliency = self.saliency
                text = draw(saliency.tokens[i], saliency.scores[i], saliency.separator)
            lines.append(f"{self._head(i)}: {text}")
        return "\n".join([self._title, *lines])

    def _repr_html_(self) -> str:
        legend = "" if self.saliency is None else f"<p>{legend_html()}, the predicted class</p>"
        rows = [
            f'<p style="margin:.5em 0"><b>{html.escape(self._head(i))}</b> {self._html_of(i)}</p>'
            for i in range(len(self))
        ]
        body = "\n".join([self._confusion_html(), legend, *rows])
        return html_division(body)

    @property
    def _title(self) -> str:
        return f"{self.n_wrong:,} of {int(self.confusion.sum()):,} rows wrong"

    def _head(self, i: int) -> str:
        true, predicted = (escaped(str(labels[i])) for labels in (self.y_true, self.y_pred))
        return (
            f"row {self.rows[i]}: true {true} ({self.true_probabilities[i]:.2f}), "
            f"predicted {predicted} ({self.probabilities[i]:.2f})"
        )

    def _shortened(self, i: int) -> str:
        text = self.texts[i]
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    def _html_of(self, i: int) -> str:
        if self.saliency is None:
            return html.escape(escaped(self._shortened(i)))
        saliency = self.saliency
        return html_text(saliency.tokens[i], saliency.scores[i], saliency.separator)

    def _confusion_html(self) -> str:
        caption = f"ErrorReport: {self._title}"
        if len(self.classes) > _MOST_CLASSES:
            return f"<p><b>{html.escape(caption)}</b></p>"
        names = [str(label) for label in self.classes]
        header = ["true class", *(f"predicted {escaped(name)}" for name in names)]
        rows = [[name, *counts] for name, counts in zip(names, self.confusion.tolist())]
        return html_table(caption, header, rows)
