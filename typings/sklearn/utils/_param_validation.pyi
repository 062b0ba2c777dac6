import builtins
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])

class InvalidParameterError(ValueError, TypeError): ...
class _Constraint: ...

class HasMethods(_Constraint):
    def __init__(self, methods: str | list[str]) -> None: ...
    def is_satisfied_by(self, val: Any) -> bool: ...

class Interval(_Constraint):
    type: builtins.type
    left: float | None
    right: float | None
    closed: Literal["left", "right", "both", "neither"]
    def __init__(
        self,
        type: builtins.type,
        left: float | None,
        right: float | None,
        *,
        closed: Literal["left", "right", "both", "neither"],
    ) -> None: ...
    def __contains__(self, val: Any) -> bool: ...
    def is_satisfied_by(self, val: Any) -> bool: ...

class Options(_Constraint):
    def __init__(self, type: type, options: Iterable[Any]) -> None: ...

class StrOptions(Options):
    options: set[str]
    def __init__(self, options: Iterable[str]) -> None: ...

def validate_parameter_constraints(
    parameter_constraints: Mapping[str, Any], params: Mapping[str, Any], caller_name: str
) -> None: ...
def validate_params(
    parameter_constraints: Mapping[str, Any], *, prefer_skip_nested_validation: bool
) -> Callable[[_Function], _Function]: ...
