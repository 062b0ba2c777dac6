from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Self, TypeVar

_Method = TypeVar("_Method", bound=Callable[..., Any])

def with_callbacks(method: _Method) -> _Method: ...

class CallbackContext:
    def subcontext(
        self,
        task_name: str = ...,
        task_id: int | None = ...,
        max_subtasks: int | None = ...,
        sequential_subtasks: bool = ...,
    ) -> CallbackContext: ...
    def propagate_callback_context(self, sub_estimator: Any) -> AbstractContextManager[None]: ...
    def call_on_fit_task_begin(
        self, *, estimator: Any, X: Any = ..., y: Any = ..., metadata: dict[str, Any] | None = ...
    ) -> None: ...
    def call_on_fit_task_end(
        self,
        *,
        estimator: Any,
        X: Any = ...,
        y: Any = ...,
        metadata: dict[str, Any] | None = ...,
        reconstruction_attributes: Callable[[], dict[str, Any]] | None = ...,
    ) -> bool: ...

class CallbackSupportMixin:
    def set_callbacks(self, *callbacks: Any) -> Self: ...
    def _init_callback_context(
        self,
        task_name: str = ...,
        task_id: int = ...,
        max_subtasks: int | None = ...,
        sequential_subtasks: bool = ...,
    ) -> CallbackContext: ...
