"""Each ensemble member of a network as a plain network: the shared weights times its own factors."""

from __future__ import annotations

import numpy as np

from wade.network.architecture import Architecture
from wade.network.network import Network
from wade.types import Floats


def unshared_members(network: Network) -> tuple[Network, ...]:
    r"""The members, each as a plain network; the mean of their predictions is the network's.

    .. math:: Z = ((A \odot R) W) \odot S + B \quad\Rightarrow\quad
              w'_{ij} = r_i\, w_{ij}\, s_j, \qquad E' = r_c\, (E \odot S), \qquad P' = r_p\, (P \odot S)

    A network of one member is returned as it is.

    References
    ----------
    Y. Wen, D. Tran, J. Ba, *BatchEnsemble: An Alternative Approach to Efficient Ensemble and Lifelong Learning*, 2020,
    equation (1).

    Examples
    --------
    >>> import numpy as np
    >>> network = Network(2, hidden=(4,), members=3, dtype="float64", seed=1)
    >>> alone = np.mean([member([[1.0, -2.0]]) for member in unshared_members(network)], axis=0)
    >>> bool(np.allclose(alone, network([[1.0, -2.0]])))
    True
    """
    if network.members == 1:
        return (network,)
    return tuple(_alone(network, member) for member in range(network.members))


def _alone(network: Network, member: int) -> Network:
    given = network.parameters
    own: dict[str, Floats] = {}
    for layer in network.layers:
        R, S = (given[name][member] for name in layer.factors)
        own[layer.weight] = R[: layer.n_in, None] * given[layer.weight] * S
        for name, r in zip((*layer.embeddings, *layer.piecewise), R[layer.n_in :], strict=True):
            own[name] = r * given[name] * S
        own[layer.bias] = given[layer.bias][member]
    shape = {**network.to_dict(), "members": 1}
    theta = np.concatenate([own[name].ravel() for name in Architecture.from_dict(shape).shapes])
    return Network.from_dict(shape, theta)
