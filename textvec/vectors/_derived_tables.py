"""Vectors made of others: some of the words, those of two tables, fewer dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from .._containers._read_only import read_only
from .._containers._vocabulary import Vocabulary
from .._inputs._words import word_list
from ._composed_words import compose_missing
from ._reduction import principal_components
from ._subword_vectors import SubwordVectors
from ._word_table import WordTable


class DerivedTables(WordTable):
    """Make other vectors of these, which stay as they are."""

    def subset(self, words: Iterable[str], *, ignore_missing: bool = False) -> Self:
        """Select the vectors of words.

        Parameters
        ----------
        words : iterable of str
            The words, in the order of the result; those that come again are left out.
        ignore_missing : bool, default=False
            Whether words without a vector are left out, instead of being an error.

        Returns
        -------
        WordVectors
            Of the same subwords; a word that has a vector by these gets one of its own.

        Raises
        ------
        KeyError
            If words have no vector, unless they are left out.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> list(vectors.subset(["king", "newt", "frog"], ignore_missing=True))
        ['king', 'frog']
        """
        names = Vocabulary(dict.fromkeys(word_list(words)))
        if ignore_missing:
            is_known = self.vocabulary.lookup(names) >= 0
            is_known[compose_missing(self, names, ~is_known).positions] = True
            names = names.take(np.flatnonzero(is_known))
        return self._derived(names, read_only(self.vectors(names.tokens)), self.subwords)

    def merge(self, other: WordTable | Mapping[str, ArrayLike], *, replace: bool = False) -> Self:
        """Add the words of other vectors, or replace some.

        Parameters
        ----------
        other : WordVectors, or mapping of str to vector
            Of the same width.
        replace : bool, default=False
            Whether words in both get the vector of `other`.

        Returns
        -------
        WordVectors
            These words, then the new ones; subwords are those of these vectors.

        Raises
        ------
        ValueError
            If the vectors are of another width.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad"], [[1, 2, 0], [1, 3, 0]])
        >>> vectors.merge({"newt": [1, 1, 0]})["newt"]
        array([1., 1., 0.], dtype=float32)
        >>> vectors.merge({"toad": [0, 0, 1]}, replace=True).matrix
        array([[1., 2., 0.],
               [0., 0., 1.]], dtype=float32)
        """
        if not isinstance(other, WordTable):
            if not isinstance(other, Mapping):
                raise TypeError(
                    "other must be WordVectors, or a mapping of words to vectors, got "
                    f"{type(other).__name__}."
                )
            other = self._table_of(other)
        if other.embedding_dim != self.embedding_dim:
            raise ValueError(
                f"vectors of {self.embedding_dim} and {other.embedding_dim} dimensions are not in "
                "one space."
            )
        names, (_, places) = self.vocabulary.merge(other.vocabulary)
        dtype = np.result_type(self.matrix, other.matrix)
        matrix = np.empty((len(names), self.embedding_dim), dtype)
        matrix[: len(self)] = self.matrix
        is_taken = places >= (0 if replace else len(self))
        matrix[places[is_taken]] = other.matrix[is_taken]
        return self._derived(names, read_only(matrix), self.subwords)

    def reduce(self, embedding_dim: int, *, remove: int = 0) -> Self:
        """Project the vectors on their principal components, to fewer dimensions.

        Parameters
        ----------
        embedding_dim : int
            Number of components to keep, at least 1.
        remove : int, default=0
            Number of components to drop first, from the largest on. The mean and the first few
            hold what all words have in common, their frequency above all, and cosines may follow
            meaning better without; Mu and Viswanath advise one for each hundred dimensions.

        Returns
        -------
        WordVectors
            Of the same words and dtype, dimensions in the order of falling variance. The subwords
            of fastText are projected too, others are dropped.

        Raises
        ------
        TypeError
            If a number of components is no integer.
        ValueError
            If there are fewer components.

        References
        ----------
        J. Mu and P. Viswanath, "All-but-the-Top: Simple and Effective Postprocessing for Word
        Representations", ICLR 2018.

        Examples
        --------
        >>> import numpy as np
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> vectors.reduce(2)
        WordVectors(3 words, 2 dimensions, float32)
        """
        projection = principal_components(self.matrix, embedding_dim, remove)
        subwords = None
        if isinstance(self.subwords, SubwordVectors):
            # Words are means of these rows, and the projection of a mean is the mean of those.
            subwords = SubwordVectors(
                projection.apply(self.subwords.table),
                min_n=self.subwords.min_n,
                max_n=self.subwords.max_n,
            )
        matrix = read_only(projection.apply(self.matrix))
        return self._derived(self.vocabulary, matrix, subwords)

    def _table_of(self, vectors: Mapping[str, ArrayLike]) -> WordTable:
        words = word_list(vectors)
        rows = [np.asarray(vectors[word]) for word in words]
        for word, row in zip(words, rows):
            if row.shape != (self.embedding_dim,):
                raise ValueError(
                    f"the vector of {word!r} must be of shape ({self.embedding_dim},), got "
                    f"{row.shape}."
                )
        return WordTable(words, np.array(rows) if rows else self.matrix[:0])
