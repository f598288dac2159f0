"""The tables behind the pictures: exact, and kept whole as CSV."""

import csv
import io

import numpy as np
import pytest

import wade
from wade.errors import InvalidArgument
from wade.studio import messages as m
from wade.studio.curves import MeasuredCurves
from wade.studio.data import open_table
from wade.studio.numbers import MOST_ROWS, save_numbers, show_numbers
from wade.studio.saved_model import save_model
from wade.studio.workspace import Workspace


def space_on(*table, **settings):
    space = Workspace.opened(open_table(*table), settings)
    space.train(0, 5)
    return space


def shown(space, of, name=""):
    return show_numbers(space, MeasuredCurves(), of, name)


def test_parameters_are_read_back_to_the_bit():
    space = space_on("generated", "moons")
    table = shown(space, "parameters", "W1")
    assert table.columns == ["", *map(str, range(8))]
    assert [row[0] for row in table.rows] == ["from x", "from y"]
    values = np.array([row[1:] for row in table.rows], np.float32)
    assert (values == space.network.parameters["W1"]).all()
    every = shown(space, "parameters")
    assert every.of_rows == space.network.n_parameters
    assert every.rows[0][0] == "W1[0,0]"


def test_rows_of_a_category_table_have_its_names():
    rows = shown(space_on("built_in", "iris"), "parameters", "W1").rows
    assert rows[0][0] == "from sepal length (cm)"
    space = Workspace.opened(open_table("built_in", "flights", rows=300), {"inputs": ["origin", "temperature"]})
    names = [row[0] for row in shown(space, "parameters", "E1.origin").rows]
    assert names[0] == "0 rare or never seen"
    assert sorted(name.split(" ", 1)[1] for name in names[1:]) == ["EWR", "JFK", "LGA"]


def test_activations_are_those_of_explain():
    space = space_on("generated", "moons")
    table = shown(space, "activations", "a2")
    assert (len(table.rows), table.columns) == (8, ["layer", "neuron", "z", "a", "delta"])
    first, second = (shown(space, "activations").rows[place] for place in (0, 8))
    assert (first[:2], second) == ([1, 0], table.rows[0])


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        (("generated", "moons"), ["x", "y", "P(class = 1)"], 64 * 64),
        (("formula", "y = x"), ["x", "y"], 64),
        (("built_in", "iris"), ["sepal length (cm)", "sepal width (cm)", "setosa", "versicolor", "virginica"], 64 * 64),
    ],
)
def test_the_boundary_is_what_the_network_answers(table, columns, rows):
    space = space_on(*table)
    found = shown(space, "boundary")
    assert (found.columns, found.of_rows, len(found.rows)) == (columns, rows, min(rows, MOST_ROWS))
    if table[1] == "y = x":
        model = save_and_load(space)
        np.testing.assert_allclose([row[1] for row in found.rows], [model.predict({"x": x})[0] for x, _ in found.rows])


def test_the_metrics_are_those_of_all_rows():
    space = space_on("generated", "moons")
    table = shown(space, "metrics")
    assert table.columns == ["part", "rows", "loss", "accuracy (share)"]
    assert [row[:2] for row in table.rows] == [["train", 300], ["validation", 100], ["test", 100]]
    assert table.rows[2][3] == save_and_load(space).report["test"]["accuracy"]


def test_a_confusion_matrix_counts_every_row():
    space = space_on("built_in", "iris")
    table = shown(space, "confusion", "train")
    assert table.columns == ["observed", "setosa", "versicolor", "virginica"]
    assert sum(sum(row[1:]) for row in table.rows) == 90
    with pytest.raises(InvalidArgument, match="is a number"):
        shown(space_on("formula", "x"), "confusion")


@pytest.mark.parametrize(("name", "count"), [("W1", 16), ("a1", 300 * 8)])
def test_a_histogram_counts_everything(name, count):
    table = shown(space_on("generated", "moons"), "histogram", name)
    assert table.columns == ["from", "to", "count"]
    assert sum(row[2] for row in table.rows) == count


def test_a_neuron_is_the_map_of_its_frame():
    space = space_on("generated", "moons")
    table = shown(space, "neuron", "a1[3]")
    assert table.columns == ["x", "y", "a1[3]"]
    with pytest.raises(InvalidArgument, match=r'The last one is "a3\[0\]"'):
        shown(space, "neuron", "a1[8]")


def test_the_rows_of_the_table_have_their_part():
    space = space_on("built_in", "wine")
    table = shown(space, "data")
    assert table.of_rows == 178
    assert table.columns[:3] == ["row", "part", "alcohol"]
    assert {row[1] for row in table.rows} == {"train", "validation", "test"}


def test_a_file_has_all_rows():
    space = space_on("generated", "moons", batch_size=4)
    file = save_numbers(space, MeasuredCurves(), "boundary", "")
    assert (file.announced.name, file.announced.size) == ("moons-boundary.csv", len(file.content))
    rows = list(csv.reader(io.StringIO(file.content.decode())))
    assert (rows[0], len(rows)) == (["x", "y", "P(class = 1)"], 64 * 64 + 1)


def test_losses_have_a_row_for_each_point():
    space = space_on("generated", "moons")
    table = shown(space, "losses")
    assert [row[0] for row in table.rows] == [1, 2, 3, 4, 5]
    assert table.rows[0][2] == 0.1


@pytest.mark.parametrize("table", [("generated", "moons"), ("built_in", "flights"), ("formula", "y = x^2")])
def test_a_saved_model_predicts_what_is_on_screen(table):
    rows = 400 if table[0] == "built_in" else None
    space = Workspace.opened(open_table(*table, rows=rows))
    space.train(0, 20)
    model = save_and_load(space)
    X = space.prepared.samples(1).X
    outputs = space.walk.engine.predict(space.network, space.network.as_inputs(X))
    validation = space.table.rows.take(space.prepared.split.validation)
    predicted = model.predict(validation)
    if space.prepared.data.target.task == "regression":
        np.testing.assert_array_equal(predicted, space.prepared.data.target.decode_number(outputs[:, 0]))
    else:
        assert predicted.tolist() == [model.target.classes[int(share > 0.5)] for share in outputs[:, 0]]
    assert wade.explain(model, space.table.rows.slice(0, 1)).J > 0
    assert wade.report(model)


def save_and_load(space):
    import tempfile
    from pathlib import Path

    file = save_model(space)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.announced.name
        path.write_bytes(file.content)
        return wade.load(path)


def test_commands_bring_numbers_and_files():
    from wade.studio.outbox import Outbox
    from wade.studio.session import StudioSession

    session = StudioSession("key", Outbox(), lambda: open_table("generated", "moons"))
    session.handle(m.Step(id=0, count=3))
    assert session.handle(m.Numbers(id=0, of="losses")).rows[-1][0] == 3
    assert (
        session.handle(m.Save(id=0, what="numbers", of="parameters", name="W1")).announced.name
        == "moons-parameters-W1.csv"
    )
    assert session.handle(m.Save(id=0)).announced.name == "moons.wade"
    assert session.handle(m.Save(id=0, what="program", language="numpy")).announced.name == "moons-numpy.py"
    session.close()
