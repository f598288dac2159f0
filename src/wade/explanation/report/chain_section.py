"""The part of a story that tells of one weight: its chain, factor by factor and path by path, and its check."""

from __future__ import annotations

from wade.explanation.formulas import symbols
from wade.explanation.gradients.chain_rule import Chain, Path
from wade.explanation.gradients.gradient_check import GradientCheck, check
from wade.explanation.notation.expressions import (
    Equation,
    Expression,
    Label,
    Partial,
    Product,
    Quantity,
    Remainder,
    Sum,
)
from wade.explanation.notation.rounding import NOT_YET
from wade.explanation.report.blocks import MOST_ROWS, Block, Formula, Heading, Number, Prose, Table
from wade.explanation.steps.parameter_index import ParameterIndex, written
from wade.explanation.steps.record import Record

FULL_CHECK = 300  # parameters: so many are checked without being asked


def chain_section(record: Record, place: ParameterIndex, chain: Chain | None) -> list[Block]:
    """The product along the largest path, its factors, and the sum over all paths."""
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
            Prose(f"There are {chain.n_paths:,} paths from it to the loss. The largest: {path_text(record, best)}.")
        )
        blocks.append(Formula(Equation(Label("path 1"), (_product(best),), best.value), "As the deck writes it"))
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
    rows = tuple((str(n), path_text(record, path), Number(path.value)) for n, path in enumerate(chain.paths, start=1))
    blocks.append(Table(("path", "from the output down", "its product"), rows))
    terms: list[Expression] = [Quantity(Label(f"path {n}"), path.value) for n, path in enumerate(chain.paths, start=1)]
    if chain.n_paths > len(chain.paths):
        terms.append(Remainder(chain.n_paths - len(chain.paths), chain.rest))
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


def path_text(record: Record, path: Path) -> str:
    """A path in words: o[0] ← a2[5] ← a1[3]."""
    way = " ← ".join(_called(layer, neuron, None, record) for layer, neuron in path.neurons)
    return f"{way}, member {path.member}" if record.network.members > 1 else way


def _product(path: Path) -> Product:
    return Product(tuple(Quantity(factor.name, factor.value) for factor in path.layer_factors), " · ")


def _meaning(record: Record, place: ParameterIndex) -> str:
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


def check_section(record: Record, place: ParameterIndex, chain: Chain | None) -> list[Block]:
    """The check of the gradient, and the native engine beside the record."""
    blocks: list[Block] = []
    if chain is not None:
        whole = record.network.n_parameters <= FULL_CHECK
        found = check(record, None if whole else written(place))
        blocks += [Heading("Checked"), *check_table(found)]
    if record.native_check is not None:
        blocks.append(Prose(native_check_section(record)))
    return blocks


def check_table(found: GradientCheck) -> list[Block]:
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


def native_check_section(record: Record) -> str:
    """Whether the fast engine agrees with what was recorded."""
    native_check = record.native_check
    assert native_check is not None
    if not native_check.ran:
        return f"The native engine was not asked: {native_check.reason}"
    apart = ", ".join(f"{name} by {difference:.0e}" for name, difference in native_check.differences.items())
    verdict = "no more than rounding" if native_check.agrees else "more than rounding, which should not be"
    return f"The native engine, in {native_check.dtype}, differs from these numbers: {apart} of the largest; {verdict}."
