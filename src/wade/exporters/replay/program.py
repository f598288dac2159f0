"""The first steps of a training run as a NumPy program: the start, the shuffles and the batch loop, number by number.

The layers are written out one by one, forward and backward, in the letters of `wade.maths`, whose own functions the
program holds. The rows that the steps see lie beside it, encoded.
"""

from __future__ import annotations

from inspect import getsource
from typing import Final

from wade._version import __version__
from wade.exporters.literals import python, wrapped
from wade.exporters.python.program import loaded
from wade.exporters.python.text_file import print_lines
from wade.exporters.replay.layers import IN_BINS, THETA, gradient_function, shapes_of, start_function, textbook_of
from wade.exporters.replay.replay import FirstSteps
from wade.exporters.textbook import source_of
from wade.maths.regularizers import UNREGULARIZED, Regularization
from wade.types import Array

DESCENT: Final = '''def descend():
    """The loss of each step: for each epoch, for each batch, the gradient, and a step against it."""
    theta, losses = joined(start()), []
    state = OPTIMIZER.init(theta)
    for epoch in range(1, EPOCHS + 1):
        order = permutation(SEED, epoch, ROWS)
        for first in range(0, ROWS, BATCH_SIZE):
            if len(losses) < len(LOSSES):
                J, grad = gradient(named(theta), order[first : first + BATCH_SIZE], len(losses))
                seen = {seen}
                theta, state = OPTIMIZER.update(theta, seen, state, LEARNING_RATES[len(losses)], DECAYS)
                losses.append(J)
    return losses'''
COMMAND: Final = """if __name__ == "__main__":
    steps = enumerate(zip(descend(), LOSSES), start=1)
    lines = (f"{step:4}  {J:10.7f}  {recorded:12.7f}  {J - recorded:11.1e}" for step, (J, recorded) in steps)
    print_lines(["step        loss   as recorded   difference", *lines], "the losses")"""


def write(steps: FirstSteps, beside: str) -> str:
    """The text of the program; `beside` is the name of the .npz file that holds `data`."""
    regularized = steps.regularization != UNREGULARIZED
    rules = (Regularization,) if regularized else ()
    source = source_of(*textbook_of(steps.network, steps.loss), type(steps.optimizer), *rules)
    constants = [f"OPTIMIZER = {steps.optimizer!r}"]
    constants += [f"REGULARIZATION = {steps.regularization!r}"] * regularized
    seen = "REGULARIZATION.regularize(joined(grad), theta, DECAYS)" if regularized else "joined(grad)"
    pieces = [
        _top(steps, beside, source.imports),
        *source.pieces,
        "\n".join(constants),
        THETA,
        *([IN_BINS] if steps.network.inputs.piecewise else []),
        start_function(steps.network),
        gradient_function(steps.network, steps.loss),
        DESCENT.replace("{seen}", seen),
        f"LEARNING_RATES = [\n{wrapped(python(rate) for rate in steps.rates)}\n]\n"
        f"# The losses that wade's {steps.engine} engine recorded.\n"
        f"LOSSES = [\n{wrapped(python(loss) for loss in steps.losses)}\n]",
        getsource(print_lines).rstrip(),
        COMMAND,
    ]
    return "\n\n\n".join(pieces) + "\n"


def data(steps: FirstSteps) -> dict[str, Array]:
    """The rows that the steps see, as they lie beside the program."""
    X = steps.X
    return {"seen": steps.seen, "numbers": X.numbers, "codes": X.codes, "positions": X.positions, "y": steps.y}


def _top(steps: FirstSteps, beside: str, imports: tuple[str, ...]) -> str:
    settings, n = steps.settings, len(steps.losses)
    lines = [
        f'"""The first {n} steps of a training run, as a NumPy program.\n',
        f"Written by wade {__version__}; it runs without wade. It needs NumPy, and the encoded rows that the steps",
        "see, which lie beside it. It starts where the run started, shuffles as the run did, and computes in float64",
        f"what the run computed in {steps.network.dtype}: the losses agree within that rounding, which grows with the",
        "steps.",
        "",
        'As a command: python THIS_FILE\n"""',
        "",
        "import math\nimport os\nimport sys\nfrom collections.abc import Iterable",
        *imports,
        "\nimport numpy as np\n",
        f"SEED, ROWS, BATCH_SIZE, EPOCHS = {settings.seed}, {steps.rows}, {settings.batch_size}, {settings.epochs}",
        shapes_of(steps.network),
        f"with {loaded(beside)} as data:",
        '    SEEN, CODES, Y = data["seen"], data["codes"], data["y"]',
        '    NUMBERS, POSITIONS = data["numbers"].astype(np.float64), data["positions"].astype(np.float64)',
    ]
    return "\n".join(lines)
