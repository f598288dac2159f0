"""A race of learning rates on a table: read, split, encode as for training, then all rates from one start."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from math import inf, log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument
from wade.model.choosing import choose
from wade.model.lesson import prepare
from wade.model.model import Report, shape_of_answer
from wade.model.parts import Lesson
from wade.model.splitting import Splitting
from wade.settings import DEFAULTS, Auto, Settings, settle
from wade.tables import Dialect, Target
from wade.training.automatic import loss_name, optimizer_by
from wade.training.by_settings import check_settings, network_by
from wade.training.rates import Watcher, race_rates
from wade.training.verdicts import judge

LEARNING_RATES: Final = (1e-5, 10.0)
COUNT: Final = 24
STEPS: Final = 100


def race(
    data: Any,
    target: str | None = None,
    *,
    columns: Collection[str] | None = None,
    drop: Collection[str] = (),
    categories: Collection[str] = (),
    roles: Mapping[str, str] | None = None,
    schema: str | os.PathLike[str] | None = None,
    missing: Collection[str] = (),
    dialect: Dialect | None = None,
    rows: int | None = None,
    noise: float | None = None,
    learning_rates: Sequence[float] = LEARNING_RATES,
    count: int = COUNT,
    steps: int = STEPS,
    hidden: Sequence[int] | Auto = DEFAULTS.hidden,
    activation: str = DEFAULTS.activation,
    batch_size: int | Auto = DEFAULTS.batch_size,
    optimizer: str = DEFAULTS.optimizer,
    weight_decay: float | Auto = DEFAULTS.weight_decay,
    seed: int = DEFAULTS.seed,
    engine: str = DEFAULTS.engine,
    threads: int | None = DEFAULTS.threads,
    watcher: Watcher | None = None,
) -> Report:
    """Try many learning rates at once, all from the same start and over the same batches, and judge each.

    Each rate is kept as it is for the whole race. What is best for a wider network, a longer training or a schedule
    that ends at 0 may be another: hence a range and several suggestions.

    Parameters
    ----------
    data, target, columns, drop, categories, roles, schema, missing, dialect, rows, noise
        As in `wade.learn`. The rates run over the rows that it would train on.
    learning_rates : (lowest, highest)
        The ends of the rates that race.
    count : int, ≥ 2
        How many of them, each the same number of times its neighbour.
    steps : int, ≥ 1
        How many batches each learns from.
    hidden, activation, batch_size, optimizer, weight_decay, seed, engine, threads
        As in `wade.learn`.
    watcher : function of (steps done, all steps)
        Called as the race goes on.

    Returns
    -------
    dict
        What `training.verdicts.Verdicts.to_dict` gives ("verdicts", each with rate, kind, evidence and losses; "start",
        "steps", "best", "lowest", "highest", "suggestions"), with "data", "target", "rows", "batch_size", "passes",
        "settings", "choices", "engine", "seconds" and "notes".

    Raises
    ------
    WadeError
        A setting, the table or a column cannot be used; the message says which and what to do.

    Examples
    --------
    >>> found = race("moons", learning_rates=(1e-5, 1.0), count=6, hidden=(8,))
    >>> found["verdicts"][0]["kind"], found["lowest"] <= found["best"]
    ('too small', True)
    """
    rates = spread(learning_rates, count)
    settings = Settings(
        hidden,
        activation,
        batch_size=batch_size,
        optimizer=optimizer,
        weight_decay=weight_decay,
        seed=seed,
        engine=engine,
        threads=threads,
    )
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise InvalidArgument("steps", "must be a whole number from 1 on", steps, f"Try {STEPS}.")
    check_settings(settings)
    choices, marks = choose(data, target, columns, drop, categories, missing, None, roles, schema)
    splitting = Splitting(rows=rows, noise=noise, seed=seed)
    with ExitStack() as scratch:
        lesson = prepare(data, choices, marks, dialect, splitting, None, scratch, lambda event: None)
        settled = settle(settings, len(lesson.parts["train"]), *shape_of_answer(lesson.target))
        size = settled.batch_size
        # All of them, or as many as a window holds of rows that are streamed.
        (X, y, _), _ = next(lesson.parts["train"].epoch(1, size, seed))
    network = network_by(settled, lesson.encoder.layout, *shape_of_answer(lesson.target))
    raced = race_rates(
        network,
        X,
        y,
        rates,
        loss=loss_name(network),
        optimizer=optimizer_by(settled),
        batch_size=size,
        steps=steps,
        seed=seed,
        engine=engine,
        threads=threads,
        watcher=watcher,
    )
    found = judge(raced.learning_rates, raced.losses, raced.start, constant_loss(lesson.target, lesson.base_rate))
    return {
        "data": lesson.name,
        "target": lesson.target.column,
        "rows": len(X),
        "batch_size": min(size, len(X)),
        "passes": raced.passes,
        "kind": lesson.target.kind,
        **found.to_dict(),
        "settings": {
            "hidden": list(settled.hidden),
            "activation": activation,
            "optimizer": optimizer,
            "weight_decay": settled.weight_decay,
            "seed": seed,
        },
        "choices": {name: asdict(choice) for name, choice in settled.choices.items()},
        "engine": raced.engine,
        "seconds": raced.seconds,
        "notes": _notes(lesson, raced.passes),
    }


def _notes(lesson: Lesson, passes: float) -> list[str]:
    """What a user should be told of how the table was read, and of rows that were seen again."""
    again = (
        f"The rows were seen {passes:.1f} times. From the second time on a loss is one on rows already learned from, "
        "which favours high rates; a careful one may predict better."
    )
    return [*lesson.notes, *lesson.schema.notes, *([again] if passes > 1 else [])]


def constant_loss(target: Target, base_rate: Sequence[float]) -> float:
    """The training loss of always answering the base rate: its entropy; of numbers the variance, which is scaled to 1.

    Examples
    --------
    >>> round(constant_loss(Target("late", "two classes", (0, 1)), [0.5]), 4)
    0.6931
    """
    if target.kind == "number":
        return 1.0
    shares = [*base_rate, 1 - base_rate[0]] if target.kind == "two classes" else base_rate
    return -sum(share * log(share) for share in shares if share > 0)


def spread(learning_rates: Sequence[float], count: int) -> NDArray[np.float64]:
    """`count` rates from the lowest to the highest, evenly spaced on a logarithmic scale.

    Raises
    ------
    InvalidArgument
        The ends are not two rising numbers above 0, or there are fewer than two rates.

    Examples
    --------
    >>> spread((0.001, 0.1), 3).tolist()
    [0.001, 0.01, 0.1]
    """
    if len(learning_rates) != 2 or not 0 < learning_rates[0] < learning_rates[1] < inf:
        expected = "must be two numbers, 0 < lowest < highest"
        raise InvalidArgument("learning_rates", expected, learning_rates, "Try 1e-5 and 10.")
    if isinstance(count, bool) or not isinstance(count, int) or count < 2:
        raise InvalidArgument("count", "must be a whole number from 2 on", count, f"Try {COUNT}.")
    return np.geomspace(learning_rates[0], learning_rates[1], count)
