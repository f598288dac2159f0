"""Why activations: the same network with and without them, trained on the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, ClassVar, Final

from wade.errors import InvalidArgument
from wade.model.learn import EvaluationOptions, Listener, ignore_event, train_and_evaluate
from wade.model.model import Model, require_model
from wade.model.preparation.column_options import read_options
from wade.model.preparation.prepare import prepare_table, prepare_whole
from wade.pictures.boundary import BoundaryDisplay, draw_map, draw_points
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import label, percent
from wade.pictures.theme import Theme
from wade.settings import LearningCurvesOptions
from wade.tables import Dialect

WITHOUT: Final = "identity"


@dataclass(eq=False, repr=False)
class NonlinearityDisplay(Display):
    """The same network with activations and without: without them it is linear, however many layers it has."""

    with_activations: BoundaryDisplay
    without: BoundaryDisplay
    activation: str
    accuracies: tuple[float, float]
    hidden: tuple[int, ...] = ()
    size: ClassVar[tuple[float, float]] = (8.6, 4.4)

    @classmethod
    def from_table(
        cls,
        data: Any,
        target: str | None = None,
        *,
        dialect: Dialect | None = None,
        on_event: Listener | None = None,
        **options: Any,
    ) -> NonlinearityDisplay:
        """Trains two networks on a table of classes, which differ in their activation alone, and draws both.

        `options` are those of `wade.learning_curves`; by default a plain network of two hidden layers of eight tanh
        neurons.

        Raises
        ------
        InvalidArgument
            The network has no hidden layer, or no activation to leave out.
        """
        plain = {"hidden": (8, 8), "activation": "tanh", "members": 1, "dropout": 0.0, "numbers": "scaled"}
        chosen = {**plain, "learning_rate": 0.02, "epochs": 200, "batch_size": 32, **options}
        if chosen["activation"] == WITHOUT:
            raise InvalidArgument("activation", "must be one to compare with none", WITHOUT, "Try tanh.")
        if len(chosen["hidden"]) == 0:
            raise InvalidArgument("hidden", "must hold a layer to compare activations in", chosen["hidden"], "Try 8,8.")
        settings, choices, missing, split = read_options(data, target, chosen, LearningCurvesOptions)
        notify, started = on_event or ignore_event, perf_counter()
        with ExitStack() as cleanup:
            loaded, memory = prepare_whole(data, choices, missing, dialect, split, cleanup)
            prepared = prepare_table(loaded, loaded.split(split, None), memory)
            evaluation = EvaluationOptions(calibrate=chosen.get("calibrate", True))
            models = [
                train_and_evaluate(prepared, replace(settings, activation=each), evaluation, started, notify)
                for each in (settings.activation, WITHOUT)
            ]
        return cls.from_models(models[0], models[1], loaded.tidy)

    @classmethod
    def from_models(cls, with_activations: Model, without: Model, data: Any) -> NonlinearityDisplay:
        """Of two models that were trained on the same table.

        Raises
        ------
        InvalidArgument
            The second model has activations, or the target is a number.
        """
        for model in (with_activations, without):
            require_model(model)
            if model.target.task == "regression":
                raise InvalidArgument("model", "must predict classes", model.target.column, "Try circles, or spiral.")
        if without.network.activation != WITHOUT:
            remedy = 'Train it with activation="identity".'
            raise InvalidArgument("without", "must have no activations", without.network.activation, remedy)
        network = with_activations.network
        accuracies = with_activations.report["test"]["accuracy"], without.report["test"]["accuracy"]
        displays = [_as_read(each, data) for each in (with_activations, without)]
        return cls(displays[0], displays[1], with_activations.network.activation, accuracies, network.hidden)

    @property
    def title(self) -> str:
        """What is compared."""
        return "The same network with and without activations"

    @property
    def layers(self) -> str:
        """The layers of both networks, in words."""
        sizes = " and ".join(f"{size:,}" for size in self.hidden)
        return f"Hidden layers of {sizes} neurons." if len(self.hidden) > 1 else f"One hidden layer of {sizes} neurons."

    @property
    def note(self) -> str:
        """Why the second one is straight, and which rows the dots are."""
        plane = self.with_activations.plane
        return (
            f"{self.layers} Dots: {len(plane.points):,} of the table's {plane.of_rows:,} rows, of training, "
            "validation and test. Without activations all layers are one matrix: a straight line over the columns as "
            "the network reads them, which are scaled. Color: the likelier class, the paler the less certain."
        )

    def panels(self) -> tuple[int, int]:
        """Side by side."""
        return 1, 2

    def parts(self) -> Mapping[str, Numbers]:
        """Both maps."""
        return {f"with {self.activation}": self.with_activations.parts()["map"], "without": self.without.parts()["map"]}

    def description(self) -> str:
        """How often each is right."""
        first, second = self.accuracies
        return (
            f"With {self.activation} the boundary can be a curve, accuracy {percent(first)} on test rows; without "
            f"activations it is a straight line, accuracy {percent(second)}. {self.note}"
        )

    def draw(self, axes: Sequence[Any], theme: Theme) -> None:
        """Both boundaries."""
        names = f"with {self.activation}", "without activations"
        displays = self.with_activations, self.without
        for ax, display, name, accuracy in zip(axes, displays, names, self.accuracies, strict=True):
            draw_map(ax, theme, display.plane, display.values, display.target, bar=False)
            draw_points(ax, theme, display.plane, display.target, display.values)
            ax.set_title(f"{name}: accuracy {percent(accuracy)} on test rows", fontsize=9)
            ax.set_xlabel(label(display.plane.columns[0]))
            ax.set_ylabel(label(display.plane.columns[1]))


def _as_read(model: Model, data: Any) -> BoundaryDisplay:
    """The boundary over two columns as the network reads them; of more columns, over the first two in their units."""
    layout = model.network.inputs
    if layout.n_numbers != 2 or len(layout.names) != 2:
        return BoundaryDisplay.from_model(model, data)
    table, name, *_ = model.open_labelled(data)
    X, y = model.encoder.encode(table, name).numbers, model.target.encode(table, name).reshape(len(table))
    shown = BoundaryDisplay.from_network(model.network, X, y)
    columns = f"{layout.names[0]}, scaled", f"{layout.names[1]}, scaled"
    return replace(shown, plane=replace(shown.plane, columns=columns), target=model.target)
