"""Data sets: fetchers that download and cache, loaders of those that ship with the package."""

from typing import TYPE_CHECKING

from .._inputs._peer_exports import names_of_part
from ._fetch_glove import fetch_glove
from ._fetch_imdb import fetch_imdb
from ._load_reviews import load_reviews
from ._read_text import read_text

__all__ = ["fetch_glove", "fetch_imdb", "load_reviews", "read_text"]

if not TYPE_CHECKING:  # it would make any name good for a type checker
    __getattr__ = names_of_part(__name__, __all__)
