"""What can't be exported, by name and with the way out."""

from __future__ import annotations


def refusal(name: str, part: str, way_out: str = "") -> TypeError:
    """Return the error of an estimator with a part that has no counterpart in ONNX."""
    message = f"{name} can't be exported to ONNX: {part} has no counterpart there."
    return TypeError(f"{message} {way_out}".rstrip())
