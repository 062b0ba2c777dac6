"""Classification of sequences by a recurrent network."""

from __future__ import annotations

from ._classification import SequenceClassifier
from ._parameters import declares_parameters
from ._recurrent import PooledRecurrentNetwork


@declares_parameters
class RNNClassifier(SequenceClassifier, PooledRecurrentNetwork):
    """Classifier of sequences: embedding, recurrent layers, pooling, dense head.

    Trained by gradient descent on the cross-entropy, in batches of rows of like length.
    The weights start as Keras' do. The cells are those of [1]_ and [2]_; gradients are clipped
    after [3]_.

    See Also
    --------
    SequenceVectorizer : Makes Ragged ids of documents.
    EmbeddingVectorizer : Makes EmbeddedSequences of documents.
    RNNLanguageModel : Learns from texts without labels; a start for `init`.

    Notes
    -----
    What `X` may be, and what a row of it is:

    - Ragged of integers, or a two-dimensional array of integers: a sequence of ids, read
      through a learned embedding. Id 0 is padding and 1 unknown, by contract; zeros at
      either end of a row don't count as steps.
    - EmbeddedSequences, Ragged of floats (n_items, n_features), a three-dimensional array: a
      sequence of vectors.
    - Ragged of floats (n_items,), a two-dimensional array of floats: a series of numbers. The
      array's number of columns is checked at prediction; series of any length come as Ragged.

    Padding never changes a prediction: not its side, nor the rows that share a batch. A row
    without a step gets what the head says of a zero vector.

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
