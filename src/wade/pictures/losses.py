"""Losses: what a prediction costs by cross-entropy and by squared error; and the number of mistakes beside the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.maths.losses import choose_loss
from wade.maths.reduction import mean_over_samples
from wade.metrics.classification import class_probabilities
from wade.network import Network
from wade.pictures.backend import Axes
from wade.pictures.deck import ACTUAL, FLIGHTS, PREDICTED, scaled_flights
from wade.pictures.directions import places_of, samples_of
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import label, label_note, number
from wade.pictures.marks import legend
from wade.pictures.theme import Theme

Doubles = NDArray[np.float64]

POINTS: Final = 201
MOST_LISTED: Final = 8
"""Of more predictions, the note does not list the values."""
NAMES: Final = {"cross_entropy": "cross-entropy", "mean_squared_error": "squared error"}


@dataclass(eq=False, repr=False)
class LossesDisplay(Display):
    """Cross-entropy and squared error of a predicted probability, for both classes, with some predictions on them.

    Parameters
    ----------
    predicted, actual : array (n,)
        Probabilities of class 1, and the classes 0 or 1.
    classes : (str, str)
        What 0 and 1 are called.

    Examples
    --------
    >>> display = LossesDisplay.from_predictions(PREDICTED, ACTUAL)
    >>> {name: round(value, 5) for name, value in display.means().items()}
    {'cross_entropy': 1.02664, 'mean_squared_error': 0.33175}
    """

    predicted: Doubles
    actual: Doubles
    classes: tuple[str, str] = ("0", "1")
    size: ClassVar[tuple[float, float]] = (8.2, 3.9)

    @classmethod
    def of_flights(cls) -> LossesDisplay:
        """Of the predictions for four flights, three of them delayed."""
        return cls.from_predictions(PREDICTED, ACTUAL, ("on time", "delayed"))

    @classmethod
    def from_predictions(
        cls, predicted: ArrayLike, actual: ArrayLike, classes: tuple[str, str] = ("0", "1")
    ) -> LossesDisplay:
        """Of these predictions; `classes` are what 0 and 1 are called.

        Raises
        ------
        InvalidArgument
            A prediction is not between 0 and 1, or a class is not 0 or 1.
        """
        p, y = np.asarray(predicted, np.float64).reshape(-1), np.asarray(actual, np.float64).reshape(-1)
        if not ((p > 0) & (p < 1)).all():
            raise InvalidArgument("predicted", "must be greater than 0 and less than 1", p.tolist())
        if len(p) != len(y) or not np.isin(y, (0, 1)).all():
            raise InvalidArgument("actual", "must be 0 or 1 for each prediction", y.tolist())
        return cls(p, y, classes)

    def losses(self, name: str) -> Doubles:
        """The loss of each prediction."""
        return loss_of(name, self.predicted, self.actual)

    def means(self) -> dict[str, float]:
        """The mean of each loss over the predictions."""
        return {name: float(mean_over_samples(self.losses(name))) for name in NAMES}

    @property
    def title(self) -> str:
        """What is compared."""
        return f"Cross-entropy and squared error of {len(self.predicted)} predictions"

    @property
    def note(self) -> str:
        """Which predictions these are, how the losses are computed, and what differs."""
        rows = ""
        if len(self.predicted) <= MOST_LISTED:
            p, y = (", ".join(map(number, each)) for each in (self.predicted, self.actual))
            named = "" if self.classes[1] == "1" else f" (1: {self.classes[1]})"
            rows = f"Predicted: p = {p}; actual{named}: y = {y}. "
        wrong = int(((self.predicted >= 0.5) != (self.actual == 1)).sum())
        return (
            f"{rows}Cross-entropy: −ln(p) where y is 1, −ln(1 − p) where y is 0; squared error: (p − y)². "
            f"{wrong} of {len(self.predicted)} are wrong at ½. A confident mistake costs at most 1 in squared error, "
            "and any amount in cross-entropy. Each panel has its own scale."
        )

    def panels(self) -> tuple[int, int]:
        """One for each loss."""
        return 1, 2

    def parts(self) -> Mapping[str, Numbers]:
        """The predictions with their losses, and the curves."""
        p = self._grid()
        each = {NAMES[name]: self.losses(name) for name in NAMES}
        curves = {
            f"{text} where actual is {self.classes[y]}": loss_of(name, p, np.full_like(p, y))
            for name, text in NAMES.items()
            for y in (0, 1)
        }
        points = {"predicted": self.predicted, "actual": [self.classes[int(y)] for y in self.actual], **each}
        return {"predictions": points, "curves": {"predicted": p, **curves}}

    def description(self) -> str:
        """The means."""
        means = " and ".join(f"{NAMES[name]} {number(value, 5)}" for name, value in self.means().items())
        return f"Means over {len(self.predicted)} predictions: {means}. {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """A curve for each class, the predictions on it."""
        p, means = self._grid(), self.means()
        for ax, (name, text) in zip(axes, NAMES.items(), strict=True):
            for y in (0, 1):
                ax.plot(
                    p, loss_of(name, p, np.full_like(p, y)), theme.line(y), color=theme.color(y), alpha=0.8,
                    label=f"loss where actual is {label(self.classes[y])}",
                )  # fmt: skip
                own = self.actual == y
                ax.scatter(
                    self.predicted[own],
                    self.losses(name)[own],
                    marker=theme.marker(y),
                    color=theme.color(y),
                    s=55,
                    edgecolors=theme.ground,
                    zorder=3,
                    label=f"actual: {label(self.classes[y])}",
                )
            for at, (place, loss) in enumerate(zip(self.predicted, self.losses(name), strict=True), 1):
                inwards = -6 if place > 0.9 else 6
                ax.annotate(f"{at}", (place, loss), xytext=(inwards, 3), textcoords="offset points", fontsize=8,
                            ha="left" if inwards > 0 else "right")  # fmt: skip
            ax.axhline(means[name], color=theme.ink, linewidth=0.9, linestyle=":")
            ax.text(0.98, means[name], f"mean {number(means[name], 5)}", ha="right", va="bottom", fontsize=8.5)
            ax.set_title(text, fontsize=9.5)
            ax.set_xlabel(f"predicted probability of {label(self.classes[1])}")
            ax.set_xlim(0, 1)
            ax.set_ylim(0, 1.08 * max(float(self.losses(name).max()), 1.0))
            ax.grid(axis="y")
        axes[0].set_ylabel("loss of one row")
        legend(axes[0], loc="upper center")

    @staticmethod
    def _grid() -> Doubles:
        return np.linspace(0, 1, POINTS + 2)[1:-1]


@dataclass(eq=False, repr=False)
class StaircaseDisplay(Display):
    """The share of wrong answers over one weight, a staircase without a slope, beside the loss, which has one.

    Parameters
    ----------
    weight : str
    values : array (n,)
        Of the weight.
    mistakes : array (n,), whole
        Rows whose likeliest class is not the observed one.
    losses : array (n,)
        The mean cross-entropy.
    rows : int
    remark : str
        Which network and which rows these are.
    """

    weight: str
    values: Doubles
    mistakes: NDArray[np.int64]
    losses: Doubles
    rows: int
    remark: str = ""
    size: ClassVar[tuple[float, float]] = (6.4, 4.6)

    @classmethod
    def from_network(
        cls,
        network: Network,
        X: Any,
        y: Any,
        weight: str = "W1[0,0]",
        *,
        reach: float = 6.0,
        points: int = 481,
        remark: str = "",
    ) -> StaircaseDisplay:
        """Over one weight of a network that predicts classes, on these rows; every other weight stays.

        Examples
        --------
        >>> network = Network(1, hidden=(), dtype="float64")
        >>> network.theta = [0.0, 0.0]
        >>> display = StaircaseDisplay.from_network(network, [[-1.0], [2.0]], [0, 1], reach=1.0, points=3)
        >>> display.values.tolist(), display.mistakes.tolist()
        ([-1.0, 0.0, 1.0], [2, 1, 0])
        """
        if network.output not in ("sigmoid", "softmax"):
            raise InvalidArgument("network", "must predict classes", network.output, "Take output='sigmoid'.")
        loss, samples = choose_loss("cross_entropy", network.output), samples_of(network, X, y)
        ((name, at),) = places_of(network, [weight])
        engine, walker = choose_engine(task=Task(network, loss)), Network.from_dict(network.to_dict(), network.theta)
        theta, codes = network.theta.copy(), np.asarray(y).reshape(-1)
        values = np.linspace(float(theta[at]) - reach, float(theta[at]) + reach, points)
        mistakes, losses = np.empty(points, np.int64), np.empty(points)
        for place, value in enumerate(values):
            theta[at] = value
            walker.theta = theta
            shares = class_probabilities(engine.predict(walker, samples.X))
            mistakes[place] = int((shares.argmax(axis=1) != codes).sum())
            losses[place] = engine.loss(walker, samples.X, samples.y, loss)
        return cls(name, values, mistakes, losses, len(codes), remark)

    @classmethod
    def of_flights(cls) -> StaircaseDisplay:
        """A perceptron on four flights, over the weight of the temperature."""
        network = Network(2, hidden=(), dtype="float64")
        network.theta = [0.0, 1.2, 0.8]
        flights = "; ".join(
            f"{number(temperature)} °C, {number(wind)} km/h: {'delayed' if late else 'on time'}"
            for (temperature, wind), late in zip(FLIGHTS, ACTUAL, strict=True)
        )
        remark = (
            "Network: one neuron, σ(W1[0,0] · temperature + 1.2 · wind + 0.8), both columns at mean 0 and standard "
            f"deviation 1. Rows: four flights ({flights}). A mistake: on the wrong side of ½."
        )
        return cls.from_network(network, scaled_flights(), ACTUAL, remark=remark)

    @property
    def title(self) -> str:
        """Over which weight."""
        return f"Mistakes and loss over the weight {label(self.weight)}"

    @property
    def note(self) -> str:
        """Which network and rows these are, and why a loss is needed."""
        text = f"{label_note(self.remark)} " if self.remark else ""
        return (
            f"{text}The number of mistakes is flat between its steps: its gradient is 0 there. The loss has a slope "
            "everywhere but at its minimum; its axis is logarithmic."
        )

    def panels(self) -> tuple[int, int]:
        """One above the other."""
        return 2, 1

    def parts(self) -> Mapping[str, Numbers]:
        """Both curves."""
        return {"curve": {self.weight: self.values, "mistakes": self.mistakes, "cross-entropy": self.losses}}

    def description(self) -> str:
        """How many levels, and where the loss is lowest."""
        levels, best = len(np.unique(self.mistakes)), int(self.losses.argmin())
        return (
            f"Over {self.weight} from {number(self.values[0])} to {number(self.values[-1])} the number of mistakes of "
            f"{self.rows} rows has {levels} levels; the cross-entropy is lowest, {number(self.losses[best])}, at "
            f"{number(self.values[best])}. {self.note}"
        )

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """The staircase above, the loss below."""
        axes[0].step(self.values, self.mistakes, where="mid", color=theme.color(1))
        axes[0].set_ylabel(f"mistakes of {self.rows}")
        axes[0].set_ylim(-0.2, max(1, int(self.mistakes.max())) + 0.4)
        axes[0].yaxis.get_major_locator().set_params(integer=True)
        axes[0].tick_params(labelbottom=False)
        axes[1].plot(self.values, self.losses, color=theme.color(0))
        best = int(self.losses.argmin())
        axes[1].plot(self.values[best], self.losses[best], marker="*", markersize=11, color=theme.ink)
        axes[1].annotate(
            "lowest loss", (self.values[best], self.losses[best]), xytext=(6, 8), textcoords="offset points", fontsize=8
        )
        axes[1].set_yscale("log")
        low, high = float(self.losses.min()), float(self.losses.max())
        ticks = [step * 10.0**power for power in range(-6, 4) for step in (1, 2, 5)]
        axes[1].set_yticks([each for each in ticks if low / 2 <= each <= 2 * high], minor=False)
        axes[1].minorticks_off()
        axes[1].yaxis.set_major_formatter("{x:g}")
        axes[1].set_ylim(low / 1.3, high * 1.2)
        axes[1].set_ylabel("cross-entropy")
        axes[1].set_xlabel(label(self.weight))
        for ax in axes:
            ax.set_xlim(self.values[0], self.values[-1])
            ax.grid(axis="y")


def loss_of(name: str, predicted: Doubles, actual: Doubles) -> Doubles:
    """The loss of each predicted probability of class 1: "cross_entropy" or "mean_squared_error".

    Examples
    --------
    >>> loss_of("cross_entropy", np.array([0.5]), np.array([1.0])).round(4)
    array([0.6931])
    """
    taken = np.log(predicted) - np.log1p(-predicted) if name == "cross_entropy" else predicted
    return np.asarray(choose_loss(name, "sigmoid").per_sample(taken[:, None], actual[:, None]))
