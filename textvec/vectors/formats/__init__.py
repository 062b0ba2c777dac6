"""Formats of vectors files: how each is read and written, and nothing else."""

from ._decompression import Source, name_of
from ._reading import Format, read_vectors
from ._vectors_table import DecodingErrors, ReadOptions, SubwordTable, VectorsTable

__all__ = [
    "DecodingErrors",
    "Format",
    "ReadOptions",
    "Source",
    "SubwordTable",
    "VectorsTable",
    "name_of",
    "read_vectors",
]
