"""Load the pretend device of ``_pretend_device.cpp``, as a plugin of pytest or by itself.

As a plugin it makes ``device="auto"`` mean the device in all tests. :func:`waits` says what would
have made the host wait for a GPU, and how often.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections import defaultdict
from contextlib import nullcontext
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

NAME = "pretend"
SOURCE = Path(__file__).with_suffix(".cpp")
BUILT = SOURCE.parents[1] / "build" / "pretend_device" / f"{torch.__version__}.so"


def built() -> Path:
    """Compile the device for the torch that is installed, if it is not there; return its path."""
    if not BUILT.exists() or BUILT.stat().st_mtime < SOURCE.stat().st_mtime:
        BUILT.parent.mkdir(parents=True, exist_ok=True)
        root = Path(torch.__file__).parent
        included = [root / "include", root / "include/torch/csrc/api/include"]
        subprocess.run(
            [
                *("g++", "-O1", "-std=c++20", "-fPIC", "-shared", "-w"),
                "-DTORCH_EXTENSION_NAME=_pretend_device_kernels",
                *(f"-isystem{path}" for path in [*included, sysconfig.get_path("include")]),
                *(str(SOURCE), "-o", f"{BUILT}.{os.getpid()}", f"-L{root / 'lib'}"),
                *("-ltorch", "-ltorch_cpu", "-ltorch_python", "-lc10"),
                f"-Wl,-rpath,{root / 'lib'}",
            ],
            check=True,
        )
        Path(f"{BUILT}.{os.getpid()}").replace(BUILT)
    return BUILT


def load() -> Any:
    """Register the device with torch; return the module that counts."""
    torch.utils.rename_privateuse1_backend(NAME)
    loader = ExtensionFileLoader("_pretend_device_kernels", str(built()))
    kernels = module_from_spec(spec_from_loader(loader.name, loader))  # type: ignore[arg-type]
    loader.exec_module(kernels)
    device = ModuleType(f"torch.{NAME}")
    answers = {
        "is_available": True, "device_count": 1, "current_device": 0, "_is_in_bad_fork": False,
        "get_amp_supported_dtype": [torch.bfloat16], "_is_initialized": True, "_lazy_init": None,
        "manual_seed_all": None, "set_device": None, "set_rng_state": None, "synchronize": None,
        "get_rng_state": torch.empty(0, dtype=torch.uint8), "device": nullcontext(),
    }  # fmt: skip
    for name, answer in answers.items():
        setattr(device, name, lambda *args, answer=answer: answer)
    torch._register_device_module(NAME, device)
    torch.utils.generate_methods_for_privateuse1_backend()
    keep_shared_weights()
    return kernels


def keep_shared_weights() -> None:
    """Let weights that layers share stay shared on the device, as torch does it for GPUs alone."""
    moved: Any = torch.nn.Module.to

    def to(module: torch.nn.Module, *args: Any, **kwargs: Any) -> torch.nn.Module:
        places = defaultdict(list)
        for part in module.modules():
            for name, weight in part._parameters.items():
                places[id(weight)].append((part, name))
        moved(module, *args, **kwargs)
        for (first, own), *others in places.values():
            for part, name in others:
                part._parameters[name] = first._parameters[own]
        return module

    torch.nn.Module.to = to  # type: ignore[method-assign, assignment]


kernels = load()


def waits() -> dict[str, int]:
    """Return what would have made the host wait since the last call, and how often."""
    found: dict[str, int] = kernels.waits()
    kernels.forget_waits()
    return found


def pytest_sessionstart() -> None:
    """Let ``device="auto"`` mean this device, wherever it is resolved.

    With ``PRETEND_FLOAT64=0`` in the environment it has no float64, as Apple's GPUs have none.
    """
    kernels.set_float64(os.environ.get("PRETEND_FLOAT64") != "0")
    import textvec.networks  # noqa: F401  # those who resolve it must be there
    from textvec.nn import resolve_device

    def resolve(name: str | torch.device) -> torch.device:
        return resolve_device(NAME if name == "auto" else name)

    for module in list(sys.modules.values()):
        if getattr(module, "resolve_device", None) is resolve_device:
            module.resolve_device = resolve  # type: ignore[attr-defined]
