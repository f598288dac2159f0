"""What a record has to tell, in the order in which it happened: headings, sentences, formulas and tables.

The story knows nothing of formats; `documents` writes it as text, LaTeX, MathML and HTML. Every string in it may hold
what a stranger wrote, and is made harmless there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from wade.explain import formulas, symbols
from wade.explain.chain import Chain, Path, chain_of
from wade.explain.checking import Check, check
from wade.explain.expressions import Equation, Expression, Partial, Product, Quantity, Rest, Sum, Symbol, Words
from wade.explain.places import Place, find, most_telling, written
from wade.explain.record import ColumnRead, Encoding, Record
from wade.explain.rounding import NOT_YET, plain
from wade.explain.updates import update
from wade.types import Floats

MOST_ROWS = 6
FULL_CHECK = 300  # parameters: so many are checked without being asked


@dataclass(frozen=True)
class Heading:
    """A heading: 1 of the page, 2 of a part, 3 within it."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Prose:
    """Some sentences."""

    text: str


@dataclass(frozen=True)
class Formula:
    """An equation, what it is called, and whether it is short enough to stand beside its neighbours."""

    equation: Equation
    label: str = ""
    is_short: bool = False


@dataclass(frozen=True)
class Number:
    """A cell of a table: a number; None where it is not computed yet."""

    value: float | None


Cell: TypeAlias = str | Number | Symbol | Partial


@dataclass(frozen=True)
class Table:
    """Columns of cells under their titles."""

    titles: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Block: TypeAlias = Heading | Prose | Formula | Table


def story(record: Record, weight: str | None = None) -> list[Block]:
    """The whole of a record.

    Parameters
    ----------
    record : Record
    weight : str, optional
        Whose chain is told; that of the largest gradient in W1 where it is left out.
    """
    place = most_telling(record) if weight is None else find(record, weight)
    chain = None if record.gradient is None else chain_of(record, place)
    focus = _focus(record, place, chain)
    return [
        *_opening(record),
        *_row(record, place),
        *_forward(record, focus),
        *_loss(record),
        *_backward(record, place, focus),
        *_chain(record, place, chain),
        *_update(record, place),
        *_proof(record, place, chain),
    ]


def _focus(record: Record, place: Place, chain: Chain | None) -> dict[int, tuple[int, int]]:
    """For each layer the member and neuron that are spelled out: those on the largest path of the chain."""
    focus = dict.fromkeys(range(1, len(record.network.layers) + 1), (0, 0))
    if chain is not None and chain.paths:
        focus |= {layer: (chain.paths[0].member, neuron) for layer, neuron in chain.paths[0].neurons}
    return focus


def _opening(record: Record) -> list[Block]:
    question, network = record.question, record.network
    title = f"How {question.target} is predicted" if question.target else "One step, number by number"
    widths = " → ".join(map(str, (len(network.inputs.names), *network.hidden, network.outputs)))
    members = f", {network.members} members that share their weights" if network.members > 1 else ""
    hidden = f", {network.activation}" if network.hidden else ""
    shape = f"The network: {widths}{hidden}, {network.output} at the end, {network.n_parameters:,} parameters{members}."
    blocks: list[Block] = [Heading(title, 1)]
    where = f"{question.row[:1].upper()}{question.row[1:]}. " if question.row else ""
    blocks.append(Prose(f"{where}{answer(record)} {shape}"))
    return blocks + [Prose(note) for note in record.notes]


def answer(record: Record) -> str:
    """What the network says, and what is true, in a sentence or two."""
    question, output = record.question, record.output
    observed = f"Observed: {question.observed}." if question.observed is not None else "What is true is not known."
    if output is None:
        return f"The prediction is {NOT_YET}. {observed}"
    if question.kind == "two classes":
        said = f"It says {question.target} = {question.classes[1]} with a probability of {plain(float(output[0]))}."
    elif question.kind == "many classes":
        best = int(output.argmax())
        said = (
            f"It says {question.target} = {question.classes[best]} with a probability of {plain(float(output[best]))}."
        )
    elif question.kind == "number":
        value = question.mean + question.scale * float(output[0])
        unit = f" {question.unit}" if question.unit else ""
        said = (
            f"It says {plain(value)}{unit}: {plain(question.mean)} + {plain(question.scale)} times its output, "
            f"{plain(float(output[0]))}."
        )
    else:
        values = ", ".join(plain(float(one)) for one in output[:MOST_ROWS])
        said = f"The prediction is {values}{', …' if len(output) > MOST_ROWS else ''}."
    return f"{said} {observed}"


