"""Gradient descent, as slide 16 of the deck writes it: for N epochs, for each batch, gradient and update.

The batches of an epoch go to the engine in stretches of about a tenth of a second, so that the compiled engine works
without the interpreter and a person is never far from being heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from wade.engines import Engine, choose_engine
from wade.errors import Diverged, InvalidArgument
from wade.maths.losses import Loss, choose_loss
from wade.maths.optimizers import Optimizer, choose_optimizer
from wade.maths.random import permutation
from wade.maths.schedules import Schedule, choose_schedule
from wade.network import Network
from wade.training.data import Samples, check_samples
from wade.training.history import EpochDone, History, Listener, StretchDone
from wade.training.stopping import EarlyStopping
from wade.types import Array, Floats, Inputs, Rows

SECONDS_PER_STRETCH = 0.1


def train(
    network: Network,
    X: Inputs | Array,
    y: Array,
    loss: str = "cross_entropy",
    optimizer: str | Optimizer = "adam",
    learning_rate: float = 1e-3,
    schedule: str | Schedule = "constant",
    epochs: int = 10,
    batch_size: int = 256,
    shuffle: bool = True,
    validation: tuple[Inputs | Array, Array] | None = None,
    stopping: EarlyStopping | None = None,
    weights: Array | None = None,
    seed: int = 0,
    engine: str = "auto",
    threads: int | None = None,
    on_event: Listener | None = None,
) -> History:
    r"""Teaches a network by gradient descent; `network.theta` changes in place.

    .. math:: \theta := \theta - \eta \frac{\partial J(\theta)}{\partial \theta}

    for each batch of each epoch, or what the optimiser makes of that gradient. With `validation`, the parameters of the
    epoch with the least validation loss are the ones that the network ends with. Ctrl-C ends training early: the best
    parameters so far stay, and `History.interrupted` is True.

    Parameters
    ----------
    network : Network
    X : Inputs, or array (n_samples, n_numbers)
    y : array (n_samples, n_outputs) or (n_samples,); for softmax class numbers (n_samples,)
    loss : "cross_entropy" or "mean_squared_error"
    optimizer : "sgd", "adam", "adamw", or a made one such as `optimizers.SGD(momentum=0.9)`
    learning_rate : float, > 0
        η of the first step; the schedule changes it from there.
    schedule : "constant", "cosine", or a made one
    epochs : int, ≥ 1
    batch_size : int, ≥ 1
        1 is the deck's own algorithm: an update after each example.
    shuffle : bool
        Whether each epoch takes the rows in a new random order.
    validation : (X, y), optional
        Rows that are not learned from, by which epochs are judged.
    stopping : EarlyStopping, optional
    weights : array (n_samples,), ≥ 0, optional
        How much each row counts.
    seed : int
        Of the shuffles. The same seed gives the same bits, on any number of threads.
    engine : "auto", "native" or "reference"
    threads : int, optional
    on_event : function of StretchDone or EpochDone, optional

    Returns
    -------
    History

    Raises
    ------
    InvalidArgument
        Where a setting or the shape of the rows is not valid.
    Diverged
        Where the loss stopped being a finite number before any epoch ended well.

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.asarray([[0, 0], [0, 1], [1, 0], [1, 1]]), np.asarray([0, 1, 1, 0])
    >>> network = Network(2, hidden=(8,), activation="tanh", seed=1)
    >>> history = train(network, X, y, learning_rate=0.1, epochs=200, batch_size=4)
    >>> network(X).round().ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """
    _check_settings(learning_rate, epochs, batch_size, stopping, validation)
    samples = check_samples(network, X, y, weights, "training")
    descent = Descent(
        network=network,
        samples=samples,
        held_out=None if validation is None else check_samples(network, *validation, None, "validation"),
        loss=choose_loss(loss, network.output),
        optimizer=choose_optimizer(optimizer),
        learning_rates=_learning_rates(learning_rate, schedule, epochs, len(samples.X), batch_size),
        batch_size=batch_size,
        engine=choose_engine(engine, threads),
        on_event=on_event or (lambda event: None),
    )
    try:
        for epoch in range(1, epochs + 1):
            rows = permutation(seed, epoch, len(samples.X)) if shuffle else np.arange(len(samples.X))
            descent.run_epoch(epoch, rows)
            reason = descent.reason_to_stop(stopping)
            if reason:
                break
        else:
            reason = f"all {epochs} epochs are done"
    except KeyboardInterrupt:
        descent.history.interrupted = True
        reason = "it was interrupted"
    return descent.finish(reason)


@dataclass
class Descent:
    """One training run: the network on its way down, and the best parameters it has met."""

    network: Network
    samples: Samples
    held_out: Samples | None
    loss: Loss
    optimizer: Optimizer
    learning_rates: NDArray[np.float64]  # (epochs, steps of an epoch)
    batch_size: int
    engine: Engine
    on_event: Listener

    def __post_init__(self) -> None:
        self.history = History(self.engine.name)
        self.state = self.optimizer.init(self.network.theta)
        self.best_theta = self.network.theta.copy()
        self.rows_per_stretch = 16 * self.batch_size
        self.started = perf_counter()

    @property
    def seconds(self) -> float:
        """Since training began."""
        return perf_counter() - self.started

    def run_epoch(self, epoch: int, rows: Rows) -> None:
        """One pass over the rows, in the order given."""
        X, y, weights = self.samples
        total, done = 0.0, 0
        rates = self.learning_rates[epoch - 1]
        for stretch, steps in self._stretches(rows):
            losses = self.engine.descend(
                self.network,
                X,
                y,
                self.loss,
                self.optimizer,
                self.state,
                stretch,
                self.batch_size,
                rates[steps],
                weights,
            )
            total, done = total + _sum_over_rows(losses, len(stretch), self.batch_size), done + len(stretch)
            self.on_event(StretchDone(epoch, len(self.learning_rates), done, len(rows), total / done, self.seconds))
        self._judge(epoch, total / done, float(rates[-1]))

    def reason_to_stop(self, stopping: EarlyStopping | None) -> str | None:
        """Why to stop after the epoch that has just ended, or None to go on."""
        if not np.isfinite(self.history.epochs[-1].judged_loss):
            return f"the loss became {self.history.epochs[-1].judged_loss} in epoch {len(self.history.epochs)}"
        return stopping.decide(self.history) if stopping else None

    def finish(self, reason: str) -> History:
        """Restores the best parameters, where an epoch has ended, and closes the history."""
        history = self.history
        if history.epochs and not history.best_epoch:
            rate = self.learning_rates[0, 0]
            raise Diverged(f"Training diverged: {reason}, with a learning rate of {rate:g}. Try a tenth of it.")
        if history.best_epoch:
            self.network.theta[:] = self.best_theta
        history.stopped_because, history.seconds = reason, self.seconds
        return history

    def _judge(self, epoch: int, loss: float, learning_rate: float) -> None:
        """Ends an epoch: validation loss, best parameters, event."""
        held_out = self.held_out
        validation_loss = self.engine.loss(self.network, held_out.X, held_out.y, self.loss) if held_out else None
        done = EpochDone(epoch, len(self.learning_rates), loss, validation_loss, learning_rate, False, self.seconds)
        best = self.history.best
        # Without validation there is nothing to choose by: the last finite epoch is the one to keep.
        if np.isfinite(done.judged_loss) and (best is None or held_out is None or done.judged_loss < best.judged_loss):
            done = replace(done, is_best=True)
            self.history.best_epoch = epoch
            self.best_theta[:] = self.network.theta
        self.history.epochs.append(done)
        self.on_event(done)

    def _stretches(self, rows: Rows) -> Iterator[tuple[Rows, slice]]:
        """The epoch in pieces of whole batches that take about `SECONDS_PER_STRETCH` each, with their steps."""
        first = 0
        while first < len(rows):
            stretch, began = rows[first : first + self.rows_per_stretch], perf_counter()
            step = first // self.batch_size
            yield stretch, slice(step, step - (-len(stretch) // self.batch_size))
            first += len(stretch)
            batches = len(stretch) / self.batch_size * SECONDS_PER_STRETCH / (perf_counter() - began)
            self.rows_per_stretch = max(1, round(batches)) * self.batch_size


def _sum_over_rows(losses: Floats, n_rows: int, batch_size: int) -> float:
    """The sum over rows of the mean losses of batches, of which only the last may be shorter."""
    return float(losses[:-1].sum() * batch_size + losses[-1] * (n_rows - (len(losses) - 1) * batch_size))


def _learning_rates(
    learning_rate: float, schedule: str | Schedule, epochs: int, n_samples: int, batch_size: int
) -> NDArray[np.float64]:
    """η of every step, (epochs, steps of an epoch)."""
    steps = -(-n_samples // batch_size)
    progress = np.arange(epochs * steps) / (epochs * steps)
    factors = np.asarray(choose_schedule(schedule)(progress), dtype=np.float64)
    return (learning_rate * factors).reshape(epochs, steps)


def _check_settings(
    learning_rate: float, epochs: int, batch_size: int, stopping: EarlyStopping | None, validation: object
) -> None:
    if not (learning_rate > 0 and np.isfinite(learning_rate)):
        raise InvalidArgument("learning_rate", "must be greater than 0", learning_rate, "Try 0.001.")
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value < 1:
            raise InvalidArgument(name, "must be at least 1", value)
    if stopping and validation is None:
        raise InvalidArgument("stopping", "needs validation rows to judge by", stopping, "Pass validation=(X, y).")
