"""A model as a PyTorch program: a module with named parameters, in float64, that can be trained further."""

from __future__ import annotations

from typing import Final

from wade.exporters.program import Program
from wade.exporters.python import program as common
from wade.exporters.python.columns import reading, tables

PIECEWISE_LINEAR: Final = '''def piecewise_linear(position, P):
    """The sum over the bins below a position: all whole ones, and a share of the one that it lies in."""
    V = torch.cat([torch.zeros_like(P[:1]), torch.cumsum(P, dim=0)])
    t = position.floor().clamp(0, len(P) - 1).long()
    f = (position - t)[:, None]
    return (1 - f) * V[t] + f * V[t + 1]'''
NETWORK: Final = '''def network(numbers, codes, positions):
    """`NETWORK` on NumPy arrays."""
    with torch.no_grad():
        tensors = (torch.from_numpy(np.ascontiguousarray(block)) for block in (numbers, codes, positions))
        return NETWORK(*tensors).numpy()'''


def write(program: Program, beside: str | None) -> str:
    """The text of the program; the parameters are those of `numpy_program.write`."""
    top = [
        common.header(
            program,
            "A neural network for tables, as a PyTorch program.",
            "It needs Python 3.11, NumPy and PyTorch.",
            "`NETWORK` is the module itself, in float64; it can be trained further.\nAs a command: python THIS_FILE "
            "ROWS.csv",
        ),
        common.imports(program, beside, "import torch", "from torch.nn import functional"),
        common.facts(program),
    ]
    return common.joined(
        "\n\n".join(top),
        *reading(program),
        *common.activation_functions(program, "pytorch"),
        *([PIECEWISE_LINEAR] if program.positions else []),
        _module(program),
        NETWORK,
        *common.answers(program),
        tables(program),
        common.weights(program, beside) + "\n\nNETWORK = Network()",
        common.command(program),
    )


def _module(program: Program) -> str:
    lines = common.layer_lines(program, common.Syntax("{A} @ {W}", "{table}[{codes}]", "self."))
    shared = program.members > 1
    made = ["super().__init__()"]
    made += [f"self.{name} = torch.nn.Parameter(torch.tensor({name}))" for name in program.parameters]
    first = ["A = numbers.double()[:, None, :]" if shared else "A = numbers.double()"]
    first += ["positions = positions.double()"] if program.positions else []
    last = "return A.mean(dim=1)" if shared else "return A"
    docstring = "The forward pass: the mean over members, which share each W." if shared else "The forward pass."
    return "\n\n    ".join(
        [
            'class Network(torch.nn.Module):\n    """The layers, with their trained parameters."""',
            common.method("__init__", "self", "With the parameters of the trained network.", made, "    "),
            common.method("forward", "self, numbers, codes, positions", docstring, [*first, *lines, last], "    "),
        ]
    )
