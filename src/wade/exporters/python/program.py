"""What Python programs share: their docstring, their layers, their predictions, and their weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import getsource
from typing import Final, NamedTuple

from wade._version import __version__
from wade.exporters.literals import WIDTH, python, python_list, python_numbers
from wade.exporters.program import Column, Program
from wade.exporters.python import text_file, times
from wade.exporters.python.columns import EXPORTER, SOURCES, reading, tables
from wade.maths.activations import ACTIVATIONS
from wade.tables.encoding.target import prediction_titles, written_codes
from wade.tables.kinds.operations import HashedWords, NumberSource, TextSource, TimeSource

LINES_BETWEEN: Final = "\n\n\n"


def written(
    program: Program,
    beside: str | None,
    about: tuple[str, str, str],
    others: Sequence[str],
    pieces: Iterable[str],
    made: str = "",
) -> str:
    """The text of a program.

    Parameters
    ----------
    beside : the name of the .npz file that holds the weights; None writes them into the text
    about : what the program is, what it needs, and what it offers besides its functions
    others : lines that import what is not of Python itself
    pieces, made : what stands before the weights, and what is made of them
    """
    texts = [
        "\n\n".join([_header(program, *about), _imports(program, others), _facts(program), _text_format(program)]),
        *reading(program),
        *text_file.sources(),
        *pieces,
        tables(program),
        "\n\n".join(filter(None, [_weights(program, beside), made])),
        _command(program),
    ]
    return LINES_BETWEEN.join(filter(None, texts)) + "\n"


def _header(program: Program, what: str, needs: str, offers: str) -> str:
    task = {
        "binary": "`predict_probability(rows)` gives the probability of each of `CLASSES`, (rows, classes);\n"
        "`predict(rows)` the likelier one.",
        "multiclass": "`predict_probability(rows)` gives the probability of each of `CLASSES`, (rows, classes);\n"
        "`predict(rows)` the likeliest one.",
        "regression": "`predict(rows)` gives a number for each row, in the unit of the target.",
    }[program.target.task]
    return (
        f'"""{what}\n\nWritten by wade {__version__}; it runs without wade. {needs}\n\n{task}\n'
        "`rows` is a list of dicts, or columns: a dict of lists, or a frame of pandas, polars or pyarrow.\n"
        "`COLUMNS` lists what it must hold; other columns are ignored. A missing value is None, NaN, or one of\n"
        "`MISSING`. Texts that were not in the training rows are read as one, which is not a missing one.\n\n"
        f"{offers}"
        "As a command: python THIS_FILE ROWS.csv\n"
        "It prints what `wade predict` prints: a line with `TITLES`, the names of its columns, then a line for each\n"
        'row.\n"""'
    )


def _imports(program: Program, others: Iterable[str]) -> str:
    hashes, categories = HashedWords in program.operations, TextSource in program.sources
    needed = {
        "csv": True,
        "io": True,
        "math": hashes,
        "os": True,
        "re": True,
        "sys": True,
        "unicodedata": hashes or categories,
    }
    lines = [f"import {module}" for module, wanted in needed.items() if wanted]
    lines += ["from bisect import bisect_right"] if TimeSource in program.sources else []
    lines += ["from collections.abc import Iterable, Iterator"]
    lines += ["from datetime import date, datetime, time"] if TimeSource in program.sources else []
    own = ["from typing import Any", "", "import numpy as np", "from numpy.typing import NDArray"]
    return "\n".join([*lines, *own, *others])


def _facts(program: Program) -> str:
    """What is read and what is answered, as data: names stand in literals only."""
    described = [f"    {python(column.name)}: {python(_described(column))}," for column in program.columns]
    missing = sorted(program.markers.texts) + sorted(program.markers.numbers)
    lines = ["COLUMNS = {", *described, "}", f"MISSING = frozenset({python_list(missing)})"]
    target = program.target
    if target.classes:
        lines += [f"CLASSES = {python_list(target.classes)}"]
    else:
        lines += [f"MEAN, SCALE = {python(target.mean)}, {python(target.scale)}"]
    lines += [f"TITLES = {python_list(prediction_titles(target.classes))}"]
    return "\n".join(lines)


def _described(column: Column) -> str:
    what = EXPORTER.entry(SOURCES, column, column.source).what
    if isinstance(column.source, NumberSource) and column.source.form:
        return f"{what}, or text such as {column.source.form}"
    return times.described(column.source) if isinstance(column.source, TimeSource) else what


def answers(program: Program) -> list[str]:
    """The last functions of the program: from the network's output to predictions."""
    functions = [
        "def answers(rows):\n"
        '    """The output of the network for each row, a few thousand rows at a time."""\n'
        "    numbers, codes, positions = encode(rows)\n"
        "    blocks = [slice(start, start + 4096) for start in range(0, len(numbers), 4096)] or [slice(0)]\n"
        "    return np.concatenate([network(numbers[block], codes[block], positions[block]) for block in blocks])"
    ]
    if program.target.task == "regression":
        functions.append(
            "def predict(rows):\n"
            '    """The expected number of each row, in the unit of the target."""\n'
            "    return MEAN + SCALE * answers(rows)[:, 0]"
        )
        return functions
    two = program.target.task == "binary"
    returned = "np.concatenate([1 - shares, shares], axis=1)" if two else "shares"
    functions.append(
        "def predict_probability(rows):\n"
        '    """The probability of each of `CLASSES`: (rows, classes)."""\n'
        "    shares = answers(rows)\n"
        f"    return {returned}"
    )
    functions.append(
        "def predict(rows):\n"
        '    """The likeliest of `CLASSES` for each row."""\n'
        "    return np.array(CLASSES, object)[predict_probability(rows).argmax(axis=1)]"
    )
    return functions


