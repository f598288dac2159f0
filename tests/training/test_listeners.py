"""A listener gets all events of a training in order, and may stop it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pytest

import wade
from wade.errors import Diverged
from wade.training import (
    ChunkDone,
    EpochDone,
    EpochStarted,
    Event,
    Listeners,
    StopTraining,
    TrainingEnded,
    ValidationDone,
)

generator = np.random.default_rng(0)
X = generator.normal(size=(200, 3))
Y = (X[:, 0] > 0).astype(float)


def trained(on_event: Any, **more: Any) -> tuple[wade.Network, wade.training.History]:
    network = wade.Network(3, hidden=(4,), seed=0)
    settings: dict[str, Any] = {"epochs": 4, "validation": (X[:50], Y[:50]), "learning_rate": 0.01, **more}
    return network, wade.train(network, X[50:], Y[50:], on_event=on_event, **settings)


def stop_at(kind: type[Event], epoch: int, reason: str = "") -> Any:
    def tired(event: Event) -> None:
        if isinstance(event, kind) and getattr(event, "epoch", epoch) == epoch:
            raise StopTraining(reason)

    return tired


def test_events_come_in_order_and_the_end_once() -> None:
    heard: list[Event] = []
    _, history = trained(heard.append)
    kinds = [kind for kind, _ in groupby(map(type, heard))]
    assert kinds == [EpochStarted, ChunkDone, ValidationDone, EpochDone] * 4 + [TrainingEnded]
    assert [event.epoch for event in heard if isinstance(event, EpochStarted)] == [1, 2, 3, 4]
    assert [event for event in heard if isinstance(event, EpochDone)] == history.epochs
    validated = [event.loss for event in heard if isinstance(event, ValidationDone)]
    assert validated == [epoch.validation_loss for epoch in history.epochs]
    assert heard[-1] == TrainingEnded(history)
    assert history.stop_reason == "all 4 epochs are done"


def test_without_validation_rows_there_is_no_validation_to_hear_of() -> None:
    heard: list[Event] = []
    trained(heard.append, validation=None)
    assert not any(isinstance(event, ValidationDone) for event in heard)


@pytest.mark.parametrize(("kind", "epochs"), [(EpochStarted, 1), (ChunkDone, 1), (ValidationDone, 1), (EpochDone, 2)])
def test_a_wish_to_stop_is_heard_at_every_event(kind: type[Event], epochs: int) -> None:
    heard: list[Event] = []
    _, history = trained([stop_at(kind, 2, "it is late"), heard.append])
    assert len(history.epochs) == epochs
    assert history.stop_reason == "tired asked for it: it is late"
    assert not history.interrupted
    assert isinstance(heard[-1], TrainingEnded)  # the others hear of it


def test_the_best_parameters_are_kept() -> None:
    network, history = trained(stop_at(ChunkDone, 4), learning_rate=0.5, batch_size=10)
    again, _ = trained(None, learning_rate=0.5, batch_size=10, epochs=history.best_epoch, schedule="constant")
    assert history.best_epoch < 4
    assert history.stop_reason == "tired asked for it"
    assert network.theta.tobytes() == again.theta.tobytes()


def test_who_listens_changes_nothing_of_what_is_learned() -> None:
    alone, _ = trained(None)
    watched, _ = trained([lambda event: None, [].append])
    assert alone.theta.tobytes() == watched.theta.tobytes()


def test_each_of_several_hears_every_event_whatever_another_wishes() -> None:
    first: list[Event] = []
    second: list[Event] = []
    both = Listeners([first.append, stop_at(EpochDone, 1, "one will do"), second.append])
    _, history = trained(both)
    assert first == second
    assert history.stop_reason == "tired asked for it: one will do"


def test_an_object_is_named_by_its_class() -> None:
    class Impatient:
        def __call__(self, event: Event) -> None:
            raise StopTraining

    _, history = trained(Impatient())
    assert history.stop_reason == "Impatient asked for it"
    assert history.best_epoch == 0


def test_an_end_that_is_wished_at_the_end_is_none() -> None:
    _, history = trained(stop_at(TrainingEnded, 0, "too late"))
    assert history.stop_reason == "all 4 epochs are done"


def test_a_mistake_in_a_listener_is_not_hidden() -> None:
    def broken(event: Event) -> None:
        raise RuntimeError("my own mistake")

    with pytest.raises(RuntimeError, match="my own mistake"):
        trained(broken)


def test_the_end_is_told_where_training_diverges_or_is_interrupted() -> None:
    heard: list[Event] = []
    with pytest.raises(Diverged):
        wade.train(wade.Network(3, output="identity", seed=0), X, Y * 1e30, "mean_squared_error", learning_rate=1e30,
                   optimizer="sgd", on_event=heard.append)  # fmt: skip
    assert isinstance(heard[-1], TrainingEnded)

    def interrupt(event: Event) -> None:
        if isinstance(event, EpochDone):
            raise KeyboardInterrupt

    _, history = trained([interrupt, heard.append])
    assert heard[-1] == TrainingEnded(history)
    assert history.interrupted


def test_ctrl_c_while_the_end_is_told_keeps_what_was_learned() -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, TrainingEnded):
            raise KeyboardInterrupt

    network, history = trained(interrupt)
    whole, _ = trained(None)
    assert history.interrupted
    assert network.theta.tobytes() == whole.theta.tobytes()


def test_learn_passes_the_wish_on() -> None:
    model = wade.learn("xor", rows=200, epochs=50, on_event=stop_at(EpochDone, 2, "enough"))
    assert model.report["epochs"] == 2
    assert model.report["stop_reason"] == "tired asked for it: enough"
