"""What is trained on what, in plain data: by this a checkpoint knows its own training again."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from wade.training.checkpoint import CONTENT, Job
from wade.training.rows import RowSource


def job_of(rows: RowSource, held_out: RowSource | None, network: dict[str, Any], **settings: Any) -> Job:
    """The settings and the data of a training, so that two of them are equal only where they end in the same bits.

    The number of threads, and where the network starts from, are not among them: the one changes nothing, the other is
    in the checkpoint.

    Parameters
    ----------
    rows, held_out : RowSource
        What it learns from, and what judges it.
    network : dict
        The architecture.
    **settings
        Whatever else decides how it goes; what is no number and no text is told by its `repr`.
    """
    described = {name: _plain(value) for name, value in settings.items()}
    shape = {name: _plain(value) for name, value in network.items() if name not in ("inputs", "seed")}
    return {
        f"{CONTENT} the columns": _short(repr(network["inputs"]).encode()),
        **shape,
        "seed of the weights": network["seed"],
        **described,
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
    >>> from wade.training.rows import InMemory, Samples
    >>> from wade.types import Inputs
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
