"""Build of the Cython kernels; everything else is in pyproject.toml.

Each kernel is compiled when a file that it includes or cimports has changed, several at a time.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
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
    # A kernel reads arrays that nobody writes and keeps nothing between calls: it needs no GIL.
    "freethreading_compatible=True",
]
NEEDED = re.compile(r'(?:#include|extern from) "([\w.]+)"|from \.(\w+) cimport')


NO_COMPILER = """
textvec is compiled when it is installed from source, and that needs {missing}. To install it:

    Debian, Ubuntu   sudo apt install g++ python3-dev
    Fedora, RHEL     sudo dnf install gcc-c++ python3-devel
    Alpine           apk add g++ python3-dev
    macOS            xcode-select --install
    conda            conda install -c conda-forge cxx-compiler

Then run the same command again. A compiler elsewhere is named by CXX, as in CXX=/opt/bin/g++."""


def check_compiler(commands: list[str]) -> None:
    """Exit with the way out where there is no compiler or there are no headers of Python."""
    for command in commands:
        if shutil.which(command) is None:
            missing = f"a C++ compiler, but there is no {command!r}"
            raise SystemExit(NO_COMPILER.format(missing=missing))
    header = Path(sysconfig.get_path("include"), "Python.h")
    if not header.exists():
        missing = f"the headers of Python, but there is no {header}"
        raise SystemExit(NO_COMPILER.format(missing=missing))


def compile_flags(name: str, debug: bool) -> list[str]:
    """Return the compiler's flags, which come after those of Python's own build."""
    if sys.platform == "win32":
        return ["/O2", "/std:c++17"]
    # What kernels have in common is a copy in each, on every system.
    common = ["-std=c++17", "-fvisibility=hidden"]
    if debug:
        return ["-O1", "-g", *common, "-fno-omit-frame-pointer"]
    # Cython's own code has no loops over data, and takes longest to optimize.
    level = "-O1" if name == SHARED else "-O3"
    # A square root that may set errno, or a choice of numbers that may trap, is not vectorized; no
    # kernel looks at errno, or for traps, after arithmetic.
    return [level, "-g0", *common, "-fno-math-errno", "-fno-trapping-math"]


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

    def build_extensions(self) -> None:
        """Compile the kernels that need it, from Cython to C++ to machine code."""
        self.stale = [ext for ext in self.extensions if self.needs_build(ext)]
        if self.stale:
            if sys.platform != "win32":  # there setuptools looks for the compiler, and says so
                check_compiler([self.compiler.compiler_so_cxx[0], self.compiler.linker_so_cxx[0]])
            Path(self.build_temp).mkdir(parents=True, exist_ok=True)
            self.translate()
        super().build_extensions()

    def needs_build(self, ext: Extension) -> bool:
        """Return whether a source of a kernel is newer than the kernel."""
        return bool(self.force or newer_group(ext.depends, self.get_ext_fullpath(ext.name)))

    def translate(self) -> None:
        """Translate Cython to C++ by a process for each core: to start one takes half a second."""
        kernels = [ext.sources[0] for ext in self.stale if ext.name != SHARED]
        n_jobs = min(self.parallel, len(kernels))
        jobs = [
            [f"--shared={SHARED}", "-o", self.build_temp, *kernels[i::n_jobs]]
            for i in range(n_jobs)
        ]
        if len(kernels) < len(self.stale):
            jobs.append([f"--generate-shared={self.translated(SHARED)}"])
        cython = [sys.executable, "-m", "cython", "--cplus", "-3", "-X", ",".join(DIRECTIVES)]
        running = [subprocess.Popen([*cython, *job]) for job in jobs]
        if sum(process.wait() != 0 for process in running):
            raise SystemExit("Cython could not translate the kernels; its messages are above.")

    def translated(self, name: str) -> str:
        """Return the path of a kernel in C++."""
        return Path(self.build_temp, name.rpartition(".")[2] + ".cpp").as_posix()

    def build_extension(self, ext: Extension) -> None:
        """Compile a kernel from C++ to machine code."""
        if ext in self.stale:
            ext.sources = [self.translated(ext.name)]
            ext.extra_compile_args = compile_flags(ext.name, self.debug)
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
