"""Vectors files: how each format is read and written, and nothing else."""

from ._reading import FORMATS, Format, read_vectors
from ._vectors_table import Request, SubwordTable, VectorsTable

__all__ = ["FORMATS", "Format", "Request", "SubwordTable", "VectorsTable", "read_vectors"]
