"""A label for each step of a sequence, by a recurrent network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length

from .._compat import StrOptions, _check_sample_weight
from .._estimators._constraints import FRACTION
from ..nn import SCHEMES
from ._parameters import fitted
from ._parts import Parts
from ._recurrent_estimator import RecurrentEstimator
from .heads._outputs import step_output
from .heads._sequence_labels import align_labels, labelled_steps, read_labels
from .heads._step_head import StepHead
from .heads._tag_scores import TAG_METRICS, tag_score
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
    constraints : {"BIO", "IOB1", "BIOES", "BIOUL", "BMES"} or None, default=None
        With `crf`, the scheme of the labels: label sequences that are not of it, such as ``"I-NP"``
        after ``"O"`` in ``"BIO"``, have probability 0 and are never predicted. ``"BIO"`` is also
        called IOB2, ``"BIOES"`` IOBES, and ``"BIOUL"`` BILOU. None: any label may follow any
        other.
    metric : {"accuracy", "f1"} or callable, default="accuracy"
        What `score` returns, and `early_stopping` watches: the accuracy over steps, or the F1 of
        whole chunks, such as entities, as ``seqeval.metrics.f1_score`` computes it. A callable
        takes lists of rows of true and of predicted labels, and returns a float, larger for
        better; `early_stopping` then watches the accuracy.
    class_weight : dict, "balanced" or None, default=None
        Weights of the steps of each label, by label, in the loss and in the validation accuracy;
        ``"balanced"`` weights labels inversely to their frequency. Multiplied with
        `sample_weight`. Not with `crf`, whose likelihood is that of whole rows.
    label_smoothing : float, default=0.0
        Part of each target, in [0, 1), that is shared out evenly among the labels in training
        (Szegedy et al., 2016), so that probabilities are less extreme. Begin with 0.1. Not with
        `crf`.

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

    The F1 is 2 r / (t + p) of r chunks that are right, with both ends and their type, t true and p
    predicted ones. Labels are ``"O"``, or ``"B-"``, ``"I-"``, ``"E-"`` or ``"S-"`` and a type;
    IOB1, IOB2, IOE and IOBES labels are all read by the rules of the CoNLL evaluation [3]_.

    scikit-learn's ``cross_val_predict`` returns the predictions of all rows, as Ragged; its
    ``method="predict_proba"`` encodes one label a row by itself, and takes no rows of labels: for
    probabilities loop over ``KFold().split(X)``, fit on each part and call `predict_proba`.
    Libraries that take lists of lists take ``y.to_list()``.

    Loss and accuracy are means over steps, not rows. A step whose label is None (or NaN,
    NA) has no label: it is read, but neither learned from nor scored, as parts of words are not,
    or what nobody has annotated. With `crf`, the likelihood is that of the labels there are, over
    all labels of the other steps.

    References
    ----------
    .. [1] J. Lafferty, A. McCallum and F. Pereira (2001). Conditional random fields:
       probabilistic models for segmenting and labeling sequence data. ICML.
    .. [2] Z. Huang, W. Xu and K. Yu (2015). Bidirectional LSTM-CRF models for sequence
       tagging. arXiv:1508.01991.
    .. [3] E. Tjong Kim Sang and S. Buchholz (2000). Introduction to the CoNLL-2000 shared task:
       chunking. CoNLL.

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

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "crf": ["boolean"],
        "constraints": [StrOptions(set(SCHEMES)), None],
        "metric": [StrOptions(set(TAG_METRICS)), callable],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "label_smoothing": [FRACTION],
    }
    _of_network: ClassVar[tuple[str, ...]] = ("crf",)

    crf: bool = False
    constraints: str | None = None
    metric: str | Callable[[list[list[Any]], list[list[Any]]], float] = "accuracy"
    class_weight: dict[Any, float] | str | None = None
    label_smoothing: float = 0.0

    classes_: NDArray[Any] = fitted()

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the `metric` of the predicted labels.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.
        y : Ragged or list of lists
            The labels; steps without one do not count.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each step, or chunk, of a row. A callable metric takes none.

        Returns
        -------
        float
            The accuracy over all steps by default.

        Raises
        ------
        ValueError
            If a row has another number of labels than steps, or no step has a label; or of the F1,
            if a label is none of a chunk. The message names it.
        """
        predicted = self.predict(X)
        rows = read_sequences(X, mask_value=self.mask_value, estimator=self)
        check_consistent_length(rows, y, sample_weight)
        labels = align_labels(read_labels(y, type(self).__name__), rows)
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, predicted)
        return tag_score(self.metric, *labelled_steps(labels, predicted), weights)

    def _head(self) -> StepHead:
        if self.constraints is not None and not self.crf:
            raise ValueError(f"constraints={self.constraints!r} are those of a CRF: set crf=True.")
        if self.crf and self.class_weight is not None:
            raise ValueError(
                f"class_weight={self.class_weight!r} weighs single steps, but with crf=True the "
                "loss is the likelihood of whole rows: weigh those by sample_weight, or set "
                "crf=False."
            )
        if self.crf and self.label_smoothing:
            raise ValueError(
                f"label_smoothing={self.label_smoothing} is of a softmax at each step, but "
                "crf=True has one over all label sequences of a row: set it to 0, or crf=False."
            )
        return StepHead(
            self.crf,
            self.constraints,
            self.metric == "f1",
            self.class_weight,
            self.label_smoothing,
        )

    def _parts(self) -> Parts:
        output = partial(step_output, crf=self.crf, dropout=self.dropout)
        return self._recurrent_parts(output, self._head())

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.one_d_labels = False
        # The targets of scikit-learn's checks have one label a row.
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags
