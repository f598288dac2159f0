"""A network: a function from rows to predictions, and the one vector θ that says which function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wade.errors import InvalidArgument
from wade.maths.activations import ACTIVATIONS
from wade.maths.layers import dense, embedding
from wade.network.architecture import Architecture, Layer
from wade.network.rows import checked_inputs
from wade.network.starting import starting_theta
from wade.types import Array, Floats, InputLayout, Inputs


class ForwardPass(NamedTuple):
    """What every layer computed, the first one first; A[-1] is the prediction.

    Parameters
    ----------
    Z : tuple of arrays (n_samples, n_out)
        Pre-activations; Z[l − 1] belongs to layer l.
    A : tuple of arrays (n_samples, n_out)
        Activations; the inputs are not among them.
    """

    Z: tuple[Floats, ...]
    A: tuple[Floats, ...]


class Network:
    r"""A fully connected network, whose first layer reads numbers and categories.

    .. math:: Z_1 = X W_1 + \sum_c E_{1c}[\text{code}_c] + b_1, \qquad
              A_l = g_l(Z_l), \qquad Z_{l+1} = A_l W_{l+1} + b_{l+1}

    Parameters
    ----------
    inputs : int or InputLayout
        How many numbers a row holds, or which numbers and categories.
    hidden : sequence of int
        Neurons of each hidden layer; () for none.
    outputs : int
        Neurons of the last layer.
    activation : str
        What the hidden layers bend with: "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus",
        "tanh", "sigmoid" or "identity".
    output : str
        What the last layer bends with: "sigmoid", "softmax", "identity", or any of the above.
    dtype : "float32" or "float64"
        What it computes in.
    seed : int in 0 … 2⁶⁴ − 1
        What the starting weights are drawn from.

    Attributes
    ----------
    theta : array (n_parameters,), writable
        All parameters. Assigning to it copies the numbers into place.
    parameters : mapping from name to array
        "W1", "E1.carrier", "b1", …: views that share θ's memory.
    architecture : Architecture
    layers : tuple of Layer
    slices : mapping from name to slice of θ
    decays : array (n_parameters,), bool
        What weight decay touches: weights and tables, not biases.

    Raises
    ------
    InvalidArgument
        Where a setting is outside its range.

    Examples
    --------
    >>> network = Network(2, hidden=(3,), dtype="float64", seed=1)
    >>> network
    Network(inputs=2, hidden=(3,), outputs=1, activation='relu', output='sigmoid', dtype='float64', seed=1)
    >>> network.n_parameters, network.parameters["W1"].shape
    (13, (2, 3))
    >>> network.theta[:] = 0
    >>> network([[-20.0, 45.0]])
    array([[0.5]])
    """

    def __init__(
        self,
        inputs: int | InputLayout,
        hidden: Sequence[int] = (64, 64),
        outputs: int = 1,
        activation: str = "relu",
        output: str = "sigmoid",
        dtype: str = "float32",
        seed: int = 0,
    ) -> None:
        architecture = Architecture.of(inputs, hidden, outputs, activation, output, dtype, seed)
        self._settle(architecture, starting_theta(architecture))

    def _settle(self, architecture: Architecture, theta: Floats) -> None:
        self.architecture = architecture
        self._theta = theta
        self.layers: tuple[Layer, ...] = architecture.layers
        self.slices: Mapping[str, slice] = MappingProxyType(architecture.slices)
        self.parameters: Mapping[str, Floats] = MappingProxyType(
            {name: theta[self.slices[name]].reshape(shape) for name, shape in architecture.shapes.items()}
        )
        self.decays = np.ones(theta.size, dtype=bool)
        for layer in self.layers:
            self.decays[self.slices[layer.bias]] = False

    @property
    def inputs(self) -> InputLayout:
        """What a row holds."""
        return self.architecture.inputs

    @property
    def hidden(self) -> tuple[int, ...]:
        """Neurons of each hidden layer."""
        return self.architecture.hidden

    @property
    def outputs(self) -> int:
        """Neurons of the last layer."""
        return self.architecture.outputs

    @property
    def activation(self) -> str:
        """What the hidden layers bend with."""
        return self.architecture.activation

    @property
    def output(self) -> str:
        """What the last layer bends with."""
        return self.architecture.output

    @property
    def dtype(self) -> str:
        """What it computes in: "float32" or "float64"."""
        return self.architecture.dtype

    @property
    def seed(self) -> int:
        """What the starting weights were drawn from."""
        return self.architecture.seed

    @property
    def n_parameters(self) -> int:
        """How long θ is."""
        return self.architecture.n_parameters

    @property
    def theta(self) -> Floats:
        """All parameters as one vector."""
        return self._theta

    @theta.setter
    def theta(self, values: ArrayLike) -> None:
        self._theta[:] = _checked_theta(self.architecture, values)

    def as_inputs(self, X: Inputs | ArrayLike) -> Inputs:
        """The rows, checked against `inputs` and in this network's dtype; no copy where nothing changes."""
        return checked_inputs(X, self.inputs, self.dtype)

    @np.errstate(invalid="ignore")  # products of finite numbers can raise the flag: see numpy issue 24067
    def forward(self, X: Inputs | ArrayLike) -> ForwardPass:
        """Every layer's pre-activations and activations for these rows."""
        rows = self.as_inputs(X)
        A: Array = rows.numbers
        Zs, As = [], []
        for layer in self.layers:
            Z = dense(A, self.parameters[layer.weight], self.parameters[layer.bias])
            for codes, table in zip(rows.codes.T, layer.embeddings, strict=False):
                Z = Z + embedding(codes, self.parameters[table])
            A = ACTIVATIONS[layer.activation].forward(Z)
            Zs.append(Z)
            As.append(A)
        return ForwardPass(tuple(Zs), tuple(As))

    def __call__(self, X: Inputs | ArrayLike) -> Floats:
        """The activations of the last layer, (n_samples, outputs)."""
        return self.forward(X).A[-1]

    def to_dict(self) -> dict[str, Any]:
        """The architecture as plain data, ready for JSON; θ is not in it."""
        return self.architecture.to_dict()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], theta: ArrayLike | None = None) -> Network:
        """The network that `to_dict` wrote, with these parameters, or with its starting ones.

        θ is checked against the architecture before anything of its size is allocated.
        """
        architecture = Architecture.from_dict(data)
        network = cls.__new__(cls)
        if theta is None:
            network._settle(architecture, starting_theta(architecture))
        else:
            network._settle(architecture, np.array(_checked_theta(architecture, theta), dtype=architecture.dtype))
        return network

    def __reduce__(self) -> tuple[Any, ...]:
        return Network.from_dict, (self.to_dict(), self.theta)

    def __repr__(self) -> str:
        inputs = self.inputs.n_numbers if self.inputs == InputLayout.of_count(self.inputs.n_numbers) else self.inputs
        rest = ("hidden", "outputs", "activation", "output", "dtype", "seed")
        return f"Network(inputs={inputs}, {', '.join(f'{name}={getattr(self, name)!r}' for name in rest)})"


def _checked_theta(architecture: Architecture, values: ArrayLike) -> Array:
    values = np.asarray(values)
    if values.shape != (architecture.n_parameters,) or values.dtype.kind not in "fiu":
        expected = f"must be {architecture.n_parameters:,} real numbers in one row"
        raise InvalidArgument("theta", expected, (values.shape, values.dtype.name))
    return values
