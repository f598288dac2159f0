"""PyTorch's answer to each case, written with PyTorch alone: layers, losses, optimizers and schedules are its own.

Dropout's masks alone are wade's: PyTorch draws others, and it is what is made of them that is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - PyTorch's own custom

from .cases import SEED, STEPS, Case, Problem

ACTIVATIONS = {
    "identity": lambda Z: Z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "gelu": F.gelu,
    "silu": F.silu,
    "mish": F.mish,
    "softplus": F.softplus,
    "softmax": lambda Z: torch.softmax(Z, dim=1),
}
MEMORY = {  # PyTorch's names and ours
    "momentum_buffer": "momentum",
    "sum": "sum_of_squares",
    "square_avg": "second_moment",
    "exp_avg": "first_moment",
    "exp_avg_sq": "second_moment",
}


@dataclass
class Layer:
    """One layer's parameters; members' factors are None where there is one member."""

    W: torch.Tensor
    tables: list[torch.Tensor]
    slopes: list[torch.Tensor]
    R: torch.Tensor | None
    S: torch.Tensor | None
    b: torch.Tensor


class Twin:
    """A case's network as a list of PyTorch parameters, in the order of θ."""

    def __init__(self, case: Case, problem: Problem) -> None:
        self.case, self.network = case, problem.network
        self.left = torch.tensor(problem.network.theta)
        self.parameters: list[torch.Tensor] = []
        self.constant: list[torch.Tensor] = []  # what weight decay leaves alone
        self.layers = [
            self._layer(*widths) for widths in enumerate(pairwise([case.numbers, *case.hidden, case.outputs]))
        ]
        assert not len(self.left)
        self.numbers = torch.tensor(problem.X.numbers)
        self.codes = torch.tensor(problem.X.codes).long()
        self.positions = torch.tensor(problem.X.positions)
        self.y = torch.tensor(problem.y).long() if case.has_classes else torch.tensor(problem.y)
        self.weights = torch.ones(case.rows).double() if problem.weights is None else torch.tensor(problem.weights)

    def _layer(self, index: int, widths: tuple[int, int]) -> Layer:
        (n_in, n_out), members = widths, self.case.members
        sizes, bins = (self.case.sizes, self.case.bins) if index == 0 else ((), ())
        W = self._next(n_in, n_out)
        tables, slopes = [self._next(size, n_out) for size in sizes], [self._next(count, n_out) for count in bins]
        if members == 1:
            layer = Layer(W, tables, slopes, None, None, self._next(n_out))
            self.constant.append(layer.b)
        else:
            R, S = self._next(members, n_in + len(sizes) + len(bins)), self._next(members, n_out)
            layer = Layer(W, tables, slopes, R, S, self._next(members, n_out))
            self.constant += [R, S, layer.b]
        return layer

    def _next(self, *shape: int) -> torch.Tensor:
        count = int(np.prod(shape))
        self.parameters.append(self.left[:count].reshape(shape).clone().requires_grad_())
        self.left = self.left[count:]
        return self.parameters[-1]

    def forward(self, rows: torch.Tensor, masks: tuple[np.ndarray, ...] = ()) -> list[torch.Tensor]:
        """Z of every layer, (n_samples, members, n_out)."""
        A, Zs = self.numbers[rows, None, :].expand(-1, self.case.members, -1), []
        for index, layer in enumerate(self.layers):
            R = torch.ones(1, A.shape[-1] + len(self.case.sizes + self.case.bins)) if layer.R is None else layer.R
            U = (A * R[:, : A.shape[-1]].double()) @ layer.W
            for column, looked_up in enumerate(self._looked_up(layer, rows), start=A.shape[-1]):
                U = U + R[:, column, None] * looked_up[:, None, :]
            Z = U + layer.b if layer.S is None else U * layer.S + layer.b
            A = _per_row(ACTIVATIONS[self.case.output if index == len(self.layers) - 1 else self.case.activation], Z)
            if index < len(masks):
                A = A * torch.tensor(masks[index]).reshape(A.shape)
            Zs.append(Z)
        return Zs

    def _looked_up(self, layer: Layer, rows: torch.Tensor) -> Iterator[torch.Tensor]:
        for column, E in enumerate(layer.tables):
            yield F.embedding(self.codes[rows, column], E)
        for column, w in enumerate(layer.slopes):
            yield (self.positions[rows, column, None] - torch.arange(len(w))).clamp(0, 1) @ w

    def loss(self, rows: torch.Tensor, masks: tuple[np.ndarray, ...] = ()) -> torch.Tensor:
        """The weighted mean of the samples' losses, each the mean over members."""
        Z, y, weights = self.forward(rows, masks)[-1], self.y[rows], self.weights[rows]
        of_members = [
            _losses(self.case, Z[:, member], ACTIVATIONS[self.case.output](Z[:, member]), y)
            for member in range(self.case.members)
        ]
        return (weights * torch.stack(of_members).mean(0)).sum() / weights.sum()

    def flat(self, tensors: list[torch.Tensor]) -> np.ndarray:
        """The tensors as one vector, as θ is laid out."""
        return torch.cat([tensor.detach().reshape(-1) for tensor in tensors]).numpy().copy()


