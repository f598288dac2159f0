"""The same formulas on PyTorch's tensors give the same numbers, and tensors again: no formula knows NumPy."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import lazy_loader
import numpy as np
import pytest

from wade.maths.activations import ACTIVATIONS
from wade.maths.layers import dense, dense_backward, embedding, embedding_backward
from wade.maths.likelihood_losses import binary_cross_entropy
from wade.maths.losses import LOSSES
from wade.maths.members import in_turn, in_turn_backward
from wade.maths.optimizers import SGD, AdaGrad, Adam, AdamW, Nesterov, RMSProp
from wade.maths.piecewise import piecewise_linear, piecewise_linear_backward, positions
from wade.maths.reduction import mean_over_samples
from wade.maths.regularizers import Regularization, clip_by_norm
from wade.maths.temperature import log_shares, temperature_slope, tempered_cross_entropy

torch = lazy_loader.load("torch")
with_torch = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed (it is in CI)")

DRAW = np.random.RandomState(0)
X, W, b = DRAW.uniform(-2, 2, (6, 4)), DRAW.uniform(-1, 1, (4, 3)), DRAW.uniform(-1, 1, 3)
Z, delta = DRAW.uniform(-3, 3, (6, 3)), DRAW.uniform(-1, 1, (6, 3))
codes, classes = DRAW.randint(0, 5, 6).astype(np.int32), DRAW.randint(0, 3, 6).astype(np.int32)
E, weights = DRAW.uniform(-1, 1, (5, 3)), DRAW.uniform(0, 2, 6)
TARGETS = dict.fromkeys(LOSSES, X[:, :3]) | {"softmax_cross_entropy": classes}


def step(optimizer: Any, decays: Any, theta: Any, gradient: Any) -> Any:
    theta, state = optimizer.update(theta, gradient, optimizer.init(theta), 0.1)
    return optimizer.update(theta, gradient, state, 0.1, theta > 0 if decays else None)[0]


FORMULAS: dict[str, tuple[Any, ...]] = {
    **{name: (activation.forward, Z) for name, activation in ACTIVATIONS.items()},
    **{f"{name}, backward": (activation.backward, Z, delta) for name, activation in ACTIVATIONS.items()},
    **{name: (loss.per_sample, Z, TARGETS[name]) for name, loss in LOSSES.items()},
    **{f"{name}, gradient": (loss.gradient, Z, TARGETS[name]) for name, loss in LOSSES.items()},
    "binary_cross_entropy": (binary_cross_entropy, abs(Z) / 3, abs(delta)),
    "dense": (dense, X, W, b),
    **{f"dense, backward {part}": (lambda *a, part=part: dense_backward(*a)[part], X, W, delta) for part in range(3)},
    "embedding": (embedding, codes, E),
    "embedding, backward": (lambda codes, delta: embedding_backward(codes, delta, 5), codes, delta),
    "positions": (positions, Z[:, 0], np.sort(Z[:, 1])),
    "piecewise": (piecewise_linear, abs(Z[:, 0]), E),
    "piecewise, backward": (lambda at, delta: piecewise_linear_backward(at, delta, 5), abs(Z[:, 0]), delta),
    "members in turn": (lambda E: in_turn(E, 10), E),
    "members in turn, backward": (lambda delta: in_turn_backward(delta, 3), delta),
    "tempered shares": (lambda Z: log_shares(Z.reshape(3, 2, 3), 1.7), Z),
    "tempered surprise": (lambda Z, t: tempered_cross_entropy(Z.reshape(3, 2, 3), t, 1.7), Z, abs(X[:3, :3])),
    "temperature's slope": (lambda Z, t: temperature_slope(Z.reshape(3, 2, 3), t, 1.7), Z, abs(X[:3, :3])),
    "mean": (mean_over_samples, weights),
    "weighted mean": (mean_over_samples, Z[:, 0], weights),
    "clipping": (lambda g: clip_by_norm(g, 0.5), delta[0]),
    "regularizing": (Regularization(l1=0.1, l2=0.2, max_norm=0.7).regularize, delta[0], b),
    **{
        f"{optimizer}, {decays}": (lambda *a, o=optimizer, d=decays: step(o, d, *a), b, delta[0])
        for optimizer in (
            *(SGD(), SGD(0.9, 0.1), Nesterov(), AdaGrad(), RMSProp(), Adam(weight_decay=0.1), AdamW(weight_decay=0.1)),
        )
        for decays in (False, True)
    },
}  # fmt: skip


@with_torch
@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_on_tensors(name: str) -> None:
    formula, *arrays = FORMULAS[name]
    for dtype, tolerance in (("float64", 1e-12), ("float32", 2e-5)):
        arrays = [array if array.dtype == np.int32 else array.astype(dtype) for array in arrays]
        result = formula(*(torch.from_numpy(array.copy()) for array in arrays))
        assert isinstance(result, torch.Tensor)
        assert str(result.dtype) == f"torch.{dtype}"
        np.testing.assert_allclose(result.numpy(), formula(*arrays), rtol=tolerance, atol=tolerance / 10)


@with_torch
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_backward_is_what_autograd_finds(name: str) -> None:
    """PyTorch differentiates our forward by itself; our backward says the same."""
    tensor = torch.from_numpy(Z.copy()).requires_grad_()
    (torch.from_numpy(delta) * ACTIVATIONS[name].forward(tensor)).sum().backward()
    np.testing.assert_allclose(ACTIVATIONS[name].backward(Z, delta), tensor.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_the_textbook_loads_no_tensor_library() -> None:
    chapters = (
        "activations, layers, piecewise, members, dropout, losses, random, initializers, optimizers, regularizers, "
        "schedules, temperature"
    )
    program = f"import sys; from wade.maths import {chapters}; print('torch' in sys.modules, 'scipy' in sys.modules)"
    said = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]
