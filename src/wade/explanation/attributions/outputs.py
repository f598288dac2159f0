r"""The output that an attribution explains, as one number F per row, and its gradient.

For a class k, F is the log-odds, in which contributions add up; of an ensemble that of the members' mean probability:

.. math:: F = \ln \frac{p}{1 - p}, \qquad p = \frac{1}{M} \sum_m p_m, \qquad
          \frac{\partial F}{\partial z_{mj}} = \frac{1}{M}\, \frac{\partial p_m}{\partial z_{mj}}\, \frac{1}{p (1 - p)}

with ∂p_m/∂z_mj = p_m ([j = k] − p_mj) for softmax; sigmoid is softmax with z = (0, z). Everything is computed from
logarithms, so that a probability of all but 1 has its log-odds. In regression F is the network's output, the mean over
members, in standard deviations of the target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wade.errors import Diverged
from wade.types import Floats


class OutputValue(NamedTuple):
    """F, the probability p (NaN in regression), and ∂p/∂F = p (1 − p) of each row, each (n,)."""

    F: Floats
    p: Floats
    slope: Floats

    def of(self, row: int) -> OutputValue:
        """The same for one row, each (1,)."""
        return OutputValue(*(values[[row]] for values in self))


@dataclass(frozen=True)
class ExplainedOutput:
    """Which output of a network is explained.

    Parameters
    ----------
    task : "binary", "multiclass" or "regression"
        The output layer: one sigmoid, softmax, or one identity.
    place : int
        Which class; of two, 1 is the one whose probability the network outputs.

    Examples
    --------
    >>> from wade.network import Network
    >>> network = Network(1, hidden=(), dtype="float64")
    >>> network.theta = [2.0, 0.0]
    >>> Z = network.forward([[1.0]]).Z[-1]
    >>> ExplainedOutput("binary", 1).value(Z, members=1).F, ExplainedOutput("binary", 0).value(Z, members=1).F
    (array([2.]), array([-2.]))
    """

    task: str
    place: int = 0

    def value(self, Z: Floats, members: int) -> OutputValue:
        """F, p and p (1 − p) of every sample, for the last layer's Z (n_samples · members, outputs)."""
        require_finite(Z)
        if self.task == "regression":
            F = Z[:, 0].reshape(-1, members).mean(axis=1)
            return OutputValue(F, np.full_like(F, np.nan), np.full_like(F, np.nan))
        log_p, log_q = self._of_mean(Z, members)
        return OutputValue(log_p - log_q, np.exp(log_p), np.exp(log_p + log_q))

    def delta(self, Z: Floats, members: int) -> Floats:
        """∂F/∂Z of the last layer, of Z's shape."""
        require_finite(Z)
        if self.task == "regression":
            return np.full_like(Z, 1 / members)
        log_shares = _log_shares(Z)
        log_p, log_q = (np.repeat(of, members) for of in self._of_mean(Z, members))
        own = log_shares[:, self.place] - log_p - log_q
        exponents = own[:, None] + log_shares
        exponents[:, self.place] = own + _log_others(log_shares, self.place)
        delta: Floats = -np.exp(exponents) / members
        delta[:, self.place] *= -1
        return delta[:, 1:] if self.task == "binary" else delta

    def _of_mean(self, Z: Floats, members: int) -> tuple[Floats, Floats]:
        """The logarithms of p and of 1 − p, of the mean over members."""
        log_shares = _log_shares(Z)
        both = log_shares[:, self.place], _log_others(log_shares, self.place)
        log_p, log_q = (_log_sum(of.reshape(-1, members)) - np.log(members) for of in both)
        return log_p, log_q


def require_finite(values: Floats) -> Floats:
    """The values, if each is a finite number; Diverged otherwise: no piece of a path is short enough for the others."""
    if not np.isfinite(values).all():
        problem = "The network's numbers overflow for this row, or between it and the typical row."
        raise Diverged(f"{problem} Train again with a smaller learning rate.")
    return values


def _log_shares(Z: Floats) -> Floats:
    """The logarithm of each class's probability; one column is that of the second of two classes."""
    Z = np.concatenate([np.zeros_like(Z), Z], axis=1) if Z.shape[1] == 1 else Z
    return Z - _log_sum(Z)[:, None]


def _log_others(log_shares: Floats, place: int) -> Floats:
    """The logarithm of the total probability of the other classes."""
    return _log_sum(np.delete(log_shares, place, axis=1))


def _log_sum(values: Floats) -> Floats:
    """The logarithm of Σ exp over each row, without overflow."""
    highest = values.max(axis=1)
    total: Floats = highest + np.log(np.exp(values - highest[:, None]).sum(axis=1))
    return total
