"""A model as a scikit-learn pipeline: its own multi-layer perceptron, with the weights put in.

scikit-learn's perceptron reads one block of numbers. So codes become columns of 0 and 1, and positions a column for
each bin; E and P then are further rows of W. It knows four activations and no members: other networks are refused.
"""

from __future__ import annotations

from typing import Final

from wade.errors import InvalidArgument
from wade.export import python_program as common
from wade.export.bends import SKLEARN
from wade.export.literals import python
from wade.export.program import Program
from wade.export.python_columns import reading, tables

WIDE: Final = '''def wide(rows):
    """A row of numbers for each row: the numbers, a column for each code, and a column for each bin."""
    numbers, codes, positions = encode(rows)
    blocks = [numbers.astype(np.float64)]
    blocks += [np.eye(size)[code] for code, size in zip(codes.T, SIZES, strict=True)]
    walked = zip(positions.T.astype(np.float64), BINS, strict=True)
    blocks += [np.clip(position[:, None] - np.arange(bins), 0, 1) for position, bins in walked]
    return np.concatenate(blocks, axis=1)'''
PREDICT: Final = '''def predict(rows):
    """What the pipeline predicts for each row."""
    return PIPELINE.predict(rows)'''
PREDICT_PROBABILITY: Final = '''def predict_probability(rows):
    """The probability of each of `CLASSES`: (rows, classes)."""
    return PIPELINE.predict_proba(rows)'''


def write(program: Program, beside: str | None) -> str:
    """The text of the program; the parameters are those of `numpy_program.write`.

    Raises
    ------
    InvalidArgument
        scikit-learn's perceptron has no such activation, or no members.
    """
    _refuse_what_is_not_there(program)
    classes = bool(program.target.classes)
    kind = "MLPClassifier" if classes else "MLPRegressor"
    top = [
        common.header(
            program,
            "A neural network for tables, as a scikit-learn pipeline.",
            "It needs Python 3.11, NumPy and scikit-learn.",
            f"`PIPELINE` is the pipeline: {kind} behind a transformer that reads raw rows.\n"
            "As a command: python THIS_FILE ROWS.csv",
        ),
        common.imports(
            program,
            beside,
            f"from sklearn.neural_network import {kind}",
            "from sklearn.pipeline import make_pipeline",
            "from sklearn.preprocessing import FunctionTransformer",
        ),
        common.facts(program),
    ]
    return common.joined(
        "\n\n".join(top),
        *reading(program),
        WIDE,
        _perceptron(program, kind),
        *([PREDICT_PROBABILITY] if classes else []),
        PREDICT,
        tables(program),
        common.weights(program, beside) + "\n\nPIPELINE = make_pipeline(FunctionTransformer(wide), perceptron())",
        common.command(program),
    )


def _refuse_what_is_not_there(program: Program) -> None:
    lacking = next((layer.activation for layer in program.layers[:-1] if layer.activation not in SKLEARN), None)
    if lacking is not None or program.members > 1:
        what = f"the activation {lacking}" if lacking else f"{program.members} members that share weights"
        expected = f"must not be 'sklearn' for a network with {what}: scikit-learn's perceptron has none"
        raise InvalidArgument("to", expected, "sklearn", "Export to numpy, pytorch, keras, onnx or c instead.")


def _perceptron(program: Program, kind: str) -> str:
    """`perceptron()`, which makes scikit-learn's with public means only, and gives it the weights."""
    first, *_ = program.layers
    sizes = [len(table) for table in first.tables]
    bins = [len(one) for one in first.bins]
    hidden = tuple(layer.n_out for layer in program.layers[:-1])
    activation = SKLEARN[first.activation] if hidden else "identity"
    stacked = ["W1", *(f"E{at}" for at in range(1, len(sizes) + 1)), *(f"P{at}" for at in range(1, len(bins) + 1))]
    W = [f"np.concatenate([{', '.join(stacked)}])", *(f"W{at}" for at in range(2, len(program.layers) + 1))]
    b = [f"b{at}" for at in range(1, len(program.layers) + 1)]
    zeros = "np.zeros((len(CLASSES), width)), CLASSES, classes=CLASSES"
    lines = [
        f"made = {kind}(hidden_layer_sizes={hidden}, activation={python(activation)})",
        f"width = {first.n_in + sum(sizes) + sum(bins)}",
        "# One step on nothing makes arrays of the right shapes, in which the weights then stand.",
        f"made.partial_fit({zeros if program.target.classes else 'np.zeros((1, width)), [0.0]'})",
        f"made.coefs_ = [{', '.join(W)}]",
        f"made.intercepts_ = [{', '.join(b)}]",
    ]
    if not program.target.classes:
        lines += [
            "made.coefs_[-1] = SCALE * made.coefs_[-1]",
            "made.intercepts_[-1] = MEAN + SCALE * made.intercepts_[-1]",
        ]
    says = "A perceptron with the weights as they were learned."
    function = common.method("perceptron", "", says, [*lines, "return made"])
    return f"SIZES, BINS = {sizes}, {bins}\n\n\n{function}"
