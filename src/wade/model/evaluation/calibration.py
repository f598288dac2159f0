"""Calibration: of the rows with a predicted probability of 30 %, is the class observed in 30 %?

Rows are sorted by their probability p_i and cut into bins of like size. In each, the mean predicted probability stands
beside the observed share (y_i = 1). The mean difference, weighted by the rows of the bins, is the

    expected calibration error = Σ_b n_b/n | 1/n_b Σ_{i in b} y_i − 1/n_b Σ_{i in b} p_i |

Chance only ever adds to it: perfectly calibrated probabilities still show about Σ_b n_b/n √(2 v_b/π), where
v_b = 1/n_b² Σ_{i in b} p_i (1 − p_i) is the variance of the observed share. So that is reported too, and an error
corrected for chance: a bootstrap replicate e_r of the error e adds its own chance to that of the rows, about as much
again, so that 2 e − median_r(e_r) takes it away. The 95 % interval is that of the corrected error: 2 e − the quantiles
of e_r. e itself may lie outside of it.

In binary classification p is the probability of the second class; with more classes it is that of the predicted class,
and y is whether the prediction was right.

Source: Guo, Pleiss, Sun, Weinberger, *On calibration of modern neural networks*, ICML 2017, equation 5, whose bins are
of like width instead; √(2 v/π) is the mean distance of a normal number from its mean.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.metrics.bootstrap import replicate, replicates_for, tail_for
from wade.metrics.intervals import quantile_interval, share_interval
from wade.metrics.weighted import Doubles

BINS: Final = 10
ROWS_OF_A_BIN: Final = 20
CORRECTION: Final = "The correction: 2 × ECE minus the median ECE of resampled rows."
"""How the corrected error is computed, in words for the user."""


def reliability(predicted: Doubles, observed: NDArray[np.bool_], seed: int = 0) -> dict[str, Any]:
    """The reliability table and the expected calibration error of predicted probabilities.

    Parameters
    ----------
    predicted : array (n,), float64 in [0, 1]
    observed : array (n,), bool
    seed : int
        Of the draws behind the interval.

    Returns
    -------
    dict
        "bins": a list of ``{"rows", "lowest", "highest", "predicted", "observed", "interval"}``, at most ten of them,
        each of at least 20 rows where there are enough; "expected_calibration_error": ``{"value", "corrected",
        "interval"}``, the value as defined, and corrected for chance with the interval of that (None where there is
        none); "by_chance": what perfectly calibrated probabilities would show on as many rows.

    Examples
    --------
    >>> found = reliability(np.tile([0.2, 0.8], 100), np.tile([False, True], 100))
    >>> [(one["rows"], round(one["predicted"], 2), one["observed"]) for one in found["bins"]]
    [(100, 0.2, 0.0), (100, 0.8, 1.0)]
    >>> round(found["expected_calibration_error"]["value"], 4)
    0.2
    """
    n = len(predicted)
    bin_of = _bins(predicted)
    n_bins = int(bin_of.max()) + 1
    differences = np.zeros((n, n_bins))
    differences[np.arange(n), bin_of] = observed - predicted

    def error(counts: Doubles) -> Doubles:
        with np.errstate(invalid="ignore"):
            total = np.abs(counts @ differences).sum(axis=1, keepdims=True)
            return np.asarray(total / counts.sum(axis=1, keepdims=True))

    value = float(error(np.ones((1, n)))[0, 0])
    corrected, interval = _without_chance(value, replicate(n, error, replicates_for(n), seed)[:, 0], n)
    variance = predicted * (1 - predicted)
    return {
        "bins": [_bin(predicted[bin_of == number], observed[bin_of == number]) for number in range(n_bins)],
        "expected_calibration_error": {"value": value, "corrected": corrected, "interval": interval},
        "by_chance": float(np.sqrt(2 / np.pi * np.bincount(bin_of, variance)).sum() / n),
    }


def predicted_and_observed(codes: NDArray[Any], shares: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
    """The probability of each row that is to be calibrated, and whether its class was observed.

    Examples
    --------
    >>> predicted_and_observed(np.array([1, 1]), np.array([[0.25, 0.75], [0.5, 0.5]]))
    (array([0.75, 0.5 ]), array([ True,  True]))
    """
    if shares.shape[1] == 2:
        return shares[:, 1], np.asarray(codes == 1)
    return shares.max(axis=1), np.asarray(shares.argmax(axis=1) == codes)


def _without_chance(value: float, drawn: Doubles, n: int) -> tuple[float | None, list[float] | None]:
    """The error corrected for chance, and its 95 % interval, which holds it; from the replicates of the error."""
    ends = quantile_interval(drawn, tail=tail_for(n)) if n > 1 else None
    if ends is None:
        return None, None
    middle = float(np.nanmedian(drawn))
    low, corrected, high = (max(0.0, 2 * value - one) for one in (ends[1], middle, ends[0]))
    return corrected, [low, high]


def _bins(predicted: Doubles) -> NDArray[np.int64]:
    """The bin of each row; bins are of like size, except that equal probabilities stay together."""
    wanted = max(1, min(BINS, len(predicted) // ROWS_OF_A_BIN))
    ordered = np.sort(predicted)
    edges = np.unique(ordered[[len(ordered) * number // wanted for number in range(1, wanted)]])
    return np.unique(np.searchsorted(edges, predicted, "right"), return_inverse=True)[1]


def _bin(predicted: Doubles, observed: NDArray[np.bool_]) -> dict[str, Any]:
    return {
        "rows": len(predicted),
        "lowest": float(predicted.min()),
        "highest": float(predicted.max()),
        "predicted": float(predicted.mean()),
        "observed": float(observed.mean()),
        "interval": share_interval(float(observed.sum()), len(predicted)),
    }
