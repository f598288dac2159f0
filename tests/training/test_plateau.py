"""Waiting for a plateau: by hand, against PyTorch's own, and inside of training."""

from __future__ import annotations

from importlib.util import find_spec

import lazy_loader
import numpy as np
import pytest

from wade.errors import InvalidArgument
from wade.network import Network
from wade.training import ReduceOnPlateau, train
from wade.training.plateau import PlateauState

torch = lazy_loader.load("torch")


def factors(plateau: ReduceOnPlateau, losses: list[float]) -> list[float]:
    """The factor of the learning rate after each epoch."""
    state, found = PlateauState(), []
    for loss in losses:
        state = plateau.update(state, loss)
        found.append(state.factor)
    return found


def test_by_hand() -> None:
    """Patience 1: the second epoch in a row that is no better cuts, and counting starts anew."""
    losses = [1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.6, 0.4, 0.4, 0.4]
    assert factors(ReduceOnPlateau(0.5, patience=1), losses) == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.125]


def test_without_patience_the_first_epoch_that_is_no_better_cuts() -> None:
    assert factors(ReduceOnPlateau(0.5, patience=0), [1.0, 1.0, 0.9, 0.9]) == [1, 0.5, 0.5, 0.25]


def test_a_hair_is_no_improvement() -> None:
    """With τ = 0.1 the best, 1, must be beaten by a tenth: 0.95 and 0.91 do not count, 0.89 does; from then 0.801."""
    plateau = ReduceOnPlateau(0.5, patience=0, threshold=0.1)
    assert factors(plateau, [1.0, 0.95, 0.91, 0.89, 0.802, 0.8]) == [1, 0.5, 0.25, 0.25, 0.125, 0.125]


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed (it is in CI)")
@pytest.mark.parametrize("constants", [{}, {"factor": 0.5, "patience": 0}, {"patience": 2, "threshold": 0.05}])
@pytest.mark.parametrize("seed", range(5))
def test_against_pytorch(constants: dict[str, float], seed: int) -> None:
    draw = np.random.RandomState(seed)
    losses = (np.exp(-np.arange(120) / 30) + 0.03 * draw.normal(size=120) - (0.3 if seed == 4 else 0)).tolist()
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, eps=0.0, **constants)
    expected = []
    for loss in losses:
        theirs.step(loss)
        expected.append(optimizer.param_groups[0]["lr"])
    np.testing.assert_allclose(factors(ReduceOnPlateau(**constants), losses), expected, rtol=1e-12)
    assert expected[-1] < 1


@pytest.mark.parametrize("schedule", ["constant", "exponential"])
def test_training_goes_on_with_what_is_left(schedule: str) -> None:
    """What an epoch's learning rate was follows from the validation losses before it, on top of the schedule."""
    draw = np.random.RandomState(0)
    X, y = draw.uniform(-1, 1, (60, 2)), draw.randint(0, 2, 60).astype(float)
    plateau, ends = ReduceOnPlateau(factor=0.5, patience=1), []
    for chosen in (None, plateau):
        history = train(
            Network(2, (8,), seed=0), X[:40], y[:40], learning_rate=0.05, epochs=30, batch_size=40,
            validation=(X[40:], y[40:]), schedule=schedule, plateau=chosen,
        )  # fmt: skip
        ends.append(np.asarray([epoch.learning_rate for epoch in history.epochs]))
    left = factors(plateau, [epoch.validation_loss for epoch in history.epochs])
    assert left[-1] < 1
    np.testing.assert_allclose(ends[1], ends[0] * [1, *left[:-1]], rtol=1e-12)


def test_it_needs_validation_rows() -> None:
    with pytest.raises(InvalidArgument, match="`plateau` needs validation rows"):
        train(Network(2), np.eye(2), np.asarray([0, 1]), plateau=ReduceOnPlateau())


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        *(("factor", value) for value in (0.0, 1.0, -0.1, np.nan)),
        *(("patience", value) for value in (-1, -5)),
        *(("threshold", value) for value in (-0.1, 1.0, np.nan)),
    ],
)
def test_constants_outside_their_range(constant: str, value: float) -> None:
    with pytest.raises(InvalidArgument, match=f"`{constant}`"):
        ReduceOnPlateau(**{constant: value})
