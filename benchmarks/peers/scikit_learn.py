"""scikit-learn's MLPClassifier on one-hot columns.

It has neither dropout nor AdamW, so it does less: Adam, nothing dropped. One pass of partial_fit over the rows, which
costs less than fit; dense columns, which it takes faster than sparse ones.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from wade.types import Floats

from ..turns import Contestant, Turn
from ..works import LEARNING_RATE, Work, batches_of, network_of, prepare_table


def descent(work: Work) -> Contestant:
    """A chunk of steps, from the same start in every turn."""
    numbers, codes, y = (block.reshape(-1, block.shape[-1]) for block in batches_of(work, work.slow_steps))
    one_hot = [np.eye(size, dtype=np.float32)[codes[:, c]] for c, size in enumerate(prepare_table(work).layout.sizes)]
    X, target = np.hstack([numbers, *one_hot]), y.ravel()

    def turn() -> Turn:
        mlp = at_the_start(work, X[: work.batch_size], target[: work.batch_size])
        began = perf_counter()
        mlp.partial_fit(X, target)
        # It tells the mean loss alone.
        return Turn((perf_counter() - began) / work.slow_steps, np.full(work.slow_steps, mlp.loss_))

    return turn


def at_the_start(work: Work, X: Floats, y: Floats) -> MLPClassifier:
    """With wade's parameters in place of its own, which it draws when it first sees rows."""
    start, n_layers = network_of(work).parameters, len(work.products)
    mlp = MLPClassifier(
        work.widths[1:-1], alpha=0, batch_size=work.batch_size, learning_rate_init=LEARNING_RATE, shuffle=False
    ).partial_fit(X, y, classes=[0, 1])
    tables = [values for name, values in start.items() if name.startswith("E1.")]
    mlp.coefs_ = [np.concatenate([start["W1"], *tables]), *(start[f"W{n}"].copy() for n in range(2, n_layers + 1))]
    mlp.intercepts_ = [start[f"b{n}"].copy() for n in range(1, n_layers + 1)]
    return mlp


def about() -> str:
    """What the table's head says of it."""
    return f"scikit-learn {sklearn.__version__}"
