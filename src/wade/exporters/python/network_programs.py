"""A model as a NumPy, PyTorch or Keras program: the forward pass in that library, in float64."""

from __future__ import annotations

from inspect import getsource
from typing import Final

from wade.exporters.program import Program
from wade.exporters.python import helpers
from wade.exporters.python import program as common
from wade.exporters.python.program import Syntax, forward, method
from wade.exporters.textbook import source_of
from wade.maths.activations import ACTIVATIONS

IN_NUMPY: Final = Syntax("{A} @ {W}", "{table}[{codes}]", "", "numbers{each}.astype(np.float64)", "A.mean(axis=1)")
IN_PYTORCH: Final = Syntax("{A} @ {W}", "{table}[{codes}]", "self.", "numbers.double(){each}", "A.mean(dim=1)")
IN_KERAS: Final = Syntax(
    # `matmul` would round float64 to float32 on every backend but TensorFlow.
    'keras.ops.einsum("...i,ij->...j", {A}, {W})',
    "keras.ops.take({table}, {codes}, axis=0)",
    "self.",
    "numbers{each}",
    "keras.ops.mean(A, axis=1)",
)
BINS_IN_PYTORCH: Final = '''def piecewise_linear(position, P):
    """The sum over the bins below a position: all whole ones, and a share of the one that it lies in."""
    V = torch.cat([torch.zeros_like(P[:1]), torch.cumsum(P, dim=0)])
    t = position.floor().clamp(0, len(P) - 1).long()
    f = (position - t)[:, None]
    return (1 - f) * V[t] + f * V[t + 1]'''
BINS_IN_KERAS: Final = '''def piecewise_linear(position, P):
    """The sum over the bins below a position: all whole ones, and a share of the one that it lies in."""
    V = keras.ops.concatenate([keras.ops.zeros_like(P[:1]), keras.ops.cumsum(P, axis=0)])
    whole = keras.ops.clip(keras.ops.floor(position), 0, P.shape[0] - 1)
    t, f = keras.ops.cast(whole, "int64"), (position - whole)[:, None]
    return (1 - f) * keras.ops.take(V, t, axis=0) + f * keras.ops.take(V, t + 1, axis=0)'''
NETWORK_IN_PYTORCH: Final = '''def network(numbers, codes, positions):
    """`NETWORK` on NumPy arrays."""
    with torch.no_grad():
        tensors = (torch.from_numpy(np.ascontiguousarray(block)) for block in (numbers, codes, positions))
        return NETWORK(*tensors).numpy()'''
NETWORK_IN_KERAS: Final = '''def network(numbers, codes, positions):
    """`NETWORK` on NumPy arrays."""
    blocks = numbers.astype(np.float64), codes, positions.astype(np.float64)
    return keras.ops.convert_to_numpy(NETWORK(*map(keras.ops.convert_to_tensor, blocks)))'''


def in_numpy(program: Program, beside: str | None) -> str:
    """The text of a NumPy program: nothing else is needed to run it."""
    activations = source_of(*(ACTIVATIONS[name].forward for name in program.activations))
    return common.written(
        program,
        beside,
        ("A neural network for tables, as a NumPy program.", "It needs Python 3.11 and NumPy.", ""),
        activations.imports,
        [
            *activations.pieces,
            *([getsource(helpers.piecewise_linear).rstrip()] if program.positions else []),
            forward(program, IN_NUMPY, "network", "numbers, codes, positions"),
            *common.answers(program),
        ],
    )


def in_pytorch(program: Program, beside: str | None) -> str:
    """The text of a PyTorch program: a module with named parameters, which can be trained further."""
    made = [f"self.{name} = torch.nn.Parameter(torch.tensor({name}))" for name in program.parameters]
    positions = ["positions = positions.double()"] if program.positions else []
    header = (
        "A neural network for tables, as a PyTorch program.",
        "It needs Python 3.11, NumPy and PyTorch.",
        "`NETWORK` is the module itself, in float64; it can be trained further.\n",
    )
    methods = [
        method("__init__", "self", "With the parameters of the trained network.", ["super().__init__()", *made]),
        forward(program, IN_PYTORCH, "forward", "self, numbers, codes, positions", positions),
    ]
    pieces = [
        *common.activation_functions(program, "pytorch"),
        *([BINS_IN_PYTORCH] if program.positions else []),
        _class("torch.nn.Module", methods),
        NETWORK_IN_PYTORCH,
        *common.answers(program),
    ]
    imports = ("import torch", "from torch.nn import functional")
    return common.written(program, beside, header, imports, pieces, "NETWORK = Network()")


def in_keras(program: Program, beside: str | None) -> str:
    """The text of a Keras 3 program: a model with named weights, on whichever backend Keras runs."""
    made = [f'self.{name} = self.trained("{name}", {name})' for name in program.parameters]
    learned = [
        'weight = self.add_weight(shape=values.shape, name=name, dtype="float64")',
        "weight.assign(values)",
        "return weight",
    ]
    header = (
        "A neural network for tables, as a Keras program.",
        "It needs Python 3.11, NumPy and Keras 3 with a backend (KERAS_BACKEND names it).",
        "`NETWORK` is the model itself, in float64; it can be trained further.\n",
    )
    start = 'super().__init__(dtype="float64")'
    methods = [
        method("__init__", "self", "With the weights of the trained network.", [start, *made]),
        method("trained", "self, name, values", "A weight with these values.", learned),
        forward(program, IN_KERAS, "call", "self, numbers, codes, positions"),
    ]
    pieces = [
        *common.activation_functions(program, "keras"),
        *([BINS_IN_KERAS] if program.positions else []),
        _class("keras.Model", methods),
        NETWORK_IN_KERAS,
        *common.answers(program),
    ]
    return common.written(program, beside, header, ("import keras",), pieces, "NETWORK = Network()")


def _class(base: str, methods: list[str]) -> str:
    head = f'class Network({base}):\n    """The layers, with their trained parameters."""'
    return "\n\n    ".join([head, *(method.replace("\n", "\n    ") for method in methods)])
