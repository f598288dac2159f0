"""The fingerprint of a training, its settings and data, by which a checkpoint is matched to it."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from wade.training.checkpoint import CONTENT, Fingerprint
from wade.training.descent import Descent
from wade.training.rows import RowSource


def fingerprint_of(descent: Descent) -> Fingerprint:
    """The settings and the data of a training, so that two of them are equal only where they end in the same bits.

    The number of threads, which changes nothing, and the initial parameters, which the checkpoint holds, are not part
    of it. Anything but numbers and texts is given by its `repr`.
    """
    network, rows, held_out = descent.network.to_dict(), descent.rows, descent.evaluator.held_out
    schedule, regularization = descent.schedule, descent.regularization
    settings = {
        **{name: value for name, value in network.items() if name not in ("inputs", "seed")},
        "seed of the weights": network["seed"],
        "loss": descent.loss.name,
        "constants of the loss": descent.loss.constants,
        "optimizer": descent.optimizer,
        "learning_rate": schedule.learning_rate,
        "schedule": schedule.schedule,
        "epochs": schedule.epochs,
        "time_limit": schedule.time_limit,
        "batch_size": descent.batch_size,
        "shuffle": descent.shuffle,
        "stopping": descent.stopping,
        "plateau": descent.plateau,
        "seed": descent.seed,
        "engine": descent.engine.name,
        "l1": regularization.l1,
        "l2": regularization.l2,
        "clip_norm": regularization.max_norm,
    }
    return {
        **{name: _plain(value) for name, value in settings.items()},
        f"{CONTENT} the columns": _short(repr(network["inputs"]).encode()),
        "training rows": len(rows),
        "rows shuffled at a time": rows.shuffled_at_a_time,
        f"{CONTENT} the training rows": digest(rows),
        "validation rows": 0 if held_out is None else len(held_out),
        f"{CONTENT} the validation rows": None if held_out is None else digest(held_out),
    }


def digest(rows: RowSource) -> str:
    """A fingerprint of all that a source of rows holds: the same for the same rows, however large its blocks are.

    Examples
    --------
    >>> from wade.training.rows import InMemory
    >>> from wade.types import Inputs, Samples
    >>> X = Inputs(np.ones((3, 2), np.float32), np.empty((3, 0), np.int32))
    >>> digest(InMemory(Samples(X, np.zeros((3, 1))))) == digest(InMemory(Samples(X, np.ones((3, 1)))))
    False
    """
    columns = [hashlib.sha256() for _ in range(5)]
    for X, y, weights in rows.blocks():
        for column, block in zip(columns, (X.numbers, X.codes, X.positions, y, weights), strict=True):
            if block is not None and block.size:
                column.update(np.ascontiguousarray(block).data)
    return _short(b"".join(column.digest() for column in columns))


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else repr(value)
