"""Training by gradient descent: for N epochs, for each batch, gradient and update.

`train` is the loop over epochs; the loop over batches (forward, loss, backward, update) is `Engine.descend`, whose
textbook form is `descend_once` in `wade.engines.reference`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.maths.losses import Loss, choose_loss
from wade.maths.optimizers import Optimizer, choose_optimizer
from wade.maths.regularizers import Regularization
from wade.maths.schedules import Schedule, choose_schedule
from wade.network import Network
from wade.training.checkpoint import EVERY, Checkpointing, CheckpointWriter, check_checkpointing
from wade.training.data import as_source
from wade.training.descent import Descent
from wade.training.durations import read_duration
from wade.training.fingerprint import fingerprint_of
from wade.training.history import History, Listener
from wade.training.learning_rate_schedule import LearningRateSchedule
from wade.training.listeners import Listeners, StopTraining
from wade.training.plateau import ReduceOnPlateau
from wade.training.rows import RowSource
from wade.training.stopping import EarlyStopping
from wade.training.validation import EpochEvaluator, check_metric
from wade.types import Array, Inputs


def train(
    network: Network,
    X: Inputs | Array | RowSource,
    y: Array | None = None,
    loss: str | Loss = "cross_entropy",
    optimizer: str | Optimizer = "adam",
    learning_rate: float = 1e-3,
    schedule: str | Schedule = "constant",
    epochs: int = 10,
    batch_size: int = 256,
    shuffle: bool = True,
    validation: tuple[Inputs | Array, Array] | tuple[Inputs | Array, Array, Array | None] | RowSource | None = None,
    stopping: EarlyStopping | None = None,
    weights: Array | None = None,
    seed: int = 0,
    engine: str = "auto",
    threads: int | None = None,
    on_event: Listener | Sequence[Listener] | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    clip_norm: float | None = None,
    plateau: ReduceOnPlateau | None = None,
    time_limit: float | str | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    every: float | str = EVERY,
    resume: bool = False,
) -> History:
    r"""Trains a network by gradient descent; `network.theta` changes in place.

    .. math:: \theta := \theta - \eta \frac{\partial J(\theta)}{\partial \theta}

    for each batch of each epoch, or what the optimizer makes of that gradient. With `validation`, the parameters of the
    epoch with the least validation loss are the ones that the network ends with. Ctrl-C ends training early: the best
    parameters so far stay, and `History.interrupted` is True.

    Parameters
    ----------
    network : Network
    X : Inputs, or array (n_samples, n_numbers), or RowSource
        A `RowSource` brings its own y: rows that do not fit into memory, for example.
    y : array (n_samples, n_outputs) or (n_samples,); for softmax class numbers (n_samples,)
    loss : "cross_entropy", "mean_squared_error", or another name or loss of `maths.losses`
    optimizer : "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", or a made one
        "momentum" is `optimizers.SGD(momentum=0.9)`, which is also how one is made.
    learning_rate : float, > 0
        η, which the schedule multiplies by its factor at each step.
    schedule : "constant", "step", "exponential", "inverse_time", "cosine", "warm_up", "one_cycle", "coslog4", or made
        Such as `schedules.WarmUp(share=0.05, then=Cosine())`.
    epochs : int, ≥ 1
    batch_size : int, ≥ 1
        1 is gradient descent in its first form: an update after each example.
    shuffle : bool
        Whether each epoch takes the rows in a new random order.
    validation : (X, y), (X, y, weights) or RowSource, optional
        Validation rows, which are not trained on, by which epochs are selected.
    stopping : EarlyStopping, optional
    weights : array (n_samples,), ≥ 0, optional
        How much each row counts.
    seed : int
        Of the shuffles and dropout's masks. The same seed gives the same bits, on any number of threads.
    engine : "auto", "native" or "reference"
        "auto" takes the native engine, or the reference engine for what only that one can do; `History.engine` says
        which ran.
    threads : int, optional
    on_event : function of an event, or several, optional
        Called with EpochStarted, ChunkDone, ValidationDone, EpochDone and TrainingEnded as they happen; it may raise
        `StopTraining` (`training.listeners`).
    l1, l2 : float, ≥ 0
        Penalties l1 · Σ|w| and ½ · l2 · Σw² on the weights, biases left alone. The losses that are reported, and by
        which epochs are selected, are without them.
    clip_norm : float > 0, optional
        A batch's gradient, penalties included, that is longer than this is scaled down to it.
    plateau : ReduceOnPlateau, optional
        Reduces the learning rate, on top of the schedule, when the validation loss stops improving.
    time_limit : float or str such as "5m", optional
        When to end at the latest, in seconds of training. Where the epochs take longer than that, the schedule follows
        the time instead of the steps, and the epoch that runs when time is up is evaluated as it is.
    checkpoint : path, optional
        Where to save checkpoints: a run that is resumed ends in the same bits, however the process ended. A file there
        must be of a training that has ended, unless `resume` continues it.
    every : float or str such as "30s"
        Seconds from one checkpoint to the next.
    resume : bool
        Whether to resume from `checkpoint`; where there is no such file yet, training begins, with a warning. The
        network's own parameters are replaced, and a training that had ended is returned as it was.

    Returns
    -------
    History

    Raises
    ------
    InvalidArgument
        Where a setting or the shape of the rows is not valid.
    Diverged
        Where the loss stopped being a finite number before the first epoch ended: when, in which layer, and the likely
        cause. The network keeps the last finite parameters.
    CheckpointError
        Where the file to resume from is damaged, or belongs to another training.
    EngineUnavailable
        Where engine="native" cannot load, or cannot do what is asked.

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.asarray([[0, 0], [0, 1], [1, 0], [1, 1]]), np.asarray([0, 1, 1, 0])
    >>> network = Network(2, hidden=(8,), activation="tanh", seed=1)
    >>> history = train(network, X, y, learning_rate=0.1, epochs=200, batch_size=4)
    >>> network(X).round().ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """
    _check(learning_rate, epochs, batch_size, clip_norm)
    for name, user in (("stopping", stopping), ("plateau", plateau)):
        if user and validation is None:
            raise InvalidArgument(name, "needs validation rows", user, "Pass validation=(X, y).")
    seconds = check_checkpointing(Checkpointing(checkpoint, every, resume))
    regularization = Regularization(l1, l2, clip_norm)
    chosen_loss, chosen_optimizer = choose_loss(loss, network.output), choose_optimizer(optimizer)
    limit = None if time_limit is None else read_duration("time_limit", time_limit)
    rows = as_source(network, X, y, weights, chosen_loss, "training")
    steps_per_epoch = -(-len(rows) // batch_size)
    descent = Descent(
        network=network,
        rows=rows,
        shuffle=shuffle,
        evaluator=_evaluator(network, validation, chosen_loss, stopping),
        loss=chosen_loss,
        optimizer=chosen_optimizer,
        regularization=regularization,
        schedule=LearningRateSchedule(learning_rate, choose_schedule(schedule), epochs, steps_per_epoch, limit),
        batch_size=batch_size,
        stopping=stopping,
        plateau=plateau,
        seed=seed,
        engine=choose_engine(engine, threads, Task(network, chosen_loss, chosen_optimizer, regularization)),
        on_event=Listeners.of(on_event),
    )
    if checkpoint is not None:
        descent.checkpoint_writer = CheckpointWriter(Path(checkpoint), seconds, fingerprint_of(descent))
    if resume and descent.resume():
        return descent.train_state.history
    try:
        while not (reason := descent.reason_to_stop()):
            descent.run_epoch()
    except StopTraining as wish:
        reason = descent.divergence or str(wish)
    except KeyboardInterrupt:
        descent.interrupt()
        reason = "it was interrupted"
    return descent.finish(reason)


def _evaluator(
    network: Network,
    validation: tuple[Any, ...] | RowSource | None,
    loss: Loss,
    stopping: EarlyStopping | None,
) -> EpochEvaluator:
    if validation is None:
        return EpochEvaluator(None)
    given = (validation,) if isinstance(validation, RowSource) else validation
    X, y, weights = (*given, None, None)[:3]
    held_out = as_source(network, X, y, weights, loss, "validation")
    if stopping is None or stopping.chosen_metric is None:
        return EpochEvaluator(held_out)
    check_metric(stopping.chosen_metric, network, held_out)
    return EpochEvaluator(held_out, stopping.chosen_metric, stopping.units)


def _check(learning_rate: float, epochs: int, batch_size: int, clip_norm: float | None) -> None:
    if not (learning_rate > 0 and np.isfinite(learning_rate)):
        raise InvalidArgument("learning_rate", "must be greater than 0", learning_rate, "Try 0.001.")
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value < 1:
            raise InvalidArgument(name, "must be at least 1", value)
    if clip_norm is not None and not (clip_norm > 0 and np.isfinite(clip_norm)):
        raise InvalidArgument("clip_norm", "must be greater than 0", clip_norm, "Try 1.0, or None for no limit.")
