"""Formats of vectors files: how each is read and written, and nothing else."""

from ._reading import FORMATS, Format, read_vectors
from ._vectors_table import DecodingErrors, ReadOptions, SubwordTable, VectorsTable

__all__ = [
    "FORMATS",
    "DecodingErrors",
    "Format",
    "ReadOptions",
    "SubwordTable",
    "VectorsTable",
    "read_vectors",
]
