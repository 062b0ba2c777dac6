"""Formats of vectors files: how each is read and written, and nothing else."""

from ._reading import FORMATS, Format, read_vectors
from ._vectors_table import ReadOptions, SubwordTable, VectorsTable

__all__ = ["FORMATS", "Format", "ReadOptions", "SubwordTable", "VectorsTable", "read_vectors"]
