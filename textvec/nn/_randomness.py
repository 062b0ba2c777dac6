"""Explicit random generators: nothing draws from a global one."""

from __future__ import annotations

import torch


class Randomness:
    """The random generators of one training.

    Weights and the order of rows are drawn on the CPU, so that they are the same whatever
    the device; dropout masks on the device they are used on. Copies and pickles have
    the state of the original.

    Parameters
    ----------
    seed : int
        Of every generator.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import Randomness
    >>> draws = [torch.rand(2, generator=Randomness(7).generator("cpu")) for _ in range(2)]
    >>> torch.equal(*draws)
    True
    """

    def __init__(self, seed: int):
        self.seed = seed
        self._generators: dict[str, torch.Generator] = {}

    def generator(self, device: torch.device | str) -> torch.Generator:
        """Return the generator of a device."""
        name = str(device)
        if name not in self._generators:
            self._generators[name] = torch.Generator(device).manual_seed(self.seed)
        return self._generators[name]

    def reseed(self, seed: int) -> None:
        """Let every generator begin anew."""
        self.seed = seed
        self._generators.clear()

    def __getstate__(self) -> dict[str, object]:
        states = {name: g.get_state() for name, g in self._generators.items()}
        return {"seed": self.seed, "states": states}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__init__(state["seed"])  # type: ignore[misc]
        for name, saved in state["states"].items():  # type: ignore[attr-defined]
            # A state saved on a machine with another accelerator has no use here.
            if is_here(name):
                self.generator(name).set_state(saved.cpu())


def is_here(name: str) -> bool:
    """Return whether this machine has the device of a name."""
    device = torch.device(name)
    backend = getattr(torch, device.type, None)  # such as torch.cuda
    return backend is not None and (device.index or 0) < backend.device_count()