def _row(record: Record, place: Place) -> list[Block]:
    """The row in the user's units, and what the network reads of it."""
    rows: list[tuple[Cell, ...]] = []
    for column in record.columns:
        raw = "missing" if column.raw is None else plain_value(column.raw)
        shown = f"{raw} {column.unit}" if column.unit and column.raw is not None else raw
        first, so_far = (column.column, shown), ""
        for move in column.encoding:
            so_far += f"{move.what}: {_told(move)}"
            if move.read_by:
                rows.append((*first, so_far, move.read_by))
                first, so_far = ("", ""), ""
            else:
                so_far += " → "
        if so_far:
            rows.append((*first, so_far.removesuffix(" → "), ""))
    blocks: list[Block] = [
        Heading("The row, and what the network reads"),
        Table(("column", "in the row", "becomes", "read by"), tuple(rows)),
    ]
    blocks += _moves_told(record, place)
    return blocks


def _told(move: Encoding) -> str:
    """The value of a move, and what there is to say about it where no formula says it."""
    value = plain(float(move.value)) if isinstance(move.value, int | float) else move.value
    return f"{value}, {move.remark}" if move.remark and move.equation is None and "?" not in move.what else value


def _moves_told(record: Record, place: Place) -> list[Block]:
    """The formulas of one column: the one that the weight belongs to, or the first that has some."""
    own = f"{place.name}[{place.index[0]},:]" if len(place.index) > 1 else ""
    candidates = sorted(record.columns, key=lambda column: not any(move.read_by == own for move in column.encoding))
    column = next((one for one in candidates if any(move.equation for move in one.encoding)), None)
    if column is None:
        return []
    told = [move for move in column.encoding if move.equation]
    if any(move.read_by == own for move in told):
        # Of a date, the part that the weight reads, and what leads to it.
        last = next(number for number, move in enumerate(told) if move.read_by == own)
        told = [move for move in told[: last + 1] if not move.read_by or move.read_by == own]
    blocks: list[Block] = [Prose(f"{column.column}, move by move{_unit_note(column)}:")]
    for move in told:
        assert move.equation is not None
        blocks.append(Formula(move.equation, move.what + (f" ({move.remark})" if move.remark else "")))
    return blocks


def _unit_note(column: ColumnRead) -> str:
    return f", x in {column.unit}" if column.unit else ""


