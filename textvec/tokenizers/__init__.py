"""Tokenizers: documents to Tokens."""

from ._as_tokens import as_tokens as as_tokens  # for the rest of the package
from ._char import CharTokenizer
from ._function import FunctionTokenizer
from ._kmer import KmerTokenizer
from ._sentences import split_sentences
from ._subword import SubwordTokenizer
from ._text_tags import TextInput as TextInput  # likewise
from ._word import WordTokenizer

__all__ = [
    "CharTokenizer",
    "FunctionTokenizer",
    "KmerTokenizer",
    "SubwordTokenizer",
    "WordTokenizer",
    "split_sentences",
]
