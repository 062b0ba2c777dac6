"""Build of the Cython kernels; everything else is in pyproject.toml."""

import sys
from pathlib import Path

import numpy as np
from Cython.Build import cythonize
from setuptools import Extension, setup

KERNELS = Path("textvec", "_kernels")
# A square root that may set errno is not vectorized; no kernel looks at errno after arithmetic.
GCC_FLAGS = ["-O3", "-std=c++17", "-fno-math-errno"]
FLAGS = ["/O2", "/std:c++17"] if sys.platform == "win32" else GCC_FLAGS

extensions = [
    Extension(
        f"textvec._kernels.{source.stem}",
        [source.as_posix()],
        language="c++",
        include_dirs=[np.get_include(), KERNELS.as_posix()],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        depends=[header.as_posix() for header in sorted(KERNELS.glob("*.hpp"))],
        extra_compile_args=FLAGS,
    )
    for source in sorted(KERNELS.glob("*.pyx"))
]

setup(
    ext_modules=cythonize(
        extensions,
        language_level=3,
        compiler_directives={"boundscheck": False, "wraparound": False, "cdivision": True},
    )
)
