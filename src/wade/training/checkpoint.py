"""Checkpoints: where a training stands, in a file from which it goes on as if it had never been broken off.

A checkpoint is a checked file (`wade.files.checked`) under the key "wade-checkpoint". Its arrays are "theta",
"best_theta" and "optimizer.NAME" for each of the optimiser's; its JSON holds "job" (what is trained on what, so that
no other training is taken for it), "standing" (epoch, position in it, plateau, time) and "history". It holds no row
and no code. It is written whole or not at all: whatever fails, and whenever the process is killed, a whole one is
there, the older or the newer.
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
from wade.training.plateau import Watch
from wade.training.train_state import Position, TrainState
from wade.types import Array

EVERY: Final = 30.0
KIND: Final = Kind(
    name="checkpoint",
    key="wade-checkpoint",
    format=2,
    oldest=2,
    parts=("job", "standing", "history"),
    error=CheckpointError,
    missing="Leave out resume to begin.",
    stranger="Give another file: this one would be overwritten.",
    damaged="Remove it, and begin anew.",
)

Fingerprint = dict[str, Any]
"""What is trained on what, as plain data: name of a setting -> its value."""
CONTENT: Final = "the content of"
"""How the names of those entries begin whose values say nothing to a person."""


class Checkpointing(NamedTuple):
    """What is asked for: where a checkpoint is kept (None: nowhere), how often, and whether to go on from it."""

    checkpoint: str | os.PathLike[str] | None = None
    every: float | str = EVERY
    resume: bool = False


NO_CHECKPOINT: Final = Checkpointing()


@dataclass
class CheckpointWriter:
    """Keeps the checkpoint of one training.

    Parameters
    ----------
    path : path
    every : float
        Seconds from one to the next.
    job : dict
        What is trained on what.
    """

    path: Path
    every: float
    job: Fingerprint
    _last: float = field(default_factory=perf_counter, init=False)

    def resume(self, standing: TrainState) -> float | None:
        """Goes on from the file, where there is one: the standing is then as it was, and so are the seconds so far.

        Returns
        -------
        float or None
            The seconds that the training has taken so far; None where there is no file.

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
        refuse_another(self.path, document["job"], self.job)
        try:
            return _restored(standing, arrays, document)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            problem = f"what it holds is no standing of this training ({error})"
            raise CheckpointError(str(self.path), problem, KIND.damaged) from error

    def save_if_due(self, standing: TrainState, seconds: float) -> None:
        """Writes a checkpoint where the last one was long enough ago."""
        if perf_counter() - self._last >= self.every:
            self.keep(standing, seconds)

    def keep(self, standing: TrainState, seconds: float) -> None:
        """Writes a checkpoint; where that fails, says so and leaves the older one as it was."""
        arrays = {
            "theta": standing.network.theta,
            "best_theta": standing.best_theta,
            **{f"optimizer.{name}": memory for name, memory in _memories(standing).items()},
        }
        position = standing.position._asdict()
        document = {
            "job": self.job,
            "standing": {
                "position": {**position, "total": _to_json(position["total"])},
                "step": int(standing.state["step"]),
                "watch": {name: _to_json(value) for name, value in standing.watch._asdict().items()},
                "seconds": seconds,
            },
            "history": {
                **asdict(standing.history),
                "epochs": [
                    {name: _to_json(value) for name, value in asdict(epoch).items()}
                    for epoch in standing.history.epochs
                ],
            },
        }
        try:
            write_checked(self.path, KIND, arrays, document)
        except OSError as error:
            problem = error.strerror or str(error)
            message = f"the checkpoint could not be written ({problem}); training goes on without a new one"
            warnings.warn(f"{self.path}: {message}", CheckpointWarning, 4)
        self._last = perf_counter()


def check_checkpointing(keeping: Checkpointing) -> float:
    """Refuses what can be refused before there is anything to train; the seconds from one checkpoint to the next.

    Raises
    ------
    CheckpointError
        There is a file of another kind, or a damaged one.
    InvalidArgument
        A setting is not valid, or a training that has not ended would be overwritten.
    """
    every = read_duration("every", keeping.every)
    if keeping.checkpoint is None:
        if keeping.resume:
            raise InvalidArgument("resume", "needs a checkpoint to go on from", keeping.resume, "Name its file too.")
        return every
    path = Path(os.path.realpath(keeping.checkpoint))
    if not path.parent.is_dir():
        raise InvalidArgument("checkpoint", "must be in a folder that exists", os.fspath(keeping.checkpoint))
    if path.exists():
        _, document = read_checked(keeping.checkpoint, KIND)
        if not keeping.resume and not document["history"].get("stop_reason"):
            expected = "must not hold a training that has not ended, unless resume goes on with it"
            received = os.fspath(keeping.checkpoint)
            raise InvalidArgument("checkpoint", expected, received, "Resume it, or remove the file.")
    return every


def train_state_in(path: str | os.PathLike[str], network: Network, optimizer: Optimizer) -> TrainState:
    """Where a training of such a network with this optimiser stood when this was written; `network` is copied.

    Raises
    ------
    CheckpointError
        The file is missing, damaged or no checkpoint, or of a network or an optimiser of another kind.
    """
    arrays, document = read_checked(path, KIND)
    copied = Network.from_dict(network.to_dict(), network.theta)
    standing = TrainState(copied, optimizer.init(copied.theta), History(""))
    try:
        _restored(standing, arrays, document)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        problem = f"what it holds is no standing of this network ({error})"
        raise CheckpointError(os.fspath(path), problem, "Give the checkpoint of the training of this model.") from error
    return standing


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


def _memories(standing: TrainState) -> dict[str, Array]:
    return {name: memory for name, memory in standing.state.items() if name != "step"}


def _restored(standing: TrainState, arrays: dict[str, Array], document: dict[str, Any]) -> float:
    """Puts what was kept into its places; everything is looked at before anything is changed."""
    kept, told = document["standing"], document["history"]
    places = {"theta": standing.network.theta, "best_theta": standing.best_theta}
    places |= {f"optimizer.{name}": memory for name, memory in _memories(standing).items()}
    found = {name: (values.shape, values.dtype) for name, values in arrays.items()}
    if found != {name: (memory.shape, memory.dtype) for name, memory in places.items()}:
        raise ValueError("its arrays are not those of the network and the optimiser")
    epochs = [EpochDone(**{name: _from_json(value) for name, value in epoch.items()}) for epoch in told["epochs"]]
    history = History(**{**told, "epochs": epochs})
    place = kept["position"]
    position = Position(int(place["epoch"]), int(place["rows"]), float(place["total"]))
    watch = Watch(**{name: _from_json(value) for name, value in kept["watch"].items()})
    step, seconds = int(kept["step"]), float(kept["seconds"])
    if (
        len(epochs) != position.epoch - 1
        or len(epochs) > document["job"]["epochs"]
        or not 0 <= history.best_epoch <= len(epochs)
    ):
        raise ValueError("its history is not that of its position")
    rows, batch_size = document["job"]["training rows"], document["job"]["batch_size"]
    if not (0 <= position.rows <= rows and (position.rows % batch_size == 0 or position.rows == rows)):
        raise ValueError("its position is not between two batches")
    for name, values in arrays.items():
        np.copyto(places[name], values)
    standing.state["step"] = step
    standing.history, standing.position, standing.watch = history, position, watch
    standing.mark()
    return seconds


def _to_json(value: Any) -> Any:
    """A number that JSON has no word for becomes a text."""
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _from_json(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value
