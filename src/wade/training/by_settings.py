"""Train a network with settled `Settings`: a whole training, or one more pass over some rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from wade.engines import Task, choose_engine
from wade.errors import unknown_name
from wade.maths.losses import choose_loss, usual_loss
from wade.maths.optimizers import State, choose_optimizer
from wade.maths.random import permutation
from wade.maths.regularizers import Regularization
from wade.maths.schedules import SCHEDULES
from wade.metrics import choose_metric
from wade.network import Network
from wade.settings import AUTO, PLATEAU, Settings, Settled, settle
from wade.training.automatic import build_optimizer, search_learning_rate
from wade.training.checkpoint import NO_CHECKPOINT, Checkpointing
from wade.training.data import as_source, check_samples
from wade.training.durations import read_duration
from wade.training.history import History, Listener
from wade.training.plateau import ReduceOnPlateau
from wade.training.rows import RowSource
from wade.training.stopping import EarlyStopping
from wade.training.train import train
from wade.types import Array, InputLayout, Inputs


def check_settings(settings: Settings) -> None:
    """Check everything that can be checked before any data is read.

    Raises
    ------
    InvalidArgument
        A name is unknown, or a value is outside its range.
    EngineUnavailable
        The requested engine cannot run here, or does not support this network.
    """
    choose_optimizer(settings.optimizer)
    build_stopping(settle(settings, rows=1))
    if settings.time_limit is not None:
        read_duration("time_limit", settings.time_limit)
    if settings.schedule not in (schedules := (AUTO, *SCHEDULES, PLATEAU)):
        raise unknown_name("schedule", settings.schedule, schedules)
    network = build_network(settle(settings, rows=1), InputLayout.of_count(1), 1, "identity")
    choose_engine(settings.engine, settings.threads, Task(network))


def build_network(settings: Settled, inputs: InputLayout, outputs: int, output: str) -> Network:
    """The untrained network that the settings describe, for these inputs and this output activation."""
    return Network(
        inputs,
        hidden=settings.hidden,
        outputs=outputs,
        activation=settings.activation,
        output=output,
        dropout=settings.dropout,
        members=settings.members,
        seed=settings.seed,
    )


def train_with_settings(
    settings: Settled,
    network: Network,
    X: Inputs | RowSource,
    y: Array | None = None,
    weights: Array | None = None,
    validation: tuple[Inputs, Array] | tuple[Inputs, Array, Array | None] | RowSource | None = None,
    on_event: Listener | None = None,
    checkpointing: Checkpointing = NO_CHECKPOINT,
    units: tuple[float, ...] = (1.0,),
) -> History:
    """Train with these settings, as `wade.train`; the loss follows from the network's output activation.

    A learning rate of "auto" is chosen by a short learning-rate sweep first (`automatic.search_learning_rate`). The
    history's `choices` hold the values chosen for settings that were "auto", with the reasons.
    """
    choices, rate = dict(settings.choices), settings.learning_rate
    if rate == AUTO:
        rows = as_source(network, X, y, weights, choose_loss(usual_loss(network.output), network.output), "training")
        choices["learning_rate"] = search_learning_rate(settings, network, rows)
        rate = choices["learning_rate"].value
    history = train(
        network,
        X,
        y,
        loss=usual_loss(network.output),
        optimizer=build_optimizer(settings),
        learning_rate=rate,
        schedule="constant" if settings.schedule == PLATEAU else settings.schedule,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        validation=validation,
        stopping=None if validation is None else build_stopping(settings, units),
        weights=weights,
        seed=settings.seed,
        engine=settings.engine,
        threads=settings.threads,
        on_event=on_event,
        l1=settings.l1,
        l2=settings.l2,
        clip_norm=settings.clip_norm,
        plateau=build_plateau(settings),
        time_limit=settings.time_limit,
        **checkpointing._asdict(),
    )
    history.choices = choices
    return history


def train_one_pass(
    settings: Settled,
    network: Network,
    state: State,
    X: Inputs,
    y: Array,
    weights: Array | None = None,
    number: int = 1,
) -> float:
    """Train for one pass over some rows; the mean loss over the steps. θ and the optimizer state change in place.

    The learning rate is constant, as the number of later passes is unknown; "auto" is the optimizer's usual one, as the
    first rows may be too few for a sweep. `number`, from 1, is that of this pass; it seeds the order of the rows.
    """
    loss, optimizer = choose_loss(usual_loss(network.output), network.output), build_optimizer(settings)
    regularization = Regularization(settings.l1, settings.l2, settings.clip_norm)
    samples = check_samples(network, X, y, weights, loss, "training")
    task = Task(network, loss, optimizer, regularization)
    engine = choose_engine(settings.engine, settings.threads, task)
    size, rate = settings.batch_size, settings.learning_rate
    rates = np.full(-(-len(X) // size), optimizer.usual_learning_rate if rate == AUTO else rate)
    rows = permutation(settings.seed, number, len(X))
    losses = engine.descend(task, state, samples, rows, size, rates, seed=settings.seed)
    return float(losses.mean())


def initial_optimizer_state(settings: Settled, network: Network) -> dict[str, Any]:
    """The optimizer's state before its first step."""
    return build_optimizer(settings).init(network.theta)


def build_plateau(settings: Settled) -> ReduceOnPlateau | None:
    """The rule that cuts the learning rate on a plateau; None for other schedules."""
    epochs = settings.epochs_to_a_cut
    return None if epochs is None else ReduceOnPlateau(factor=0.1, patience=epochs - 1)


def build_stopping(settings: Settled, units: tuple[float, ...] = (1.0,)) -> EarlyStopping:
    """The early stopping that the settings describe."""
    if settings.stop_on != "loss":
        choose_metric(settings.stop_on, "stop_on")
    idle = None if settings.patience_time is None else read_duration("patience_time", settings.patience_time)
    return EarlyStopping(settings.patience, idle, settings.stop_on, units)
