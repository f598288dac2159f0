"""The learning rate that a race finds: near the best, the same for the same seed, the usual one without evidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wade.errors import Diverged
from wade.maths.optimizers import NAMED, SGD, AdamW, choose_optimizer
from wade.network import Network
from wade.settings import Settings, Settled, settle
from wade.training.automatic import around, search_learning_rate
from wade.training.by_settings import train_with_settings
from wade.training.rows import InMemory
from wade.types import Inputs, Samples

ROWS = 600
GIVEN = {"members": 1, "dropout": 0.0, "epochs": 80, "batch_size": 16}


def rows(weights: np.ndarray | None = None) -> InMemory:
    generator = np.random.default_rng(0)
    X = generator.normal(size=(ROWS, 3)).astype(np.float32)
    y = (X[:, :1] * X[:, 1:2] + 0.1 * generator.normal(size=(ROWS, 1))).astype(np.float32)
    return InMemory(Samples(Inputs(X, np.empty((ROWS, 0), np.int32)), y, weights))


def settled(**given: Any) -> Settled:
    return settle(Settings(**{"hidden": (16,), **GIVEN, **given}), ROWS, 1, "identity")


def network() -> Network:
    return Network(3, (16,), 1, output="identity", seed=0)


def test_the_same_seed_finds_the_same_rate_on_any_number_of_threads() -> None:
    found = [search_learning_rate(settled(seed=3, threads=threads), network(), rows()) for threads in (1, 2)]
    assert found[0] == found[1]
    assert "in a sweep of 7 rates over" in found[0].why


def test_engines_find_the_same_rate() -> None:
    found = {
        search_learning_rate(settled(engine=engine), network(), rows()).value for engine in ("native", "reference")
    }
    assert len(found) == 1


def test_the_start_is_left_as_it_was() -> None:
    start = network()
    before = start.theta.copy()
    search_learning_rate(settled(), start, rows())
    assert np.array_equal(start.theta, before)


def test_a_usual_rate_that_is_far_too_short_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AdamW, "usual_learning_rate", 1e-4)
    found = search_learning_rate(settled(), network(), rows())
    assert found.value > 3e-4
    assert found.why.startswith("lowest loss in a sweep of 7 rates over")
    assert "the usual 0.0001 gained" in found.why


def test_a_usual_rate_that_is_lost_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SGD, "usual_learning_rate", 10.0)
    found = search_learning_rate(settled(optimizer="sgd", epochs=150), network(), rows())
    assert found.value < 1
    assert found.why.endswith("the usual 10 diverged")


def test_the_usual_rate_stands_where_a_race_tells_nothing() -> None:
    few = search_learning_rate(settled(epochs=2), network(), rows())
    assert (few.value, "too few steps (76) for a sweep" in few.why) == (0.003, True)
    still = InMemory(Samples(rows().samples.X, np.zeros((ROWS, 1), np.float32)))
    flat = Network(3, (), 1, output="identity", seed=0)
    flat.theta[:] = 0
    found = search_learning_rate(settled(), flat, still)
    assert (found.value, found.why.endswith("no rate lowered the loss")) == (0.03, True)


@pytest.mark.parametrize("batch_size", [1, 4, 32])
@pytest.mark.parametrize(("optimizer", "usual"), [("sgd", 0.1), ("adam", 0.003)])
def test_small_batches_are_swept_in_enough_steps_to_train(batch_size: int, optimizer: str, usual: float) -> None:
    source, given = rows(), settled(optimizer=optimizer, batch_size=batch_size, epochs=30, seed=1)
    found = search_learning_rate(given, network(), source)
    steps = int(found.why.split(" steps")[0].split()[-1])
    assert steps * batch_size >= 20 * 64 or steps == 30 * -(-ROWS // batch_size)
    ends = {}
    for rate in (found.value, usual / 100, usual / 10, usual, 10 * usual):
        trained = network()
        with np.errstate(all="ignore"):
            try:
                train_with_settings(
                    settled(
                        **{
                            **GIVEN,
                            "optimizer": optimizer,
                            "batch_size": batch_size,
                            "epochs": 30,
                            "learning_rate": rate,
                            "seed": 1,
                        }
                    ),
                    trained,
                    source,
                )
            except Diverged:
                continue
        ends[rate] = float(np.mean((trained(source.samples.X) - source.samples.y) ** 2))
    base = float(source.samples.y.var())
    assert base - ends[found.value] > 0.7 * (base - min(ends.values()))


def test_what_rows_without_weight_say_changes_nothing() -> None:
    weights = (np.arange(ROWS) % 2).astype(np.float64)
    given = rows(weights)
    spoiled = given.samples.y.copy()
    spoiled[weights == 0] = 1e3
    other = InMemory(Samples(given.samples.X, spoiled, weights))
    assert search_learning_rate(settled(), network(), given) == search_learning_rate(settled(), network(), other)


def test_training_says_which_rate_it_took_and_why() -> None:
    trained, source = network(), rows()
    history = train_with_settings(settled(), trained, source)
    rate = history.choices["learning_rate"]
    assert history.to_dict()["choices"]["learning_rate"] == {"value": rate.value, "why": rate.why}
    by_hand = network()
    train_with_settings(settled(learning_rate=rate.value), by_hand, source)
    assert np.array_equal(trained.theta, by_hand.theta)


@pytest.mark.parametrize("name", NAMED)
def test_the_usual_rate_runs_in_the_middle(name: str) -> None:
    usual = choose_optimizer(name).usual_learning_rate
    rates = around(usual, name)
    assert rates[len(rates) // 2] == usual
    assert (np.diff(rates) > 0).all()


@pytest.mark.parametrize(
    ("hidden", "optimizer", "members", "count", "rate", "said"),
    [
        ((16,), "adamw", 1, 600, 0.003, "the usual rate for adamw;"),
        ((16,), "adamw", 16, 600, 0.009, "with 16 ensemble members or more;"),
        ((), "adamw", 1, 600, 0.03, "the usual rate for adamw without hidden layers;"),
        ((), "adamw", 1, 4000, 0.003, "the usual rate for adamw;"),
        ((), "sgd", 1, 600, SGD().usual_learning_rate, "the usual rate for sgd;"),
    ],
)
def test_the_usual_rate_suits_the_network(
    hidden: tuple[int, ...], optimizer: str, members: int, count: int, rate: float, said: str
) -> None:
    few = rows().samples.take(np.arange(count) % ROWS)
    given = settled(hidden=hidden, optimizer=optimizer, members=members, epochs=1, batch_size=64)
    found = search_learning_rate(given, Network(3, hidden, 1, output="identity"), InMemory(few))
    assert found.value == rate
    assert said in found.why
