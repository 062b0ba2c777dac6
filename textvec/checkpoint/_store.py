"""The folder of a training: a file for each of the last epochs, and its fingerprint.

``run.json`` has the version of this format and the fingerprint of the training;
``epoch-00007.safetensors`` all that epoch 8 depends on. Every file is written under another name
first and then renamed, so that a process that is killed at any moment leaves the last whole epoch.
Nothing is pickled.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from .._compat import import_optional
from .._inputs._paths import checked_path
from .._reporting._caller_warnings import warn_caller
from .._storage._files import replacing
from ._fingerprint import differences, draws_from, saved_draws
from ._state_file import DamagedFileError, read_state, write_state

_VERSION = 1
_RUN = "run.json"
_EPOCH = "epoch-{:05d}.safetensors"
# The newest, and one in case that it gets damaged.
_KEPT = 2


class CheckpointFolder:
    """The folder of one training.

    Parameters
    ----------
    path : str or path
        Of the folder; made when the training begins.
    random_state : int, RandomState or None
        Of the estimator.
    draws : RandomState
        Of the estimator.

    Attributes
    ----------
    draws : RandomState
        What the training draws from: with ``random_state=None``, the generator in its state when
        the training in the folder began, so that this can be resumed.
    initial_draws : dict
        Its state before the first draw.

    Raises
    ------
    ValueError
        If the folder holds something else than a checkpoint.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        random_state: Any,
        draws: np.random.RandomState,
    ):
        import_optional("safetensors.torch", needed_for="checkpoint")
        self.path = checked_path(path, "checkpoint").expanduser()
        self._run = self._read_run()
        if random_state is None and self._run is not None:
            draws = draws_from(self._run["draws"])
        self.draws = draws
        self.initial_draws = saved_draws(draws)

    def claim(self, fingerprint: dict[str, Any]) -> None:
        """Take the folder for a training, or check that it holds this one.

        Raises
        ------
        ValueError
            If it holds another; the message says what differs.
        """
        if self._run is not None:
            different = differences(fingerprint, self._run["identity"])
            if different:
                raise ValueError(
                    f"the folder checkpoint={str(self.path)!r} holds another training. What "
                    f"differs: {'; '.join(different)}. Name another folder, or delete this one "
                    "if its training is not needed any more."
                )
            return
        self.path.mkdir(parents=True, exist_ok=True)
        run = {"version": _VERSION, "identity": fingerprint, "draws": self.initial_draws}
        with replacing(self.path / _RUN, durable=True) as file:
            file.write(json.dumps(run, indent=1).encode())

    def newest(self) -> dict[str, Any] | None:
        """Return the state at the end of the last epoch; None if none has ended.

        Raises
        ------
        ValueError
            If all files of epochs are damaged.
        """
        problems = []
        for file in reversed(self._epochs()):
            try:
                state = read_state(file)
            except DamagedFileError as error:
                problems.append(str(error))
                continue
            if problems:
                warn_caller(
                    f"{'; '.join(problems)}. Training goes on from epoch {len(state['history'])}.",
                )
            return state
        if problems:
            raise ValueError(
                f"no epoch of the training in checkpoint={str(self.path)!r} can be read: "
                f"{'; '.join(problems)}. Delete the folder to begin anew."
            )
        return None

    def keep(self, state: dict[str, Any]) -> None:
        """Write the state at the end of an epoch; of earlier ones, the last is kept."""
        write_state(self.path / _EPOCH.format(len(state["history"])), state)
        for file in self._epochs()[:-_KEPT]:
            file.unlink(missing_ok=True)

    def _epochs(self) -> list[Path]:
        return sorted(self.path.glob("epoch-*.safetensors"))

    def _read_run(self) -> dict[str, Any] | None:
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(f"checkpoint={str(self.path)!r} is a file: name a folder.")
        if not self.path.exists():
            return None
        for unfinished in [*self.path.glob(f"{_RUN}.*.tmp"), *self.path.glob("epoch-*.*.tmp")]:
            unfinished.unlink(missing_ok=True)  # of a process that was killed while it wrote
        file = self.path / _RUN
        if not file.exists():
            if any(self.path.iterdir()):
                raise ValueError(
                    f"the folder checkpoint={str(self.path)!r} is not empty, and what it holds is "
                    "no training: name another."
                )
            return None
        return _checked_run(file)


def _checked_run(file: Path) -> dict[str, Any]:
    try:
        run: dict[str, Any] = json.loads(file.read_bytes())
        version = run["version"]
        if version == _VERSION:
            draws_from(run["draws"])
            differences(run["identity"], run["identity"])
            return run
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{file} is damaged ({error!r}): delete the folder to begin anew."
        ) from error
    raise ValueError(
        f"{file} is of version {version!r} of the format, this is textvec for version {_VERSION}: "
        "name another folder."
    )
