"""Objects of scikit-learn, SciPy and NumPy that are no estimators: by skops."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._compat import import_optional
from ._trust import Trust

_ROOTS = ("sklearn", "scipy", "numpy")


def may_be_part(value: Any) -> bool:
    """Return whether skops may know a value."""
    return type(value).__module__.partition(".")[0] in _ROOTS


def untrusted_types(part: Any, trust: Trust) -> list[str] | None:
    """Return the types in an object that neither skops nor the user trusts.

    None if skops can't save it at all, or only as what may unpack to more than the file holds.
    """
    if not may_be_part(part):
        return None
    skops = _skops()
    try:
        data = skops.dumps(part)
        _check_unpacked(data)
        return sorted(set(skops.get_untrusted_types(data=data)) - set(trust.types()))
    except Exception:  # skops raises nothing more special
        return None


def packed(parts: list[Any]) -> NDArray[np.uint8]:
    """Return objects as one file of skops."""
    return np.frombuffer(_skops().dumps(parts), np.uint8)


def unpacked(data: NDArray[np.uint8], trust: Trust) -> list[Any]:
    """Return the objects of a file of skops.

    Raises
    ------
    ValueError
        If it is damaged, holds types that are not trusted, or would unpack to more than it holds.
    """
    content = data.tobytes()
    try:
        _check_unpacked(content)
        return list(_skops().loads(content, trusted=trust.types()))
    except Exception as error:  # skops raises nothing more special
        raise ValueError(f"the parts of scikit-learn: {error}") from error


def _check_unpacked(content: bytes) -> None:
    """Check that nothing is compressed: what is unpacked takes no more memory than the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    total = sum(member.file_size for member in members)
    if total > len(content) or any(m.compress_type != zipfile.ZIP_STORED for m in members):
        raise ValueError("they unpack to more bytes than the file holds")
    if any(member.filename.endswith(".npz") for member in members):
        raise ValueError("they hold a compressed array")


def _skops() -> Any:
    return import_optional("skops.io", needed_for="saving parts of scikit-learn")
