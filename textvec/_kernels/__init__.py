"""Compiled code: bindings in Cython (`.pyx`) to algorithms in C++17 (`.hpp`)."""

from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

# An in-place build leaves a stamp; an installed package has neither the stamp nor the sources.
if (_stamp := Path(__file__).with_name(".built")).exists():
    from ._rebuild import rebuild

    rebuild(_stamp)
elif not any(_stamp.with_name(f"_tokenize{suffix}").exists() for suffix in EXTENSION_SUFFIXES):
    # Python finds a checkout in its working directory before what is installed.
    raise ImportError(
        f"textvec is imported from its sources, which are not compiled, in {_stamp.parents[2]}: "
        "start Python in another folder, or run `pip install -e .` in this one."
    )
