"""Every engine against PyTorch's records: forward, loss, each gradient, and 100 steps of learning."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from wade.engines import Engine, ReferenceEngine, Task
from wade.types import Samples

from ..oracle.cases import CASES, SEED, STEPS, Case, Problem, problem_of

EXACT = {"rtol": 1e-10, "atol": 1e-10}

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def descend_all(engine: Engine, case: Case, problem: Problem) -> tuple[np.ndarray, dict]:
    """All chunks of a case: the losses of its steps, and the optimizer state at the end."""
    task = Task(problem.network, problem.loss, case.optimizer)
    state, samples = case.optimizer.init(problem.network.theta), Samples(problem.X, problem.y, problem.weights)
    losses = [
        engine.descend(task, state, samples, rows, case.batch_size, rates, seed=SEED)
        for rows, rates in problem.stretch_rates(case.batch_size)
    ]
    return np.concatenate(losses), state


@every_case
def test_forward(engine: Engine, case: Case) -> None:
    expected, problem = np.load(case.recorded), problem_of(case)
    Zs, As = engine.forward(problem.network, problem.X)
    assert len(Zs) == len(As) == len(case.hidden) + 1
    for index, Z in enumerate(Zs, start=1):
        np.testing.assert_allclose(Z, expected[f"Z{index}"], **EXACT)
    np.testing.assert_allclose(problem.network.mean_of_members(As[-1]), expected["A"], **EXACT)
    np.testing.assert_allclose(engine.predict(problem.network, problem.X), expected["A"], **EXACT)


@every_case
def test_loss_and_gradient(engine: Engine, case: Case) -> None:
    expected, problem = np.load(case.recorded), problem_of(case)
    before = copy.deepcopy(problem)
    J, gradient = engine.loss_and_gradient(problem.network, problem.X, problem.y, problem.loss, problem.weights)
    assert isinstance(J, float)
    np.testing.assert_allclose(J, expected["loss"], **EXACT)
    alone = engine.loss(problem.network, problem.X, problem.y, problem.loss, problem.weights)
    assert isinstance(alone, float)
    np.testing.assert_allclose(alone, expected["loss"], **EXACT)
    np.testing.assert_allclose(gradient, expected["gradient"], **EXACT)
    np.testing.assert_array_equal(problem.network.theta, before.network.theta)
    np.testing.assert_array_equal(problem.X.numbers, before.X.numbers)
    np.testing.assert_array_equal(problem.y, before.y)


@every_case
def test_a_hundred_steps(engine: Engine, case: Case) -> None:
    expected, problem = np.load(case.recorded), problem_of(case)
    losses, state = descend_all(engine, case, problem)
    assert losses.dtype == np.float64
    np.testing.assert_allclose(losses, expected["losses"], **EXACT)
    np.testing.assert_allclose(problem.network.theta, expected["theta"], **EXACT)
    assert state.pop("step") == STEPS
    memory = {"momentum", "sum_of_squares", "first_moment", "second_moment"} & set(expected)
    assert set(state) == (set() if case.optimizer.name == "sgd" and not case.optimizer.momentum else memory)
    for name, values in state.items():
        np.testing.assert_allclose(values, expected[name], **EXACT)


@every_case
def test_single_precision_evaluates_like_double(engine: Engine, case: Case) -> None:
    single, double = problem_of(case, "float32"), problem_of(case)
    A = engine.predict(single.network, single.X)
    assert A.dtype == np.float32
    np.testing.assert_allclose(A, double.network(double.X), rtol=1e-5, atol=1e-6)
    J, gradient = engine.loss_and_gradient(single.network, single.X, single.y, single.loss, single.weights)
    J_double, gradient_double = ReferenceEngine().loss_and_gradient(
        double.network, double.X, double.y, double.loss, double.weights
    )
    assert gradient.dtype == np.float32
    alone = engine.loss(single.network, single.X, single.y, single.loss, single.weights)
    np.testing.assert_allclose(alone, J_double, rtol=1e-5)
    np.testing.assert_allclose(J, J_double, rtol=1e-5)
    np.testing.assert_allclose(gradient, gradient_double, rtol=1e-5, atol=1e-5 * abs(gradient_double).max())


@every_case
def test_single_precision_learns_like_double(engine: Engine, case: Case) -> None:
    expected, problem = np.load(case.recorded), problem_of(case, "float32")
    losses, state = descend_all(engine, case, problem)
    assert all(values.dtype == np.float32 for name, values in state.items() if name != "step")
    np.testing.assert_allclose(losses, expected["losses"], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(problem.network.theta, expected["theta"], rtol=1e-3, atol=1e-3)
