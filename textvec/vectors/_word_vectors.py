"""Word vectors: loaded from files, queried, evaluated, saved."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .._containers._read_only import read_only
from .._containers._vocabulary import FIRST, Vocabulary
from .._inputs._peer_attributes import PeerAttributes
from ._derived_tables import DerivedTables
from ._loading import (
    Origin,
    gensim_parts,
    load_table,
    reopen,
    save_table,
    subword_table,
    subword_vectors,
)
from ._word_table import Subwords, checked_table
from .formats import DecodingErrors, Format, Source, VectorsTable
from .queries._word_evaluation import WordEvaluation

#: What stands for the attributes of a table in a pickle.
_STATE = {"vocabulary", "matrix", "table", "subwords"}


class WordVectors(PeerAttributes, WordEvaluation, DerivedTables):
    """Hold a vector for each word of a vocabulary: load, look up, query and save them.

    An object never changes once it is made. Attributes that a subclass adds go along with copies,
    pickles and derived vectors; if it has an ``__init__`` of its own, `load` calls it.

    Parameters
    ----------
    vocabulary : Vocabulary or sequence of str
        The words, all distinct.
    matrix : array-like of shape (n_words, embedding_dim)
        Their vectors, float32 or float16; anything else becomes float32. Copied, unless it is
        read-only already, as a memory map of ``mode="r"`` is: that is shared.
    subwords : SubwordVectors or None, default=None
        Makes the vectors of out-of-vocabulary words: any object with a method ``vectors(words)``
        that returns an array of shape (n_words, embedding_dim), zeros for words it can't handle.
        None makes such words an error.

    Attributes
    ----------
    vocabulary : Vocabulary
        The words, with ids from 0: the rows of `matrix`.
    matrix : ndarray of shape (n_words, embedding_dim), float32 or float16
        Read-only.
    embedding_dim : int
        Width of the vectors.
    subwords : SubwordVectors or None
        As given.

    Raises
    ------
    ValueError
        If there are not as many vectors as words, or a number is not finite.

    See Also
    --------
    EmbeddingVectorizer : Looks up the words of documents.

    Examples
    --------
    >>> from textvec import WordVectors
    >>> vectors = WordVectors(["frog", "toad"], [[1, 2, 0], [1, 3, 0]])
    >>> vectors
    WordVectors(2 words, 3 dimensions, float32)
    >>> vectors["toad"]
    array([1., 3., 0.], dtype=float32)
    >>> "newt" in vectors
    False
    """

    _origin: Origin | None = None  # the folder that the vectors are mapped from

    @classmethod
    def load(
        cls,
        path: Source,
        *,
        format: Format | None = None,
        member: str | None = None,
        embedding_dim: int | None = None,
        limit: int | None = None,
        words: Iterable[str] | None = None,
        dtype: DTypeLike | None = None,
        errors: DecodingErrors = "strict",
        cache: bool | str | os.PathLike[str] = False,
    ) -> Self:
        """Load a file of vectors, plain or compressed by gzip, bzip2, xz or zip.

        Parameters
        ----------
        path : str, path or binary file
            The file, or a folder that `save` or model2vec wrote. A file that is open, or BytesIO,
            is read from its beginning, and stays open.
        format : str or None, default=None
            The format of the file; None detects it from the first bytes.

            - ``"glove"``: text, one word and its numbers a line.
            - ``"word2vec"``: the same below a line of two numbers, how many vectors and how wide.
              fastText's ``.vec`` files are in this format.
            - ``"word2vec-binary"``: numbers of four bytes below such a line.
            - ``"csv"``: one word and its numbers a row, between commas or semicolons, words in
              quotes or not, with or without names of columns, as pandas and R write it.
            - ``"fasttext"``: a ``.bin`` model of fastText; its subwords are kept.
            - ``"model2vec"``: a folder of model2vec, or of a static sentence transformer: the
              tokens of ``tokenizer.json``, each vector times its weight.
            - ``"safetensors"``: the tensors ``embeddings``, ``vocabulary`` (uint8, the UTF-8 of
              all words, end to end) and ``offsets`` (int64, the start of each word, and the end
              of the last).
            - ``"native"``: a folder that `save` wrote.
        member : str or None, default=None
            Which file of a zip archive; None takes the only one.
        embedding_dim : int or None, default=None
            Width of the vectors; None finds it out. Set it if words hold blanks and numbers: then
            everything before the last `embedding_dim` fields of a line is the word, as in
            ``route 66 0.1 0.2``.
        limit : int or None, default=None
            Number of vectors to read from the top; None reads all. Files are sorted by falling
            frequency as a rule, so these are the most frequent words.
        words : Vocabulary or iterable of str, default=None
            The words to keep among them, in the order of the file; None keeps all. Others take
            no memory.
        dtype : {"float16", "float32"} or None, default=None
            Of the matrix. None takes the file's own, float32 for text. float16 halves the memory.
        errors : {"strict", "replace", "ignore"}, default="strict"
            What is done with words that are not UTF-8, as ``bytes.decode`` does it. Some files
            hold a few, cut in the middle of a character: word2vec's programs cut long words, and
            Facebook's ``crawl-300d-2M-subword.bin`` holds such. Begin with ``"replace"`` there.
        cache : bool or path, default=False
            Whether to parse the file once and memory-map the result from then on. True writes a
            folder to ``$TEXTVEC_DATA`` or else the user's cache folder, a path to another place.
            A file of another size or time of change is parsed again.

        Returns
        -------
        WordVectors
            Numbers of text become the nearest float32. Vectors of a native folder, or from
            the cache, are memory-mapped: opening them reads none, processes share them, and
            their pickle holds the path only.

        Raises
        ------
        ValueError
            If the file is not in the format; the message names the line or byte, what was
            expected and what was found.

        Warns
        -----
        UserWarning
            If a text ends within its last number, as far as that can be seen: no line end
            follows, and all numbers before it have more decimals.
            If words occur more than once; the first vector of each is kept. If words are not
            UTF-8, and were repaired. If none of `words` was found. If vectors have subwords and
            words are left out, whose vectors are then made of subwords alone.

        Notes
        -----
        Other texts cut short in the middle of their last number can't be told from whole ones,
        unless a header says how many vectors there are. The numbers of a folder are not checked.

        Pickles, such as gensim's ``.kv`` and ``.model``, are never opened: see `from_gensim`.
        """
        table, origin = load_table(
            path,
            format=format,
            member=member,
            embedding_dim=embedding_dim,
            limit=limit,
            words=words,
            dtype=dtype,
            errors=errors,
            cache=cache,
        )
        read = cls._of_table(table, origin)
        if cls.__init__ is WordVectors.__init__:
            return read
        vectors = cls(read.vocabulary, read.matrix, subwords=read.subwords)  # which sets more
        vectors._table, vectors._origin = read._table, origin
        return vectors

    @classmethod
    def from_gensim(cls, keyed_vectors: Any) -> Self:
        """Convert the vectors of gensim.

        Parameters
        ----------
        keyed_vectors : gensim.models.KeyedVectors
            The ``.wv`` of a model, or the ``.dv`` of Doc2Vec; they are copied. Those of fastText
            keep their subwords. Tags that are integers become their digits, as in ``"7"``.

        Returns
        -------
        WordVectors

        Raises
        ------
        TypeError
            If `keyed_vectors` is a model, or no KeyedVectors of gensim.

        Examples
        --------
        Open a pickle of gensim's with gensim, if you trust it, and convert it::

            vectors = WordVectors.from_gensim(gensim.models.KeyedVectors.load("vectors.kv"))
            vectors.save("vectors")
        """
        words, matrix, subwords = gensim_parts(keyed_vectors)
        return cls(words, matrix, subwords=subwords)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        format: Literal["native", "glove", "word2vec", "word2vec-binary"] | None = None,
    ) -> None:
        """Write the vectors; what was at `path` is replaced once everything is written.

        Parameters
        ----------
        path : str or path
            The file, or the folder in native format. A file whose name ends in ``.gz``, ``.bz2``
            or ``.xz`` is compressed. A folder that holds something else is not replaced.
        format : {"native", "glove", "word2vec", "word2vec-binary"} or None, default=None
            None is ``"native"``, which is memory-mapped by `load` and takes any word. The others
            are for other programs; they hold float32, and no subwords. ``"glove"`` is word2vec's
            text without its header.

        Raises
        ------
        ValueError
            If a word holds a blank, which the formats for others can't represent, or `path` is
            named as a file and there is no `format`.
        FileExistsError
            If there is something else at `path`.
        """
        table = VectorsTable(
            self.vocabulary.buffer,
            self.vocabulary.offsets,
            self.matrix,
            "native",
            subwords=subword_table(self.subwords),
        )
        save_table(path, table, format=format, n_reserved=0)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        # clone() copies parameters: a grid search would copy the whole table for every fit.
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self._origin is None:
            return super().__reduce_ex__(protocol)
        return type(self)._reopened, (*self._origin,), self._own_attributes() or None

    def __getstate__(self) -> dict[str, Any]:
        # A table goes whole, so that an estimator that shares it is pickled with it once.
        matrix = {"matrix": self.matrix} if self._table is None else {"table": self._table}
        parts = {"vocabulary": self.vocabulary, **matrix, "subwords": self.subwords}
        return parts | self._own_attributes()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({n: v for n, v in state.items() if n not in _STATE})
        if "vocabulary" not in state:  # of vectors that were mapped
            return
        vocabulary, subwords = state["vocabulary"], state["subwords"]
        if not isinstance(vocabulary, Vocabulary):
            raise TypeError(f"vocabulary must be a Vocabulary, got {type(vocabulary).__name__}.")
        if "table" in state:
            self._set_table(vocabulary, checked_table(vocabulary, state["table"]), subwords)
        else:
            matrix = read_only(np.asarray(state["matrix"]))
            WordVectors.__init__(self, vocabulary, matrix, subwords=subwords)

    def _set_table(
        self, vocabulary: Vocabulary, table: NDArray[Any], subwords: Subwords | None
    ) -> None:
        table.flags.writeable = False
        self.vocabulary, self.subwords = vocabulary, subwords
        self._table, self.matrix = table, table[FIRST:]

    @classmethod
    def _restored(
        cls,
        vocabulary: Vocabulary,
        table: NDArray[Any],
        subwords: Subwords | None = None,
        origin: Origin | None = None,
    ) -> Self:
        """Make vectors of the result of `lookup_table`, which is valid and not shared."""
        vectors = cls.__new__(cls)
        vectors._set_table(vocabulary, table, subwords)
        vectors._origin = origin
        return vectors

    @classmethod
    def _of_table(cls, table: VectorsTable, origin: Origin | None) -> Self:
        subwords = subword_vectors(table.subwords)
        return cls._restored(table.vocabulary, table.matrix, subwords, origin)

    @classmethod
    def _reopened(cls, folder: str, checksum: str, n_words: int) -> Self:
        origin = Origin(folder, checksum, n_words)
        return cls._of_table(reopen(origin), origin)
