"""Parts of words as tokens, learned from documents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from .._compat import _fit_context
from .._containers._ragged import offsets_from_lengths
from .._containers._tokens import ScanResult, Tokens
from .._containers._vocabulary import Vocabulary
from .._estimators._constraints import INPUT, MISSING, Interval, one_of
from .._estimators._fitted_state import atomic_fit
from .._inputs._blocks import document_blocks
from .._inputs._contents import InputKind, contents
from .._inputs._dask_collections import is_dask, refuse_dask
from .._inputs._documents import Missing, as_documents
from .._inputs._streams import is_stream, reads_again
from .._reporting._progress_bars import tracked_documents
from ._base_tokenizer import BaseTokenizer, Plan
from ._subword_models import (
    SubwordModel,
    TextBlocks,
    from_json,
    learn,
    load,
    vocabulary_of,
    without_surrogates,
)

_BATCH = 1000  # documents: what the library returns for one is many times its size

_MAX_VOCAB = 2**24  # the trainers allocate a table of this many before they read

# What to learn from, of documents on many machines: parts of words are learned in one process.
_SAMPLE = (
    "Of more than fits, a sample has the same parts of words: X.random_sample(0.01).compute() of a "
    "bag, X.sample(frac=0.01).compute() of a frame. transform takes X as it is."
)


class SubwordTokenizer(BaseTokenizer):
    """Tokenize documents into parts of words that are learned in `fit`.

    Frequent words stay whole, rare ones fall into parts, down to single characters. So a small
    vocabulary covers any text, and words that `fit` has not seen are not lost. Learning and
    cutting is done by the package ``tokenizers``: ``pip install 'textvec-learn[subword]'``.

    Of a Dask collection of documents, `transform` returns a bag of `Tokens`, one a partition.

    Parameters
    ----------
    model : {"bpe", "wordpiece", "unigram"}, default="bpe"
        What is learned.

        - ``"bpe"``: characters, and the most frequent pair of neighbours joined into one, over
          and over [1]_. A token that begins with "▁" stands behind a space.
        - ``"wordpiece"``: learned likewise, but a word is cut from the left into the longest
          parts there are; parts that go on begin with "##" [2]_. A word with a character that
          is not known is one unknown token.
        - ``"unigram"``: many parts with a probability each, of which those that matter least
          are dropped; a word is cut into the most probable parts [3]_. "▁" as in ``"bpe"``.
    vocab_size : int, default=8000
        Greatest number of tokens, 2 or more, one for unknown characters included: 2,000 to
        8,000 for some megabytes of text, 30,000 for large corpora. With ``"bpe"`` and
        ``"wordpiece"`` all characters of the documents are tokens, even if there are more.
    lowercase : bool, default=True
        Whether to learn from and cut the documents in lower case.
    path : str, path or None, default=None
        A ``tokenizer.json`` that says all of the above instead. Then nothing is learned, and
        `transform` works without `fit`.
    spans : bool, default=False
        Whether the Tokens have spans. That of a token with "▁" takes in the white space; a "▁"
        alone at the start of a document has the span of the character behind it.
    missing : {"error", "empty"}, default="error"
        How to treat None and NaN: a TypeError, or a document of no tokens.
    input : {"content", "filename", "file"}, default="content"
        What the documents come as: text, names of files that hold one each in UTF-8, or open files.
        `read_text` reads files of other kinds, of many documents or another encoding.

    Attributes
    ----------
    tokenizer_ : tokenizers.Tokenizer
        What was learned or read. ``tokenizer_.save("tokenizer.json")`` writes the file that
        `path` takes, and other software.
    vocabulary_ : Vocabulary
        All tokens, in the order of their ids. "[UNK]" stands for an unknown character.

    See Also
    --------
    WordTokenizer : Whole words; nothing to learn, and many times faster.
    KmerTokenizer : Parts of a fixed length.

    Notes
    -----
    The order of the documents does not matter. All white space is
    alike, and a run of it is one space. Punctuation marks are tokens of their own. Of a word
    longer than 4,096 characters, `fit` learns from pieces of as many. Of megabytes without spaces
    ``"unigram"`` takes long to learn: `KmerTokenizer` is made for these.

    Tokens of a file that belong to no text, such as ``[CLS]``, are not added, and documents are
    neither cut short nor padded: later steps do that. The library has threads of its own, as
    many as its environment variables ``TOKENIZERS_PARALLELISM`` and ``RAYON_NUM_THREADS`` say.

    References
    ----------
    .. [1] R. Sennrich, B. Haddow and A. Birch, "Neural Machine Translation of Rare Words with
       Subword Units", ACL 2016.
    .. [2] Y. Wu et al., "Google's Neural Machine Translation System", arXiv:1609.08144, 2016.
    .. [3] T. Kudo, "Subword Regularization", ACL 2018.

    Examples
    --------
    >>> from textvec import SubwordTokenizer
    >>> documents = ["low low low low low", "lower lower newest newest newest", "widest widest"]
    >>> tokenizer = SubwordTokenizer(vocab_size=26).fit(documents)
    >>> tokenizer.transform(["Lowest, widest"]).to_list()
    [['▁low', 'est', '[UNK]', '▁widest']]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "model": [one_of(SubwordModel)],
        "vocab_size": [Interval(Integral, 2, _MAX_VOCAB, closed="both")],
        "lowercase": ["boolean"],
        "path": [str, os.PathLike, None],
        "spans": ["boolean"],
        "missing": MISSING,
        "input": INPUT,
    }

    tokenizer_: Any
    vocabulary_: Vocabulary

    def __init__(
        self,
        model: SubwordModel = "bpe",
        *,
        vocab_size: int = 8000,
        lowercase: bool = True,
        path: str | os.PathLike[str] | None = None,
        spans: bool = False,
        missing: Missing = "error",
        input: InputKind = "content",
    ):
        self.model = model
        self.vocab_size = vocab_size
        self.lowercase = lowercase
        self.path = path
        self.spans = spans
        self.missing = missing
        self.input = input

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Learn the parts of words, or read them from the file.

        Parameters
        ----------
        X : list, array, Series, one-column frame or stream of str
            The documents; of a collection of Dask, pass a sample. Ignored with `path`. Those of a
            stream are not held, but for ``model="wordpiece"``, which reads an iterator into a list,
            and any other stream twice.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        ImportError
            If the package ``tokenizers`` is missing.
        TypeError
            If a document is not a str; the message names its row.
        ValueError
            If there is nothing to learn from, or the file holds no tokenizer.
        """
        if self.path is None:
            refuse_dask(X, "X", _SAMPLE)
        return self._learn(X if self.path is not None else contents(X, self.input))

    @atomic_fit
    def fit_transform(self, X: Any, y: Any = None) -> Tokens:
        """Learn the parts of words, and tokenize the documents.

        Parameters
        ----------
        X : list, array, Series, one-column frame or iterable of str
            The documents, which are read once.
        y : None
            Ignored.

        Returns
        -------
        Tokens
            The subwords of the documents.
        """
        self._validate_params()
        if is_dask(X):
            return self.fit(X).transform(X)
        X = contents(X, self.input)
        documents = X if is_stream(X) and reads_again(X) else as_documents(X, missing=self.missing)
        return self._learn(documents)._tokenized(documents)

    def _learn(self, X: Any) -> Self:
        if self.path is None:
            texts = self._blocks(X)
            tokenizer = learn(
                self.model, texts, vocab_size=self.vocab_size, lowercase=self.lowercase
            )
        else:
            tokenizer = load(self.path)
        self.vocabulary_ = vocabulary_of(tokenizer)
        self.tokenizer_ = tokenizer
        return self

    def _blocks(self, X: Any) -> TextBlocks:
        """Return the documents in blocks; in one of all, where they can't be read as often."""
        n_passes = 2 if self.model == "wordpiece" else 1
        if is_stream(X) and (reads_again(X) or n_passes == 1):

            def blocks() -> Iterator[list[str]]:
                return tracked_documents(document_blocks(X, missing=self.missing), X)

            return TextBlocks(blocks)
        documents = as_documents(X, missing=self.missing)
        return TextBlocks(lambda: [documents])

    def _join(self, tokens: list[str]) -> str:
        scanner = self._plan().scanner
        assert isinstance(scanner, _SubwordScanner)
        decoder = scanner.tokenizer.decoder
        return super()._join(tokens) if decoder is None else str(decoder.decode(tokens))

    def _plan(self) -> Plan:
        # Not cached as other plans are: it is what was learned, and not what the parameters say.
        check_is_fitted(self)
        self._check_parameters()  # which may have been set after fit
        if hasattr(self, "tokenizer_"):
            return Plan(_SubwordScanner(self.tokenizer_, self.vocabulary_))
        assert self.path is not None
        path = os.path.abspath(self.path)
        return Plan(_scanner_of_file(path, os.stat(path).st_mtime_ns))

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if "tokenizer_" in state:
            del state["vocabulary_"]
            state["tokenizer_"] = state["tokenizer_"].to_str()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "tokenizer_" in state:
            tokenizer = from_json(state["tokenizer_"])
            parts = {"tokenizer_": tokenizer, "vocabulary_": vocabulary_of(tokenizer)}
            state = {**state, **parts}
        super().__setstate__(state)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = self.path is None
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return self.path is not None or hasattr(self, "tokenizer_")


