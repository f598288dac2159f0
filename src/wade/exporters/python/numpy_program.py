"""A model as a NumPy program: nothing else is needed to run it."""

from __future__ import annotations

from inspect import getsource

from wade.exporters.program import Program
from wade.exporters.python import helpers
from wade.exporters.python import program as common
from wade.exporters.python.columns import reading, tables
from wade.exporters.textbook import source_of
from wade.maths.activations import ACTIVATIONS


def write(program: Program, beside: str | None) -> str:
    """The text of the program.

    Parameters
    ----------
    program : Program
    beside : str or None
        The name of the .npz file that holds the weights; None writes them into the text.
    """
    activations = source_of(*(ACTIVATIONS[name].forward for name in program.activations))
    top = [
        common.header(
            program,
            "A neural network for tables, as a NumPy program.",
            "It needs Python 3.11 and NumPy.",
            "As a command: python THIS_FILE ROWS.csv",
        ),
        common.imports(program, beside, *activations.imports),
        common.facts(program),
    ]
    return common.joined(
        "\n\n".join(top),
        *reading(program),
        *activations.pieces,
        *([getsource(helpers.piecewise_linear).rstrip()] if program.positions else []),
        _network(program),
        *common.answers(program),
        tables(program),
        common.weights(program, beside),
        common.command(program),
    )


def _network(program: Program) -> str:
    """The forward pass."""
    lines = common.layer_lines(program, common.Syntax("{A} @ {W}", "{table}[{codes}]", ""))
    shared = program.members > 1
    docstring = "The forward pass: the mean over members, which share each W." if shared else "The forward pass."
    first = "A = numbers[:, None, :].astype(np.float64)" if shared else "A = numbers.astype(np.float64)"
    last = "return A.mean(axis=1)" if shared else "return A"
    return common.method("network", "numbers, codes, positions", docstring, [first, *lines, last])
