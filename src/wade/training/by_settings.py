"""How settled `Settings` become training: the whole of it, or one pass more."""

from __future__ import annotations

from typing import Any

import numpy as np

from wade.engines import Task, choose_engine
from wade.errors import unknown_name
from wade.maths.losses import choose_loss
from wade.maths.optimizers import State, choose_optimizer
from wade.maths.random import permutation
from wade.maths.regularisers import Regularisation
from wade.maths.schedules import SCHEDULES
from wade.network import Network
from wade.settings import AUTO, PLATEAU, USUAL_RATES, Settings, Settled, settle
from wade.training.automatic import loss_name, optimizer_by, raced_rate
from wade.training.checkpoint import NO_CHECKPOINT, Checkpointing
from wade.training.data import as_source, check_samples
from wade.training.durations import read_duration
from wade.training.history import History, Listener
from wade.training.metrics import choose_metric
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
    stopping_by(settle(settings, rows=1))
    if settings.time_limit is not None:
        read_duration("time_limit", settings.time_limit)
    if settings.schedule not in (schedules := (AUTO, *SCHEDULES, PLATEAU)):
        raise unknown_name("schedule", settings.schedule, schedules)
    network = network_by(settle(settings, rows=1), InputLayout.of_count(1), 1, "identity")
    choose_engine(settings.engine, settings.threads, Task(network))


def network_by(settings: Settled, inputs: InputLayout, outputs: int, output: str) -> Network:
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
    settings: Settled,
    network: Network,
    X: Inputs | RowSource,
    y: Array | None = None,
    weights: Array | None = None,
    validation: tuple[Inputs, Array] | tuple[Inputs, Array, Array | None] | RowSource | None = None,
    on_event: Listener | None = None,
    keeping: Checkpointing = NO_CHECKPOINT,
    units: tuple[float, ...] = (1.0,),
) -> History:
    """Train as the settings say: on classes where the network's output says so, else on numbers.

    A learning rate that is "auto" is found by a race first (`automatic.raced_rate`).

    Parameters
    ----------
    settings : Settled
    network : Network
        Its θ changes in place.
    X, y, weights, validation, on_event
        As in `wade.train`; without validation rows all epochs are run.
    keeping : Checkpointing
        Where and how often checkpoints are kept.
    units : tuple of float
        As `EarlyStopping` has them.

    Returns
    -------
    History
        Its `choices` say what was chosen for the settings that were left open, and why.
    """
    choices, rate = dict(settings.choices), settings.learning_rate
    if rate == AUTO:
        rows = as_source(network, X, y, weights, choose_loss(loss_name(network), network.output), "training")
        choices["learning_rate"] = raced_rate(settings, network, rows)
        rate = choices["learning_rate"].value
    history = train(
        network,
        X,
        y,
        loss=loss_name(network),
        optimizer=optimizer_by(settings),
        learning_rate=rate,
        schedule="constant" if settings.schedule == PLATEAU else settings.schedule,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        validation=validation,
        stopping=None if validation is None else stopping_by(settings, units),
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
    history.choices = choices
    return history


def pass_by(
    settings: Settled,
    network: Network,
    state: State,
    X: Inputs,
    y: Array,
    weights: Array | None = None,
    number: int = 1,
) -> float:
    """One pass over some rows, at a steady learning rate: no schedule knows how many are still to come.

    Parameters
    ----------
    settings : Settled
        A learning rate that is "auto" is the usual one of the optimiser: the first rows may be too few for a race.
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
    size, rate = settings.batch_size, settings.learning_rate
    rates = np.full(-(-len(X) // size), USUAL_RATES[settings.optimizer] if rate == AUTO else rate)
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


def first_state(settings: Settled, network: Network) -> dict[str, Any]:
    """The optimiser's memory before its first step."""
    return optimizer_by(settings).init(network.theta)


def plateau_of(settings: Settled) -> ReduceOnPlateau | None:
    """What cuts the learning rate: its own patience counts the epochs that it lets pass before the one that cuts."""
    epochs = settings.epochs_to_a_cut
    return None if epochs is None else ReduceOnPlateau(factor=0.1, patience=epochs - 1)


def stopping_by(settings: Settled, units: tuple[float, ...] = (1.0,)) -> EarlyStopping:
    """What ends training, and decides which epoch was the best."""
    if settings.stop_on != "loss":
        choose_metric(settings.stop_on, "stop_on")
    idle = None if settings.patience_time is None else read_duration("patience_time", settings.patience_time)
    return EarlyStopping(settings.patience, idle, settings.stop_on, units)
