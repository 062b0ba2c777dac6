"""Vectors files: how each format is read, and nothing else."""

from ._sniff import Format, read_vectors
from ._table import VectorsTable

__all__ = ["Format", "VectorsTable", "read_vectors"]
