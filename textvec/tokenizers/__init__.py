"""Tokenizers: documents to Tokens."""

from typing import TYPE_CHECKING

from .._inputs._peer_exports import names_of_part
from ._as_tokens import as_tokenizer as as_tokenizer  # for the rest of the package
from ._as_tokens import as_tokens as as_tokens
from ._as_tokens import plain_scanner as plain_scanner
from ._as_tokens import stop_words_of as stop_words_of
from ._char_tokenizer import CharTokenizer
from ._function_tokenizer import FunctionTokenizer
from ._kmer_tokenizer import KmerTokenizer
from ._split_sentences import split_sentences
from ._subword_tokenizer import SubwordTokenizer
from ._text_tags import TextInput as TextInput  # likewise
from ._word_tokenizer import WordTokenizer

__all__ = [
    "CharTokenizer",
    "FunctionTokenizer",
    "KmerTokenizer",
    "SubwordTokenizer",
    "WordTokenizer",
    "split_sentences",
]

if not TYPE_CHECKING:  # it would make any name good for a type checker
    __getattr__ = names_of_part(__name__, __all__)
