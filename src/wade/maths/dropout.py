r"""Dropout: in every training step a random share of the units is set to 0, so that none depends on a certain other.

.. math:: D = A \odot M, \qquad m_{ij} = \begin{cases} 0 & \text{with probability } p \\ 1 / (1 - p) & \text{else}
          \end{cases}

The units that remain are scaled by 1/(1 − p), so that the expected input of the next layer is unchanged and prediction,
which drops nothing, needs no correction. Going backward, ∂J/∂A = ∂J/∂D ⊙ M.

Masks are counter-based: a mask is a function of the seed, the step, the layer, the row and the neuron, not of what was
drawn before, so that both engines draw the same one, on any number of threads.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.maths.random import halves, philox
from wade.types import Floats, Rows

CHANCES: Final = 1 << 16  # a rate is a multiple of 1 / CHANCES
_STREAM: Final = 1 << 31  # the high half of a stream: from 2⁶³ on, see `wade.maths.random`
_BLOCKS_AT_ONCE: Final = 1 << 14


def chances_to_drop(rate: float) -> int:
    """How many of 65,536 equally likely draws drop a neuron: the rate, rounded; never all of them.

    Examples
    --------
    >>> chances_to_drop(0.0), chances_to_drop(0.25), chances_to_drop(0.999999999)
    (0, 16384, 65535)
    """
    return min(round(rate * CHANCES), CHANCES - 1)


def dropout_mask(rate: float, seed: int, step: int, layer: int, n_rows: int, width: int) -> Floats:
    r"""What the activations of one layer are multiplied by in one step.

    Each neuron of each row draws 16 random bits and is kept where they are at least 65,536·p. Eight neurons share a
    block of `philox`: with B = ⌈width / 8⌉ blocks a row, neuron j takes the half-word number j div B of block j mod B,
    the low half of each word coming before its high half. The counter is (block, row, step mod 2³², 2³¹ + layer), the
    key the halves of the seed.

    Parameters
    ----------
    rate : float in [0, 1)
        p, the share that is dropped, to the nearest 1/65,536.
    seed, step, layer : int
        What the draw depends on: a seed in 0 … 2⁶⁴ − 1, the steps before this one, and the hidden layer, from 1 on.
    n_rows, width : int
        Rows of the batch, samples times members; neurons of the layer.

    Returns
    -------
    array (n_rows, width), float64, of 0 and 1/(1 − p)

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, *Dropout: A Simple Way to Prevent
    Neural Networks from Overfitting*, 2014, section 4, with the factor in training instead of in prediction, as its
    section 10 notes.

    Examples
    --------
    >>> dropout_mask(0.25, seed=1, step=0, layer=1, n_rows=2, width=5).round(2)
    array([[1.33, 1.33, 0.  , 1.33, 0.  ],
           [1.33, 0.  , 1.33, 1.33, 1.33]])
    """
    dropped = chances_to_drop(rate)
    blocks = -(-width // 8)
    at_once = max(1, _BLOCKS_AT_ONCE // blocks)
    mask = np.empty((n_rows, width))
    for first in range(0, n_rows, at_once):
        rows = np.arange(first, min(first + at_once, n_rows))
        kept = _bits(halves("seed", seed), rows, step, layer, blocks)[:, :width] >= dropped
        mask[rows] = kept * (CHANCES / (CHANCES - dropped))
    return mask


def _bits(key: tuple[int, int], rows: Rows, step: int, layer: int, blocks: int) -> NDArray[np.uint32]:
    """16 random bits for each neuron of each row, (n_rows, 8 · blocks)."""
    counters = np.empty((len(rows), blocks, 4), dtype=np.uint64)
    counters[..., 0], counters[..., 1] = np.arange(blocks), rows[:, None]
    counters[..., 2:] = step % (1 << 32), _STREAM + layer
    words = philox(counters.reshape(-1, 4), key).reshape(len(rows), blocks, 4)
    slots = np.stack((words & 0xFFFF, words >> 16), axis=-1)  # (n_rows, blocks, word, low and high)
    return slots.reshape(len(rows), blocks, 8).transpose(0, 2, 1).reshape(len(rows), -1)
