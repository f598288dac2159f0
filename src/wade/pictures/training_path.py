"""The path of a training in the space of all parameters: a network trained on a table, θ kept after its epochs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.maths.losses import choose_loss, usual_loss
from wade.model.evaluation.outputs import output_shape
from wade.model.learn import Listener, StageStarted, ignore_event
from wade.model.preparation.column_options import read_options
from wade.model.preparation.prepare import prepare
from wade.network import Network
from wade.pictures.directions import Path, rows_of_a_surface
from wade.settings import LearningCurvesOptions, Settled, settle
from wade.tables import Dialect
from wade.training import EpochDone, Event, History
from wade.training.by_settings import build_network, train_with_settings
from wade.training.rows import gathered, sample_rows
from wade.types import Floats, Samples

MOST_POINTS: Final = 60
SCALED: Final = "Loss: squared error of the target scaled to mean 0 and standard deviation 1."
FEWEST_EPOCHS: Final = 2
"""Of one epoch the path is a straight line, which spans no plane."""


class Training(NamedTuple):
    """A trained network, some of its training rows, the path of its training, and what a reader has to know of it."""

    network: Network
    samples: Samples
    path: Path
    remark: str


@dataclass(eq=False)
class EvenEpochs:
    """A listener that keeps θ at the start, after every epoch, of many after every second, fourth, …, and the last.

    Examples
    --------
    >>> from wade import train
    >>> network = Network(1, hidden=(), seed=0)
    >>> kept = EvenEpochs(network, most=4)
    >>> _ = train(network, [[0.0], [1.0]], [0, 1], epochs=7, on_event=kept)
    >>> list(kept.thetas())
    [0, 2, 4, 6, 7]
    """

    network: Network
    most: int = MOST_POINTS
    every: int = 1
    taken: dict[int, Floats] = field(default_factory=dict)
    last: tuple[int, Floats] | None = None

    def __post_init__(self) -> None:
        self.taken[0] = self.network.theta.copy()

    def __call__(self, event: Event) -> None:
        """Keeps θ after an epoch."""
        if not isinstance(event, EpochDone):
            return
        self.last = event.epoch, self.network.theta.copy()
        if event.epoch % self.every == 0:
            self.taken[event.epoch] = self.last[1]
        if len(self.taken) > self.most + 1:
            self.every *= 2
            self.taken = {epoch: theta for epoch, theta in self.taken.items() if epoch % self.every == 0}

    def thetas(self) -> Mapping[int, Floats]:
        """θ by epoch; 0 is the start."""
        return self.taken if self.last is None else {**self.taken, self.last[0]: self.last[1]}


def train_on_table(
    data: Any,
    target: str | None,
    points: int,
    dialect: Dialect | None,
    on_event: Listener | None,
    options: Mapping[str, Any],
) -> Training:
    """The training that `wade.learn` would do with these options.

    Its samples are training rows, as many as a surface of this number of points is computed on.

    Raises
    ------
    InvalidArgument
        There are fewer than two epochs.
    WadeError
        As `wade.learn` does.
    """
    settings, choices, missing, split = read_options(data, target, options, LearningCurvesOptions)
    notify = on_event or ignore_event
    if isinstance(settings.epochs, int) and settings.epochs < FEWEST_EPOCHS:
        expected = f"must be at least {FEWEST_EPOCHS}: the path of one epoch is a straight line, which spans no plane"
        raise InvalidArgument("epochs", expected, settings.epochs, "Try 20.")
    notify(StageStarted("reading"))
    with ExitStack() as cleanup:
        prepared = prepare(data, choices, missing, dialect, split, memory=None, cleanup=cleanup, on_event=notify)
        part, shape = prepared.parts["train"], output_shape(prepared.target)
        settled = settle(settings, len(part), *shape)
        network = build_network(settled, prepared.encoder.layout, *shape)
        kept = EvenEpochs(network)

        def both(event: Event) -> None:
            kept(event)
            notify(event)

        notify(StageStarted("training"))
        history = train_with_settings(
            settled, network, part, validation=prepared.parts["validation"], on_event=both,
            units=(prepared.target.scale,),
        )  # fmt: skip
        some = gathered(sample_rows(part, rows_of_a_surface(network, points), settled.seed))
        count = len(part)
    if len(kept.thetas()) <= FEWEST_EPOCHS:
        raise KeyboardInterrupt("interrupted before the second epoch was done: there is no path to draw")
    return Training(
        network, some, _path(network, some, kept.thetas(), settled, history), _remark(network, count, some, settled)
    )


def _path(network: Network, samples: Samples, thetas: Mapping[int, Floats], settled: Settled, history: History) -> Path:
    """θ and the loss on the rows after each epoch that was kept."""
    loss = choose_loss(usual_loss(network.output), network.output)
    walker = Network.from_dict(network.to_dict(), network.theta)
    engine, losses = choose_engine(task=Task(walker, loss)), []
    for theta in thetas.values():
        walker.theta = theta
        losses.append(float(engine.loss(walker, samples.X, samples.y, loss, samples.weights)))
    rate = history.choices["learning_rate"].value if "learning_rate" in history.choices else settled.learning_rate
    schedule = "" if settled.schedule == "constant" else f", {settled.schedule}"
    return Path(
        f"{settled.optimizer}, rate {rate:.3g}{schedule}",
        np.array(list(thetas.values()), np.float64),
        np.array(losses),
        unit="epoch",
        at=tuple(thetas),
        kept=network.theta.astype(np.float64),
        kept_at=history.best_epoch,
    )


def _remark(network: Network, count: int, some: Samples, settled: Settled) -> str:
    """Which rows, and what the loss leaves out."""
    shown = len(some.X)
    which = f"{shown:,} of {count:,} training rows, drawn at random" if shown < count else "All training rows"
    unit = f" {SCALED}" if network.output == "identity" else ""
    penalties = " Without the penalties that training adds to the loss." if settled.l1 or settled.l2 else ""
    dropout = " Without dropout." if settled.dropout else ""
    return f"{which}.{unit}{penalties}{dropout}"
