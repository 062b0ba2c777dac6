"""Counts of tokens, in parts that can be merged."""
