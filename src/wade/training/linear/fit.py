"""Fits the linear baseline: how strongly it is penalized is chosen on rows left out, and it is trained to its minimum.

It has no settings: neither the learning rate nor the epochs of the network beside it change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wade.engines import Task, choose_engine
from wade.maths.losses import choose_loss, usual_loss
from wade.maths.quasi_newton import Doubles, minimize
from wade.maths.random import permutation
from wade.network import Network
from wade.training.linear.curvature import preconditioner
from wade.training.linear.objective import LinearTask, PenalizedLoss, in_doubles
from wade.training.rows import RowSource, gathered, sample_rows
from wade.types import InputLayout, Rows, Samples

STRENGTHS: Final = (1e3, 1e2, 1e1, 1.0, 1e-1, 1e-2, 1e-3)
"""Penalties that are tried, the strongest first; each starts where the one before ended."""
WORSE: Final = 2
"""Weaker penalties are not tried once this number of them in turn had a higher loss."""
FOLDS: Final = 5
FEW_ROWS: Final = 1_000
"""Up to this number of training rows, folds of them choose the penalty together with the validation rows."""
SEARCH_ROWS: Final = 50_000
"""The penalty is chosen on at most this many training rows, drawn at random."""
TOLERANCE: Final = 1e-9
ROUGHLY: Final = 1e-6
"""How far the loss may be from its minimum, twice: at the end, and while the penalty is chosen."""
STEPS: Final = 25
REFRESHES: Final = 20
"""The approximate Hessian is computed anew after this number of steps, at most this often."""
FOLDS_STREAM: Final = (1 << 32) - 3


@dataclass(frozen=True)
class LinearFit:
    """The linear baseline: a network without hidden layers, its penalty, and why it has that one."""

    network: Network
    penalty: float
    why: str


def fit_linear(
    rows: RowSource,
    validation: RowSource,
    layout: InputLayout,
    outputs: int,
    output: str,
    seed: int = 0,
    engine: str = "auto",
    threads: int | None = None,
) -> LinearFit:
    """Fit a network without hidden layers to encoded rows: ridge regression, or logistic regression.

    Parameters
    ----------
    rows, validation : RowSource
        Training rows, and rows that only choose the penalty.
    layout, outputs, output
        As `Network` takes them; output is "identity", "sigmoid" or "softmax".
    seed : int
        Of the folds, and of the sample of more than 50,000 rows.
    engine, threads
        As in `train`.

    Examples
    --------
    >>> from wade.training.rows import InMemory
    >>> from wade.types import Inputs
    >>> x = np.linspace(-1, 1, 40)[:, None]
    >>> rows = InMemory(Samples(Inputs(x, np.zeros((40, 0), np.int32)), 3 * x + 1))
    >>> fitted = fit_linear(rows, rows, InputLayout.of_count(1), 1, "identity")
    >>> fitted.penalty, fitted.network.theta.round(3)
    (0.001, array([3., 1.], dtype=float32))
    """
    network = Network(layout, (), outputs, output=output, dtype="float64", seed=seed)
    loss = choose_loss(usual_loss(network.output), output)
    task = LinearTask(network, loss, choose_engine(engine, threads, Task(network, loss)))
    sample = in_doubles(gathered(sample_rows(rows, SEARCH_ROWS, seed)))
    held_out = in_doubles(gathered(sample_rows(validation, SEARCH_ROWS, seed)))
    penalty, theta, why = _choose_penalty(task, sample, held_out, seed)
    all_rows = sample if len(rows) == len(sample.X) else rows
    theta = _minimum(task, all_rows, len(rows), sample, penalty, theta, TOLERANCE)
    result = Network(layout, (), outputs, output=output, seed=seed)
    result.theta[:] = theta
    return LinearFit(result, penalty, why)


@dataclass
class _Trial:
    """Rows to fit to, rows to evaluate on, and where the last fit ended."""

    rows: Samples
    left_out: Samples
    theta: Doubles


def _choose_penalty(task: LinearTask, sample: Samples, validation: Samples, seed: int) -> tuple[float, Doubles, str]:
    """The penalty with the lowest loss on rows left out, and θ of the training rows with it."""
    zero = np.zeros(task.network.n_parameters)
    trials = [_Trial(sample, validation, zero)]
    folded = 2 * FOLDS <= len(sample.X) <= FEW_ROWS
    if folded:
        fold = _fold_of(sample, seed)
        trials += [_Trial(sample.take(fold != k), sample.take(fold == k), zero) for k in range(FOLDS)]
    losses: list[float] = []
    found: list[Doubles] = []
    for penalty in STRENGTHS:
        total = 0.0
        for trial in trials:
            trial.theta = _minimum(task, trial.rows, len(trial.rows.X), trial.rows, penalty, trial.theta, ROUGHLY)
            total += len(trial.left_out.X) * task.mean_loss(trial.theta, trial.left_out)
        losses.append(total)
        found.append(trials[0].theta)
        best = int(np.argmin(losses))
        if len(losses) - 1 - best >= WORSE:
            break
    which = f"{FOLDS} folds of the training rows and the validation rows" if folded else "the validation rows"
    return STRENGTHS[best], found[best], f"the lowest loss on {which} of {len(losses)} penalties from 1,000 down"


def _fold_of(sample: Samples, seed: int) -> Rows:
    """The fold of each row: every fifth of the rows in the order of their targets, so that folds are alike."""
    n = len(sample.X)
    shuffled = permutation(seed, FOLDS_STREAM, n)
    y = sample.y if sample.y.ndim == 1 else sample.y[:, 0]
    fold = np.empty(n, np.int64)
    fold[shuffled[np.argsort(y[shuffled], kind="stable")]] = np.arange(n) % FOLDS
    return fold


def _minimum(
    task: LinearTask,
    rows: RowSource | Samples,
    count: int,
    sample: Samples,
    penalty: float,
    start: Doubles,
    tolerance: float,
) -> Doubles:
    """θ at the minimum of the penalized loss of these rows; the sample gives the approximate Hessian."""
    outputs, theta = task.network.outputs, start
    penalties = task.penalties(penalty, count)
    objective = PenalizedLoss(task, rows, penalties)
    for _ in range(REFRESHES):
        inverse = preconditioner(sample.X, task.network.inputs, task.curvature(theta, sample), penalties[::outputs])
        theta, _, converged = minimize(objective, theta, inverse, tolerance, STEPS)
        if converged:
            break
    return theta
