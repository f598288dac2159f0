"""Array libraries: a formula computes with the library that made its arguments, through the array-API standard.

NumPy's arrays are the usual ones; PyTorch's tensors and CuPy's arrays pass through the same lines by way of
`array_api_compat`. The annotations name NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import array_api_compat

from wade.types import Array


class Namespace(Protocol):
    """The functions of the array-API standard, as one library of arrays offers them."""

    def __getattr__(self, name: str) -> Callable[..., Array]: ...


def namespace(*arrays: Array) -> Namespace:
    r"""The library that made these arrays, with the array-API standard.

    Raises
    ------
    TypeError
        Where the arrays come from different libraries, or are no arrays.

    References
    ----------
    Consortium for Python Data API Standards, *Python array API standard*, 2024.12.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.asarray([1.0, 4.0])
    >>> xp = namespace(A)
    >>> xp.sqrt(A)
    array([1., 2.])
    """
    xp: Namespace = array_api_compat.array_namespace(*arrays)
    return xp


def one_hot(codes: Array, size: int, like: Array) -> Array:
    r"""A row of zeros with a single one, for each code.

    .. math:: H_{ij} = 1 \text{ where } j = c_i, \text{ else } 0

    `codes` (n_samples,) are integers in 0 … size − 1; the result, (n_samples, size), takes its dtype from `like`.

    Examples
    --------
    >>> import numpy as np
    >>> one_hot(np.asarray([2, 0]), 3, like=np.zeros(1))
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    xp = namespace(codes)
    every_code = xp.arange(size, device=array_api_compat.device(codes))
    return xp.astype(codes[:, None] == every_code[None, :], like.dtype)
