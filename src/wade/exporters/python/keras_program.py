"""A model as a Keras 3 program: a model with named weights, in float64, on whichever backend Keras runs."""

from __future__ import annotations

from typing import Final

from wade.exporters.program import Program
from wade.exporters.python import program as common
from wade.exporters.python.columns import reading, tables

PIECEWISE_LINEAR: Final = '''def piecewise_linear(position, P):
    """The sum over the bins below a position: all whole ones, and a share of the one that it lies in."""
    V = keras.ops.concatenate([keras.ops.zeros_like(P[:1]), keras.ops.cumsum(P, axis=0)])
    whole = keras.ops.clip(keras.ops.floor(position), 0, P.shape[0] - 1)
    t, f = keras.ops.cast(whole, "int64"), (position - whole)[:, None]
    return (1 - f) * keras.ops.take(V, t, axis=0) + f * keras.ops.take(V, t + 1, axis=0)'''
NETWORK: Final = '''def network(numbers, codes, positions):
    """`NETWORK` on NumPy arrays."""
    blocks = numbers.astype(np.float64), codes, positions.astype(np.float64)
    return keras.ops.convert_to_numpy(NETWORK(*map(keras.ops.convert_to_tensor, blocks)))'''


def write(program: Program, beside: str | None) -> str:
    """The text of the program; the parameters are those of `numpy_program.write`."""
    top = [
        common.header(
            program,
            "A neural network for tables, as a Keras program.",
            "It needs Python 3.11, NumPy and Keras 3 with a backend (KERAS_BACKEND says which).",
            "`NETWORK` is the model itself, in float64; it can be trained further.\nAs a command: python THIS_FILE "
            "ROWS.csv",
        ),
        common.imports(program, beside, "import keras"),
        common.facts(program),
    ]
    return common.joined(
        "\n\n".join(top),
        *reading(program),
        *common.activation_functions(program, "keras"),
        *([PIECEWISE_LINEAR] if program.positions else []),
        _model(program),
        NETWORK,
        *common.answers(program),
        tables(program),
        common.weights(program, beside) + "\n\nNETWORK = Network()",
        common.command(program),
    )


def _model(program: Program) -> str:
    # `matmul` would round float64 to float32 on every backend but TensorFlow.
    syntax = common.Syntax(
        'keras.ops.einsum("...i,ij->...j", {A}, {W})', "keras.ops.take({table}, {codes}, axis=0)", "self."
    )
    lines = common.layer_lines(program, syntax)
    shared = program.members > 1
    made = ['super().__init__(dtype="float64")']
    made += [f'self.{name} = self.trained("{name}", {name})' for name in program.parameters]
    learned = [
        'weight = self.add_weight(shape=values.shape, name=name, dtype="float64")',
        "weight.assign(values)",
        "return weight",
    ]
    first = "A = numbers[:, None, :]" if shared else "A = numbers"
    last = "return keras.ops.mean(A, axis=1)" if shared else "return A"
    docstring = "The forward pass: the mean over members, which share each W." if shared else "The forward pass."
    return "\n\n    ".join(
        [
            'class Network(keras.Model):\n    """The layers, with their trained parameters."""',
            common.method("__init__", "self", "With the weights of the trained network.", made, "    "),
            common.method("trained", "self, name, values", "A weight with these values.", learned, "    "),
            common.method("call", "self, numbers, codes, positions", docstring, [first, *lines, last], "    "),
        ]
    )