def plain_value(value: object) -> str:
    """A value of the row as it stands there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Seven digits are all that a table in float32 has.
        return plain(float(f"{value:.7g}"), digits=7)
    return str(value).replace("-", "−") if isinstance(value, int) else str(value)


def _forward(record: Record, focus: dict[int, tuple[int, int]]) -> list[Block]:
    blocks: list[Block] = [Heading("Forward")]
    if record.masks:
        silent = sum(int((mask == 0).sum()) for mask in record.masks)
        blocks.append(Prose(f"Dropout: {silent:,} neurons are silent in this step; M is 0 for them."))
    elif record.network.dropout:
        blocks.append(Prose("Dropout is off, as it is when the network predicts."))
    for layer, made in enumerate(record.network.layers, start=1):
        member, neuron = focus[layer]
        ends = "the output" if symbols.is_last(record, layer) else f"{made.n_out:,} neurons"
        blocks.append(Heading(f"Layer {layer}: {ends}", 3))
        blocks += [Formula(equation, is_short=True) for equation in formulas.layer_in_matrices(record, layer)]
        one = f"Neuron {neuron}" + (f" of member {member}" if record.network.members > 1 else "")
        blocks.append(Formula(formulas.neuron_sum(record, layer, neuron, member), one))
        bend = formulas.neuron_bend(record, layer, neuron, member)
        if bend is not None:
            blocks.append(Formula(bend))
        blocks += _neurons(record, layer, member)
    if not record.network.hidden and record.network.members == 1 and record.network.output != "softmax":
        blocks.append(Formula(formulas.output(record), "In one line"))
    return blocks


def _neurons(record: Record, layer: int, member: int) -> list[Block]:
    """z, a and δ of the neurons of a layer: those with the largest activations."""
    n_out = record.network.layers[layer - 1].n_out
    if n_out == 1:
        return []
    if record.passed is None:
        order = np.arange(n_out)
    else:
        order = np.argsort(-np.abs(record.passed.A[layer - 1][member]), kind="stable")
    letter = "o" if symbols.is_last(record, layer) else "a"
    rows = tuple(
        (
            str(neuron),
            Number(None if record.passed is None else float(record.passed.Z[layer - 1][member, neuron])),
            Number(None if record.passed is None else float(record.passed.A[layer - 1][member, neuron])),
            Number(None if record.deltas is None else float(record.deltas[layer - 1][member, neuron])),
        )
        for neuron in map(int, order[:MOST_ROWS])
    )
    blocks: list[Block] = [Table(("neuron", f"z{layer}", letter if letter == "o" else f"a{layer}", f"δ{layer}"), rows)]
    if n_out > MOST_ROWS:
        zeros = 0 if record.passed is None else int((record.passed.A[layer - 1][member] == 0).sum())
        silent = f"; {zeros:,} of them are 0" if zeros else ""
        blocks.append(Prose(f"The largest activations; {n_out - MOST_ROWS:,} more neurons{silent}."))
    return blocks


def _loss(record: Record) -> list[Block]:
    name = record.loss.name.replace("_", " ")
    blocks: list[Block] = [Heading("The loss")]
    if record.y is None:
        blocks.append(Prose("What is true of this row is not known, so there is no loss, and nothing to go back from."))
        return blocks
    equation = formulas.loss(record)
    if equation is not None:
        blocks.append(Formula(equation, name))
    else:
        of = f", the mean over {record.network.members} members" if record.network.members > 1 else ""
        blocks.append(Prose(f"J, the {name}{of}: {plain(record.J)}."))
    return blocks


def _backward(record: Record, place: Place, focus: dict[int, tuple[int, int]]) -> list[Block]:
    if record.y is None:
        return []
    blocks: list[Block] = [
        Heading("Backward"),
        Prose("Back-propagation computes the gradient: δ = ∂J/∂Z walks the layers from last to first."),
    ]
    lowest = int(place.name.partition(".")[0][1:])
    for layer in range(len(record.network.layers), lowest - 1, -1):
        member, neuron = focus[layer]
        blocks.append(Heading(f"Layer {layer}", 3))
        blocks += [Formula(equation, label, True) for label, equation in formulas.back_propagation(record, layer)]
        one = f"Neuron {neuron}" + (f" of member {member}" if record.network.members > 1 else "")
        blocks.append(Formula(formulas.delta(record, layer, neuron, member), one))
    return blocks


def _chain(record: Record, place: Place, chain: Chain | None) -> list[Block]:
    if record.y is None:
        return []
    name = written(place)
    blocks: list[Block] = [Heading(f"The chain of {name}")]
    if chain is None:
        return [*blocks, Prose(f"∂J/∂{name} is {NOT_YET}.")]
    partial = symbols.gradient(chain.symbol)
    meaning = _meaning(record, place)
    if meaning:
        blocks.append(Prose(meaning))
    best = chain.paths[0]
    if chain.n_paths == 1:
        blocks.append(Formula(Equation(partial, (_product(best),), chain.gradient), "As the deck writes it"))
    else:
        blocks.append(
            Prose(f"There are {chain.n_paths:,} paths from it to the loss. The largest: {route(record, best)}.")
        )
        blocks.append(Formula(Equation(Words("path 1"), (_product(best),), best.value), "As the deck writes it"))
    blocks.append(Prose("Factor by factor:"))
    blocks += [
        Formula(Equation(factor.name, () if factor.formula is None else (factor.formula,), factor.value), is_short=True)
        for factor in best.factors
    ]
    if chain.n_paths > 1:
        blocks += _all_paths(record, chain, partial)
    return blocks


def _all_paths(record: Record, chain: Chain, partial: Partial) -> list[Block]:
    """The largest paths and their sum; and the same sum layer by layer."""
    blocks: list[Block] = []
    rows = tuple((str(n), route(record, path), Number(path.value)) for n, path in enumerate(chain.paths, start=1))
    blocks.append(Table(("path", "from the output down", "its product"), rows))
    terms: list[Expression] = [Quantity(Words(f"path {n}"), path.value) for n, path in enumerate(chain.paths, start=1)]
    if chain.n_paths > len(chain.paths):
        terms.append(Rest(chain.n_paths - len(chain.paths), chain.rest))
    blocks.append(Formula(Equation(partial, (Sum(tuple(terms)),), chain.gradient), "The sum over all paths"))
    for layer, through in chain.layers:
        if len(through) < 2:
            continue
        blocks.append(Prose(f"The same, by the neuron of layer {layer} that a path leads through:"))
        shown = through[:MOST_ROWS]
        members = record.network.members > 1
        body = [
            (_called(layer, one.neuron, one.member if members else None, record), Number(one.value)) for one in shown
        ]
        if len(through) > len(shown):
            rest = float(sum(one.value for one in through[len(shown) :]))
            body.append((f"{len(through) - len(shown):,} more", Number(rest)))
        blocks.append(Table(("through", "of the gradient"), (*body, ("all", Number(chain.gradient)))))
    return blocks


def _called(layer: int, neuron: int, member: int | None, record: Record) -> str:
    name = f"o[{neuron}]" if symbols.is_last(record, layer) else f"a{layer}[{neuron}]"
    return name if member is None else f"{name}, member {member}"


def route(record: Record, path: Path) -> str:
    """A path in words: o[0] ← a2[5] ← a1[3]."""
    way = " ← ".join(_called(layer, neuron, None, record) for layer, neuron in path.neurons)
    return f"{way}, member {path.member}" if record.network.members > 1 else way


def _product(path: Path) -> Product:
    return Product(tuple(Quantity(factor.name, factor.value) for factor in path.as_in_the_deck), " · ")


def _meaning(record: Record, place: Place) -> str:
    """What a weight belongs to, in the user's words."""
    kind, index = place.name[0], place.index
    if place.name == "W1":
        column = record.network.inputs.numbers[index[0]]
        return f"{written(place)} is what {column} weighs for neuron {index[1]} of layer 1."
    if kind == "E":
        column = place.name.partition(".")[2]
        names = record.row_names.get(place.name, ())
        value = f"{names[index[0] - 1]}" if 0 < index[0] <= len(names) else f"code {index[0]}"
        codes = [one.name for one in record.network.inputs.categories]
        mine = int(record.X.codes[0, codes.index(column)]) == index[0]
        other = "" if mine else " This row has another value, so its gradient is 0."
        return f"{written(place)} is what {column} = {value} adds to neuron {index[1]} of layer 1.{other}"
    return ""


