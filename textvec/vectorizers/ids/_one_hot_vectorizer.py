"""Documents as zeros and ones, a column for each token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_matrix, eye_array
from sklearn.utils import check_array
from sklearn.utils.metaestimators import available_if

from ..._compat import StrOptions
from ..._containers._embedded_sequences import EmbeddedSequences
from ..._containers._ragged import offsets_from_lengths
from ..._containers._vocabulary import FIRST, UNKNOWN, UNKNOWN_NAME
from ..._counting._sparse_dtype import check_sparse_dtype
from ..._estimators._fitted_state import of_one_moment
from ..._estimators._sparse_output import SparseOutput
from ..._inputs._streams import is_stream
from ...blocks import transform_stream
from ...distributed import is_dask, mapped
from ._vocabulary_vectorizer import OOV, VocabularyVectorizer


class OneHotVectorizer(SparseOutput, VocabularyVectorizer):
    """Turn documents into zeros and ones, one column a token.

    Columns are in the order of the ids of :class:`SequenceVectorizer`, the most frequent token
    first; with ``oov="index"``, a column ``"[UNK]"`` before them marks unknown tokens.

    Of a Dask collection of documents, `fit` counts on the workers, and `transform` returns a Dask
    array of CSR blocks, or a bag of `EmbeddedSequences` with ``output="sequence"``.

    Parameters
    ----------
    output : {"multi_hot", "sequence"}, default="multi_hot"
        ``"multi_hot"``: each document is one row, with a one for each token it holds.
        ``"sequence"``: each of its tokens is a row, in order.
    tokenizer : tokenizer, callable or None, default=None
        Makes Tokens of raw documents, or lists of tokens of one each; None is
        ``WordTokenizer()``. Not used for Tokens; rows of tokens need None.
    max_tokens : int or None, default=None
        3 or more: the ``max_tokens - 2`` most frequent tokens are kept, the same ones that
        :class:`SequenceVectorizer` keeps, which counts padding and unknown in. None keeps all.
    min_count : int, default=1
        Least number of occurrences of a token that is kept, 1 or more; 2 to 5 leaves out
        typing errors and rare names.
    min_df, max_df : int or float, default=1 and 1.0
        Least and greatest number of documents that hold a token that is kept; a float is a
        share of the documents.
    vocabulary : Mapping, iterable of str, or None, default=None
        The tokens to use in place of learned ones: in the order of their columns, or mapped to
        ids from 2 on. A list that begins with padding and unknown (``["", "[UNK]", ...]`` of
        Keras, ``["<pad>", "<unk>", ...]`` of torchtext) is the list of all ids. The four limits
        do not apply then, and no `fit` is needed.
    oov : {"index", "drop", "error"}, default="index"
        An unknown token in `transform` sets the column ``"[UNK]"``, is left out, or raises.
    ngram_range : tuple of (min_n, max_n), default=(1, 1)
        Least and greatest number of tokens of an n-gram, 1 or more: ``(1, 2)`` numbers pairs of
        neighbours, too, joined by a space. Limits count n-grams then.
    prune_at : int or None, default=None
        Number of distinct tokens, or n-grams, above which the rarest are dropped while documents
        are counted, as for :class:`SequenceVectorizer`; None counts all.
    dtype : dtype, default=numpy.float32
        Type of the ones.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        A read-only mapping from token to id; ids from 2.
    n_tokens_ : int
        Number of ids, padding and unknown included.
    token_counts_, document_counts_ : ndarray of shape (len(vocabulary_),), int64
        Number of occurrences of each token of `vocabulary_`, in its order, and of documents of
        `fit` that hold it; not with a given `vocabulary`.
    n_documents_ : int
        Number of documents of `fit`; not with a given `vocabulary`.
    n_lost_ : int
        Most occurrences by which a count may be too small: 0 where `prune_at` was not exceeded;
        not with a given `vocabulary`.

    See Also
    --------
    SequenceVectorizer : Ids in place of one-hot rows, for an embedding.

    Notes
    -----
    A one-hot vector times a weight matrix is a row of that matrix. For words a learned
    embedding over :class:`SequenceVectorizer` is therefore the same network at a fraction of
    the memory; ``"sequence"`` is for small alphabets, such as characters or nucleotides.

    Examples
    --------
    >>> from textvec import CharTokenizer, OneHotVectorizer
    >>> vectorizer = OneHotVectorizer(tokenizer=CharTokenizer(), oov="drop")
    >>> vectorizer.fit_transform(["gatt", "aca"]).toarray()
    array([[1., 1., 0., 1.],
           [1., 0., 1., 0.]], dtype=float32)
    >>> vectorizer.get_feature_names_out()
    array(['a', 't', 'c', 'g'], dtype=object)
    >>> vectorizer.inverse_transform([[1, 0, 0, 1]])
    [['a', 'g']]
    >>> import numpy as np
    >>> np.asarray(vectorizer.set_params(output="sequence").transform(["tag"]))
    array([[[0., 1., 0., 0.],
            [1., 0., 0., 0.],
            [0., 0., 0., 1.]]], dtype=float32)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **VocabularyVectorizer._parameter_constraints,
        "output": [StrOptions({"multi_hot", "sequence"})],
        "dtype": "no_validation",  # type: ignore[dict-item]
    }

    def __init__(
        self,
        *,
        output: Literal["multi_hot", "sequence"] = "multi_hot",
        tokenizer: Any = None,
        max_tokens: int | None = None,
        min_count: int = 1,
        min_df: float = 1,
        max_df: float = 1.0,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        oov: OOV = "index",
        ngram_range: tuple[int, int] = (1, 1),
        prune_at: int | None = None,
        dtype: DTypeLike = np.float32,
    ):
        super().__init__(
            tokenizer=tokenizer,
            max_tokens=max_tokens,
            min_count=min_count,
            min_df=min_df,
            max_df=max_df,
            vocabulary=vocabulary,
            oov=oov,
            ngram_range=ngram_range,
            prune_at=prune_at,
        )
        self.output = output
        self.dtype = dtype

    def _validate_params(self) -> None:
        super()._validate_params()
        check_sparse_dtype(self.dtype)

    @of_one_moment
    def transform(self, X: Any) -> csr_matrix | EmbeddedSequences:
        """Turn documents into zeros and ones.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.

        Returns
        -------
        scipy.sparse.csr_matrix of shape (n_documents, n_columns), or EmbeddedSequences
            The latter, for ``output="sequence"``, with an identity as its table; its
            ``np.asarray`` is of shape (n_documents, length, n_columns).

        Raises
        ------
        ValueError
            With ``oov="error"``, naming the first unknown token and its row.
        """
        if is_dask(X):
            return mapped(self.transform, X)
        if is_stream(X):
            return transform_stream(self.transform, X)
        ids = self._ids(X)
        if self.output == "sequence":
            table = eye_array(
                self.n_tokens_,
                self.n_tokens_ - self._first_column_id,
                k=-self._first_column_id,
                dtype=self.dtype,
                format="csr",
            )
            return EmbeddedSequences(ids, table)
        if self.output != "multi_hot":
            raise ValueError(f'output must be "multi_hot" or "sequence", got {self.output!r}.')
        columns = ids.values - np.int32(self._first_column_id)
        ones = np.ones(len(columns), dtype=self.dtype)
        shape = (len(ids), self.n_tokens_ - self._first_column_id)
        matrix = csr_matrix((ones, columns, ids.offsets), shape=shape)
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return matrix

    @available_if(lambda self: self.output == "multi_hot")
    @of_one_moment
    def inverse_transform(self, X: Any) -> list[list[str]]:
        """Return the tokens that each document holds, of a table.

        Those of ``output="sequence"`` are `SequenceVectorizer.inverse_transform` of its `ids`.

        Parameters
        ----------
        X : sparse matrix or array-like of shape (n_documents, n_columns)
            What `transform` returned: the columns that are not 0 count.

        Returns
        -------
        list of list of str
            The tokens of each row, in the order of the columns; ``"[UNK]"`` for unknown ones.

        Raises
        ------
        ValueError
            If `X` has another number of columns.
        """
        names = self.get_feature_names_out()
        table = check_array(X, accept_sparse="csr", ensure_min_samples=0, input_name="X")
        if table.shape[1] != len(names):
            raise ValueError(
                f"X has {table.shape[1]} columns, but {type(self).__name__} has {len(names)}: pass "
                "what its transform returned."
            )
        rows, columns = table.nonzero()
        tokens = names[columns].tolist()
        offsets = offsets_from_lengths(np.bincount(rows, minlength=table.shape[0]))
        return [tokens[start:stop] for start, stop in pairwise(offsets.tolist())]

    def set_output(self, *, transform: str | None = None) -> Self:
        """Accept the default output; neither a sparse matrix nor a sequence fits a data frame.

        Parameters
        ----------
        transform : {"default", None}
            Ignored with ``output="sequence"``, for the other steps of a Pipeline.

        Returns
        -------
        self
            The estimator.

        Raises
        ------
        ValueError
            For ``"pandas"`` and ``"polars"``, with ``output="multi_hot"``.
        """
        return self if self.output == "sequence" else super().set_output(transform=transform)

    @available_if(lambda self: self.output == "multi_hot")
    @of_one_moment
    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the token of each column of a table, which ``output="sequence"`` is not.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_columns,), object
            The token of each column.
        """
        self._check_fitted()
        unknown = [UNKNOWN_NAME] if self._first_column_id == UNKNOWN else []
        return np.array(unknown + self.vocabulary_.tokens, dtype=object)

    @property
    def _first_column_id(self) -> int:
        """The id of column 0: of an unknown token where it has a column, else of the first."""
        return UNKNOWN if self.oov == "index" else FIRST
