"""A network: a function from rows to predictions, with all its parameters in one vector θ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from wade.documents.html import fragment
from wade.documents.structure import Cell, Document, Number, Table
from wade.documents.wording import counted
from wade.errors import InvalidArgument
from wade.maths.activations import ACTIVATIONS
from wade.maths.dropout import chances_to_drop, dropout_mask
from wade.network.architecture import SETTINGS, Architecture, Layer
from wade.network.initialization import initial_theta
from wade.network.preactivation import NO_ROWS, preactivation
from wade.network.rows import checked_inputs
from wade.types import Array, Floats, InputLayout, Inputs

_Rowwise = TypeVar("_Rowwise", Array, Inputs)


class ForwardPass(NamedTuple):
    """What every layer computed, the first one first; A[-1] is the prediction.

    Where k members share the weights, a sample has k rows, one after another: row i·k + m is sample i for member m.

    Parameters
    ----------
    Z : tuple of arrays (n_samples · k, n_out)
        Pre-activations; Z[l − 1] belongs to layer l.
    A : tuple of arrays (n_samples · k, n_out)
        Activations; the inputs are not among them.
    """

    Z: tuple[Floats, ...]
    A: tuple[Floats, ...]


def _of_architecture(name: str, doc: str) -> Any:
    """A read-only setting, which the architecture holds."""
    return property(attrgetter(f"architecture.{name}"), doc=doc)


class Network:
    r"""A fully connected network, whose first layer reads numbers, categories and piecewise-linear numbers.

    .. math:: Z_1 = X W_1 + \sum_c E_{1c}[\text{code}_c] + \sum_p P_{1p}(\text{position}_p) + b_1, \qquad
              A_l = g_l(Z_l), \qquad Z_{l+1} = A_l W_{l+1} + b_{l+1}

    Where members share the weights, Z = ((A ⊙ R) W) ⊙ S + B in each layer (`wade.network.preactivation`), and a
    prediction is the mean of theirs.

    Parameters
    ----------
    inputs : int or InputLayout
        How many numbers a row holds, or which numbers, categories and piecewise-linear numbers.
    hidden : sequence of int
        Neurons of each hidden layer; () for none.
    outputs : int
        Neurons of the last layer.
    activation : str or sequence of str
        That of the hidden layers: "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus", "tanh",
        "sigmoid" or "identity"; or one for each hidden layer: "tanh,relu" or ("tanh", "relu").
    output : str
        The activation of the last layer: "sigmoid", "softmax", "identity", or any of the above.
    dropout : float in [0, 1)
        The share of each hidden layer's units that a training step drops; prediction drops none.
    members : int, ≥ 1
        How many networks share each W.
    dtype : "float32" or "float64"
        What it computes in.
    seed : int in 0 … 2⁶⁴ − 1
        What the starting weights are drawn from.

    Attributes
    ----------
    theta : array (n_parameters,), writable
        All parameters. Assigning to it copies the numbers into place.
    parameters : mapping from name to array
        "W1", "E1.carrier", "P1.hour", "R1", "S1", "b1", …: views that share θ's memory.
    architecture : Architecture
    layers : tuple of Layer
    slices : mapping from name to slice of θ
    decays : array (n_parameters,), bool
        What weight decay touches: weights, tables and slopes, not biases, nor members' factors, whose rest is at 1.

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

    inputs: InputLayout = _of_architecture("inputs", "What a row holds.")
    hidden: tuple[int, ...] = _of_architecture("hidden", "Neurons of each hidden layer.")
    outputs: int = _of_architecture("outputs", "Neurons of the last layer.")
    activation: str = _of_architecture("activation", 'That of the hidden layers; "tanh,relu" where they differ.')
    activations: tuple[str, ...] = _of_architecture("activations", "The activation of each hidden layer.")
    output: str = _of_architecture("output", "The activation of the last layer.")
    dropout: float = _of_architecture("dropout", "The share of each hidden layer's units that a training step drops.")
    members: int = _of_architecture("members", "How many networks share each W.")
    dtype: str = _of_architecture("dtype", 'What it computes in: "float32" or "float64".')
    seed: int = _of_architecture("seed", "What the starting weights were drawn from.")
    n_parameters: int = _of_architecture("n_parameters", "How long θ is.")

    def __init__(
        self,
        inputs: int | InputLayout,
        hidden: Sequence[int] = (64, 64),
        outputs: int = 1,
        activation: str | Sequence[str] = "relu",
        output: str = "sigmoid",
        dropout: float = 0.0,
        members: int = 1,
        dtype: str = "float32",
        seed: int = 0,
    ) -> None:
        settings = (hidden, outputs, activation, output, dropout, members, dtype, seed)
        architecture = Architecture(inputs, *settings)  # type: ignore[arg-type]  # it converts them
        self._settle(architecture, initial_theta(architecture))

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
            for name in (layer.bias, *layer.factors):
                self.decays[self.slices[name]] = False

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
    def forward(self, X: Inputs | ArrayLike, masks: tuple[Floats, ...] = ()) -> ForwardPass:
        """Every layer's pre-activations and activations for these rows.

        Parameters
        ----------
        X : Inputs, or array-like (n_samples, n_numbers); one row alone, (n_numbers,), counts as a table of one row
        masks : tuple of arrays
            What `masks` drew for a training step; () drops nothing.
        """
        rows = self.for_members(self.as_inputs(np.asarray(X)[None] if _is_row(X) else X))
        return self.onward(preactivation(self.layers[0], self.parameters, rows.numbers, rows), masks)

    @np.errstate(invalid="ignore")  # as in `forward`
    def onward(self, Z: Floats, masks: tuple[Floats, ...] = ()) -> ForwardPass:
        """Every layer's pre-activations and activations, for pre-activations of the first layer that are given.

        Z (n_samples · members, n_out) is of rows of a table or of points between two rows; `masks` as in `forward`.
        """
        Zs, As = [Z], [ACTIVATIONS[self.layers[0].activation].forward(Z)]
        for index, layer in enumerate(self.layers[1:]):
            read = As[-1] * masks[index] if masks else As[-1]
            Zs.append(preactivation(layer, self.parameters, read, NO_ROWS))
            As.append(ACTIVATIONS[layer.activation].forward(Zs[-1]))
        return ForwardPass(tuple(Zs), tuple(As))

    def __call__(self, X: Inputs | ArrayLike) -> Floats:
        """The activations of the last layer, (n_samples, outputs), the mean over members; of a row, (outputs,).

        Examples
        --------
        >>> network = Network(2, hidden=(3,), dtype="float64", seed=1)
        >>> network.theta[:] = 0
        >>> network([[-20.0, 45.0], [1.0, 2.0]]), network([-20.0, 45.0])
        (array([[0.5],
               [0.5]]), array([0.5]))
        """
        if _is_row(X):
            single: Floats = self(np.asarray(X)[None])[0]
            return single
        return self.mean_of_members(self.forward(X).A[-1])

    def masks(self, n_samples: int, seed: int, step: int) -> tuple[Floats, ...]:
        """What dropout multiplies the activations of each hidden layer by in one step; () without dropout.

        `seed`, in 0 … 2⁶⁴ − 1, is what the masks are drawn from; `step` counts the steps before this one. Each is
        (n_samples · members, n_out).
        """
        if not chances_to_drop(self.dropout):
            return ()
        n_rows = n_samples * self.members
        return tuple(
            dropout_mask(self.dropout, seed, step, index, n_rows, width).astype(self.dtype)
            for index, width in enumerate(self.hidden, start=1)
        )

    def for_members(self, values: _Rowwise) -> _Rowwise:
        """A row for each member of each sample; nothing is copied where there is one member."""
        if self.members == 1:
            return values
        return values[np.repeat(np.arange(len(values)), self.members)]

    def mean_of_members(self, values: Floats) -> Floats:
        """The mean of each sample's rows, (n_samples, n)."""
        if self.members == 1:
            return values
        means: Floats = values.reshape(-1, self.members, values.shape[1]).mean(axis=1)
        return means

    def to_dict(self) -> dict[str, Any]:
        """The architecture as plain data, ready for JSON; θ is not in it."""
        return self.architecture.to_dict()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], theta: ArrayLike | None = None) -> Network:
        """The network that `to_dict` wrote, with these parameters, or with its starting ones.

        θ is checked against the architecture before anything of its size is allocated.
        """
        architecture = Architecture.from_dict(data)
        given = None if theta is None else np.array(_checked_theta(architecture, theta), dtype=architecture.dtype)
        network = cls.__new__(cls)
        network._settle(architecture, initial_theta(architecture) if given is None else given)
        return network

    def __reduce__(self) -> tuple[Any, ...]:
        return Network.from_dict, (self.to_dict(), self.theta)

    def _repr_html_(self) -> str:
        """For notebooks: each layer with its parameters."""
        rows: list[tuple[Cell, ...]] = []
        for number, layer in enumerate(self.layers, start=1):
            names = (layer.weight, *layer.embeddings, *layer.piecewise, *layer.factors, layer.bias)
            count = sum(self.parameters[name].size for name in names)
            sums = counted(layer.n_in, "number")
            more = [f"embeddings: {len(layer.embeddings)}"] if layer.embeddings else []
            more += [f"piecewise-linear numbers: {len(layer.piecewise)}"] if layer.piecewise else []
            size, total = Number(layer.n_out, f"{layer.n_out:,}"), Number(count, f"{count:,}")
            rows.append((f"layer {number}", ", ".join([sums, *more]), size, layer.activation, total))
        titles = ("layer", "reads", "neurons", "activation", "parameters")
        note = f"{self.n_parameters:,} parameters, {self.dtype}."
        return fragment(Document(repr(self), (Table("Layers", titles, tuple(rows), note),)))

    def __repr__(self) -> str:
        blocks = {name: len(getattr(self.inputs, name)) for name in ("numbers", "categories", "piecewise")}
        of_count = self.inputs == InputLayout.of_count(self.inputs.n_numbers)
        named = ", ".join(f"{count} {name}" for name, count in blocks.items() if count)
        inputs = self.inputs.n_numbers if of_count else f"<{named}>"
        left_out = {"activation": not self.hidden, "dropout": not self.dropout, "members": self.members == 1}
        shown = [f"{name}={getattr(self, name)!r}" for name in SETTINGS if not left_out.get(name)]
        return f"Network(inputs={inputs}, {', '.join(shown)})"


def _checked_theta(architecture: Architecture, values: ArrayLike) -> Array:
    values = np.asarray(values)
    if values.shape != (architecture.n_parameters,) or values.dtype.kind not in "fiu":
        expected = f"must be {architecture.n_parameters:,} real numbers in one row"
        raise InvalidArgument("theta", expected, (values.shape, values.dtype.name))
    return values


def _is_row(X: Inputs | ArrayLike) -> bool:
    """Whether it is numbers in a row, not a table of them."""
    try:
        return not isinstance(X, Inputs) and np.ndim(X) == 1
    except ValueError:  # rows of different lengths
        return False
