"""The keywords that `wade.learn` and its siblings take, and that the commands of the same names offer as options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypedDict, TypeVar

from wade.errors import unknown_name
from wade.settings.option import Defined, options_of, with_parameters
from wade.settings.readers import Auto
from wade.settings.table import (
    CalibrationOptions,
    CheckpointOptions,
    ColumnOptions,
    InputOptions,
    MetricOptions,
    PartOptions,
    PlainOptions,
    SampleOptions,
    SplitOptions,
)
from wade.settings.training import Settings, SettingsOptions

Documented = TypeVar("Documented", bound=Callable[..., Any])


class LearningCurvesOptions(
    ColumnOptions,
    SampleOptions,
    SplitOptions,
    InputOptions,
    SettingsOptions,
    PlainOptions,
    CalibrationOptions,
    total=False,
):
    """What `wade.learning_curves` takes."""


class CrossValidationOptions(LearningCurvesOptions, MetricOptions, total=False):
    """What `wade.cross_validate` takes."""


class LearnOptions(CrossValidationOptions, PartOptions, CheckpointOptions, total=False):
    """What `wade.learn` takes."""


class RaceOptions(ColumnOptions, SampleOptions, InputOptions, PlainOptions, total=False):
    """What `wade.race` takes: of the settings, those that matter to a sweep of learning rates."""

    hidden: Sequence[int] | Auto
    activation: str
    dropout: float | Auto
    members: int | Auto
    batch_size: int | Auto
    optimizer: str
    weight_decay: float | Auto
    seed: int
    engine: str
    threads: int | None


class MovieOptions(TypedDict, total=False):
    """What a movie takes: of the settings, those of the training that it shows."""

    epochs: int | Auto
    batch_size: int | Auto
    optimizer: str
    learning_rate: float | Auto


def options_for(definition: type) -> dict[str, Defined]:
    """The options of one of these definitions, by name; those of `Settings` are defined there."""
    own, settings = options_of(definition), options_of(Settings)
    return {name: own.get(name) or settings[name] for name in definition.__annotations__}


def flag_of(name: str) -> str:
    """The option of a command line that sets an argument of `wade.learn`.

    Examples
    --------
    >>> flag_of("batch_size"), flag_of("categories")
    ('--batch-size', '--category')
    """
    return FLAGS.get(name, "--" + name.replace("_", "-"))


def documented(definition: type) -> Callable[[Documented], Documented]:
    """Replace the line ``{options}`` of a docstring by the options of a definition."""

    def document(described: Documented) -> Documented:
        described.__doc__ = with_parameters(described.__doc__, options_for(definition))
        return described

    return document


FLAGS: Final = {name: each.option.flag for name, each in options_for(LearnOptions).items() if each.option.flag}
"""Options that have another name than the argument."""


def chosen(options: Mapping[str, Any], definition: type) -> dict[str, Any]:
    """Those of the options that belong to a definition.

    Examples
    --------
    >>> chosen({"epochs": 3, "drop": ("id",)}, Settings)
    {'epochs': 3}
    """
    return {name: value for name, value in options.items() if name in definition.__annotations__}


def refuse_unknown(options: Mapping[str, Any], definition: type) -> None:
    """Raise `InvalidArgument` for a keyword that a definition does not have, with the nearest one that it has."""
    for name in options:
        if name not in definition.__annotations__:
            raise unknown_name("settings", name, definition.__annotations__)
