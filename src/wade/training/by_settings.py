"""How `Settings` become training: the whole of it, or one pass more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wade.engines import Task, choose_engine
from wade.errors import unknown_name
from wade.maths.losses import choose_loss
from wade.maths.optimizers import Optimizer, State, choose_optimizer
from wade.maths.random import permutation
from wade.maths.regularisers import Regularisation
from wade.maths.schedules import SCHEDULES
from wade.network import Network
from wade.settings import PLATEAU, Settings
from wade.training.checkpoint import NOT_KEPT, Keeping
from wade.training.data import check_samples
from wade.training.durations import read_duration
from wade.training.figures import choose_figure
from wade.training.history import History, Listener
from wade.training.plateau import ReduceOnPlateau
from wade.training.rows import RowSource
from wade.training.stopping import EarlyStopping
from wade.training.train import train
from wade.types import Array, InputLayout, Inputs


def check_settings(settings: Settings) -> None:
    """Refuses everything that can be refused before any data is read.

    Raises
    ------
    InvalidArgument
        A name is unknown, or a network cannot be built so.
    EngineUnavailable
        The engine that was asked for cannot run here, or cannot do this.
    """
    choose_optimizer(settings.optimizer)
    stopping_by(settings, 1)
    if settings.time_limit is not None:
        read_duration("time_limit", settings.time_limit)
    if settings.schedule not in (schedules := (*SCHEDULES, PLATEAU)):
        raise unknown_name("schedule", settings.schedule, schedules)
    dropout, members, seed = settings.dropout, settings.members, settings.seed
    network = Network(1, settings.hidden, 1, settings.activation, dropout=dropout, members=members, seed=seed)
    choose_engine(settings.engine, settings.threads, Task(network))


def network_by(settings: Settings, inputs: InputLayout, outputs: int, output: str) -> Network:
    """The network that the settings describe, at its start, between a table's layout and its kind of answer."""
    return Network(
        inputs,
        settings.hidden,
        outputs,
        settings.activation,
        output,
        settings.dropout,
        settings.members,
        seed=settings.seed,
    )


def train_by(
    settings: Settings,
    network: Network,
    X: Inputs | RowSource,
    y: Array | None = None,
    weights: Array | None = None,
    validation: tuple[Inputs, Array] | tuple[Inputs, Array, Array | None] | RowSource | None = None,
    on_event: Listener | None = None,
    keeping: Keeping = NOT_KEPT,
    units: tuple[float, ...] = (1.0,),
) -> History:
    """Train as the settings say: on classes where the network's output says so, else on numbers.

    Parameters
    ----------
    settings : Settings
    network : Network
        Its θ changes in place.
    X, y, weights, validation, on_event
        As in `wade.train`; without validation rows all epochs are run.
    keeping : Keeping
        Where and how often checkpoints are kept.
    units : tuple of float
        As `EarlyStopping` has them.

    Returns
    -------
    History
    """
    return train(
        network,
        X,
        y,
        loss=loss_name(network),
        optimizer=optimizer_by(settings),
        learning_rate=settings.learning_rate,
        schedule="constant" if settings.schedule == PLATEAU else settings.schedule,
        epochs=settings.epochs_on(len(X)),
        batch_size=settings.batch_size_on(len(X)),
        validation=validation,
        stopping=None if validation is None else stopping_by(settings, len(X), units),
        weights=weights,
        seed=settings.seed,
        engine=settings.engine,
        threads=settings.threads,
        on_event=on_event,
        l1=settings.l1,
        l2=settings.l2,
        clip_norm=settings.clip_norm,
        plateau=plateau_of(settings),
        time_limit=settings.time_limit,
        **keeping._asdict(),
    )


def pass_by(
    settings: Settings,
    network: Network,
    state: State,
    X: Inputs,
    y: Array,
    weights: Array | None = None,
    number: int = 1,
) -> float:
    """One pass over some rows, at the settings' own learning rate: no schedule knows how many are still to come.

    Parameters
    ----------
    settings : Settings
    network : Network
        Its θ changes in place.
    state : dict
        What `first_state` gave, or what the pass before left; changed in place.
    X, y, weights
        As in `wade.train`.
    number : int
        Which pass this is: of the order of the rows.

    Returns
    -------
    float
        The mean loss over the steps.
    """
    loss, optimizer = choose_loss(loss_name(network), network.output), optimizer_by(settings)
    regularisation = Regularisation(settings.l1, settings.l2, settings.clip_norm)
    samples = check_samples(network, X, y, weights, loss, "training")
    engine = choose_engine(settings.engine, settings.threads, Task(network, loss, optimizer, regularisation))
    size = settings.batch_size_on(len(X))
    rates = np.full(-(-len(X) // size), settings.learning_rate)
    losses = engine.descend(
        network,
        samples.X,
        samples.y,
        loss,
        optimizer,
        state,
        permutation(settings.seed, number, len(X)),
        size,
        rates,
        samples.weights,
        regularisation,
        settings.seed,
    )
    return float(losses.mean())


def first_state(settings: Settings, network: Network) -> dict[str, Any]:
    """The optimiser's memory before its first step."""
    return optimizer_by(settings).init(network.theta)


def plateau_of(settings: Settings) -> ReduceOnPlateau | None:
    """What cuts the learning rate: its own patience counts the epochs that it lets pass before the one that cuts."""
    epochs = settings.epochs_to_a_cut()
    return None if epochs is None else ReduceOnPlateau(factor=0.1, patience=epochs - 1)


def stopping_by(settings: Settings, rows: int, units: tuple[float, ...] = (1.0,)) -> EarlyStopping:
    """What ends training on so many rows, and decides which epoch was the best."""
    if settings.stop_on != "loss":
        choose_figure(settings.stop_on, "stop_on")
    idle = None if settings.patience_time is None else read_duration("patience_time", settings.patience_time)
    return EarlyStopping(settings.epochs_to_stop(rows), idle, settings.stop_on, units)


def loss_name(network: Network) -> str:
    """The loss that belongs to the network's output: its answer is a number, or classes."""
    return "mean_squared_error" if network.output == "identity" else "cross_entropy"


def optimizer_by(settings: Settings) -> Optimizer:
    """The optimiser with its weight decay settled."""
    return replace(choose_optimizer(settings.optimizer), weight_decay=settings.decay())
