"""Transforming in blocks: results joined in memory or in a folder on disk."""

from ._count_runs import merged_counts as merged_counts
from ._learning import count_blocks as count_blocks
from ._learning import each_block as each_block
from ._learning import learn_blocks as learn_blocks
from ._learning import learn_part as learn_part
from ._transform_blocks import transform_blocks
from ._transform_blocks import transform_stream as transform_stream

__all__ = ["transform_blocks"]
