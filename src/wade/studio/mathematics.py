"""The mathematics of the step at hand as a document: the sections of an explanation, and the batch that it is part of.

All of it is read from one `StepView`. Formulas are MathML, in which every symbol and number has its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from math import isfinite
from typing import Any, Final, Literal

import numpy as np

from wade.documents.escaping import for_html, for_text
from wade.explanation.formulas import symbols
from wade.explanation.gradients.gradient_check import check
from wade.explanation.notation.expressions import (
    Constant,
    Equation,
    Expression,
    Partial,
    Product,
    Quantity,
    Quotient,
    Remainder,
    Sum,
    Symbol,
)
from wade.explanation.notation.printers import address
from wade.explanation.notation.rendering import Form, render, render_symbol
from wade.explanation.notation.rounding import format_number
from wade.explanation.report.blocks import Block, Cell, Formula, Heading, Number, Prose, Table
from wade.explanation.report.gradient_sections import check_table
from wade.explanation.report.sections import named_sections
from wade.explanation.step_view import StepView, view_step
from wade.explanation.steps.encoding import columns_read, row_names
from wade.explanation.steps.parameter_index import ParameterIndex, find
from wade.explanation.steps.record import TargetInfo
from wade.explanation.trace import Trace
from wade.studio import messages as m
from wade.studio.workspace import Workspace
from wade.tables.columns.metadata import units_of
from wade.tables.columns.views import in_short

Phase = Literal["", "forward", "backward", "update"]
SECTIONS: Final[tuple[tuple[str, str, Phase], ...]] = (
    ("row", "", ""),
    ("forward", "", "forward"),
    ("prediction", "Prediction", "forward"),
    ("loss", "", "forward"),
    ("backward", "", "backward"),
    ("chain", "", "backward"),
)
"""Those of the row: their name, their title where it is not the report's own, and the phase that computes them."""
MOST_ROWS: Final = 1_000
MOST_VALUES: Final = 4_000
ADDRESS: Final = re.compile(r'data-of="([^"]*)"')


def show_mathematics(space: Workspace, command: m.Mathematics) -> m.MathematicsShown:
    """The document of the step at hand, for the row and the weight that are chosen."""
    view = view_of(space, command.precision)
    writer = _Writer(view.trace, command.form, command.digits)
    place = find(view.trace, space.parameter)
    made = named_sections(view.trace, space.parameter, can_choose=False)
    sections = [writer.section(made[name](), phase, title) for name, title, phase in SECTIONS]
    sections.append(writer.section(_batch_section(space, view, place), "backward"))
    update = named_sections(view.update, space.parameter, can_choose=False)["update"]
    sections.append(writer.section(update(), "update"))
    if command.check:
        sections.append(writer.section(_check_section(space), "backward"))
    return m.MathematicsShown(
        step=space.walk.steps,
        precision=command.precision,
        sections=sections,
        values={name: value if isfinite(value) else None for name, value in _values(view, place)},
        batch=batch_shown(space, view, place),
    )


def view_of(space: Workspace, precision: str = "float64") -> StepView:
    """The step at hand, with the row at hand in the user's units."""
    prepared, row = space.prepared, space.row
    table, data = prepared.table.rows.slice(row, 1), prepared.data
    samples, units = prepared.row(row), units_of(prepared.table.rows)
    target = data.target
    info = TargetInfo(
        target=target.column,
        task=target.task,
        classes=tuple(in_short(each) for each in target.classes),
        observed=in_short(table[target.column][0].as_py()),
        unit=units.get(target.column, ""),
        mean=target.mean,
        scale=target.scale,
        row=f"row {row + 1:,} of {prepared.table.name}",
    )
    columns = columns_read(data.encoder, data.schema, table, prepared.table.name, samples.X, units)
    options: dict[str, Any] = {"dtype": precision, "columns": columns, "target_info": info}
    if prepared.part[row] == 0:
        view = view_step(space.walk, int(prepared.place[row]), **options)
    else:
        view = view_step(space.walk, X=samples.X, y=samples.y[0], **options)
    names = row_names(data.encoder)
    return replace(
        view, trace=replace(view.trace, category_names=names), update=replace(view.update, category_names=names)
    )


def batch_shown(space: Workspace, view: StepView, place: ParameterIndex) -> m.BatchShown:
    """The batch, and what the row adds to its gradient."""
    assert view.trace.gradient is not None
    rows = space.prepared.split.train[view.batch[:MOST_ROWS]]
    return m.BatchShown(
        size=len(view.batch),
        rows=rows.tolist(),
        loss=_finite(view.loss),
        share=view.share,
        gradient=_finite(float(view.gradient[place.at])),
        row_gradient=_finite(float(view.trace.gradient[place.at])),
    )


