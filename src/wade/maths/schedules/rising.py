"""Schedules that start low: a warm-up, Smith's one cycle, and RealMLP's four waves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from wade.errors import InvalidArgument
from wade.maths.ranges import check_range
from wade.maths.schedules.falling import Cosine, Falling, Schedule
from wade.types import Floats


@dataclass(frozen=True)
class WarmUp:
    r"""A straight line up to the full learning rate, then another schedule over what is left of the way.

    .. math:: f(p) = \begin{cases} f_0 + (1 - f_0) \, p / w & p < w \\
                                   g\big((p - w) / (1 - w)\big) & p \ge w \end{cases}

    A new network's gradients are large and Adam's second moment has averaged few of them: short steps do no harm then.
    With S steps and wS a whole number this is PyTorch's `SequentialLR` of `LinearLR(start_factor=f₀, total_iters=wS)`
    and the other schedule, with its milestone at wS.

    Parameters
    ----------
    share : float, w in (0, 1)
        The part of the way that it takes.
    initial : float, f₀ in [0, 1]
        The factor of the first step.
    then : schedule, g
        What comes after it; one of those that start with the full learning rate.

    References
    ----------
    P. Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, 2017, section 2.2, "gradual warmup".

    Examples
    --------
    >>> import numpy as np
    >>> WarmUp(share=0.2, initial=0.0, then=Cosine())(np.asarray([0.0, 0.1, 0.2, 0.6, 1.0])).round(12)
    array([0. , 0.5, 1. , 0.5, 0. ])
    """

    name: ClassVar[str] = "warm_up"
    share: float = 0.05
    initial: float = 0.01
    then: Schedule = field(default_factory=Cosine)

    def __post_init__(self) -> None:
        check_range("share", self.share, "(0, 1)")
        check_range("initial", self.initial, "[0, 1]")
        if not isinstance(self.then, Falling):
            expected = "must be a schedule that starts with the full learning rate, such as Cosine()"
            raise InvalidArgument("then", expected, self.then)

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        p = np.asarray(progress, dtype=np.float64)
        line = self.initial + (1 - self.initial) * p / self.share
        rest = self.then(np.maximum(0.0, (p - self.share) / (1 - self.share)))
        return np.asarray(np.where(p < self.share, line, rest))


@dataclass(frozen=True)
class OneCycle:
    r"""Up half a wave, and down another to nearly nothing: one long look around, then one long settling.

    .. math:: f(p) = \begin{cases} c(f_0, 1, p / w) & p < w \\ c(1, f_1, (p - w) / (1 - w)) & p \ge w \end{cases}
              \qquad c(a, b, q) = b + (a - b) \frac{1 + \cos \pi q}{2}

    The given learning rate is the highest one. It is PyTorch's `OneCycleLR` with its constants:
    `anneal_strategy="cos"`, two phases, `pct_start` 0.3, `div_factor` 25 = 1/f₀ and `final_div_factor` 1e4 = f₀/f₁. The
    momentum stays as it is (`cycle_momentum=False`). PyTorch puts the peak at the step `pct_start` · `total_steps` − 1
    and the end at the step `total_steps` − 1; here they are at the progress w and 1, whatever the number of steps. So
    S steps of this are the first S of `OneCycleLR(total_steps=S + 1, pct_start=(wS + 1) / (S + 1))`.

    Parameters
    ----------
    share : float, w in (0, 1)
        Where on the way the peak is.
    initial : float, f₀ in (0, 1]
        The factor of the first step.
    final : float, f₁ in [0, 1]
        The factor at the end.

    References
    ----------
    L. Smith, N. Topin, *Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates*, 2018,
    with half waves in place of straight lines.

    Examples
    --------
    >>> import numpy as np
    >>> OneCycle()(np.asarray([0.0, 0.15, 0.3, 0.65, 1.0])).round(6)
    array([4.00000e-02, 5.20000e-01, 1.00000e+00, 5.00002e-01, 4.00000e-06])
    """

    name: ClassVar[str] = "one_cycle"
    share: float = 0.3
    initial: float = 1 / 25
    final: float = 1 / 25 / 1e4

    def __post_init__(self) -> None:
        check_range("share", self.share, "(0, 1)")
        check_range("initial", self.initial, "(0, 1]")
        check_range("final", self.final, "[0, 1]")

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        p = np.asarray(progress, dtype=np.float64)
        up = _half_wave(self.initial, 1.0, p / self.share)
        down = _half_wave(1.0, self.final, (p - self.share) / (1 - self.share))
        return np.asarray(np.where(p < self.share, up, down))


@dataclass(frozen=True)
class CosLog4:
    r"""Four waves, each twice as long as the one before, each from 0 up to 1 and down to 0.

    .. math:: f(p) = \tfrac{1}{2} \big(1 - \cos(2 \pi \log_2(1 + 15 p))\big)

    The bottoms are at p = 0, 1/15, 3/15, 7/15 and 1: at every one of them the network has settled, and is worth keeping
    if it validates best. The very first step has length 0.

    References
    ----------
    D. Holzmüller, L. Grinsztajn, I. Steinwart, *Better by Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular
    Data*, 2024, on RealMLP.

    Examples
    --------
    >>> import numpy as np
    >>> CosLog4()(np.asarray([0, 1, 3, 7, 15]) / 15).round(12), float(CosLog4()((2**2.5 - 1) / 15))
    (array([0., 0., 0., 0., 0.]), 1.0)
    """

    name: ClassVar[str] = "coslog4"

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        waves = np.log2(1 + 15 * np.asarray(progress, dtype=np.float64))
        return np.asarray((1 - np.cos(2 * np.pi * waves)) / 2)


def _half_wave(start: float, end: float, q: Floats) -> Floats:
    """From `start` at q = 0 to `end` at q = 1, flat at both."""
    return np.asarray(end + (start - end) * (1 + np.cos(np.pi * q)) / 2)
