"""Do probabilities keep their word: of the rows that are given 30 %, does it happen to 30 %?

Rows are put in order of their probability p_i and cut into bins of like size. In each, the mean probability stands
beside the share of rows where it observed (y_i = 1). Their distance, weighted by the rows of the bins, is the

    expected calibration error = Σ_b n_b/n | 1/n_b Σ_{i in b} y_i − 1/n_b Σ_{i in b} p_i |

Chance only ever adds to it: probabilities that keep their word to the letter still show about Σ_b n_b/n √(2 v_b/π),
where v_b = 1/n_b² Σ_{i in b} p_i (1 − p_i) is the variance of the share that is observed. So that is told too.

Of two classes p is the probability of the second; of more it is that of the likeliest class, and y says whether it was
right.

Source: Guo, Pleiss, Sun, Weinberger, *On calibration of modern neural networks*, ICML 2017, equation 5, whose bins are
of like width instead; √(2 v/π) is the mean distance of a normal number from its mean.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.metrics.weighted import Doubles
from wade.model.evaluation.intervals import bootstrap, replicates_for, share_interval

BINS: Final = 10
ROWS_OF_A_BIN: Final = 20


def reliability(predicted: Doubles, observed: NDArray[np.bool_], seed: int = 0) -> dict[str, Any]:
    """How well probabilities foretell shares: a table of bins, and one number for it.

    Parameters
    ----------
    predicted : array (n,), float64 in [0, 1]
    observed : array (n,), bool
    seed : int
        Of the draws behind the interval.

    Returns
    -------
    dict
        "bins": a list of ``{"rows", "lowest", "highest", "predicted", "observed", "interval"}``, ten of them at most,
        each of 20 rows or more as far as there are so many; "expected_calibration_error": ``{"value", "interval"}``;
        "by_chance": what probabilities that keep their word would show on so many rows.

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
    short = np.zeros((n, n_bins))
    short[np.arange(n), bin_of] = observed - predicted

    def error(counts: Doubles) -> Doubles:
        with np.errstate(invalid="ignore"):
            return np.asarray(np.abs(counts @ short).sum(axis=1, keepdims=True) / counts.sum(axis=1, keepdims=True))

    value = float(error(np.ones((1, n)))[0, 0])
    (drawn,) = bootstrap(n, error, replicates_for(n), seed)
    # A replicate adds its own chance to that of the rows: mirrored at the value, its quantiles take it away instead.
    interval = None if drawn is None else [max(0.0, 2 * value - drawn[1]), max(0.0, 2 * value - drawn[0])]
    doubt = predicted * (1 - predicted)
    return {
        "bins": [_bin(predicted[bin_of == number], observed[bin_of == number]) for number in range(n_bins)],
        "expected_calibration_error": {"value": value, "interval": interval},
        "by_chance": float(np.sqrt(2 / np.pi * np.bincount(bin_of, doubt)).sum() / n),
    }


def predicted_and_observed(codes: NDArray[Any], shares: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
    """Which probability of each row is to be kept, and whether that observed.

    Examples
    --------
    >>> predicted_and_observed(np.array([1, 1]), np.array([[0.25, 0.75], [0.5, 0.5]]))
    (array([0.75, 0.5 ]), array([ True,  True]))
    """
    if shares.shape[1] == 2:
        return shares[:, 1], np.asarray(codes == 1)
    return shares.max(axis=1), np.asarray(shares.argmax(axis=1) == codes)


def _bins(predicted: Doubles) -> NDArray[np.int64]:
    """The bin of each row: as many rows in each as equal probabilities, which stay together, allow."""
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
