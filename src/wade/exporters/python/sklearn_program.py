"""A model as a scikit-learn pipeline: its own multi-layer perceptron, with the weights put in.

scikit-learn's perceptron reads one block of numbers. So codes become columns of 0 and 1, and positions a column for
each bin; E and P then are further rows of W. It has no members that share weights, but each of them alone is a
perceptron (see `unshared_members`), and scikit-learn takes their mean. It has four activations: others are refused.
"""

from __future__ import annotations

from typing import Final

from wade.errors import InvalidArgument
from wade.exporters.literals import python
from wade.exporters.program import Program
from wade.exporters.python import program as common
from wade.maths.activations import ACTIVATIONS

WIDE: Final = '''def wide(rows):
    """A row of numbers for each row: the numbers, a column for each code, and a column for each bin."""
    numbers, codes, positions = encode(rows)
    blocks = [numbers.astype(np.float64)]
    blocks += [np.eye(size)[code] for code, size in zip(codes.T, SIZES, strict=True)]
    among_bins = zip(positions.T.astype(np.float64), BINS, strict=True)
    blocks += [np.clip(position[:, None] - np.arange(bins), 0, 1) for position, bins in among_bins]
    return np.concatenate(blocks, axis=1)'''
NOTHING_OF_CLASSES: Final = "np.zeros((len(CLASSES), WIDTH)), CLASSES"
NOTHING_OF_NUMBERS: Final = "np.zeros((1, WIDTH)), [0.0]"
PREDICT: Final = '''def predict(rows):
    """What the pipeline predicts for each row."""
    return PIPELINE.predict(rows)'''
PREDICT_PROBABILITY: Final = '''def predict_probability(rows):
    """The probability of each of `CLASSES`: (rows, classes)."""
    return PIPELINE.predict_proba(rows)'''


def write(program: Program, beside: str | None) -> str:
    """The text of the program; an activation that scikit-learn's perceptron does not have is refused."""
    _refuse_what_is_not_there(program)
    kind = "Classifier" if program.target.classes else "Regressor"
    shared = program.members > 1
    what = f"the mean of an MLP{kind} for each member" if shared else f"MLP{kind}"
    ensemble = [f"from sklearn.ensemble import Voting{kind}", "from sklearn.frozen import FrozenEstimator"]
    header = (
        "A neural network for tables, as a scikit-learn pipeline.",
        f"It needs Python 3.11, NumPy and scikit-learn{' 1.6' if shared else ''}.",
        f"`PIPELINE` is the pipeline: {what} behind a transformer that reads raw rows.\n",
    )
    imports = [
        *(ensemble if shared else []),
        f"from sklearn.neural_network import MLP{kind}",
        "from sklearn.pipeline import make_pipeline",
        "from sklearn.preprocessing import FunctionTransformer",
    ]
    pieces = [
        WIDE,
        _perceptron(program, f"MLP{kind}"),
        *([_mean_of_members(program, f"Voting{kind}")] if shared else []),
        *([PREDICT_PROBABILITY] if program.target.classes else []),
        PREDICT,
    ]
    last = "mean_of_members()" if shared else "perceptron()"
    made = f"PIPELINE = make_pipeline(FunctionTransformer(wide), {last})"
    return common.written(program, beside, header, imports, pieces, made)


def _refuse_what_is_not_there(program: Program) -> None:
    used = [layer.activation for layer in program.layers[:-1]]
    if len(set(used)) > 1:
        expected = "must not be 'sklearn' where hidden layers differ in activation: scikit-learn has one for all"
        raise InvalidArgument("to", expected, "sklearn", "Export to numpy, pytorch, keras, onnx or c instead.")
    lacking = next((name for name in used if "sklearn" not in ACTIVATIONS[name].exports), None)
    if lacking is not None:
        expected = f"must not be 'sklearn' for the activation {lacking}: scikit-learn's perceptron does not have it"
        raise InvalidArgument("to", expected, "sklearn", "Export to numpy, pytorch, keras, onnx or c instead.")


def _perceptron(program: Program, kind: str) -> str:
    """`perceptron()`, which makes scikit-learn's with public means only, and gives it the weights."""
    first, *_ = program.layers
    above = range(2, len(program.layers) + 1)
    sizes = [len(table) for table in first.tables]
    bins = [len(one) for one in first.bins]
    hidden = tuple(layer.n_out for layer in program.layers[:-1])
    activation = ACTIVATIONS[first.activation].line("sklearn") if hidden else "identity"
    stacked = ["W1", *(f"E{at}" for at in range(1, len(sizes) + 1)), *(f"P{at}" for at in range(1, len(bins) + 1))]
    W = [f"np.concatenate([{', '.join(stacked)}])", *(f"W{at}" for at in above)]
    b = ["b1", *(f"b{at}" for at in above)]
    nothing = f"{NOTHING_OF_CLASSES}, classes=CLASSES" if program.target.classes else NOTHING_OF_NUMBERS
    lines = [
        f"made = {kind}(hidden_layer_sizes={hidden}, activation={python(activation)})",
        "# One step on nothing makes arrays of the right shapes, in which the weights then stand.",
        f"made.partial_fit({nothing})",
    ]
    arguments, docstring = "", "A perceptron with the weights of the trained network."
    if program.members > 1:
        arguments, docstring = "member", "A member alone: the weights that all share, with its own factors in them."
        lines += [
            "# A factor for each column of the block: those of a code share one, and those of a position.",
            f"R = np.repeat(R1[member], [1] * {first.n_in} + SIZES + BINS)",
        ]
        R = ["R", *(f"R{at}[member]" for at in above)]
        W = [f"{r}[:, None] * {w} * S{at}[member]" for at, (r, w) in enumerate(zip(R, W, strict=True), start=1)]
        b = [f"{name}[member]" for name in b]
    lines += ["made.coefs_ = [", *(f"    {w}," for w in W), "]", f"made.intercepts_ = [{', '.join(b)}]"]
    if not program.target.classes:
        lines += [
            "made.coefs_[-1] = SCALE * made.coefs_[-1]",
            "made.intercepts_[-1] = MEAN + SCALE * made.intercepts_[-1]",
        ]
    sized = f"SIZES, BINS = {sizes}, {bins}\nWIDTH = {first.n_in} + sum(SIZES) + sum(BINS)"
    return f"{sized}\n\n\n{common.method('perceptron', arguments, docstring, [*lines, 'return made'])}"


def _mean_of_members(program: Program, kind: str) -> str:
    """`mean_of_members()`, which puts the members into scikit-learn's own ensemble."""
    voting, nothing = (', voting="soft"', NOTHING_OF_CLASSES) if program.target.classes else ("", NOTHING_OF_NUMBERS)
    lines = [
        'each = [(f"member_{member + 1}", FrozenEstimator(perceptron(member))) for member in '
        f"range({program.members})]",
        "# Frozen members stay as they are: the ensemble only learns that there is nothing to fit.",
        f"return {kind}(each{voting}).fit({nothing})",
    ]
    return common.method("mean_of_members", "", "All members, of whose answers scikit-learn takes the mean.", lines)
