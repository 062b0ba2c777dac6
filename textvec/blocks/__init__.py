"""Transforming in blocks: results joined in memory or in a folder on disk."""

from ._transform_blocks import transform_blocks

__all__ = ["transform_blocks"]
