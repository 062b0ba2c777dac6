"""Build of the Cython kernels; everything else is in pyproject.toml.

Each kernel is compiled when a file that it includes or cimports has changed, several at a time.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.modified import newer_group

KERNELS = Path("textvec", "_kernels")
SHARED = (
    "textvec._kernels._cyutility"  # Cython's own code for arrays, once instead of in each kernel
)
STAMP = KERNELS / ".built"  # textvec/_kernels/_rebuild.py compares the sources with it
DIRECTIVES = [
    "boundscheck=False",
    "wraparound=False",
    "initializedcheck=False",
    "cdivision=True",
    "show_performance_hints=False",
]
NEEDED = re.compile(r'(?:#include|extern from) "([\w.]+)"|from \.(\w+) cimport')


def compile_flags(debug: bool) -> list[str]:
    """Return the compiler's flags, which come after those of Python's own build."""
    if sys.platform == "win32":
        return ["/O2", "/std:c++17"]
    if debug:
        return ["-O1", "-g", "-std=c++17", "-fno-omit-frame-pointer"]
    # A square root that may set errno is not vectorized; no kernel looks at errno after arithmetic.
    return ["-O3", "-g0", "-std=c++17", "-fno-math-errno"]


def link_flags(debug: bool) -> list[str]:
    """Return the linker's flags: without symbols, unless they are wanted, a wheel is a fifth."""
    return ["-Wl,--strip-all"] if sys.platform.startswith("linux") and not debug else []


def sources_of(path: Path) -> list[str]:
    """Return a source file with all that it includes or cimports, directly or not."""
    found, waiting = set(), [path, path.with_suffix(".pxd")]
    while waiting:
        path = waiting.pop()
        if path not in found and path.exists():
            found.add(path)
            for header, module in NEEDED.findall(path.read_text(encoding="utf-8")):
                waiting.append(KERNELS / (header or f"{module}.pxd"))
    return sorted(path.as_posix() for path in found)


class BuildKernels(build_ext):
    """Compile changed kernels side by side; leave alone what is newer than its sources."""

    def finalize_options(self) -> None:
        """Keep the objects of in-place builds, those of editable installs included."""
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()
        if self.inplace:
            self.build_lib = self.build_temp = f"build/inplace-{sys.implementation.cache_tag}"

    def run(self) -> None:
        """Compile, and note when it was done in place."""
        super().run()
        if self.inplace:
            STAMP.touch()

    def build_extension(self, ext: Extension) -> None:
        """Compile a kernel, from Cython to C++ to machine code, if it needs to be."""
        if not self.force and not newer_group(ext.depends, self.get_ext_fullpath(ext.name)):
            return
        translated = Path(self.build_temp, ext.name.rpartition(".")[2] + ".cpp")
        translated.parent.mkdir(parents=True, exist_ok=True)
        if ext.name == SHARED:
            options = [f"--generate-shared={translated}"]
        else:
            options = [f"--shared={SHARED}", "-o", str(translated), *ext.sources]
        cython = [sys.executable, "-m", "cython", "--cplus", "-3", "-X", ",".join(DIRECTIVES)]
        subprocess.run([*cython, *options], check=True)
        ext.sources = [str(translated)]
        ext.extra_compile_args = compile_flags(self.debug)
        ext.extra_link_args = link_flags(self.debug)
        super().build_extension(ext)


def kernel(name: str, *sources: Path) -> Extension:
    """Describe an extension module; what it depends on is read from its sources."""
    return Extension(
        name,
        [source.as_posix() for source in sources],
        language="c++",
        include_dirs=[np.get_include(), KERNELS.as_posix()],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        depends=["setup.py", *(path for source in sources for path in sources_of(source))],
    )


# What compiles longest goes first.
SOURCES = sorted(KERNELS.glob("*.pyx"), key=lambda path: path.stat().st_size, reverse=True)

setup(
    cmdclass={"build_ext": BuildKernels},
    ext_modules=[
        *(kernel(f"textvec._kernels.{source.stem}", source) for source in SOURCES),
        kernel(SHARED),
    ],
)
