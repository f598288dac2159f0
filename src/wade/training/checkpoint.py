"""Checkpoints: the state of a training in a file, from which it resumes as if it had never been interrupted.

A checkpoint is a checked file (`wade.files.checked`) under the key "wade-checkpoint". Its arrays are "theta",
"best_theta" and "optimizer.NAME" for each of the optimizer's; its JSON holds "fingerprint" (of settings and
data), "progress" (epoch, position in it, plateau, time) and "history". It holds no row and no code. It is written
atomically: whenever the process is killed, a complete file is there, the older or the newer.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np

from wade.errors import CheckpointError, CheckpointWarning, InvalidArgument
from wade.files.atomic import remove_leftovers
from wade.files.checked import Kind, read_checked, write_checked
from wade.maths.optimizers import Optimizer
from wade.network import Network
from wade.training.durations import read_duration
from wade.training.history import EpochDone, History
from wade.training.plateau import PlateauState
from wade.training.train_state import Position, TrainState
from wade.types import Array

EVERY: Final = 30.0
KIND: Final = Kind(
    name="checkpoint",
    key="wade-checkpoint",
    format=3,
    oldest=3,
    parts=("fingerprint", "progress", "history"),
    others=(),
    error=CheckpointError,
    missing="Check the path, or make one with `wade train DATA --checkpoint FILE`.",
    foreign="Give another file: this one would be overwritten.",
    damaged="Remove it, and start the training again.",
)

Fingerprint = dict[str, Any]
"""Settings and data of a training, as plain data: name of a setting -> its value."""
CONTENT: Final = "the content of"
"""How the names of those entries begin whose values are digests."""


class Checkpointing(NamedTuple):
    """Where checkpoints are saved (None: nowhere), how often, and whether to resume from the one that is there."""

    checkpoint: str | os.PathLike[str] | None = None
    every: float | str = EVERY
    resume: bool = False


NO_CHECKPOINT: Final = Checkpointing()


@dataclass
class CheckpointWriter:
    """Saves and restores the checkpoint of one training; `every` is the time from one to the next, in seconds."""

    path: Path
    every: float
    fingerprint: Fingerprint
    _last: float = field(default_factory=perf_counter, init=False)

    def resume(self, train_state: TrainState) -> float | None:
        """Restores the state from the file; the seconds that the training took so far, None where there is no file.

        Raises
        ------
        CheckpointError
            It is damaged, from a newer version of wade, no checkpoint, or of another training.
        """
        remove_leftovers(self.path)
        if not self.path.exists():
            warnings.warn(f"{self.path}: there is no checkpoint yet; training begins anew", CheckpointWarning, 4)
            return None
        arrays, document = read_checked(self.path, KIND)
        refuse_another(self.path, document["fingerprint"], self.fingerprint)
        try:
            return _restored(train_state, arrays, document)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            problem = f"it does not hold the state of this training ({error})"
            raise CheckpointError(str(self.path), problem, KIND.damaged) from error

    def save_if_due(self, train_state: TrainState, seconds: float) -> None:
        """Writes a checkpoint where the last one was long enough ago."""
        if perf_counter() - self._last >= self.every:
            self.save(train_state, seconds)

    def save(self, train_state: TrainState, seconds: float) -> None:
        """Writes a checkpoint; where that fails, warns and leaves the older one as it was."""
        progress = {
            "position": _to_json(train_state.position._asdict()),
            "step": int(train_state.state["step"]),
            "plateau": _to_json(train_state.plateau._asdict()),
            "seconds": seconds,
        }
        epochs = [_to_json(asdict(epoch)) for epoch in train_state.history.epochs]
        history = {**asdict(train_state.history), "epochs": epochs}
        document = {"fingerprint": self.fingerprint, "progress": progress, "history": history}
        try:
            write_checked(self.path, KIND, _arrays(train_state), document)
        except OSError as error:
            problem = error.strerror or str(error)
            message = f"the checkpoint could not be written ({problem}); training goes on without a new one"
            warnings.warn(f"{self.path}: {message}", CheckpointWarning, 4)
        self._last = perf_counter()


def check_checkpointing(checkpointing: Checkpointing) -> float:
    """Checks the settings before training; the seconds from one checkpoint to the next.

    Raises
    ------
    CheckpointError
        There is a file of another kind, or a damaged one.
    InvalidArgument
        A setting is not valid, or a training that has not ended would be overwritten.
    """
    every = read_duration("every", checkpointing.every)
    if checkpointing.checkpoint is None:
        if checkpointing.resume:
            raise InvalidArgument(
                "resume", "needs a checkpoint to resume from", True, "Give the file of the checkpoint too."
            )
        return every
    path = Path(os.path.realpath(checkpointing.checkpoint))
    if not path.parent.is_dir():
        raise InvalidArgument("checkpoint", "must be in a folder that exists", os.fspath(checkpointing.checkpoint))
    if path.exists():
        _, document = read_checked(checkpointing.checkpoint, KIND)
        if not checkpointing.resume and not document["history"].get("stop_reason"):
            expected = "must not hold a training that has not ended, unless resume goes on with it"
            received = os.fspath(checkpointing.checkpoint)
            raise InvalidArgument("checkpoint", expected, received, "Resume it, or remove the file.")
    return every


def train_state_in(path: str | os.PathLike[str], network: Network, optimizer: Optimizer) -> TrainState:
    """The state of a training of such a network with this optimizer, from its checkpoint; `network` is copied.

    Raises
    ------
    CheckpointError
        The file is missing, damaged or no checkpoint, or of another network or optimizer.
    """
    arrays, document = read_checked(path, KIND)
    copied = Network.from_dict(network.to_dict(), network.theta)
    train_state = TrainState(copied, optimizer.init(copied.theta), History(""))
    try:
        _restored(train_state, arrays, document)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        problem = f"it does not hold the state of such a network ({error})"
        raise CheckpointError(os.fspath(path), problem, "Give the checkpoint of the training of this model.") from error
    return train_state


def refuse_another(path: Path, there: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    """Refuse the checkpoint of another training, naming what differs.

    Raises
    ------
    CheckpointError
        Something differs.

    Examples
    --------
    >>> try:
    ...     refuse_another(Path("a.checkpoint"), {"seed": 1, "epochs": 8}, {"seed": 2, "epochs": 8})
    ... except CheckpointError as error:
    ...     print(error)
    a.checkpoint: it belongs to another training (seed is 1 there, 2 here). Resume with the same settings and data, ...
    """
    names = [name for name in {**here, **there} if there.get(name) != here.get(name)]
    if names:
        differing = "; ".join(
            f"{name} differs"
            if name.startswith(CONTENT)
            else f"{name} is {there.get(name)} there, {here.get(name)} here"
            for name in names
        )
        remedy = "Resume with the same settings and data, or give another file."
        raise CheckpointError(os.fspath(path), f"it belongs to another training ({differing})", remedy)


def _arrays(train_state: TrainState) -> dict[str, Array]:
    of_optimizer = {f"optimizer.{name}": array for name, array in train_state.state.items() if name != "step"}
    return {"theta": train_state.network.theta, "best_theta": train_state.best_theta, **of_optimizer}


def _restored(train_state: TrainState, arrays: dict[str, Array], document: dict[str, Any]) -> float:
    """Restores a state; everything is checked before anything is changed."""
    saved, told, places = document["progress"], document["history"], _arrays(train_state)
    found = {name: (values.shape, values.dtype) for name, values in arrays.items()}
    if found != {name: (array.shape, array.dtype) for name, array in places.items()}:
        raise ValueError("its arrays are not those of the network and the optimizer")
    epochs = [EpochDone(**_from_json(epoch)) for epoch in told["epochs"]]
    history = History(**{**told, "epochs": epochs})
    place = saved["position"]
    position = Position(int(place["epoch"]), int(place["rows"]), float(place["total"]))
    plateau = PlateauState(**_from_json(saved["plateau"]))
    step, seconds = int(saved["step"]), float(saved["seconds"])
    if (
        len(epochs) != position.epoch - 1
        or len(epochs) > document["fingerprint"]["epochs"]
        or not 0 <= history.best_epoch <= len(epochs)
    ):
        raise ValueError("its history is not that of its position")
    rows, batch_size = document["fingerprint"]["training rows"], document["fingerprint"]["batch_size"]
    if not (0 <= position.rows <= rows and (position.rows % batch_size == 0 or position.rows == rows)):
        raise ValueError("its position is not between two batches")
    for name, values in arrays.items():
        np.copyto(places[name], values)
    train_state.state["step"] = step
    train_state.history, train_state.position, train_state.plateau = history, position, plateau
    train_state.snapshot()
    return seconds


def _to_json(values: dict[str, Any]) -> dict[str, Any]:
    """Infinity and NaN, which JSON lacks, become texts."""
    return {name: str(one) if isinstance(one, float) and not isfinite(one) else one for name, one in values.items()}


def _from_json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: float(one) if isinstance(one, str) else one for name, one in values.items()}