def _update(record: Record, place: Place) -> list[Block]:
    if record.y is None:
        return []
    name = record.optimizer.name
    blocks: list[Block] = [
        Heading("The update"),
        Prose(
            f"Gradient descent does the learning: {name} takes a step of learning rate {plain(record.learning_rate)}."
        ),
    ]
    if record.gradient is not None and record.seen is not None and not np.array_equal(record.seen, record.gradient):
        blocks.append(Prose("g is the gradient as the optimiser sees it: with the penalties, and clipped."))
    blocks += [Formula(equation) for equation in update(record, place)]
    if record.theta_after is None:
        blocks.append(Prose(f"The loss after the step is {NOT_YET}."))
        return blocks
    moved = record.theta_after - record.network.theta
    ratio = float(np.linalg.norm(moved)) / max(float(np.linalg.norm(record.network.theta)), 1e-300)
    blocks.append(
        Prose(
            f"The loss of this row: {plain(record.J)} before the step, {plain(record.J_after)} after it. "
            f"|update| / |θ| is {plain(ratio, 2)}; near 10⁻³ is usual."
        )
    )
    return blocks


def _proof(record: Record, place: Place, chain: Chain | None) -> list[Block]:
    """The check of the gradient, and the native engine beside the record."""
    blocks: list[Block] = []
    if chain is not None:
        whole = record.network.n_parameters <= FULL_CHECK
        found = check(record, None if whole else written(place))
        blocks += [Heading("Checked"), *check_told(found)]
    if record.twin is not None:
        blocks.append(Prose(twin_told(record)))
    return blocks


