"""The kinds of pictures: one entry each, which the command line, the gallery and the tests follow.

To add a kind, write a module with its display and an entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from wade.errors import InvalidArgument, unknown_name
from wade.maths.registry import Registry
from wade.pictures.activations import ActivationsDisplay
from wade.pictures.baselines import BaselinesDisplay
from wade.pictures.boundary import BoundaryDisplay
from wade.pictures.confusion import ConfusionDisplay
from wade.pictures.cost import CostDisplay
from wade.pictures.curves import CurvesDisplay
from wade.pictures.deck import descent_on_surface
from wade.pictures.dependence import DependenceDisplay
from wade.pictures.display import Display
from wade.pictures.layers import LayersDisplay
from wade.pictures.learning import LearningDisplay, StepsDisplay
from wade.pictures.losses import LossesDisplay, StaircaseDisplay
from wade.pictures.network import NetworkDisplay
from wade.pictures.neurons import NeuronsDisplay
from wade.pictures.nonlinearity import NonlinearityDisplay
from wade.pictures.numbers import PredictionsDisplay
from wade.pictures.rates import EffectiveStepsDisplay, RatesDisplay
from wade.pictures.reasons import ImportanceDisplay, WaterfallDisplay
from wade.pictures.reliability import ReliabilityDisplay
from wade.pictures.roc import RocDisplay
from wade.pictures.surface import SurfaceDisplay
from wade.settings import LearningCurvesOptions, MovieOptions, RaceOptions, options_for
from wade.settings.table import SweepOptions, TargetOptions

Source = Literal["nothing", "model", "model and rows", "table"]
TRAINING: Final = (TargetOptions, LearningCurvesOptions)
"""The options of a training in memory."""


@dataclass(frozen=True)
class Kind:
    """A kind of picture.

    Parameters
    ----------
    name : str
        What users type.
    about : str
        What it shows, in a few words.
    source : str
        What it is made from: "nothing", "model", "model and rows", or a "table", on which networks are trained.
    make : function
        Of the source's objects and the options; returns a display.
    options : tuple of str
        The options that it takes.
    needed : tuple of str
        Those of them that it cannot do without.
    progress : str
        The argument that takes a function for progress: "on_event" (events of a training), "watcher" (steps done, all
        steps), or "" where it is quick.
    trains : tuple of definitions
        The options of the training that it runs on a table.
    from_table : function, optional
        Makes one of a model and rows from a table alone, on which a network is trained; takes `on_event`.
    """

    name: str
    about: str
    source: Source
    make: Callable[..., Display]
    options: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    progress: str = ""
    trains: tuple[type, ...] = ()
    from_table: Callable[..., Display] | None = None

    def takes(self, *, alone: bool = False) -> tuple[str, ...]:
        """The options that it takes; `alone`: made from a table alone."""
        trained = tuple(option for definition in self.trains for option in options_for(definition))
        if self.from_table is not None:
            return trained if alone else self.options
        return (*self.options, *trained)

    @property
    def can_move(self) -> bool:
        """Whether it can be drawn after each epoch of a training."""
        return self.name == "network" or (self.source == "model and rows" and self.name not in ("surface", "effective"))


def _network(model: Any, data: Any = None, row: int | None = None, shows: str | None = None, **more: Any) -> Display:
    """The graph alone; with `data`, a recorded step of one of its rows on it (by default the first)."""
    if data is None:
        for option, value in (("row", row), ("shows", shows)):
            if value is not None:
                raise InvalidArgument(option, "needs the table that holds the row", value, "Give DATA after the model.")
        return NetworkDisplay.from_model(model)
    return NetworkDisplay.from_trace(model.explain(data, row or 1, **more), shows or "activations")


KINDS: Final = Registry(
    "kind",
    Kind(
        "network",
        "neurons and weights; with DATA the activations or deltas of a row",
        "model",
        _network,
        ("row", "shows"),
    ),
    Kind(
        "activations",
        "activation functions with their derivatives",
        "nothing",
        ActivationsDisplay.from_names,
        ("names",),
    ),
    Kind(
        "boundary",
        "predictions over two columns, with the rows",
        "model and rows",
        BoundaryDisplay.from_model,
        ("columns", "row", "mark"),
    ),
    Kind(
        "neurons",
        "what each hidden neuron gives over two columns",
        "model and rows",
        NeuronsDisplay.from_model,
        ("columns", "row", "mark", "layer"),
    ),
    Kind(
        "nonlinearity",
        "the same network with and without activations",
        "table",
        NonlinearityDisplay.from_table,
        progress="on_event",
        trains=TRAINING,
    ),
    Kind("losses", "cross-entropy and squared error of four flights", "nothing", LossesDisplay.of_flights),
    Kind("staircase", "number of mistakes beside the loss, over one weight", "nothing", StaircaseDisplay.of_flights),
    Kind("descent", "gradient descent with small, good, large and adaptive rates", "nothing", descent_on_surface),
    Kind(
        "surface",
        "the loss around a model, over two directions or two weights; of DATA alone with the path of a training",
        "model and rows",
        SurfaceDisplay.from_model,
        ("weights", "reach", "seed"),
        trains=TRAINING,
        from_table=SurfaceDisplay.from_table,
    ),
    Kind(
        "rates",
        "a sweep of learning rates with its outcomes",
        "table",
        RatesDisplay.from_table,
        progress="watcher",
        trains=(TargetOptions, SweepOptions, RaceOptions),
    ),
    Kind(
        "effective",
        "the effective learning rate of the parameters",
        "model and rows",
        EffectiveStepsDisplay.from_model,
        ("seed",),
    ),
    Kind("learning", "losses by epoch, and the kept epoch", "model", LearningDisplay.from_model),
    Kind("steps", "learning rate, gradient norm and update size by epoch", "model", StepsDisplay.from_model),
    Kind("layers", "pre-activations and saturation of each layer", "model and rows", LayersDisplay.from_model),
    Kind("baselines", "test metrics beside the linear and the constant baseline", "model", BaselinesDisplay.from_model),
    Kind("confusion", "confusion matrix", "model and rows", ConfusionDisplay.from_model),
    Kind(
        "roc",
        "ROC and precision-recall with the threshold",
        "model and rows",
        RocDisplay.from_model,
        ("of", "threshold", "row"),
    ),
    Kind(
        "reliability",
        "predicted and observed shares",
        "model and rows",
        ReliabilityDisplay.from_model,
        ("threshold", "row", "seed"),
    ),
    Kind(
        "residuals",
        "predicted against observed numbers, and residuals",
        "model and rows",
        PredictionsDisplay.from_model,
        ("row",),
    ),
    Kind(
        "curves",
        "error against training rows, or --by width",
        "table",
        CurvesDisplay.from_table,
        ("by",),
        progress="on_event",
        trains=TRAINING,
    ),
    Kind(
        "cost",
        "cost per row against the threshold",
        "model and rows",
        CostDisplay.from_model,
        ("cost_false_alarm", "cost_miss", "act_on", "currency", "threshold"),
        ("cost_false_alarm", "cost_miss"),
    ),
    Kind(
        "waterfall",
        "contributions of the columns to one prediction",
        "model and rows",
        WaterfallDisplay.from_model,
        ("row", "of"),
    ),
    Kind(
        "importance",
        "feature importance by permutation",
        "model and rows",
        ImportanceDisplay.from_model,
        ("seed",),
        progress="watcher",
    ),
    Kind(
        "dependence",
        "partial dependence on one column, with single rows",
        "model and rows",
        DependenceDisplay.from_model,
        ("column", "by", "row", "of"),
    ),
)


def choose_kind(name: str, options: Mapping[str, Any], *, alone: bool = False, moves: bool = False) -> Kind:
    """The kind of this name, if it takes these options and has those that it needs.

    `alone`: of a table alone; `moves`: over a training, which has options of its own.

    Raises
    ------
    InvalidArgument
        The name is unknown, or an option is not one of the kind's, or is missing.

    Examples
    --------
    >>> choose_kind("boundary", {"columns": ["x", "y"]}).source
    'model and rows'
    """
    if name not in KINDS:
        raise unknown_name("kind", name, KINDS)
    kind, own = KINDS[name], MovieOptions.__annotations__ if moves else ()
    for option in options:
        if option not in (*kind.takes(alone=alone), *own):
            raise _not_taken(kind, option, options[option], alone)
    for option in kind.needed:
        if option not in options:
            raise InvalidArgument(option, f"is needed for the kind {name}", None, "Give it.")
    return kind


def _not_taken(kind: Kind, option: str, value: Any, alone: bool) -> InvalidArgument:
    """The error for an option that a kind does not take, with those that do."""
    if option in kind.takes(alone=not alone):
        takes = "MODEL and DATA" if alone else "DATA alone, on which a network is trained"
        return InvalidArgument(option, f"is not an option of the kind {kind.name} here", value, f"It needs {takes}.")
    takers = [each for each in KINDS if option in {*KINDS[each].takes(), *KINDS[each].takes(alone=True)}]
    movie = ["a movie (-o training.gif)"] if option in MovieOptions.__annotations__ else []
    remedy = f"Kinds with this option: {', '.join([*takers, *movie])}."
    return InvalidArgument(option, f"is not an option of the kind {kind.name}", value, remedy)
