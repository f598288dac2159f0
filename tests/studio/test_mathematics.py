"""The mathematics of the step at hand: its numbers are those of `wade.explain`, its addresses those of the studio."""

import re
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

import wade
from wade.studio import messages as m
from wade.studio.data import open_table
from wade.studio.mathematics import show_mathematics, view_of
from wade.studio.saved_model import model_of
from wade.studio.workspace import Workspace

ADDRESS = re.compile(
    r"[WbEPRS]\d+(\..+)?(\[[\d,]+\])?|[az]\d+\[\d+\]|delta\d+(\[\d+\])?|[A-Za-zπησλβεθ]+\d*(\[[\di,]+\])?"
)


def workspace(*table, **settings):
    return Workspace.opened(open_table(*table), settings)


def shown(space, **options):
    return show_mathematics(space, m.Mathematics(id=0, **options))


@pytest.mark.parametrize("table", [("generated", "moons"), ("built_in", "iris"), ("formula", "y = x^2")])
def test_all_numbers_are_those_of_explain(table):
    space = workspace(*table)
    space.train(0, 3)
    row = space.table.rows.slice(space.row, 1)
    trace = wade.explain(model_of(space), row, optimizer="sgd", learning_rate=0.1)
    document = shown(space)
    for layer, (Z, A, delta) in enumerate(zip(trace.forward.Z, trace.forward.A, trace.deltas, strict=True), start=1):
        for name, values in (("z", Z), ("a", A), ("delta", delta)):
            assert [document.values[f"{name}{layer}[{k}]"] for k in range(values.shape[1])] == values[0].tolist()
    assert document.values["J"] == trace.J
    at = space.network.slices["W1"].start
    assert document.batch.row_gradient == document.values["∂J/∂W1[0,0]"] == trace.gradient[at]


def test_the_batch_is_that_of_the_step_and_the_row_has_its_share():
    space = workspace("generated", "moons", batch_size=4)
    batch = shown(space).batch
    assert batch.size == len(batch.rows) == 4
    assert batch.rows[0] == space.row
    gradients = []
    for row in batch.rows:
        space.select_row(row)
        gradients.append(shown(space).batch.row_gradient)
    assert batch.share == 0.25
    assert np.isclose(np.mean(gradients), batch.gradient, rtol=1e-12)
    before = space.network.parameters["W1"][0, 0]
    space.train(0, 1)
    assert np.isclose(space.network.parameters["W1"][0, 0], before - 0.1 * batch.gradient, rtol=1e-5)


def test_a_row_that_is_no_training_row_has_no_share():
    space = workspace("generated", "moons")
    space.select_row(int(space.prepared.split.validation[0]))
    document = shown(space)
    assert document.batch.share == 0
    assert any("not among them" in getattr(block, "text", "") for block in document.sections[6].blocks)


def test_sections_come_in_the_order_of_a_step():
    document = shown(workspace("generated", "moons"), check=True)
    assert [section.phase for section in document.sections] == [
        "", "forward", "forward", "forward", "backward", "backward", "backward", "update", "backward",
    ]  # fmt: skip
    assert document.sections[-1].title == "Gradient check"
    table = next(block for block in document.sections[-1].blocks if isinstance(block, m.TableBlock))
    assert table.rows[0][-1].text == "correct"


def test_addresses_are_the_studios():
    space = workspace("built_in", "flights", inputs=["carrier", "temperature"])
    space.select_parameter("E1.carrier[3,2]")
    found = {address for formula in formulas(shown(space)) for address in re.findall('data-of="([^"]*)"', formula)}
    assert {"a0[0]", "E1.carrier[3,2]", "delta3[0]", "a3[0]", "∂J/∂E1.carrier[3,2]", "∂a3[0]/∂a2[0]"} & found
    for address in found:
        for part in address.removeprefix("∂").split("/∂"):
            assert ADDRESS.fullmatch(part), address
            assert not part.startswith(("δ", "x[", "o["))


def test_piecewise_linear_numbers_have_the_names_of_their_parameters():
    space = workspace("built_in", "wine", recipe="default", hidden=[4])
    space.select_parameter("P1.alcohol among bins[2,1]")
    found = {address for formula in formulas(shown(space)) for address in re.findall('data-of="([^"]*)"', formula)}
    assert {"P1.alcohol among bins", "P1.alcohol among bins[2,1]", "∂J/∂P1.alcohol among bins[2,1]"} <= found


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_it_is_computed_in_the_precision_that_was_asked_for(precision):
    space = workspace("generated", "moons")
    assert view_of(space, precision).trace.network.dtype == precision
    assert shown(space, precision=precision).precision == precision


def test_names_never_become_markup(tmp_path):
    name = '<img src=x onerror="alert(1)">&"\''
    rows = pa.table({name: np.arange(40.0) % 7, "kind": ["<b>", "</math><script>"] * 20, "y": np.arange(40.0)})
    path = tmp_path / "table.csv"
    pyarrow.csv.write_csv(rows, path)
    space = workspace("path", str(path))
    for parameter in ("W1[0,0]", "E1.kind[1,0]"):
        space.select_parameter(parameter)
        for formula in formulas(shown(space)):
            reader = _Tags()
            reader.feed(formula)
            assert reader.tags <= MATHML
            assert reader.attributes <= {"display", "displaystyle", "data-of", "form"}


MATHML = {"math", "mtable", "mtr", "mtd", "mrow", "mi", "mn", "mo", "mtext", "msub", "msup", "msubsup", "mfrac",
          "munder", "msqrt"}  # fmt: skip


class _Tags(HTMLParser):
    """The elements and attributes of some markup."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def formulas(document):
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, m.FormulaBlock):
                yield block.mathml
            elif isinstance(block, m.TableBlock):
                yield from (cell.mathml for row in block.rows for cell in row if cell.mathml)
