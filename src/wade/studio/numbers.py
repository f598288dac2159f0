"""The exact numbers of each picture as tables, to be shown or kept as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from wade.documents.wording import shown
from wade.errors import InvalidArgument, unknown_name
from wade.explanation.steps.encoding import row_names
from wade.files.csv_lines import csv_lines
from wade.studio.addresses import find_neuron
from wade.studio.curves import MeasuredCurves
from wade.studio.maps import BINS, hidden_scale, output_scale
from wade.studio.mathematics import view_of
from wade.studio.measure import PARTS, confusion_of, measure, metric_info
from wade.studio.messages import FileAnnounced, NumbersShown
from wade.studio.programs import file_stem
from wade.studio.sessions import File
from wade.studio.state import plain
from wade.studio.workspace import Workspace
from wade.tables.columns.views import in_short
from wade.types import Array, Floats

MOST_ROWS: Final = 2_000
"""That are shown; a file has all of them."""
MOST_COLUMNS: Final = 256


class Table(NamedTuple):
    """A table of numbers: its title, its columns, its rows, and how many rows there are."""

    title: str
    columns: list[str]
    rows: Iterator[Sequence[Any]]
    of_rows: int


def show_numbers(space: Workspace, curves: MeasuredCurves, of: str, name: str) -> NumbersShown:
    """The table of a picture; of a long one the first rows."""
    table = _table(space, curves, of, name)
    rows = [list(row) for row, _ in zip(table.rows, range(MOST_ROWS), strict=False)]
    return NumbersShown(table.title, table.columns, rows, table.of_rows)


def save_numbers(space: Workspace, curves: MeasuredCurves, of: str, name: str) -> File:
    """The whole table as a CSV file."""
    table = _table(space, curves, of, name)
    text = "\n".join(csv_lines([table.columns, *([_cell(each) for each in row] for row in table.rows)])) + "\n"
    content = text.encode("utf-8")
    stem = "-".join(filter(None, (file_stem(space), of, "".join(each for each in name if each.isalnum()))))
    return File(FileAnnounced(f"{stem}.csv", "text/csv", len(content)), content)


def _table(space: Workspace, curves: MeasuredCurves, of: str, name: str) -> Table:
    if of == "losses":
        return _losses(space, curves)
    if of not in TABLES:
        raise unknown_name("of", of, [*TABLES, "losses"])
    return TABLES[of](space, name)


def _parameters(space: Workspace, name: str) -> Table:
    """A parameter as it is: a row for each of its rows; all of them one below the other without a name."""
    parameters = space.network.parameters
    if not name or parameters.get(name, np.empty((0, 0))).shape[-1] > MOST_COLUMNS:
        chosen = {name: parameters[name]} if name else parameters
        rows: Iterator[Sequence[Any]] = (
            (f"{each}[{','.join(map(str, index))}]", number(values[index]))
            for each, values in chosen.items()
            for index in np.ndindex(values.shape)
        )
        return Table(name or "Parameters", ["parameter", "value"], rows, sum(one.size for one in chosen.values()))
    if name not in parameters:
        raise unknown_name("name", name, parameters)
    values = np.atleast_2d(parameters[name])
    titles = _row_titles(space, name, len(values))
    columns = ["", *(str(neuron) for neuron in range(values.shape[1]))]
    rows = ((title, *map(number, row)) for title, row in zip(titles, values, strict=True))
    return Table(f"{name}: to each neuron of its layer", columns, rows, len(values))


def _row_titles(space: Workspace, name: str, count: int) -> list[str]:
    if name == "W1":
        return [f"from {each}" for each in space.network.inputs.numbers]
    if name[0] == "W":
        return [f"from neuron {each}" for each in range(count)]
    if name[0] == "b":
        return ["bias"] if count == 1 else [f"member {each}" for each in range(count)]
    names = ("rare or never seen", *row_names(space.prepared.data.encoder).get(name, ()))
    return [f"{code} {names[code]}" if name[0] == "E" and code < len(names) else str(code) for code in range(count)]


def _activations(space: Workspace, name: str) -> Table:
    """The row at hand in double precision: z, a and δ of each neuron, as `wade.explain` has them."""
    trace = view_of(space).trace
    forward, deltas = trace.forward, trace.deltas
    assert forward is not None
    assert deltas is not None
    layers = range(1, len(space.network.layers) + 1)
    chosen = [layer for layer in layers if name in ("", f"a{layer}", f"z{layer}", f"delta{layer}")]
    if not chosen:
        raise unknown_name("name", name, [f"a{layer}" for layer in layers])
    mean = space.network.mean_of_members

    def rows() -> Iterator[Sequence[Any]]:
        for layer in chosen:
            found = (mean(each[layer - 1])[0].tolist() for each in (forward.Z, forward.A, deltas))
            for neuron, values in enumerate(zip(*found, strict=True)):
                yield (layer, neuron, *values)

    count = sum(space.network.layers[layer - 1].n_out for layer in chosen)
    return Table(f"Row {space.row + 1:,}: its neurons", ["layer", "neuron", "z", "a", "delta"], rows(), count)


def _boundary(space: Workspace, name: str) -> Table:
    """The outputs over the axes, in the target's own unit."""
    target = space.prepared.data.target
    outputs = [in_short(each) for each in target.classes] if target.task == "multiclass" else [target.column]
    if target.task == "binary":
        outputs = [f"P({target.column} = {in_short(target.classes[1])})"]
    return _over_axes(space, len(space.network.layers), list(range(space.network.outputs)), outputs)


