from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin

_Analyzer = Literal["word", "char", "char_wb"] | Callable[[Any], Iterable[str]]
_Input = Literal["filename", "file", "content"]
_DecodeError = Literal["strict", "ignore", "replace"]
_Accents = Literal["ascii", "unicode"] | Callable[[str], str] | None
_StopWords = Literal["english"] | list[str] | None
_Vocabulary = Mapping[str, int] | Iterable[str] | None
_Norm = Literal["l1", "l2"] | None

ENGLISH_STOP_WORDS: frozenset[str]

def strip_accents_ascii(s: str) -> str: ...
def strip_accents_unicode(s: str) -> str: ...

class _VectorizerMixin:
    input: _Input
    encoding: str
    decode_error: _DecodeError
    strip_accents: _Accents
    lowercase: bool
    preprocessor: Callable[[Any], str] | None
    tokenizer: Any
    stop_words: _StopWords
    token_pattern: str | None
    ngram_range: tuple[int, int]
    analyzer: _Analyzer
    dtype: DTypeLike
    vocabulary: _Vocabulary
    vocabulary_: Any
    fixed_vocabulary_: bool
    def decode(self, doc: Any) -> str: ...
    def build_analyzer(self) -> Callable[[Any], list[Any]]: ...
    def build_preprocessor(self) -> Callable[[Any], str]: ...
    def build_tokenizer(self) -> Callable[[str], list[str]]: ...
    def get_stop_words(self) -> Iterable[str] | None: ...
    def _word_ngrams(self, tokens: list[str], stop_words: Any = ...) -> list[str]: ...
    def _validate_ngram_range(self) -> None: ...
    def _warn_for_unused_params(self) -> None: ...
    def _validate_vocabulary(self) -> None: ...
    def _check_vocabulary(self) -> None: ...

class HashingVectorizer(TransformerMixin, _VectorizerMixin, BaseEstimator):
    n_features: int
    binary: bool
    norm: _Norm
    alternate_sign: bool
    def __init__(
        self,
        *,
        input: _Input = ...,
        encoding: str = ...,
        decode_error: _DecodeError = ...,
        strip_accents: _Accents = ...,
        lowercase: bool = ...,
        preprocessor: Callable[[Any], str] | None = ...,
        tokenizer: Any = ...,
        stop_words: _StopWords = ...,
        token_pattern: str | None = ...,
        ngram_range: tuple[int, int] = ...,
        analyzer: _Analyzer = ...,
        n_features: int = ...,
        binary: bool = ...,
        norm: _Norm = ...,
        alternate_sign: bool = ...,
        dtype: DTypeLike = ...,
    ) -> None: ...
    def fit(self, X: Any, y: Any = ...) -> Self: ...
    def transform(self, X: Any) -> Any: ...
    def fit_transform(self, X: Any, y: Any = ...) -> Any: ...
    def _get_hasher(self) -> Any: ...

class CountVectorizer(_VectorizerMixin, BaseEstimator):
    max_df: float
    min_df: float
    max_features: int | None
    binary: bool
    def __init__(
        self,
        *,
        input: _Input = ...,
        encoding: str = ...,
        decode_error: _DecodeError = ...,
        strip_accents: _Accents = ...,
        lowercase: bool = ...,
        preprocessor: Callable[[Any], str] | None = ...,
        tokenizer: Any = ...,
        stop_words: _StopWords = ...,
        token_pattern: str | None = ...,
        ngram_range: tuple[int, int] = ...,
        analyzer: _Analyzer = ...,
        max_df: float = ...,
        min_df: float = ...,
        max_features: int | None = ...,
        vocabulary: _Vocabulary = ...,
        binary: bool = ...,
        dtype: DTypeLike = ...,
    ) -> None: ...
    def fit(self, raw_documents: Any, y: Any = ...) -> Self: ...
    def transform(self, raw_documents: Any) -> Any: ...
    def fit_transform(self, raw_documents: Any, y: Any = ...) -> Any: ...
    def _count_vocab(self, raw_documents: Any, fixed_vocab: bool) -> tuple[Any, Any]: ...
    def inverse_transform(self, X: Any) -> list[NDArray[np.str_]]: ...
    def get_feature_names_out(
        self, input_features: ArrayLike | None = ...
    ) -> NDArray[np.object_]: ...

class TfidfTransformer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    norm: _Norm
    use_idf: bool
    smooth_idf: bool
    sublinear_tf: bool
    idf_: NDArray[Any]
    def __init__(
        self,
        *,
        norm: _Norm = ...,
        use_idf: bool = ...,
        smooth_idf: bool = ...,
        sublinear_tf: bool = ...,
    ) -> None: ...
    def fit(self, X: Any, y: Any = ...) -> Self: ...
    def transform(self, X: Any, copy: bool = ...) -> Any: ...

class TfidfVectorizer(CountVectorizer):
    norm: _Norm
    use_idf: bool
    smooth_idf: bool
    sublinear_tf: bool
    idf_: NDArray[Any]
    _tfidf: TfidfTransformer
    def __init__(
        self,
        *,
        input: _Input = ...,
        encoding: str = ...,
        decode_error: _DecodeError = ...,
        strip_accents: _Accents = ...,
        lowercase: bool = ...,
        preprocessor: Callable[[Any], str] | None = ...,
        tokenizer: Any = ...,
        analyzer: _Analyzer = ...,
        stop_words: _StopWords = ...,
        token_pattern: str | None = ...,
        ngram_range: tuple[int, int] = ...,
        max_df: float = ...,
        min_df: float = ...,
        max_features: int | None = ...,
        vocabulary: _Vocabulary = ...,
        binary: bool = ...,
        dtype: DTypeLike = ...,
        norm: _Norm = ...,
        use_idf: bool = ...,
        smooth_idf: bool = ...,
        sublinear_tf: bool = ...,
    ) -> None: ...
    def _check_params(self) -> None: ...
