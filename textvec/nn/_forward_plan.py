"""Forward passes of parts that are looked up once: what predictions run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules import module as torch_module

# Makes of a module what is called in its place.
Part = Callable[[nn.Module], Callable[..., Any]]


class ForwardPlan:
    """The forward pass of a module, to the same bits, in half the time where a batch is short.

    torch searches a module for each part by name, and each part for hooks, whenever it is called.
    Here that is done once. The plan holds as long as no module is replaced and no hook registered;
    weights are looked up at each call.

    Parameters
    ----------
    module : torch.nn.Module
        Its parts may be any modules. One that is made of others takes them apart by a method
        ``forward_with(part)``, defined along with ``forward``: it returns the forward pass, in
        which each module m is called as ``part(m)``.

    Attributes
    ----------
    run : callable
        Takes what ``module.forward`` takes.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import ForwardPlan
    >>> layer = torch.nn.Linear(2, 1)
    >>> plan, x = ForwardPlan(layer), torch.ones(3, 2)
    >>> torch.equal(plan.run(x), layer(x)), plan.holds_for(layer)
    (True, True)
    >>> handle = layer.register_forward_hook(print)
    >>> plan.holds_for(layer)
    False
    """

    def __init__(self, module: nn.Module):
        self._module = module
        parts = list(module.modules())
        self._hooks: list[Any] = [
            torch_module._global_forward_hooks,
            torch_module._global_forward_pre_hooks,
        ]
        self._hooks += [part._forward_hooks for part in parts]
        self._hooks += [part._forward_pre_hooks for part in parts]
        self._children = [part._modules for part in parts if part._modules]
        self._known = self._present()
        self._has_hooks = any(self._hooks)
        self.run = module if self._has_hooks else as_function(module)

    def holds_for(self, module: nn.Module) -> bool:
        """Return whether the plan is still that of a module."""
        is_same = module is self._module and self._present() == self._known
        return is_same and any(self._hooks) == self._has_hooks

    def _present(self) -> list[nn.Module | None]:
        return [part for children in self._children for part in children.values()]


def as_module(module: nn.Module) -> nn.Module:
    """Return a part as torch calls it."""
    return module


def as_function(module: nn.Module) -> Callable[..., Any]:
    """Return a part as a function, which does not ask for hooks."""
    if module._compiled_call_impl is not None:
        return module
    if _is_composed(module):
        forward_with: Any = module.forward_with
        return forward_with(as_function)  # type: ignore[no-any-return]
    weights: Any = module._parameters
    if type(module) is nn.Embedding and module.max_norm is None:
        return lambda ids: torch.embedding(weights["weight"], ids)
    if type(module) is nn.Linear:
        return lambda x: F.linear(x, weights["weight"], weights["bias"])
    forward: Callable[..., Tensor] = module.forward
    return forward


def _is_composed(module: nn.Module) -> bool:
    """Return whether ``forward_with`` is that of the forward pass, not of one that is replaced."""
    owners = (vars(module), *map(vars, type(module).__mro__))
    return "forward_with" in next(owner for owner in owners if "forward" in owner)
