"""The settings of a training in the studio: their defaults, what they can be, and the network and `Walk` they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from math import isfinite
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from wade.errors import InvalidArgument, unknown_name
from wade.maths.activations import ACTIVATIONS
from wade.maths.losses import loss_names
from wade.maths.optimizers import NAMED, Optimizer, choose_optimizer
from wade.maths.schedules import SCHEDULES
from wade.studio.data import Table
from wade.studio.messages import Settings
from wade.studio.prepared_table import usual_share
from wade.training.walk import WalkSettings

LIVE: Final = (
    "learning_rate",
    "batch_size",
    "activations",
    "dropout",
    "optimizer",
    "optimizer_constants",
    "schedule",
    "epochs",
    "l1",
    "l2",
    "clip_norm",
)
"""What changes without a new start: training goes on from the same parameters."""
OF_ROWS: Final = ("inputs", "target", "split", "validation_share", "recipe")
"""What the rows have to be prepared anew for."""
PLAIN: Final[Mapping[str, Any]] = {
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "schedule": "constant",
    "epochs": 100,
    "batch_size": 16,
    "dropout": 0.0,
}
HIDDEN: Final = (8, 8)
ACTIVATION: Final = "tanh"
MOST_LAYERS: Final = 32


def default_settings(table: Table) -> Settings:
    """Plain gradient descent on all usable columns of a table.

    The loss is settled by `prepared_settings`, as it depends on what the target is.
    """
    return Settings(
        inputs=list(table.usable),
        target=table.target,
        split="random",
        validation_share=usual_share(len(table.loaded.rows)),
        hidden=list(HIDDEN),
        activations=[ACTIVATION] * len(HIDDEN),
        loss="",
        optimizer_constants=constants_of(choose_optimizer(PLAIN["optimizer"])),
        l1=0.0,
        l2=0.0,
        clip_norm=None,
        seed=0,
        recipe="plain",
        **PLAIN,
    )


def changed_settings(settings: Settings, changes: Mapping[str, Any], task: str | None = None) -> Settings:
    """The settings with others in place of some; what belongs to them follows.

    An optimizer comes with its usual constants, new layers with the activation of the last one before them.

    Raises
    ------
    InvalidArgument
        There is no such setting, or its value has the wrong type, is unknown, or outside its range.
    """
    known = Settings.__struct_fields__
    for name in changes:
        if name not in known:
            raise unknown_name("setting", name, known)
    wanted = {name: _converted(name, value) for name, value in changes.items()}
    if "optimizer" in wanted and "optimizer_constants" not in wanted:
        wanted["optimizer_constants"] = constants_of(choose_optimizer(wanted["optimizer"]))
    if "hidden" in wanted and "activations" not in wanted:
        have, size = settings.activations, len(wanted["hidden"])
        wanted["activations"] = (have + size * (have[-1:] or [ACTIVATION]))[:size]
    found = replace(settings, **wanted)
    check_settings(found, task)
    return found


def check_settings(settings: Settings, task: str | None = None) -> None:
    """InvalidArgument, with the name of the setting, for the first one that cannot be."""
    if not 0 < settings.validation_share < 1:
        expected = "must be greater than 0 and less than 1"
        raise InvalidArgument("validation_share", expected, settings.validation_share, "Try 0.2.")
    if not settings.inputs:
        raise InvalidArgument("inputs", "must name at least one column", settings.inputs, "Choose one.")
    if len(settings.hidden) > MOST_LAYERS:
        expected = f"must be at most {MOST_LAYERS} layers"
        raise InvalidArgument("hidden", expected, settings.hidden, "Take fewer layers.")
    if len(settings.activations) != len(settings.hidden):
        expected = f"must be one for each of the {len(settings.hidden)} hidden layers"
        raise InvalidArgument("activations", expected, settings.activations, "Name one for each.")
    for name in settings.activations:
        if name not in hidden_activations():
            raise unknown_name("activations", name, hidden_activations())
    if not (isfinite(settings.initial_scale) and settings.initial_scale >= 0):
        raise InvalidArgument("initial_scale", "must be at least 0 and finite", settings.initial_scale, "Try 1.")
    if task is not None and settings.loss not in ("", *losses_of(task)):
        raise unknown_name("loss", settings.loss, losses_of(task))
    if settings.schedule not in SCHEDULES:
        raise unknown_name("schedule", settings.schedule, SCHEDULES)
    WalkSettings().changed(**walk_settings(settings))


def walk_settings(settings: Settings) -> dict[str, Any]:
    """What a `Walk` takes besides network, rows and seed."""
    return {
        "optimizer": optimizer_of(settings),
        "learning_rate": settings.learning_rate,
        "schedule": settings.schedule,
        "epochs": settings.epochs,
        "batch_size": settings.batch_size,
        "l1": settings.l1,
        "l2": settings.l2,
        "clip_norm": settings.clip_norm,
    }


def optimizer_of(settings: Settings) -> Optimizer:
    """The optimizer with its constants; InvalidArgument where one is unknown or outside its range."""
    if settings.optimizer not in NAMED:
        raise unknown_name("optimizer", settings.optimizer, NAMED)
    usual = choose_optimizer(settings.optimizer)
    known = [one.name for one in fields(usual)]
    for name in settings.optimizer_constants:
        if name not in known:
            raise unknown_name("optimizer_constants", name, known)
    made: Optimizer = type(usual)(**{**asdict(usual), **settings.optimizer_constants})
    return made


def constants_of(optimizer: Optimizer) -> dict[str, float | bool]:
    """The constants of an optimizer by their names."""
    return {one.name: getattr(optimizer, one.name) for one in fields(optimizer)}


def hidden_activations() -> list[str]:
    """The activations that a hidden layer can have."""
    return [name for name, entry in ACTIVATIONS.items() if entry.is_elementwise]


def losses_of(task: str) -> list[str]:
    """The losses that fit a target, the usual one first.

    Examples
    --------
    >>> losses_of("multiclass"), losses_of("regression")[0]
    (['cross_entropy'], 'mean_squared_error')
    """
    if task == "multiclass":
        return ["cross_entropy"]
    if task == "binary":
        return ["cross_entropy", "mean_squared_error"]
    return [name for name in loss_names() if name not in ("cross_entropy", "poisson")]


def choices_for(table: Table, task: str) -> dict[str, list[str]]:
    """The names that settings can take."""
    return {
        "inputs": [column.name for column in table.columns if column.name != table.target],
        "target": [column.name for column in table.columns if column.can_be_target],
        "split": ["random", *(["time"] if table.has_time else [])],
        "activations": hidden_activations(),
        "loss": losses_of(task),
        "optimizer": list(NAMED),
        "schedule": list(SCHEDULES),
        "recipe": ["plain", "default"],
    }


def _converted(name: str, value: Any) -> Any:
    """A value that came as JSON, in the type of its setting."""
    kind = Settings.__annotations__[name]
    found = next(field for field in msgspec.structs.fields(Settings) if field.name == name)
    try:
        return msgspec.convert(value, found.type)
    except msgspec.ValidationError as error:
        expected = str(error).partition(" - ")[0][0].lower() + str(error).partition(" - ")[0][1:]
        raise InvalidArgument(name, f"has the wrong type: {expected}", value, f"It is {kind}.") from error
