"""A hundred steps of every optimizer under every schedule end where PyTorch's own do, and so does every one between."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

import lazy_loader
import numpy as np
import pytest

from wade.maths.optimizers import OPTIMIZERS, SGD, AdaGrad, Adam, AdamW, Nesterov, RMSProp
from wade.maths.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    CosLog4,
    Exponential,
    InverseTime,
    OneCycle,
    Step,
    WarmUp,
)

torch = lazy_loader.load("torch")
pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed (it is in CI)")

STEPS, LEARNING_RATE = 100, 0.05
DRAW = np.random.RandomState(0)
START, CURVATURE = DRAW.uniform(-1, 1, 6), DRAW.uniform(0.2, 3, 6)
NOISE = DRAW.uniform(-1, 1, (STEPS, 6)) * np.asarray([1, 1, 1, 1, 10, 0])  # one gradient is large, one has no noise
DECAYS = np.asarray([True, True, False, True, True, False])

OPTIMIZERS_HERE = [
    *(SGD(), SGD(momentum=0.9), SGD(momentum=0.9, weight_decay=0.1), Nesterov(), Nesterov(0.5, weight_decay=0.1)),
    *(AdaGrad(), AdaGrad(epsilon=0.1, weight_decay=0.1), RMSProp(), RMSProp(0.9, epsilon=0.1, weight_decay=0.1)),
    *(Adam(), Adam(0.8, 0.95, 1e-3, weight_decay=0.1), AdamW(), AdamW(0.8, 0.95, 1e-3, weight_decay=0.1)),
]


def by_rule(factor: Callable[[float], float]) -> Callable[[Any], Any]:
    return lambda optimizer: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(step / STEPS))


def pytorchs(kind: str, **constants: Any) -> Callable[[Any], Any]:
    return lambda optimizer: getattr(torch.optim.lr_scheduler, kind)(optimizer, **constants)


def warmed_up(steps: int, initial: float, then: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def build(optimizer: Any) -> Any:
        line = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=initial, total_iters=steps)
        return torch.optim.lr_scheduler.SequentialLR(optimizer, [line, then(optimizer)], milestones=[steps])

    return build


def one_cycle(share: float, initial: float, final: float) -> Callable[[Any], Any]:
    return pytorchs(
        "OneCycleLR", max_lr=LEARNING_RATE, total_steps=STEPS + 1, pct_start=(share * STEPS + 1) / (STEPS + 1),
        div_factor=1 / initial, final_div_factor=initial / final, cycle_momentum=False,
    )  # fmt: skip


SCHEDULES_HERE: list[tuple[Any, Callable[[Any], Any]]] = [
    (Constant(), pytorchs("ConstantLR", factor=1.0)),
    (Step(stairs=4, drop=0.5), pytorchs("StepLR", step_size=25, gamma=0.5)),
    (Step(stairs=20, drop=0.9), pytorchs("StepLR", step_size=5, gamma=0.9)),
    (Exponential(), pytorchs("ExponentialLR", gamma=0.01 ** (1 / STEPS))),
    (InverseTime(), by_rule(lambda progress: 1 / (1 + 9 * progress))),
    (Cosine(), pytorchs("CosineAnnealingLR", T_max=STEPS)),
    (Cosine(final=0.2), pytorchs("CosineAnnealingLR", T_max=STEPS, eta_min=0.2 * LEARNING_RATE)),
    (WarmUp(), warmed_up(5, 0.01, pytorchs("CosineAnnealingLR", T_max=95))),
    (WarmUp(0.2, 0.5, Step(stairs=4, drop=0.1)), warmed_up(20, 0.5, pytorchs("StepLR", step_size=20, gamma=0.1))),
    (OneCycle(), one_cycle(0.3, 1 / 25, 1 / 25 / 1e4)),
    (OneCycle(share=0.55, initial=0.2, final=0.01), one_cycle(0.55, 0.2, 0.01)),
    (CosLog4(), by_rule(lambda progress: 0.5 * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * progress))))),
]


def pytorchs_optimizer(optimizer: Any, decaying: Any, staying: Any) -> Any:
    constants = asdict(optimizer)
    groups = [
        {"params": [decaying], "weight_decay": constants.pop("weight_decay")},
        {"params": [staying], "weight_decay": 0.0},
    ]
    if "epsilon" in constants:
        constants["eps"] = constants.pop("epsilon")
    if "beta1" in constants:
        constants["betas"] = constants.pop("beta1"), constants.pop("beta2")
    if optimizer.name == "nesterov":
        constants["nesterov"] = True
    kind = {"sgd": "SGD", "nesterov": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam"}
    return getattr(torch.optim, kind.get(optimizer.name, "AdamW"))(groups, lr=LEARNING_RATE, **constants)


def pytorchs_path(optimizer: Any, build_schedule: Callable[[Any], Any]) -> np.ndarray:
    """θ after each step down J = Σ (½ c θ² + cos θ + noise · θ)."""
    decaying, staying = (torch.tensor(START[mask], requires_grad=True) for mask in (DECAYS, ~DECAYS))
    parts = [(part, mask, torch.tensor(CURVATURE[mask])) for part, mask in ((decaying, DECAYS), (staying, ~DECAYS))]
    descent, path = pytorchs_optimizer(optimizer, decaying, staying), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SequentialLR steps its parts in a way that PyTorch itself warns of
        schedule = build_schedule(descent)
        for noise in NOISE:
            for part, mask, curvature in parts:
                place = part.detach()
                part.grad = curvature * place - torch.sin(place) + torch.tensor(noise[mask])
            descent.step()
            schedule.step()
            theta = np.empty(6)
            theta[DECAYS], theta[~DECAYS] = decaying.detach().numpy(), staying.detach().numpy()
            path.append(theta)
    return np.stack(path)


def our_path(optimizer: Any, schedule: Any) -> np.ndarray:
    theta, state, path = START, optimizer.init(START), []
    learning_rates = LEARNING_RATE * schedule(np.arange(STEPS) / STEPS)
    for noise, learning_rate in zip(NOISE, learning_rates.tolist(), strict=True):
        gradient = CURVATURE * theta - np.sin(theta) + noise
        theta, state = optimizer.update(theta, gradient, state, learning_rate, DECAYS)
        path.append(theta)
    return np.stack(path)


@pytest.mark.parametrize("pair", SCHEDULES_HERE, ids=lambda pair: str(pair[0]))
@pytest.mark.parametrize("optimizer", OPTIMIZERS_HERE, ids=str)
def test_a_hundred_steps(optimizer: Any, pair: tuple[Any, Callable[[Any], Any]]) -> None:
    schedule, build = pair
    np.testing.assert_allclose(our_path(optimizer, schedule), pytorchs_path(optimizer, build), rtol=1e-9, atol=1e-9)


def test_nothing_is_left_out() -> None:
    assert {type(optimizer) for optimizer in OPTIMIZERS_HERE} == set(OPTIMIZERS.values())
    assert {type(schedule) for schedule, _ in SCHEDULES_HERE} == set(SCHEDULES.values())
