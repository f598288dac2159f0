"""The sections on one weight: its gradient by the chain rule, factor by factor and path by path, and the checks."""

from __future__ import annotations

from wade.engines import IN_WORDS
from wade.explanation.formulas import symbols
from wade.explanation.gradients.chain_rule import Chain, Path
from wade.explanation.gradients.gradient_check import CORRECT, GradientCheck, check
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
from wade.explanation.notation.rendering import render_symbol
from wade.explanation.notation.rounding import NOT_YET
from wade.explanation.report.blocks import MOST_ROWS, Block, Formula, Heading, Number, Prose, Table
from wade.explanation.steps.parameter_index import ParameterIndex, written
from wade.explanation.steps.record import NativeCheck, Record

FULL_CHECK = 300  # networks with at most this number of parameters are checked in full


def chain_section(record: Record, place: ParameterIndex, chain: Chain | None) -> list[Block]:
    """The product along the largest path, its factors, and the sum over all paths."""
    if record.y is None:
        return []
    blocks: list[Block] = [Heading(f"Chain rule for {place}")]
    if chain is None:
        return [*blocks, Prose(f"∂J/∂{place} is {NOT_YET}.")]
    partial = symbols.gradient(chain.symbol)
    meaning = _meaning(record, place)
    if meaning:
        blocks.append(Prose(meaning))
    best = chain.paths[0]
    product = Product(tuple(Quantity(factor.name, factor.value) for factor in best.layer_factors), " · ")
    if chain.n_paths == 1:
        blocks.append(Formula(Equation(partial, (product,), chain.gradient), "One factor per layer"))
    else:
        members = ""
        if record.network.members > 1:
            one = place.name[0] in "RSb"  # which belong to a member
            members = f" in member {place.index[0]}" if one else f" in one of the {record.network.members} members"
        text = (
            f"{chain.n_paths:,} paths lead from {place} to the loss, each by way of one neuron of each layer{members}. "
            "Along a path, derivatives are multiplied; the gradient is the sum over all paths. "
            f"Path 1, the largest: {_path_text(record, best)}."
        )
        blocks.append(Prose(text))
        blocks.append(Formula(Equation(Label("path 1"), (product,), best.value), "One factor per layer"))
    blocks.append(Prose("The factors in detail; from one layer to the next there are two, by way of z:"))
    blocks += [
        Formula(Equation(factor.name, () if factor.formula is None else (factor.formula,), factor.value), is_short=True)
        for factor in best.factors
    ]
    return blocks + _all_paths(record, chain, partial) if chain.n_paths > 1 else blocks


def _all_paths(record: Record, chain: Chain, partial: Partial) -> list[Block]:
    """The largest paths and their sum, and the same sum layer by layer."""
    paths = list(enumerate(chain.paths, start=1))
    rows = tuple((str(n), _path_text(record, path), Number(path.value)) for n, path in paths)
    terms: list[Expression] = [Quantity(Label(f"path {n}"), path.value) for n, path in paths]
    if chain.n_paths > len(chain.paths):
        terms.append(Remainder(chain.n_paths - len(chain.paths), chain.rest))
    blocks: list[Block] = [
        Table(("path", "neurons, from the output down", "product"), rows),
        Formula(Equation(partial, (Sum(tuple(terms)),), chain.gradient), "Sum over all paths"),
    ]
    for layer, contributions in chain.layers:
        if len(contributions) < 2 or len(contributions) == chain.n_paths == len(chain.paths):
            continue  # one neuron, or one for each path: the table of paths says the same
        shown, others = contributions[:MOST_ROWS], contributions[MOST_ROWS:]
        members = record.network.members > 1
        body = [
            (_neuron(record, layer, one.neuron) + (f", member {one.member}" if members else ""), Number(one.value))
            for one in shown
        ]
        if others:
            body.append((f"{len(others):,} more", Number(float(sum(one.value for one in others)))))
        blocks.append(Prose(f"The same sum, by neuron of layer {layer}:"))
        blocks.append(Table(("neuron", "contribution"), (*body, ("total", Number(chain.gradient)))))
    return blocks


def _neuron(record: Record, layer: int, neuron: int) -> str:
    return f"o[{neuron}]" if symbols.is_last(record, layer) else f"a{layer}[{neuron}]"