def _neuron(space: Workspace, name: str) -> Table:
    """A neuron over the axes."""
    layer, neuron = find_neuron(space.network, name)
    return _over_axes(space, layer, [neuron], [f"a{layer}[{neuron}]"])


def _over_axes(space: Workspace, layer: int, neurons: list[int], titles: list[str]) -> Table:
    grid, target, network = space.grid(space.view.grid), space.prepared.data.target, space.network
    passed = space.walk.engine.forward(network, network.as_inputs(grid.inputs))
    A = network.mean_of_members(passed.A[layer - 1])[:, neurons]
    if layer == len(network.layers) and target.task == "regression":
        A = target.decode_number(A)
    if grid.kind == "histogram":
        scale = output_scale if layer == len(network.layers) else hidden_scale
        ends = scale(network, A) if scale is output_scale else hidden_scale(network, [A])
        return _counted(f"a{layer}: its distribution over rows", A, ends)
    places = [grid.x] if grid.kind == "line" else [each.ravel() for each in np.meshgrid(grid.x, grid.y)]
    rows = ((*map(float, at), *map(number, row)) for at, row in zip(zip(*places, strict=True), A, strict=True))
    title = f"{', '.join(titles)} over {' and '.join(map(shown, grid.columns))}"
    return Table(title, [*grid.columns, *titles], rows, len(A))


def _histogram(space: Workspace, name: str) -> Table:
    """How the entries of a parameter, or the activations of a layer over the rows at hand, are distributed."""
    network = space.network
    if name in network.parameters:
        return _counted(f"{name}: its distribution", network.parameters[name])
    layers = [f"a{layer}" for layer in range(1, len(network.layers) + 1)]
    if name not in layers:
        raise unknown_name("name", name, [*network.parameters, *layers])
    layer = layers.index(name)
    samples = space.prepared.samples(0)
    X = network.as_inputs(samples.X[: min(len(samples.X), MOST_ROWS)])
    A = network.mean_of_members(space.walk.engine.forward(network, X).A[layer])
    return _counted(f"{name}: its distribution over {len(X):,} training rows", A)


def _counted(title: str, values: Array, ends: tuple[float, float] | None = None) -> Table:
    finite = values[np.isfinite(values)].astype(np.float64)
    counts, edges = np.histogram(finite, BINS, ends)
    bins = zip(pairwise(edges.tolist()), counts.tolist(), strict=True)
    return Table(title, ["from", "to", "count"], ((low, high, count) for (low, high), count in bins), BINS)


