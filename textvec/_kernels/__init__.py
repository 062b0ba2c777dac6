"""Compiled code: bindings in Cython (`.pyx`) to algorithms in C++17 (`.hpp`)."""

from pathlib import Path

# An in-place build leaves a stamp; an installed package has neither the stamp nor the sources.
if (_stamp := Path(__file__).with_name(".built")).exists():
    from ._rebuild import rebuild

    rebuild(_stamp)
