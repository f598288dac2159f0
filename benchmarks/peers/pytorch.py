"""PyTorch eager: the usual loop of zero_grad, forward, loss, backward and step, with as many threads as it chooses.

Its fastest ways of saying the same: the fused Adam, batches laid out in order before the clock starts, and one
nn.EmbeddingBag whose sums hold the rows of all categories, which beats one nn.Embedding for each.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import torch
from torch import Tensor, nn

from wade.network import Network

from ..turns import Contestant, Turn
from ..works import LEARNING_RATE, Work, batches_of, network_of

OPTIMIZERS = {
    "SGD": lambda parameters: torch.optim.SGD(parameters, LEARNING_RATE),
    "Adam": lambda parameters: torch.optim.Adam(parameters, LEARNING_RATE, fused=True),
    "AdamW": lambda parameters: torch.optim.AdamW(parameters, LEARNING_RATE, fused=True),
}


class FirstLayer(nn.Module):
    """X W + Σ E[code] + b, where the tables of all categories are one, with an offset for each."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        sizes, n_out = network.inputs.sizes, network.layers[0].n_out
        self.linear = linear(network, 1)
        self.tables = nn.EmbeddingBag(sum(sizes), n_out, mode="sum")
        tables = [network.parameters[f"E1.{category.name}"] for category in network.inputs.categories]
        self.tables.weight.data = torch.from_numpy(np.concatenate(tables))
        self.offsets = torch.tensor([0, *np.cumsum(sizes[:-1])], dtype=torch.int32)

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """The sums of one batch."""
        return self.linear(numbers) + self.tables(codes + self.offsets)


class TableNetwork(nn.Module):
    """A network whose first layer reads numbers and categories."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.first, self.rest = FirstLayer(network), nn.Sequential(*modules(network, 2))

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """The last layer's sums."""
        return self.rest(self.first(numbers, codes))


def linear(network: Network, layer: int) -> nn.Linear:
    """Layer number `layer`, 1 being the first, with wade's parameters."""
    weight, bias = network.parameters[f"W{layer}"], network.parameters[f"b{layer}"]
    made = nn.Linear(*weight.shape)
    made.weight.data, made.bias.data = torch.from_numpy(weight.T.copy()), torch.from_numpy(bias.copy())
    return made


def modules(network: Network, first: int) -> list[nn.Module]:
    """Layers from `first` on, with activations and dropout between them."""
    made: list[nn.Module] = []
    for layer in range(first, len(network.layers) + 1):
        if layer > 1:
            made.append(nn.ReLU())
            if network.dropout:
                made.append(nn.Dropout(network.dropout))
        made.append(linear(network, layer))
    return made


def descent(work: Work) -> Contestant:
    """A chunk of steps, from the same start in every turn."""
    steps, start = work.slow_steps, network_of(work)
    numbers, codes, y = batches_of(work, steps)
    classes = work.widths[-1] > 1
    targets = torch.from_numpy(y.astype(np.int64) if classes else y)
    tables = [torch.from_numpy(numbers)] + [torch.from_numpy(codes)] * work.flights
    batches = [(*(block[step] for block in tables), targets[step]) for step in range(steps)]
    loss_of = nn.CrossEntropyLoss() if classes else nn.BCEWithLogitsLoss()

    def turn() -> Turn:
        network = TableNetwork(start) if work.flights else nn.Sequential(*modules(start, 1))
        optimizer = OPTIMIZERS[work.optimizer](network.parameters())
        losses = []
        began = perf_counter()
        for *read, target in batches:
            optimizer.zero_grad()
            loss = loss_of(network(*read), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        taken = (perf_counter() - began) / steps
        return Turn(taken, torch.stack(losses).numpy())

    return turn


def about() -> str:
    """What the table's head says of it."""
    return f"PyTorch {torch.__version__} on {torch.get_num_threads()} threads"