def _losses(space: Workspace, curves: MeasuredCurves) -> Table:
    """The curves: mean training losses, and what was measured on the way, by steps."""
    message = curves.message(space.walk, "", "")
    means = ["nan" if mean is None else mean for mean in message.train]
    trained = dict(zip(message.steps, zip(means, message.learning_rate, strict=True), strict=True))
    measured = dict(
        zip(
            message.validation_steps,
            zip(message.validation, message.train_metric, message.validation_metric, strict=True),
            strict=True,
        )
    )
    steps = sorted({*trained, *measured})
    name = next(label for key, (label, _) in metric_info(space.prepared.data.target.task).items() if key != "loss")
    columns = ["step", "mean training loss since the last point", "learning rate", "validation loss"]
    columns += [f"training {name}", f"validation {name}"]
    rows = ((step, *trained.get(step, (None, None)), *measured.get(step, (None, None, None))) for step in steps)
    return Table("Losses by step", columns, rows, len(steps))


def _metrics(space: Workspace, name: str) -> Table:
    """Loss and metrics of all rows of each part."""
    info = metric_info(space.prepared.data.target.task, space.prepared.data.target.unit)
    columns = ["part", "rows", *(f"{label} ({unit})" if unit else label for label, unit in info.values())]

    def rows() -> Iterator[Sequence[Any]]:
        for number_of, part in enumerate(PARTS):
            samples = space.prepared.samples(number_of)
            values = measure(space.walk, space.prepared, samples)
            yield (part, len(samples.X), *(values[key] for key in info))

    return Table("Metrics", columns, rows(), len(PARTS))


def _confusion(space: Workspace, name: str) -> Table:
    """The rows of each class by the class that is predicted."""
    target, part = space.prepared.data.target, name or "validation"
    if target.task == "regression":
        raise InvalidArgument("of", "needs classes, and the target is a number", "confusion", 'Take "metrics".')
    if part not in PARTS:
        raise unknown_name("name", part, PARTS)
    matrix = confusion_of(space.walk, space.prepared, space.prepared.samples(PARTS.index(part)))
    classes = [in_short(each) for each in target.classes]
    rows = ((label, *map(int, row)) for label, row in zip(classes, matrix, strict=True))
    title = f"Observed (down) and predicted (across), {part}{'ing' * (part == 'train')} rows"
    return Table(title, ["observed", *classes], rows, len(classes))


def _data(space: Workspace, name: str) -> Table:
    """The rows of the table, with their part."""
    prepared, table = space.prepared, space.table.rows
    columns = [*(each.column for each in prepared.data.encoder.encodings), prepared.data.target.column]

    def rows() -> Iterator[Sequence[Any]]:
        index = 0
        for batch in table.select(columns).to_batches(max_chunksize=MOST_ROWS):
            for row in batch.to_pylist():
                yield (index + 1, PARTS[prepared.part[index]], *map(plain, row.values()))
                index += 1

    return Table(space.table.name, ["row", "part", *columns], rows(), table.num_rows)


TABLES: Final[Mapping[str, Callable[[Workspace, str], Table]]] = {
    "parameters": _parameters,
    "activations": _activations,
    "boundary": _boundary,
    "metrics": _metrics,
    "confusion": _confusion,
    "neuron": _neuron,
    "histogram": _histogram,
    "data": _data,
}


def number(value: Floats | float) -> float | str:
    """A number in full: of a float32 the shortest decimal one that is read back as it; its name where it is not finite.

    Examples
    --------
    >>> number(np.float32(0.1)), number(float("-inf"))
    (0.1, '-inf')
    """
    return float(str(value)) if np.isfinite(value) else str(value)


def _cell(value: Any) -> Any:
    """A cell of a file: nothing where there is no number."""
    return "" if value is None else value
