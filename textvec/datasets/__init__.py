"""Data sets: fetchers that download and cache, loaders of what ships with the package."""

from ._glove import fetch_glove
from ._imdb import fetch_imdb
from ._reviews import load_reviews

__all__ = ["fetch_glove", "fetch_imdb", "load_reviews"]
