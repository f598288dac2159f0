"""PyTorch itself, where it is installed: the records are what it says, and so are networks that were never recorded."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from wade.engines import Task, choose_engine
from wade.maths.activations import ACTIVATIONS
from wade.maths.optimizers import SGD, Adam, AdamW
from wade.types import Samples

from .cases import CASES, SEED, Case, problem_of
from .torch_twin import torch_results

torch.set_num_threads(1)
HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]


def random_case(number: int) -> Case:
    """Any combination that the engines promise, drawn by number."""
    draw = np.random.RandomState(number)
    output, loss, constant = [
        ("sigmoid", "cross_entropy", None),
        ("softmax", "cross_entropy", None),
        ("identity", "mean_squared_error", None),
        ("softmax", "mean_squared_error", None),
        ("sigmoid", "cross_entropy", 0.1),
        ("softmax", "cross_entropy", 0.2),
        ("identity", "poisson", None),
        ("softplus", "mean_absolute_error", None),
        ("identity", "huber", 0.2),
        ("tanh", "quantile", 0.8),
    ][number % 10]
    outputs = int(draw.randint(2, 6) if output == "softmax" else draw.randint(1, 4))
    return Case(
        name=f"random_{number}",
        numbers=int(draw.randint(1, 6)),
        sizes=tuple(draw.randint(1, 9, draw.randint(0, 3)).tolist()),
        hidden=tuple(draw.randint(1, 20, draw.randint(0, 4)).tolist()),
        outputs=outputs,
        activation=HIDDEN[number % len(HIDDEN)],
        output=output,
        loss=loss,
        constant=constant,
        optimizer=(SGD(), SGD(momentum=0.9), Adam(epsilon=1e-4), AdamW(epsilon=1e-4))[draw.randint(4)],
        learning_rate=0.01,
        schedule=("constant", "cosine")[draw.randint(2)],
        rows=int(draw.randint(1, 40)),
        batch_size=int(draw.randint(1, 20)),
        weighted=bool(draw.randint(2)),
        bins=tuple(draw.randint(1, 9, draw.randint(0, 3)).tolist()),
        members=int(draw.choice([1, 1, 2, 5])),
        dropout=float(draw.choice([0, 0, 0.2, 0.7])),
    )


@cache
def pytorch_says(case: Case) -> dict[str, np.ndarray]:
    return torch_results(case, problem_of(case))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_records_are_what_pytorch_says_today(case: Case) -> None:
    recorded = np.load(case.recorded)
    live = pytorch_says(case)
    assert set(recorded) == set(live)
    for name, values in live.items():
        np.testing.assert_allclose(recorded[name], values, rtol=1e-11, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("engine_name", ["reference", "native"])
@pytest.mark.parametrize("number", range(22))
def test_engines_agree_with_pytorch_on_networks_drawn_at_random(engine_name: str, number: int) -> None:
    case, engine = random_case(number), choose_engine(engine_name)
    problem = problem_of(case)
    expected = pytorch_says(case)
    network = problem.network
    J, gradient = engine.loss_and_gradient(network, problem.X, problem.y, problem.loss, problem.weights)
    np.testing.assert_allclose(J, expected["loss"], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(gradient, expected["gradient"], rtol=1e-10, atol=1e-10)
    task = Task(network, problem.loss, case.optimizer)
    state, samples = case.optimizer.init(network.theta), Samples(problem.X, problem.y, problem.weights)
    losses = [
        engine.descend(task, state, samples, rows, case.batch_size, rates, seed=SEED)
        for rows, rates in problem.stretch_rates(case.batch_size)
    ]
    np.testing.assert_allclose(np.concatenate(losses), expected["losses"], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(network.theta, expected["theta"], rtol=1e-10, atol=1e-10)


def test_a_wrong_constant_would_be_seen() -> None:
    case = next(case for case in CASES if case.optimizer == Adam())
    off = replace(case, optimizer=Adam(beta2=0.9991))
    assert abs(torch_results(off, problem_of(case))["theta"] - np.load(case.recorded)["theta"]).max() > 1e-6
