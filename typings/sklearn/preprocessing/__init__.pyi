from typing import Any, Literal

def normalize(
    X: Any,
    norm: Literal["l1", "l2", "max"] = ...,
    *,
    axis: Literal[0, 1] = ...,
    copy: bool = ...,
) -> Any: ...