def _command(program: Program) -> str:
    """What the program does as a command: a text file in, predictions out."""
    classes = program.target.classes
    docstring, lines = (
        "`TITLES`, and the answer of each row.",
        ["return [TITLES, *([answer] for answer in predict(rows))]"],
    )
    if classes:
        docstring = "`TITLES`, and the answer of each row with its probabilities."
        written = f"row[{first}:]" if (first := written_codes(classes).start) else "row"
        lines = [
            "shares = predict_probability(rows)",
            "answers = zip(shares.argmax(axis=1), shares, strict=True)",
            f'lines = [[CLASSES[place], *(f"{{share:.9g}}" for share in {written})] for place, row in answers]',
            "return [TITLES, *lines]",
        ]
    pieces = [method("printed", "rows", docstring, lines), getsource(text_file.main).rstrip()]
    return LINES_BETWEEN.join([*pieces, 'if __name__ == "__main__":\n    main()'])


def _text_format(program: Program) -> str:
    """How text is read, as the program's constants."""
    lines = [f"{name.upper()} = {python(value)}" for name, value in program.text._asdict().items()]
    return "\n".join(["# Text is read as the training table was written.", *lines])


def _weights(program: Program, beside: str | None) -> str:
    """The parameters as literals, or as read from the .npz file."""
    parameters = program.parameters
    if beside is None:
        function = method(
            "weights",
            "kind, values, *shape",
            "Trained weights, to compute with in float64.",
            ["return np.array(values, kind).reshape(shape).astype(np.float64)"],
        )
        lines = []
        for name, values in parameters.items():
            shape = ", ".join(map(str, values.shape))
            lines.append(f"{name} = weights(np.{values.dtype.name}, [\n{python_numbers(values)}\n], {shape})")
        return LINES_BETWEEN.join([function, "\n".join(lines)])
    read = [f"    {name} = weights[{python(name)}].astype(np.float64)" for name in parameters]
    return "\n".join([f"with {loaded(beside)} as weights:", *read])


def loaded(beside: str) -> str:
    """The expression that opens the .npz file beside the program, which holds numbers and nothing that could run."""
    return f"np.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), {python(beside)}), allow_pickle=False)"


class Syntax(NamedTuple):
    """What libraries write differently in the layers.

    Parameters
    ----------
    product : of {A} and {W}
    rows : those of {table} at {codes}
    prefix : what stands before the name of a parameter
    numbers : as float64, with an axis {each} for members
    mean : of A over members
    """

    product: str
    rows: str
    prefix: str
    numbers: str
    mean: str


def forward(program: Program, syntax: Syntax, name: str, arguments: str, before: Sequence[str] = ()) -> str:
    """The forward pass, a function of this name; `before` are lines before those of the layers."""
    shared = program.members > 1
    docstring = "The forward pass: the mean over members, which share each W." if shared else "The forward pass."
    numbers = syntax.numbers.format(each="[:, None, :]" if shared else "")
    lines = [f"A = {numbers}", *before, *_layers(program, syntax), f"return {syntax.mean if shared else 'A'}"]
    return method(name, arguments, docstring, lines)


def _layers(program: Program, syntax: Syntax) -> list[str]:
    """The layers, a line for each sum and each activation; NumPy, PyTorch and Keras share most operators."""
    lines = []
    for number, layer in enumerate(program.layers, start=1):
        W, b, R, S = (f"{syntax.prefix}{letter}{number}" for letter in "WbRS")
        found = [
            syntax.rows.format(table=f"{syntax.prefix}E{at + 1}", codes=f"codes[:, {at}]")
            for at in range(len(layer.tables))
        ]
        found += [f"piecewise_linear(positions[:, {at}], {syntax.prefix}P{at + 1})" for at in range(len(layer.bins))]
        if layer.R is None:
            summed, after = [syntax.product.format(A="A", W=W), *found, b], ""
        else:
            scaled = f"A * {R}[:, :{layer.n_in}]" if found else f"A * {R}"
            own = enumerate(found, start=layer.n_in)
            found = [f"{R}[:, {at}:{at + 1}] * {one}[:, None, :]" for at, one in own]
            summed, after = [syntax.product.format(A=f"({scaled})", W=W), *found], f" * {S} + {b}"
        line = " + ".join(summed)
        if len(line) > WIDTH:
            line = "(\n        " + "\n        + ".join(summed) + "\n    )"
        elif after:
            line = f"({line})"
        lines += [f"Z = {line}{after}", f"A = {layer.activation}(Z)"]
    return lines


def method(name: str, arguments: str, docstring: str, lines: Iterable[str]) -> str:
    """A function with a docstring of one line."""
    body = "".join(f"\n    {line}" for line in lines)
    return f'def {name}({arguments}):\n    """{docstring}"""{body}'


def activation_functions(program: Program, language: str) -> list[str]:
    """A function for each activation of the network, of its line in a language."""
    return [
        f'def {name}(Z):\n    """The activation {name}."""\n    return {ACTIVATIONS[name].line(language)}'
        for name in program.activations
    ]
