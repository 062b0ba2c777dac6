"""A label for each step of a sequence, by a recurrent network."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length

from .._compat import _check_sample_weight
from ._parameters import fitted
from ._parts import Parts
from ._recurrent_estimator import RecurrentEstimator
from .heads._outputs import step_output
from .heads._sequence_labels import align_labels, has_label, read_labels
from .heads._step_head import StepHead
from .inputs._sequences import read_sequences


class RNNTagger(RecurrentEstimator):
    """Label each step of sequences: embedding, recurrent layers, dense layer at each step.

    For parts of speech of words, begin and inside tags of phrases, states of a sensor. For what
    `X` may be, see :class:`RNNClassifier`; `y` has a row of labels for each row of `X`, as many as
    it has steps.

    Parameters
    ----------
    crf : bool, default=False
        Whether the labels of a row are predicted jointly: a linear-chain conditional random field
        [1]_ over the network's outputs learns which label follows which [2]_, and prediction
        takes the most likely sequence (Viterbi). If not, the most likely label of each step.
        Begin with True for chunks and entities.
    bidirectional : bool, default=True
        Whether every layer also reads each row from its end: mostly a label depends on what
        follows, too.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    See Also
    --------
    RNNClassifier : Predicts one label for each row.

    Notes
    -----
    Padding has no label: where ids or vectors have zeros at either end of a row, `y` may hold
    as many labels as the row has steps without them, or one for each padded step as well, which
    is then dropped. Predictions are always those of the steps without padding.

    Loss and validation score are means over steps, not rows. A step whose label is None (or NaN,
    NA) has no label: it is read, but neither learned from nor scored, as parts of words are not,
    or what nobody has annotated. With `crf`, the likelihood is that of the labels there are, over
    all labels of the other steps.

    References
    ----------
    .. [1] J. Lafferty, A. McCallum and F. Pereira (2001). Conditional random fields:
       probabilistic models for segmenting and labeling sequence data. ICML.
    .. [2] Z. Huang, W. Xu and K. Yu (2015). Bidirectional LSTM-CRF models for sequence
       tagging. arXiv:1508.01991.

    Examples
    --------
    Is a number larger than the next?

    >>> import numpy as np
    >>> from textvec import Ragged, RNNTagger
    >>> rng = np.random.default_rng(0)
    >>> rows = [rng.integers(2, 9, size=rng.integers(1, 9)) for _ in range(300)]
    >>> y = [["falls" if a > b else "stays" for a, b in zip(r, [*r[1:], 9])] for r in rows]
    >>> X = Ragged.from_rows(rows)
    >>> model = RNNTagger(hidden_size=16, learning_rate_init=0.02, random_state=0)
    >>> bool(model.fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.95)
    True
    >>> model.predict(Ragged.from_rows([[5, 3, 4], [7, 2]])).to_list()
    [['falls', 'stays', 'stays'], ['falls', 'stays']]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"crf": ["boolean"]}

    crf: bool = False
    bidirectional: bool = True

    classes_: NDArray[Any] = fitted()

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the accuracy over all steps.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.
        y : Ragged or list of lists
            The labels; steps without one do not count.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each step of a row.

        Returns
        -------
        float
            Fraction of steps whose label is predicted.

        Raises
        ------
        ValueError
            If a row has another number of labels than steps; the message names it.
        """
        predicted = self.predict(X)
        rows = read_sequences(X, mask_value=self.mask_value, estimator=self)
        check_consistent_length(rows, y, sample_weight)
        labels = align_labels(read_labels(y, type(self).__name__), rows)
        labelled = has_label(labels.values)
        right = (predicted.values == labels.values)[labelled]
        weights = None
        if sample_weight is not None:
            weights = np.repeat(_check_sample_weight(sample_weight, predicted), predicted.lengths)
            weights = weights[labelled]
        return float(np.average(right, weights=weights))

    def _parts(self) -> Parts:
        output = partial(step_output, crf=self.crf, dropout=self.dropout)
        return self._recurrent_parts(output, StepHead(self.crf))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.one_d_labels = False
        # The targets of scikit-learn's checks have one label a row.
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags
