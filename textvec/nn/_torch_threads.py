"""Parts of a network side by side, each in a thread in which torch computes with one thread.

The matrices of recurrent layers are too small for torch's own threads to gain by sharing one
product. Layers of two directions, or batches of rows, have nothing to wait for in each other; and
as each is computed in one thread, the bits are those of one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from threading import Barrier, Lock, Thread, local
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

_Result = TypeVar("_Result")

# Numbers of a direction's states that take some 0.5 ms, several times what a thread costs.
_ENOUGH_STATES = 2**15

# By the number of threads. They stay, as torch takes some 0.1 ms to set up a thread.
_pools: dict[int, ThreadPoolExecutor] = {}
_making, _setting = Lock(), Lock()
_of_thread = local()
_has_computed = False


def computes_here() -> None:
    """Take note, for processes that are forked from this one, that torch computes in it."""
    global _has_computed
    _has_computed = True


def _forget() -> None:
    """Begin anew in a forked process, which has none of the threads, but may have their locks.

    torch's own threads cannot be begun anew: an operation that they are to share would wait for
    them for good.
    """
    global _making, _setting
    _making, _setting = Lock(), Lock()
    _pools.clear()
    if _has_computed:
        torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextmanager
def threads_for_parts(module: nn.Module) -> Iterator[None]:
    """Context in which torch's threads are for :func:`side_by_side`, not for single operations.

    The threads that torch had shared an operation among would wait for the next by spinning, on
    the cores that the parts need. Nothing changes if torch computes with one thread anyway, as in
    workers of joblib, on other devices, where the module has hooks, whose calls have an order, or
    parts that are neither torch's nor ours, which may keep something from call to call.
    """
    n_threads = torch.get_num_threads()
    if n_threads == 1 or not _may_be_split(module):
        yield
        return
    _compute_in_one_thread()
    _of_thread.n = n_threads
    try:
        yield
    finally:
        _of_thread.n = 1
        torch.set_num_threads(n_threads)


@contextmanager
def one_thread() -> Iterator[None]:
    """Context in which torch computes with one thread, to bits that do not depend on how many."""
    n_threads = torch.get_num_threads()
    _compute_in_one_thread()
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


def n_part_threads() -> int:
    """Return how many threads :func:`side_by_side` has here."""
    return getattr(_of_thread, "n", 1)


def gains_by_threads(n_states: int) -> bool:
    """Return whether directions of so many states each are better computed side by side."""
    return n_part_threads() > 1 and n_states >= _ENOUGH_STATES


def _may_be_split(module: nn.Module) -> bool:
    weights, parts = list(module.parameters()), list(module.modules())
    if torch.compiler.is_compiling() or any(w.device.type != "cpu" for w in weights):
        return False
    hooks = [h for m in parts for h in (m._forward_hooks, m._forward_pre_hooks, m._backward_hooks)]
    if any(hooks) or any(weight._backward_hooks for weight in weights):
        return False
    return all(type(part).__module__.split(".")[0] in ("textvec", "torch") for part in parts)


def side_by_side(calls: Sequence[Callable[[], _Result]]) -> Iterator[_Result]:
    """Call functions in the threads of :func:`threads_for_parts`; yield their results in order.

    Each is called with the modes of gradients and inference of this thread. If one raises, those
    that run are waited for.
    """
    n_threads = n_part_threads()
    if n_threads == 1:
        yield from (call() for call in calls)
        return
    gradients, inference = torch.is_grad_enabled(), torch.is_inference_mode_enabled()

    def called(call: Callable[[], _Result]) -> _Result:
        with torch.inference_mode(inference), torch.set_grad_enabled(gradients):
            return call()

    try:
        pool = _pool(n_threads)
        futures = [pool.submit(called, call) for call in calls]
    except RuntimeError:  # the interpreter ends, and threads with it
        yield from (call() for call in calls)
        return
    try:
        yield from (future.result() for future in futures)
    finally:
        for future in futures:
            future.cancel()
        wait(futures)


def _pool(n_threads: int) -> ThreadPoolExecutor:
    with _making:
        if n_threads not in _pools:
            pool = ThreadPoolExecutor(n_threads, "textvec", initializer=_compute_in_one_thread)
            all_set = Barrier(n_threads)
            wait([pool.submit(all_set.wait) for _ in range(n_threads)])
            _pools[n_threads] = pool
        return _pools[n_threads]


def _compute_in_one_thread() -> None:
    """Let torch compute with one thread in this one.

    torch also begins later threads of the process with the number that was last set in any: a
    short-lived one sets what it was.
    """
    with _setting:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        restoring = Thread(target=torch.set_num_threads, args=(before,))
        restoring.start()
        restoring.join()


def branches(
    x: Tensor, calls: Sequence[Callable[[Tensor], Tensor]], weights: Sequence[Sequence[Tensor]]
) -> tuple[Tensor, ...]:
    """Return the results of functions of one tensor, computed, and differentiated, side by side.

    Parameters
    ----------
    x : Tensor
        Argument of each function.
    calls : sequence of callable
        The functions.
    weights : sequence of sequence of Tensors
        What the result of each depends on besides.
    """
    if not torch.is_grad_enabled():
        return tuple(side_by_side([partial(call, x) for call in calls]))
    every = [weight for part in weights for weight in part]
    found: tuple[Tensor, ...] = _Branches.apply(x, calls, weights, *every)  # type: ignore[no-untyped-call]
    return found


class _Branches(torch.autograd.Function):
    """Functions whose graphs are recorded one by one, each in its thread.

    Of one graph, torch computes all gradients on a CPU in the thread that calls backward.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        calls: Sequence[Callable[[Tensor], Tensor]],
        weights: Sequence[Sequence[Tensor]],
        *every: Tensor,
    ) -> tuple[Tensor, ...]:
        is_learned = ctx.needs_input_grad[0]

        def recorded(call: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor]:
            with torch.enable_grad():
                own = x.detach().requires_grad_(is_learned)
                return own, call(own)

        ctx.graphs = list(side_by_side([partial(recorded, call) for call in calls]))
        ctx.weights = weights
        return tuple(result.detach() for _, result in ctx.graphs)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        def derived(branch: int) -> list[Tensor | None]:
            x, result = ctx.graphs[branch]
            inputs = [x, *ctx.weights[branch]]
            learned = [tensor for tensor in inputs if tensor.requires_grad]
            # Kept, as the caller may keep the graph that this is a part of.
            found = torch.autograd.grad(result, learned, gradients[branch], retain_graph=True)
            left = iter(found)
            return [next(left) if tensor.requires_grad else None for tensor in inputs]

        parts = list(side_by_side([partial(derived, i) for i in range(len(ctx.graphs))]))
        by_x = [part[0] for part in parts if part[0] is not None]
        by_weights = [gradient for part in parts for gradient in part[1:]]
        return (sum(by_x[1:], by_x[0]) if by_x else None, None, None, *by_weights)