def _batch_section(space: Workspace, view: StepView, place: ParameterIndex) -> list[Block]:
    """The row's share of the batch's mean gradient."""
    assert view.trace.gradient is not None
    size, symbol = len(view.batch), symbols.parameter(place.name, place.index)
    own, whole = float(view.trace.gradient[place.at]), float(view.gradient[place.at])
    blocks: list[Block] = [Heading("The batch")]
    if size == 1 and view.share:
        return [*blocks, Prose("The batch of this step is this row alone: its gradient is that of the step.")]
    text = f"The gradient of a step is the mean over the {size:,} rows of its batch; their mean loss is "
    text += f"{format_number(view.loss)}."
    total = Quantity(symbols.gradient(symbol), whole)
    if not view.share:
        text += f" This row is not among them: its gradient, {format_number(own)}, has no part in this step."
        return [*blocks, Prose(text), Formula(Equation(total.name, (), whole))]
    row = Quantity(Partial(Symbol("J", index=("i",)), symbol), own)
    first: Expression = Product((Quotient(Constant(1), Constant(size)), row), " · ")
    rest = Remainder(size - 1, whole - view.contribution(place.at))
    text += " With i for this row:"
    return [*blocks, Prose(text), Formula(Equation(total.name, (Sum((first, rest)),), whole))]


def _check_section(space: Workspace) -> list[Block]:
    """The gradient of the chosen weight beside a central difference, in double precision."""
    return [Heading("Gradient check"), *check_table(check(view_of(space).trace, space.parameter))]


def _values(view: StepView, place: ParameterIndex) -> Iterator[tuple[str, float]]:
    """The numbers of the step by their addresses; of wide layers the first ones."""
    trace = view.trace
    assert trace.forward is not None
    assert trace.deltas is not None
    yield "J", float(trace.J) if trace.J is not None else float("nan")
    for at, value in enumerate(trace.X.numbers[0, :MOST_VALUES].tolist()):
        yield f"a0[{at}]", value
    layers = zip(trace.forward.Z, trace.forward.A, trace.deltas, strict=True)
    for layer, (Z, A, delta) in enumerate(layers, start=1):
        for name, values in (("z", Z), ("a", A), ("delta", delta)):
            means = trace.network.mean_of_members(values)[0, :MOST_VALUES].tolist()
            yield from ((f"{name}{layer}[{neuron}]", value) for neuron, value in enumerate(means))
    if trace.network.n_parameters <= MOST_VALUES:
        for name, values in trace.network.parameters.items():
            for index in np.ndindex(values.shape):
                yield f"{name}[{','.join(map(str, index))}]", float(values[index])
    assert trace.gradient is not None
    chosen = f"{place.name}[{','.join(map(str, place.index))}]"
    yield chosen, float(trace.network.theta[place.at])
    yield f"∂J/∂{chosen}", float(trace.gradient[place.at])


class _Writer:
    """Writes blocks of a report as those of a message; its addresses are the studio's."""

    def __init__(self, trace: Trace, form: Form, digits: int) -> None:
        self._form, self._digits = form, digits
        layout, last = trace.network.inputs, len(trace.network.layers)
        self._inputs = {address(symbols.x(trace, place)): f"a0[{place}]" for place in range(layout.n_numbers)}
        self._last = f"a{last}"
        self._names = {
            address(Symbol(name[0], 1, symbols.whole(name).name)): name
            for name in trace.network.parameters
            if "." in name
        }

    def section(self, blocks: Sequence[Block], phase: Phase, title: str = "") -> m.MathematicsSection:
        """Blocks that begin with a heading, as a section."""
        first, *others = blocks
        assert isinstance(first, Heading)
        return m.MathematicsSection(title or for_text(first.text), phase, [self._block(block) for block in others])

    def _block(self, block: Block) -> m.TextBlock | m.HeadingBlock | m.FormulaBlock | m.TableBlock:
        match block:
            case Heading(text):
                return m.HeadingBlock(for_text(text))
            case Prose(text):
                return m.TextBlock(for_text(text))
            case Formula(equation, label, is_short):
                mathml = render(equation, "mathml", self._form, self._digits)
                plain = render(equation, "text", self._form, self._digits)
                return m.FormulaBlock(self._readdressed(mathml), plain, for_text(label), is_short)
            case Table(titles, rows, is_grouped):
                cells = [[self._cell(cell) for cell in row] for row in rows]
                return m.TableBlock(list(map(for_text, titles)), cells, is_grouped)

    def _cell(self, cell: Cell) -> m.CellShown:
        if isinstance(cell, str):
            return m.CellShown(for_text(cell))
        if isinstance(cell, Number):
            value = None if cell.value is None else _finite(cell.value)
            return m.CellShown(format_number(cell.value, self._digits), value)
        mathml = f"<math>{render_symbol(cell, 'mathml')}</math>"
        return m.CellShown(render_symbol(cell, "text"), None, self._readdressed(mathml))

    def _readdressed(self, mathml: str) -> str:
        return ADDRESS.sub(lambda found: f'data-of="{for_html(self._address(unescape(found[1])))}"', mathml)

    def _address(self, name: str) -> str:
        """An address of the studio: an input is a0[i], the output the activation of the last layer, δ is delta."""
        if name.startswith("∂"):
            return "/".join(f"∂{self._address(each.removeprefix('∂'))}" for each in name.split("/∂"))
        if name in self._inputs:
            return self._inputs[name]
        stem, bracket, index = name.rpartition("[") if name.endswith("]") else (name, "", "")
        if stem == "o" and bracket:
            stem = self._last
        elif stem in self._names:
            stem = self._names[stem]
        elif stem.startswith("δ"):
            stem = f"delta{stem[1:]}"
        return f"{stem}{bracket}{index}"


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
