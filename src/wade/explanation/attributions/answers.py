r"""What a network answers, as one number F per row that contributions can be counted in, and its way back.

Of classes F is the log-odds of one class k, in which evidence adds up; members of a network answer with the mean of
their probabilities:

.. math:: F = \ln \frac{p}{1 - p}, \qquad p = \frac{1}{M} \sum_m p_m, \qquad
          \frac{\partial F}{\partial z_{mj}} = \frac{1}{M}\, \frac{\partial p_m}{\partial z_{mj}}\, \frac{1}{p (1 - p)}

with ∂p_m/∂z_mj = p_m ([j = k] − p_mj) for softmax, of which the sigmoid is the case of two classes with z = (0, z).
All of it is computed from logarithms, so that an answer of all but 1 still has its log-odds. Of numbers F is what the
network gives, the mean of its members: standard deviations of the target from its mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wade.types import Floats


class Answer(NamedTuple):
    """F, the probability p (NaN of a number), and ∂p/∂F = p (1 − p) of each row, each (n,)."""

    F: Floats
    p: Floats
    slope: Floats

    def of(self, row: int) -> Answer:
        """That of one row, each (1,)."""
        return Answer(*(values[[row]] for values in self))


@dataclass(frozen=True)
class Asked:
    """Which answer of a network is explained.

    Parameters
    ----------
    task : "binary", "multiclass" or "regression"
        A last layer of one sigmoid, of softmax, or of one identity.
    place : int
        Which class; of two, 1 is the one whose probability the network gives.

    Examples
    --------
    >>> from wade.network import Network
    >>> network = Network(1, hidden=(), dtype="float64")
    >>> network.theta = [2.0, 0.0]
    >>> Z = network.forward([[1.0]]).Z[-1]
    >>> Asked("binary", 1).answer(Z, members=1).F, Asked("binary", 0).answer(Z, members=1).F
    (array([2.]), array([-2.]))
    """

    task: str
    place: int = 0

    def answer(self, Z: Floats, members: int) -> Answer:
        """F, p and p (1 − p) of every sample, for the last layer's Z (n_samples · members, outputs)."""
        if self.task == "regression":
            F = Z[:, 0].reshape(-1, members).mean(axis=1)
            return Answer(F, np.full_like(F, np.nan), np.full_like(F, np.nan))
        log_p, log_q = self._of_mean(Z, members)
        return Answer(log_p - log_q, np.exp(log_p), np.exp(log_p + log_q))

    def delta(self, Z: Floats, members: int) -> Floats:
        """∂F/∂Z of the last layer, of Z's shape."""
        if self.task == "regression":
            return np.full_like(Z, 1 / members)
        log_shares = _log_shares(Z)
        log_p, log_q = (np.repeat(of, members) for of in self._of_mean(Z, members))
        own = log_shares[:, self.place] - log_p - log_q
        delta: Floats = -np.exp(own[:, None] + log_shares) / members
        delta[:, self.place] = np.exp(own + _log_others(log_shares, self.place)) / members
        return delta[:, 1:] if self.task == "binary" else delta

    def _of_mean(self, Z: Floats, members: int) -> tuple[Floats, Floats]:
        """The logarithms of p and of 1 − p, of the mean over members."""
        log_shares = _log_shares(Z)
        both = log_shares[:, self.place], _log_others(log_shares, self.place)
        log_p, log_q = (_log_sum(of.reshape(-1, members)) - np.log(members) for of in both)
        return log_p, log_q


def _log_shares(Z: Floats) -> Floats:
    """The logarithm of each class's probability; one column is that of the second of two classes."""
    Z = np.concatenate([np.zeros_like(Z), Z], axis=1) if Z.shape[1] == 1 else Z
    return Z - _log_sum(Z)[:, None]


def _log_others(log_shares: Floats, place: int) -> Floats:
    """The logarithm of what is left for the other classes."""
    return _log_sum(np.delete(log_shares, place, axis=1))


def _log_sum(values: Floats) -> Floats:
    """The logarithm of Σ exp over each row, without overflow."""
    highest = values.max(axis=1)
    total: Floats = highest + np.log(np.exp(values - highest[:, None]).sum(axis=1))
    return total