def check_told(found: Check) -> list[Block]:
    """What a check has found."""
    worst = found.worst
    blocks: list[Block] = [
        Prose(
            f"Each parameter was moved by {found.epsilon:.0e} to either side: (J(θ + h) − J(θ − h)) / 2h. "
            if len(found.entries) > 1
            else f"{written(worst.place)} was moved by {found.epsilon:.0e} to either side: (J(θ + h) − J(θ − h)) / 2h."
        )
    ]
    shown = [worst] if len(found.entries) == 1 else sorted(found.entries, key=lambda one: -one.relative_error)[:3]
    blocks.append(
        Table(
            ("weight", "gradient", "difference", "relative error", "verdict"),
            tuple(
                (
                    written(one.place),
                    Number(one.gradient),
                    Number(one.difference),
                    f"{one.relative_error:.0e}",
                    f"{one.verdict}: {one.why}" if one.why else one.verdict,
                )
                for one in shown
            ),
        )
    )
    if len(found.entries) > 1:
        counts = ", ".join(f"{count:,} {verdict}" for verdict, count in found.verdicts.items())
        blocks.append(Prose(f"The three that differ most, of {len(found.entries):,} gradients: {counts}."))
    return blocks


def twin_told(record: Record) -> str:
    """Whether the fast engine agrees with what was recorded."""
    twin = record.twin
    assert twin is not None
    if not twin.ran:
        return f"The native engine was not asked: {twin.why_not}"
    apart = ", ".join(f"{name} by {difference:.0e}" for name, difference in twin.differences.items())
    verdict = "no more than rounding" if twin.agrees else "more than rounding, which should not be"
    return f"The native engine, in {twin.dtype}, differs from these numbers: {apart} of the largest; {verdict}."


def moment(record: Record, weight: str | None = None) -> list[Block]:
    """Where a step stands between two moves: what is computed, and what is not yet."""
    place = most_telling(record) if weight is None else find(record, weight)
    at = place.at
    name = written(place)
    state = {key: values for key, values in record.state_before.items() if key != "step"}
    after = record.state_after
    rows: list[tuple[Cell, ...]] = []
    for layer in range(1, len(record.network.layers) + 1):
        for title, found in (("Z", record.passed and record.passed.Z), ("A", record.passed and record.passed.A)):
            rows.append((f"{title}{layer}", _some(found[layer - 1][0] if found else None)))
    rows.append(("loss J", _known(record, record.J)))
    for layer in range(len(record.network.layers), 0, -1):
        rows.append((f"δ{layer}", _known(record, _some(record.deltas[layer - 1][0] if record.deltas else None))))
    entry = None if record.gradient is None else float(record.gradient[at])
    moved = None if record.theta_after is None else float(record.theta_after[at])
    rows += [
        (f"∂J/∂{name}", _known(record, entry)),
        (name, plain(float(record.network.theta[at]))),
        (f"{name} after", _known(record, moved)),
        ("loss J after", _known(record, record.J_after)),
    ]
    for key, values in state.items():
        called = key.replace("_", " ")
        rows.append((f"{called} of {name}", plain(float(values[at]))))
        rows.append((f"{called} after", _known(record, None if after is None else float(after[key][at]))))
    return [Table(("", "is"), tuple(rows))]


def _known(record: Record, value: float | str | None) -> str:
    """A cell that needs to know what is true of the row."""
    if record.y is None:
        return "not known without a target"
    return value if isinstance(value, str) else plain(value)


def _some(values: Floats | None, most: int = 5) -> str:
    """The first numbers of a row."""
    if values is None:
        return NOT_YET
    shown = "  ".join(plain(float(value)) for value in values[:most])
    return f"{shown}  … {len(values) - most:,} more" if len(values) > most else shown
