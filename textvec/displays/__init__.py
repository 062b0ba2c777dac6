"""Plots, by scikit-learn's convention for displays."""

from ._hashing_display import HashingCollisionDisplay

__all__ = ["HashingCollisionDisplay"]
