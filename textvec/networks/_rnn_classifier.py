"""Classification of sequences by a recurrent network."""

from __future__ import annotations

from ._pooled_estimator import PooledEstimator
from ._sequence_classifier import SequenceClassifier


class RNNClassifier(SequenceClassifier, PooledEstimator):
    """Classify sequences by a recurrent network: embedding, recurrent layers, pooling, dense layer.

    Trained by gradient descent on the cross-entropy, in batches of rows of similar length.
    The weights are initialized as in Keras. The cells are those of [1]_ and [2]_; gradients are
    clipped as in [3]_.

    Parameters
    ----------
    wide : int or "auto", default="auto"
        Longest n-gram, at most 100, of a linear model that is added to the network (wide and deep
        learning; Cheng et al., 2016); 0: no linear model, as where the order of steps decides.
        ``"auto"``: 2 if X holds ids, of which there can be more than 32 (words, characters of
        text), if the embedding is not pretrained, and if ids times classes are at most 2**22;
        else 0. `fit` fits the linear model first, logistic regression on tf-idf, and scales its
        logits by how well they predict held-out rows; a fifth of the network's logits is added.
        N-grams of two ids and more are hashed, and count if they occur in two rows.
        `partial_fit` of a new network, and `fit` on more than 2**24 n-grams or of more than 2**22
        weights, train both together instead. Only for ids, or with `fine_tune`.
    dropout : float, default=0.3
        Fraction of the inputs of every layer, the output layer included, that is set to 0 in
        training, in [0, 1); a unit is dropped for all steps of a row. Against overfitting; try 0
        to 0.5.
    token_dropout : float, default=0.2
        Fraction of the ids that are replaced by the unknown token in training, in [0, 1), or of
        the steps of vectors that are replaced by zeros: the network learns to predict with unknown
        words, and relies less on rare ones. 0 where single steps decide.

    See Also
    --------
    SequenceVectorizer : Transforms documents to Ragged ids.
    EmbeddingVectorizer : Transforms documents to EmbeddedSequences.
    RNNLanguageModel : Learns from texts without labels; for `init`.

    Notes
    -----
    What `X` may be, and what a row of it is:

    - Ragged of integers, or a two-dimensional array of integers: a sequence of ids, read
      through a learned embedding. Id 0 is padding and 1 the unknown token; zeros at either end of
      a row are ignored.
    - EmbeddedSequences, Ragged of floats (n_items, n_features), a three-dimensional array: a
      sequence of vectors.
    - Ragged of floats (n_items,), a two-dimensional array of floats: a series of numbers. The
      array's number of columns is checked at prediction; series of any length come as Ragged.

    Series of numbers should be standardized, to a mean of about 0 and a standard deviation of
    about 1: `fit` warns of numbers that are large or all far from 0.

    Padding never changes a prediction, nor do the other rows of a batch. The vector of a row
    without steps is zero.

    Where only the words that occur matter and not their order, or with few documents, try
    a linear model on :class:`TfidfVectorizer` first: it trains in a second.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber (1997). Long short-term memory. Neural
       Computation 9(8).
    .. [2] K. Cho et al. (2014). Learning phrase representations using RNN encoder-decoder
       for statistical machine translation. EMNLP.
    .. [3] R. Pascanu, T. Mikolov and Y. Bengio (2013). On the difficulty of training
       recurrent neural networks. ICML.

    Examples
    --------
    Does 7 come before 9?

    >>> import numpy as np
    >>> from textvec import Ragged, RNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> rows = [rng.permutation(np.arange(2, rng.integers(11, 20))) for _ in range(300)]
    >>> y = ["yes" if list(r).index(7) < list(r).index(9) else "no" for r in rows]
    >>> X = Ragged.from_rows(rows)
    >>> model = RNNClassifier(cell="gru", hidden_size=32, learning_rate_init=0.01, random_state=0)
    >>> model.fit(X[:200], y[:200]).score(X[200:], y[200:])
    1.0
    >>> model.predict(X[200:203])
    array(['yes', 'no', 'yes'], dtype='<U3')
    """

    dropout: float = 0.3
    token_dropout: float = 0.2
