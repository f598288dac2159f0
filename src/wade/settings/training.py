"""`Settings`: how a network is built and trained. Each field is the one definition of its option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, TypedDict

from wade.errors import InvalidArgument
from wade.settings.option import Check, Option, options_of, with_parameters
from wade.settings.readers import (
    AUTO,
    LARGEST_COUNT,
    Auto,
    count,
    is_count,
    is_not_negative,
    is_positive,
    number,
    widths,
)

PLATEAU: Final = "plateau"
LEAST_PATIENCE: Final = 5

PLAIN: Final = {"members": 1, "dropout": 0.0, "weight_decay": 0.0, "schedule": "constant", "optimizer": "sgd"}
COUNT: Final = Check(is_count, f"must be a whole number from 1 on, at most {LARGEST_COUNT:,}")


def _not_negative(example: str) -> Check:
    return Check(is_not_negative, "must be at least 0 and finite", f"Try {example}.")


def _positive(remedy: str) -> Check:
    return Check(is_positive, "must be greater than 0 and finite", remedy)


@dataclass(frozen=True)
class Settings:
    """How a network is built and trained; "auto" leaves a choice to `settle`.

    Parameters
    ----------
    {options}

    Examples
    --------
    >>> Settings(hidden=(64,)).learning_rate == DEFAULTS.learning_rate
    True
    """

    # Widths, dropout, members, seed and names are checked where they are used, before any data is read.
    hidden: Annotated[
        Sequence[int] | Auto,
        Option(
            'Widths of the hidden layers; "none" for none: linear in the encoded inputs.',
            "A,B,...",
            widths,
            unset=(AUTO,),
            more="In Python, () for none.",
        ),
    ] = AUTO
    activation: Annotated[
        str,
        Option(
            "Activation of the hidden layers, such as relu, tanh, sigmoid or gelu; identity leaves them linear. "
            "Or one for each layer: tanh,relu.",
            "NAME",
            more="See `wade.maths`.",
        ),
    ] = "relu"
    dropout: Annotated[
        float | Auto,
        Option(
            "Share of each hidden layer's units that is dropped out in a training step.",
            "NUMBER",
            number,
            unset=(AUTO,),
            more="From 0 to less than 1.",
        ),
    ] = AUTO
    members: Annotated[
        int | Auto,
        Option(
            "Ensemble members: train N networks that share their weights, and average their predictions.",
            "N",
            count,
            unset=(AUTO,),
            more="(TabM.)",
        ),
    ] = AUTO
    epochs: Annotated[int | Auto, Option("Maximum number of epochs.", "N", count, check=COUNT, unset=(AUTO,))] = AUTO
    batch_size: Annotated[int | Auto, Option("Rows per training step.", "N", count, check=COUNT, unset=(AUTO,))] = AUTO
    optimizer: Annotated[
        str,
        Option(
            "Optimizer, such as adamw, adam, rmsprop, adagrad, momentum or sgd.",
            "NAME",
            more="See `wade.maths.optimizers`.",
        ),
    ] = "adamw"
    learning_rate: Annotated[
        float | Auto,
        Option(
            "Learning rate; auto: a short sweep chooses it.",
            "NUMBER",
            number,
            check=_positive("Try 0.001, or 'auto'."),
            unset=(AUTO,),
        ),
    ] = AUTO
    weight_decay: Annotated[
        float | Auto,
        Option("Strength of the weight decay.", "NUMBER", number, check=_not_negative("0.1"), unset=(AUTO,)),
    ] = AUTO
    l1: Annotated[
        float,
        Option(
            "L1 penalty: add this times the sum of |weights| to the loss.",
            "NUMBER",
            float,
            check=_not_negative("0.0001"),
            shown="none",
        ),
    ] = 0.0
    l2: Annotated[
        float,
        Option(
            "L2 penalty: add half of this times the sum of squared weights to the loss.",
            "NUMBER",
            float,
            check=_not_negative("0.0001"),
            shown="none",
        ),
    ] = 0.0
    clip_norm: Annotated[
        float | None,
        Option(
            "Clip the gradient of a batch to this norm.",
            "NUMBER",
            float,
            check=_positive("Try 1, or leave it out for no limit."),
            unset=(None,),
            shown="no limit",
            more="The penalties' gradient is included.",
        ),
    ] = None
    schedule: Annotated[
        str,
        Option(
            "Learning-rate schedule, such as one_cycle, cosine or constant; plateau: cut the rate to a tenth after "
            "half of --patience without a better validation loss.",
            "NAME",
            unset=(AUTO,),
            more="(Half, rounded up: the other half is left for the lower rate to help.)",
        ),
    ] = AUTO
    patience: Annotated[
        int | None,
        Option(
            "Early stopping: stop after N epochs without a better validation loss.",
            "N",
            int,
            check=COUNT,
            unset=(None,),
            shown="a fifth of the epochs, at least 5",
            more='None: a fifth of the epochs, at least 5; 5 for "plateau", which needs at least 2. The parameters of '
            "the best epoch are kept.",
        ),
    ] = None
    seed: Annotated[
        int,
        Option(
            "Random seed: the same seed gives the same result.",
            "N",
            int,
            more="It seeds the split, the initial parameters, the order of the rows and the dropout masks.",
        ),
    ] = 0
    engine: Annotated[
        str, Option("Compute engine; `wade doctor` shows what is available.", "auto|native|reference")
    ] = AUTO
    threads: Annotated[
        int | None,
        Option("Number of threads.", "N", int, check=COUNT, unset=(None,), shown="all", more="None: all cores."),
    ] = None
    stop_on: Annotated[
        str,
        Option("Validation metric that selects the best epoch: loss, or one of --metrics.", "METRIC"),
    ] = "loss"
    patience_time: Annotated[
        float | str | None,
        Option(
            "Stop after this long without a better epoch, such as 30s.",
            "TIME",
            shown="no limit",
            more="Seconds, or a text.",
        ),
    ] = None
    time_limit: Annotated[
        float | str | None,
        Option(
            "Train no longer than this, such as 5m; the schedule is fitted to it.",
            "TIME",
            shown="no limit",
            more="Seconds, or a text; training alone counts, not reading and evaluation.",
        ),
    ] = None

    def plain(self) -> Settings:
        """Plain gradient descent: what the defaults add is left out, where it was not asked for.

        Examples
        --------
        >>> plain = Settings(members=2).plain()
        >>> plain.members, plain.dropout, plain.weight_decay, plain.schedule, plain.optimizer
        (2, 0.0, 0.0, 'constant', 'sgd')
        """
        unset = Settings()
        left_open: dict[str, Any] = {
            name: value for name, value in PLAIN.items() if getattr(self, name) == getattr(unset, name)
        }
        return replace(self, **left_open)

    def __post_init__(self) -> None:
        for name, (option, _, _) in options_of(Settings).items():
            option.refuse_outside(name, getattr(self, name))
        if self.schedule == PLATEAU and self.patience is not None and self.patience < 2:
            expected = "must be at least 2 for the schedule 'plateau', which cuts the learning rate halfway to stopping"
            raise InvalidArgument("patience", expected, self.patience, "Try 6.")


Settings.__doc__ = with_parameters(Settings.__doc__, options_of(Settings))


class SettingsOptions(TypedDict, total=False):
    """The fields of `Settings` as keywords, for editors and type checkers."""

    hidden: Sequence[int] | Auto
    activation: str
    dropout: float | Auto
    members: int | Auto
    epochs: int | Auto
    batch_size: int | Auto
    optimizer: str
    learning_rate: float | Auto
    weight_decay: float | Auto
    l1: float
    l2: float
    clip_norm: float | None
    schedule: str
    patience: int | None
    seed: int
    engine: str
    threads: int | None
    stop_on: str
    patience_time: float | str | None
    time_limit: float | str | None


@dataclass(frozen=True)
class Choice:
    """The value chosen for a setting that was left open, and the reason."""

    value: Any
    why: str


@dataclass(frozen=True)
class Settled(Settings):
    """Settings with nothing left open except, possibly, the learning rate; `choices` holds what was chosen, and why."""

    hidden: Sequence[int] = ()
    dropout: float = 0.0
    members: int = 1
    epochs: int = 1
    batch_size: int = 1
    weight_decay: float = 0.0
    patience: int = LEAST_PATIENCE
    choices: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def epochs_to_a_cut(self) -> int | None:
        """Epochs without a better validation loss after which the learning rate is cut; None: never."""
        return -(-self.patience // 2) if self.schedule == PLATEAU else None


DEFAULTS: Final = Settings()
