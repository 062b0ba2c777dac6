from collections.abc import Iterator
from typing import Any, Self

from .callbacks import Callback
from .history import History

class NeuralNet:
    module: Any
    module_: Any
    criterion_: Any
    optimizer: Any
    optimizer_: Any
    callbacks: Any
    history: History
    callbacks_: list[tuple[str, Callback]]
    batch_size: int
    lr: float
    max_epochs: int
    device: str
    verbose: int
    initialized_: bool
    def initialize_callbacks(self) -> Self: ...
    def __init__(
        self,
        module: Any,
        criterion: Any,
        *,
        optimizer: Any = ...,
        lr: float = ...,
        max_epochs: int = ...,
        batch_size: int = ...,
        train_split: Any = ...,
        callbacks: Any = ...,
        verbose: int = ...,
        device: Any = ...,
        **kwargs: Any,
    ) -> None: ...
    def initialize(self) -> Self: ...
    def initialize_optimizer(self) -> Any: ...
    def set_params(self, **kwargs: Any) -> Self: ...
    def notify(self, method_name: str, **cb_kwargs: Any) -> None: ...
    def get_all_learnable_params(self) -> Iterator[tuple[str, Any]]: ...
    def forward_iter(self, X: Any, training: bool = ...) -> Iterator[Any]: ...
    def _set_training(self, training: bool = ...) -> None: ...
    def __getstate__(self) -> dict[str, Any]: ...
    def __setstate__(self, state: dict[str, Any]) -> None: ...