def _per_row(activation: Callable[[torch.Tensor], torch.Tensor], Z: torch.Tensor) -> torch.Tensor:
    """The activation of (n_samples, members, n_out), applied to rows of neurons."""
    return activation(Z.flatten(0, 1)).reshape(Z.shape)


def _losses(case: Case, Z: torch.Tensor, A: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Each sample's loss: the sum over outputs of a cross-entropy, the mean over outputs of the others."""
    if case.loss == "cross_entropy":
        smoothing = case.constant or 0.0
        if case.output == "softmax":
            return F.cross_entropy(Z, y, reduction="none", label_smoothing=smoothing)
        target = y * (1 - smoothing) + smoothing / 2
        return F.binary_cross_entropy_with_logits(Z, target, reduction="none").sum(1)
    if case.loss == "quantile":
        return torch.maximum(case.constant * (y - A), (case.constant - 1) * (y - A)).mean(1)
    if case.loss == "huber":
        return F.huber_loss(A, y, reduction="none", delta=case.constant or 1.0).mean(1)
    if case.loss == "poisson":
        return F.poisson_nll_loss(Z, y, log_input=True, full=False, reduction="none").mean(1)
    distance = {"mean_squared_error": F.mse_loss, "mean_absolute_error": F.l1_loss}[case.loss]
    return distance(A, y, reduction="none").mean(1)


def torch_results(case: Case, problem: Problem) -> dict[str, np.ndarray]:
    """Everything that is recorded of a case."""
    twin, every_row = Twin(case, problem), torch.arange(case.rows)
    Zs = twin.forward(every_row)
    loss = twin.loss(every_row)
    gradient = twin.flat(list(torch.autograd.grad(loss, twin.parameters)))
    results = {f"Z{index}": Z.detach().flatten(0, 1).numpy() for index, Z in enumerate(Zs, start=1)}
    results["A"] = _per_row(ACTIVATIONS[case.output], Zs[-1]).mean(1).detach().numpy()
    return results | {"loss": np.asarray(loss.item()), "gradient": gradient} | _trajectory(twin, problem)


def _trajectory(twin: Twin, problem: Problem) -> dict[str, np.ndarray]:
    """100 steps with PyTorch's own optimizer and schedule."""
    optimizer = _optimizer(twin)
    schedule = {
        "constant": lambda: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS),
    }[twin.case.schedule]()
    losses = []
    for stretch in problem.stretches:
        for batch in torch.tensor(stretch).split(twin.case.batch_size):
            optimizer.zero_grad()
            loss = twin.loss(batch, problem.network.masks(len(batch), SEED, step=len(losses)))
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
    results = {"losses": np.asarray(losses), "theta": twin.flat(twin.parameters)}
    for theirs, ours in MEMORY.items():
        found = [optimizer.state[parameter].get(theirs) for parameter in twin.parameters]
        if found[0] is not None:
            results[ours] = twin.flat(found)
    return results


def _optimizer(twin: Twin) -> torch.optim.Optimizer:
    """PyTorch's optimizer with the case's constants; biases and factors are in a group that does not decay."""
    constants = asdict(twin.case.optimizer)
    decay = constants.pop("weight_decay")
    constant = {id(one) for one in twin.constant}
    groups = [
        {"params": [one for one in twin.parameters if id(one) not in constant], "weight_decay": decay},
        {"params": twin.constant, "weight_decay": 0.0},
    ]
    if "epsilon" in constants:
        constants["eps"] = constants.pop("epsilon")
    if "beta1" in constants:
        constants["betas"] = constants.pop("beta1"), constants.pop("beta2")
    kind = {
        "sgd": torch.optim.SGD,
        "nesterov": partial(torch.optim.SGD, nesterov=True),
        "adagrad": torch.optim.Adagrad,
        "rmsprop": torch.optim.RMSprop,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
    }[twin.case.optimizer.name]
    return kind(groups, lr=twin.case.learning_rate, **constants)
