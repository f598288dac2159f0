"""PyTorch's own activations and losses, to ten digits, in float64; its conventions are ours."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import lazy_loader
import numpy as np
import pytest

from wade.maths.activations import ACTIVATIONS
from wade.maths.class_weights import class_weights
from wade.maths.losses import LOSSES, cross_entropy, huber, quantile
from wade.maths.reduction import mean_over_samples, shares

torch = lazy_loader.load("torch")
pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed (it is in CI)")

EXACT = {"rtol": 1e-10, "atol": 1e-12}
DRAW = np.random.RandomState(0)
ROW = np.concatenate([np.linspace(-30, 30, 601), [-1e4, -0.0, 0.0, 1e4], DRAW.normal(0, 2, 200)])
CORNERED = {"relu", "leaky_relu", "elu", "selu"}


def theirs(name: str, Z: Any) -> Any:
    F = torch.nn.functional
    named = {
        "identity": lambda Z: Z * 1,
        "softmax": lambda Z: torch.softmax(Z, dim=1),
        "leaky_relu": F.leaky_relu,
        "elu": F.elu,
        "selu": F.selu,
        "gelu": F.gelu,
        "silu": F.silu,
        "mish": F.mish,
        "softplus": lambda Z: F.softplus(Z, threshold=1e9),  # the formula itself, without the cut at 20
    }
    return named.get(name, getattr(torch, name, None))(Z)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 805), (805, 1), (161, 5), (0, 3)])
def test_activations(name: str, shape: tuple[int, int]) -> None:
    Z = np.resize(ROW, shape)
    if name == "softplus":
        Z = np.minimum(Z, 700)  # e^z overflows in PyTorch's formula without the cut
    grad_A = np.linspace(0.5, 2, Z.size).reshape(shape)
    tensor = torch.from_numpy(Z.copy()).requires_grad_()
    A = theirs(name, tensor)
    A.backward(torch.from_numpy(grad_A))
    np.testing.assert_allclose(ACTIVATIONS[name].forward(Z), A.detach().numpy(), **EXACT)
    np.testing.assert_allclose(ACTIVATIONS[name].backward(Z, grad_A), tensor.grad.numpy(), **EXACT)


def test_softplus_is_cut_at_20_by_pytorch_and_nowhere_here() -> None:
    Z = np.asarray([20.0001])
    cut = torch.nn.functional.softplus(torch.from_numpy(Z)).numpy()
    assert 2.05e-9 < (ACTIVATIONS["softplus"].forward(Z) - cut).item() < 2.1e-9


@pytest.mark.parametrize("name", sorted(CORNERED))
def test_the_slope_at_the_corner(name: str) -> None:
    zero = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    theirs(name, zero).backward()
    assert ACTIVATIONS[name].backward(np.zeros(1), np.ones(1)).item() == pytest.approx(zero.grad.item(), rel=1e-15)


def tensor_loss(name: str, taken: Any, y: Any, **constants: float) -> Any:
    """The losses of single samples: PyTorch's elements, and our convention over outputs."""
    F = torch.nn.functional
    if name == "softmax_cross_entropy":
        return F.cross_entropy(taken, y, reduction="none", **constants)
    if name == "sigmoid_cross_entropy":
        epsilon = constants.get("label_smoothing", 0.0)
        yes, no = (F.binary_cross_entropy_with_logits(taken, 0 * y + label, reduction="none") for label in (1.0, 0.0))
        plain = F.binary_cross_entropy_with_logits(taken, y, reduction="none")
        return ((1 - epsilon) * plain + epsilon * (yes + no) / 2).sum(1)
    elements = {
        "mean_squared_error": lambda: F.mse_loss(taken, y, reduction="none"),
        "mean_absolute_error": lambda: F.l1_loss(taken, y, reduction="none"),
        "huber": lambda: F.huber_loss(taken, y, reduction="none", **constants),
        "poisson": lambda: F.poisson_nll_loss(taken, y, log_input=True, full=False, reduction="none"),
        "quantile": lambda: torch.where(
            y > taken, constants["tau"] * (y - taken), (1 - constants["tau"]) * (taken - y)
        ),
    }
    return elements[name]().mean(1)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("n", "k"), [(1, 2), (7, 3), (30, 5), (4, 1)])
@pytest.mark.parametrize(
    ("loss", "constants"),
    [
        *((LOSSES[name], {}) for name in LOSSES if name != "quantile"),
        (quantile(), {"tau": 0.5}),
        (quantile(0.9), {"tau": 0.9}),
        (huber(0.4), {"delta": 0.4}),
        (cross_entropy("softmax", 0.1), {"label_smoothing": 0.1}),
        (cross_entropy("sigmoid", 0.1), {"label_smoothing": 0.1}),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_losses(loss: Any, constants: dict[str, float], n: int, k: int, weighted: bool) -> None:
    draw = np.random.RandomState(n)
    taken = draw.normal(0, 3, (n, k))
    y: Any = draw.randint(0, k, n) if loss.name.startswith("softmax") else draw.uniform(0, 1, (n, k))
    if loss.name == "mean_absolute_error":
        taken[0, 0] = y[0, 0]  # the kink
    weights = draw.uniform(0.1, 2, n) if weighted else np.ones(n)
    tensor, heavy = torch.from_numpy(taken.copy()).requires_grad_(), torch.from_numpy(weights)
    per_sample = tensor_loss(loss.name, tensor, torch.from_numpy(y), **constants)
    J = (heavy * per_sample).sum() / heavy.sum()
    J.backward()
    np.testing.assert_allclose(loss.per_sample(taken, y), per_sample.detach().numpy(), **EXACT)
    np.testing.assert_allclose(mean_over_samples(loss.per_sample(taken, y), weights), J.item(), **EXACT)
    np.testing.assert_allclose(loss.gradient(taken, y) * shares(weights)[:, None], tensor.grad.numpy(), **EXACT)


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "huber", "poisson"])
def test_the_mean_over_everything_is_what_pytorch_reports(name: str) -> None:
    draw = np.random.RandomState(1)
    taken, y = draw.normal(0, 2, (6, 4)), draw.uniform(0, 3, (6, 4))
    report = {
        "mean_squared_error": torch.nn.MSELoss,
        "mean_absolute_error": torch.nn.L1Loss,
        "huber": torch.nn.HuberLoss,
        "poisson": torch.nn.PoissonNLLLoss,
    }[name]()
    wanted = report(torch.from_numpy(taken), torch.from_numpy(y)).item()
    np.testing.assert_allclose(mean_over_samples(LOSSES[name].per_sample(taken, y)), wanted, **EXACT)


def test_class_weights_are_pytorchs() -> None:
    draw = np.random.RandomState(2)
    Z, y, by_class = draw.normal(0, 2, (9, 3)), draw.randint(0, 3, 9), np.asarray([0.5, 2.0, 7.0])
    report = torch.nn.CrossEntropyLoss(weight=torch.from_numpy(by_class))
    wanted = report(torch.from_numpy(Z), torch.from_numpy(y)).item()
    per_sample = LOSSES["softmax_cross_entropy"].per_sample(Z, y)
    np.testing.assert_allclose(mean_over_samples(per_sample, class_weights(y, by_class)), wanted, **EXACT)
