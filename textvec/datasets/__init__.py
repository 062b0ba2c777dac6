"""Data sets: fetchers that download and cache, loaders of those that ship with the package."""

from ._fetch_glove import fetch_glove
from ._fetch_imdb import fetch_imdb
from ._load_reviews import load_reviews
from ._read_text import read_text

__all__ = ["fetch_glove", "fetch_imdb", "load_reviews", "read_text"]
