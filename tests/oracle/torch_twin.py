"""PyTorch's answer to each case, written with PyTorch alone: layers, losses, optimisers and schedules are its own."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - PyTorch's own custom

from .cases import STEPS, Case, Problem

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


class Twin:
    """A case's network as a list of PyTorch parameters, in the order of θ."""

    def __init__(self, case: Case, problem: Problem) -> None:
        self.case = case
        self.parameters: list[torch.Tensor] = []
        self.biases: list[torch.Tensor] = []
        self.layers: list[tuple[torch.Tensor, list[torch.Tensor], torch.Tensor]] = []
        left = torch.tensor(problem.network.theta)
        widths = [case.numbers, *case.hidden, case.outputs]
        for index, (n_in, n_out) in enumerate(pairwise(widths)):
            shapes = [(n_in, n_out), *((size, n_out) for size in case.sizes if index == 0), (n_out,)]
            block = []
            for shape in shapes:
                count = int(np.prod(shape))
                block.append(left[:count].reshape(shape).clone().requires_grad_())
                left = left[count:]
            self.layers.append((block[0], block[1:-1], block[-1]))
            self.parameters += block
            self.biases.append(block[-1])
        assert not len(left)
        self.numbers = torch.tensor(problem.X.numbers)
        self.codes = torch.tensor(problem.X.codes).long()
        self.y = torch.tensor(problem.y).long() if case.has_classes else torch.tensor(problem.y)
        self.weights = torch.ones(case.rows).double() if problem.weights is None else torch.tensor(problem.weights)

    def forward(self, rows: torch.Tensor) -> list[torch.Tensor]:
        """Z of every layer."""
        A, Zs = self.numbers[rows], []
        for index, (W, tables, b) in enumerate(self.layers):
            Z = F.linear(A, W.T, b)
            for column, E in enumerate(tables):
                Z = Z + F.embedding(self.codes[rows, column], E)
            A = ACTIVATIONS[self.case.output if index == len(self.layers) - 1 else self.case.activation](Z)
            Zs.append(Z)
        return Zs

    def loss(self, rows: torch.Tensor) -> torch.Tensor:
        """The weighted mean of the samples' losses."""
        Z, y, weights = self.forward(rows)[-1], self.y[rows], self.weights[rows]
        losses = _losses(self.case, Z, ACTIVATIONS[self.case.output](Z), y)
        return (weights * losses).sum() / weights.sum()

    def flat(self, tensors: list[torch.Tensor]) -> np.ndarray:
        """The tensors as one vector, as θ is laid out."""
        return torch.cat([tensor.detach().reshape(-1) for tensor in tensors]).numpy().copy()


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
    results = {f"Z{index}": Z.detach().numpy() for index, Z in enumerate(Zs, start=1)}
    results["A"] = ACTIVATIONS[case.output](Zs[-1]).detach().numpy()
    return results | {"loss": np.asarray(loss.item()), "gradient": gradient} | _trajectory(twin, problem)


def _trajectory(twin: Twin, problem: Problem) -> dict[str, np.ndarray]:
    """100 steps with PyTorch's own optimiser and schedule."""
    optimizer = _optimizer(twin)
    schedule = {
        "constant": lambda: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS),
    }[twin.case.schedule]()
    losses = []
    for stretch in problem.stretches:
        for batch in torch.tensor(stretch).split(twin.case.batch_size):
            optimizer.zero_grad()
            loss = twin.loss(batch)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
    results = {"losses": np.asarray(losses), "theta": twin.flat(twin.parameters)}
    memory = {"momentum_buffer": "momentum", "exp_avg": "first_moment", "exp_avg_sq": "second_moment"}
    for theirs, ours in memory.items():
        found = [optimizer.state[parameter].get(theirs) for parameter in twin.parameters]
        if found[0] is not None:
            results[ours] = twin.flat(found)
    return results


def _optimizer(twin: Twin) -> torch.optim.Optimizer:
    """PyTorch's optimiser with the case's constants; biases are in a group that does not decay."""
    constants = asdict(twin.case.optimizer)
    decay = constants.pop("weight_decay")
    biases = {id(bias) for bias in twin.biases}
    groups = [
        {"params": [one for one in twin.parameters if id(one) not in biases], "weight_decay": decay},
        {"params": twin.biases, "weight_decay": 0.0},
    ]
    if twin.case.optimizer.name == "sgd":
        return torch.optim.SGD(groups, lr=twin.case.learning_rate, **constants)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[twin.case.optimizer.name]
    betas = constants["beta1"], constants["beta2"]
    return kind(groups, lr=twin.case.learning_rate, betas=betas, eps=constants["epsilon"])