def _path_text(record: Record, path: Path) -> str:
    """A path as text: o[0] ← a2[5] ← a1[3]."""
    neurons = " ← ".join(_neuron(record, layer, neuron) for layer, neuron in path.neurons)
    return f"{neurons}, member {path.member}" if record.network.members > 1 else neurons


def _meaning(record: Record, place: ParameterIndex) -> str:
    """What a parameter is for: what a weight connects, by the names of the columns in the first layer."""
    index, layer = place.index, int(place.name.partition(".")[0][1:])
    to = f"neuron {index[-1]} of layer {layer}"
    of_member = f" in member {index[0]}" if len(index) > 1 else ""
    if place.name[0] == "W":
        read = (
            f"neuron {index[0]} of layer {layer - 1}"
            if layer > 1
            else render_symbol(symbols.x(record, index[0]), "text")
        )
        return f"{place} connects {read} to {to}."
    if place.name[0] == "b":
        return f"{place} is the bias of {to}{of_member}."
    if place.name[0] == "P":
        column = written(place.name).partition(".")[2]
        return f"{place} is what the function of {column} gains over bin {index[0]}, for {to}."
    if place.name[0] == "R":
        return f"{place} is the factor of input {index[1]} of layer {layer}{of_member}."
    if place.name[0] == "S":
        return f"{place} is the factor of {to}{of_member}."
    if place.name[0] == "E":
        column = place.name.partition(".")[2]
        names = record.category_names.get(place.name, ())
        value = f"{names[index[0] - 1]}" if 0 < index[0] <= len(names) else f"code {index[0]}"
        codes = [one.name for one in record.network.inputs.categories]
        is_read = int(record.X.codes[0, codes.index(column)]) == index[0]
        other = "" if is_read else " This row has another value, so the gradient is 0."
        return f"{place} connects {column} = {value} to {to}.{other}"
    return ""


def check_section(record: Record, place: ParameterIndex, chain: Chain | None) -> list[Block]:
    """The gradient beside finite differences, and the native engine beside the record."""
    blocks: list[Block] = []
    if chain is not None:
        whole = record.network.n_parameters <= FULL_CHECK
        blocks += check_table(check(record, None if whole else str(place)))
    if record.native_check is not None:
        blocks.append(Prose(native_check_text(record.native_check)))
    return [Heading("Checks"), *blocks] if blocks else []


def check_table(found: GradientCheck) -> list[Block]:
    """Gradients beside finite differences; of several the three with the largest relative error."""
    shown = sorted(found.entries, key=lambda one: -one.relative_error)[:3]
    rows = tuple(
        (
            str(one.place),
            Number(one.gradient),
            Number(one.difference),
            f"{one.relative_error:.0e}",
            f"{one.result}: {one.note}" if one.note else one.result,
        )
        for one in shown
    )
    blocks: list[Block] = [
        Prose(
            "Gradient check: the gradient by back-propagation beside the central difference (J(w + h) − J(w − h)) / 2h "
            f"for the weight w, with h = {found.epsilon:.0e}. A relative error below {CORRECT:.0e} is rounding."
        ),
        Table(("weight", "gradient", "difference", "relative error", "result"), rows),
    ]
    if len(found.entries) > 1:
        counts = ", ".join(f"{count:,} {result}" for result, count in found.counts.items())
        text = f"Shown: the largest relative errors. All {len(found.entries):,} gradients: {counts}."
        blocks.append(Prose(text))
    return blocks


def native_check_text(native_check: NativeCheck) -> str:
    """How far the native engine is from what was recorded."""
    if not native_check.ran:
        return f"The native engine ({IN_WORDS['native']}) was not run: {native_check.reason}"
    apart = ", ".join(
        f"{name} {difference:.0e}" if difference else f"{name} 0"
        for name, difference in native_check.differences.items()
    )
    within = "within" if native_check.agrees else "larger than"
    return (
        f"All numbers above are of the reference engine ({IN_WORDS['reference']}) in float64. The native engine "
        f"({IN_WORDS['native']}), which trains and predicts by default, computes in {native_check.dtype}; relative "
        f"differences: {apart}; {within} rounding error."
    )