class _SubwordScanner:
    """Scanner that lets the library cut documents; its ids are the vocabulary's."""

    def __init__(self, tokenizer: Any, vocabulary: Vocabulary):
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary

    def scan(self, documents: Iterable[str], *, spans: bool, n_threads: int) -> ScanResult:
        ids, lengths, places = [], [], []
        for batch in self._encoded(documents, spans):
            ids.append(np.fromiter(chain.from_iterable(e.ids for e in batch), dtype=np.int32))
            lengths += [len(e) for e in batch]
            if spans:
                found = [place for e in batch for place in e.offsets]
                places.append(np.array(found, dtype=np.int32).reshape(-1, 2))
        values = np.concatenate(ids, dtype=np.int32) if ids else np.empty(0, dtype=np.int32)
        vocabulary = self._vocabulary_of(values)
        return (
            values,
            offsets_from_lengths(np.array(lengths, dtype=np.int64)),
            vocabulary.buffer,
            vocabulary.offsets,
            _stacked(places) if spans else None,
        )

    def _vocabulary_of(self, ids: NDArray[np.int32]) -> Vocabulary:
        """Return the vocabulary, as it is now if the user has changed the tokenizer."""
        used = np.flatnonzero(np.bincount(ids))
        token = self.tokenizer.id_to_token
        n_known = np.searchsorted(used, len(self.vocabulary))
        known = self.vocabulary.take(used[:n_known]).tokens
        if n_known == len(used) and known == [token(id) for id in used.tolist()]:
            return self.vocabulary
        vocabulary = vocabulary_of(self.tokenizer)
        if len(used) and used[-1] >= len(vocabulary):
            raise ValueError(
                f"tokenizer_ makes the id {used[-1]}, of which it has no token: fit again."
            )
        return vocabulary

    def _encoded(self, documents: Iterable[str], spans: bool) -> Iterator[list[Any]]:
        if self.tokenizer.padding is not None or self.tokenizer.truncation is not None:
            raise ValueError(
                "tokenizer_ pads or truncates, which later steps do: call its no_padding() and "
                "no_truncation()."
            )
        encode = self.tokenizer.encode_batch if spans else self.tokenizer.encode_batch_fast
        rest = iter(documents)
        while batch := list(islice(rest, _BATCH)):
            texts = without_surrogates(batch)
            try:
                yield encode(texts, add_special_tokens=False)
            except Exception as error:  # the library raises nothing more special
                raise ValueError(f"tokenizer_ can't cut the documents: {error}") from error


@lru_cache(maxsize=4)
def _scanner_of_file(path: str, changed: int) -> _SubwordScanner:
    tokenizer = load(path)
    return _SubwordScanner(tokenizer, vocabulary_of(tokenizer))


def _stacked(places: list[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate(places) if places else np.empty((0, 2), dtype=np.int32)
