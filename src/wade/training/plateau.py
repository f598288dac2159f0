"""Reduces the learning rate when the validation loss stops improving, as no schedule can."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from wade.errors import InvalidArgument


class PlateauState(NamedTuple):
    """The best validation loss so far, the epochs since, and the factor.

    Parameters
    ----------
    best : float
        The least validation loss that counted as an improvement; ∞ before the first.
    waited : int
        Epochs without an improvement, since the last one or since the last cut.
    factor : float
        Of the learning rate in the next epoch: all cuts so far.
    """

    best: float = inf
    waited: int = 0
    factor: float = 1.0


@dataclass(frozen=True)
class ReduceOnPlateau:
    r"""Cuts the learning rate when the validation loss has not improved for more than `patience` epochs.

    After each epoch, with its validation loss J:

    .. math:: J < J^* (1 - \tau): &\quad J^* \leftarrow J, \; n \leftarrow 0; \quad \text{else } n \leftarrow n + 1 \\
              n > P: &\quad f \leftarrow \gamma f, \; n \leftarrow 0

    f multiplies the schedule, from the next epoch on. J* starts at ∞, n at 0, f at 1. This is PyTorch's
    `ReduceLROnPlateau` in its mode "min" with a relative threshold, no cooldown and no least learning rate; the cuts
    below 1e-8 that PyTorch leaves out are made. The count n includes the epoch that runs out of patience: with P = 0
    the first epoch that is no better cuts. Where J* is below 0, J* (1 − τ) lies above it, and a slightly worse loss
    still counts as an improvement, as in PyTorch.

    Parameters
    ----------
    factor : float, γ in (0, 1)
    patience : int, P ≥ 0
    threshold : float, τ in [0, 1)
        The part of the best loss by which another must be lower to count.

    Raises
    ------
    InvalidArgument
        Where a constant is outside its range.

    Examples
    --------
    >>> plateau, state = ReduceOnPlateau(factor=0.5, patience=1), PlateauState()
    >>> for loss in (0.9, 0.8, 0.8, 0.85, 0.7):
    ...     state = plateau.update(state, loss)
    ...     print(state)
    PlateauState(best=0.9, waited=0, factor=1.0)
    PlateauState(best=0.8, waited=0, factor=1.0)
    PlateauState(best=0.8, waited=1, factor=1.0)
    PlateauState(best=0.8, waited=0, factor=0.5)
    PlateauState(best=0.7, waited=0, factor=0.5)
    """

    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4

    def __post_init__(self) -> None:
        if not 0 < self.factor < 1:
            raise InvalidArgument("factor", "must be greater than 0 and less than 1", self.factor)
        if self.patience < 0:
            raise InvalidArgument("patience", "must be at least 0", self.patience)
        if not 0 <= self.threshold < 1:
            raise InvalidArgument("threshold", "must be at least 0 and less than 1", self.threshold)

    def update(self, state: PlateauState, validation_loss: float) -> PlateauState:
        """The state after an epoch with this validation loss."""
        if validation_loss < state.best * (1 - self.threshold):
            return PlateauState(validation_loss, 0, state.factor)
        if state.waited < self.patience:
            return state._replace(waited=state.waited + 1)
        return PlateauState(state.best, 0, state.factor * self.factor)
