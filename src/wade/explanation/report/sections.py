"""The sections of a report, in the order in which data passes: row, forward, loss, backward, gradient, update, check.

A section is a list of blocks without a format; `documents` writes them as text, LaTeX, MathML and HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from wade.errors import InvalidArgument
from wade.explanation.formulas import backward, symbols
from wade.explanation.formulas import forward as formulas
from wade.explanation.formulas.updates import symbols_used, update
from wade.explanation.gradients.chain_rule import Chain
from wade.explanation.gradients.derivative_paths import chain_of
from wade.explanation.notation.rounding import NOT_YET, format_number
from wade.explanation.report import legends
from wade.explanation.report.blocks import MOST_ROWS, Block, Cell, Formula, Heading, Number, Prose, Table
from wade.explanation.report.gradient_sections import chain_section, check_section
from wade.explanation.report.row_section import row_section
from wade.explanation.steps.parameter_index import ParameterIndex, find, largest_gradient
from wade.explanation.steps.record import Record
from wade.maths.activations import ACTIVATIONS
from wade.types import Floats

VISIBLE: Final = 0.001
"""As a share of a weight: a change that shows in its first digits."""


def report_sections(record: Record, weight: str | None = None, can_choose: bool = True) -> list[Block]:
    """Every section of the report on one recorded step; `weight` as in `Trace.text`.

    `can_choose`: whether its reader can have another weight shown.
    """
    return [block for section in named_sections(record, weight, can_choose).values() for block in section()]


def named_sections(
    record: Record, weight: str | None = None, can_choose: bool = True
) -> dict[str, Callable[[], list[Block]]]:
    """Each section by its name, in the order of the report; it is made when it is called."""
    place = largest_gradient(record) if weight is None else find(record, weight)

    @cache
    def chain() -> Chain | None:
        return None if record.gradient is None else chain_of(record, place)

    @cache
    def focus() -> dict[int, tuple[int, int]]:
        return _focus(record, chain())

    return {
        "prediction": lambda: _opening(record, place, chain(), weight is not None, can_choose),
        "row": lambda: row_section(record, place),
        "forward": lambda: _forward(record, focus(), _followed(record, place, focus())),
        "loss": lambda: _loss(record, focus()),
        "backward": lambda: _backward(record, place, focus()),
        "chain": lambda: chain_section(record, place, chain()),
        "update": lambda: _update(record, place),
        "checks": lambda: check_section(record, place, chain()),
    }


def _focus(record: Record, chain: Chain | None) -> dict[int, tuple[int, int]]:
    """For each layer the member and neuron that are written out: those on the largest path of the chain."""
    focus = dict.fromkeys(range(1, len(record.network.layers) + 1), (0, 0))
    if chain is not None and chain.paths:
        focus |= {layer: (chain.paths[0].member, neuron) for layer, neuron in chain.paths[0].neurons}
    return focus


def _followed(record: Record, place: ParameterIndex, focus: dict[int, tuple[int, int]]) -> dict[int, int]:
    """For each layer from the followed parameter's on, the term of the written-out neuron that depends on it."""
    own = int(place.name.partition(".")[0][1:])
    made = record.network.layers[own - 1]
    tables = (*made.embeddings, *made.piecewise)
    followed = {layer: focus[layer - 1][1] for layer in focus if layer > own}
    if place.name in tables:
        followed[own] = made.n_in + tables.index(place.name)
    elif place.name[0] in "WR":
        followed[own] = place.index[0 if place.name[0] == "W" else 1]
    return followed


def _opening(
    record: Record, place: ParameterIndex, chain: Chain | None, requested: bool, can_choose: bool
) -> list[Block]:
    info, network = record.target_info, record.network
    widths = " → ".join([legends.of_inputs(record), *map(str, (*network.hidden, network.outputs))])
    members = f", {network.members} ensemble members with shared weights" if network.members > 1 else ""
    several = len(set(network.activations)) > 1
    names = ", ".join(network.activations) + " activations" if several else f"{network.activation} activation"
    hidden = f", {names}" if network.hidden else ""
    choice, chooser = legends.of_choice(record, place, chain, requested), legends.option(record, "weight")
    if can_choose and record.y is not None:
        choice += f" {chooser[0].upper()}{chooser[1:]} chooses another weight."
    where = f"{info.row[:1].upper()}{info.row[1:]}. " if info.row else ""
    return [
        Heading(f"Prediction of {info.target}, step by step" if info.target else "One training step, step by step", 1),
        Prose(f"{where}{_prediction(record)}"),
        Prose(f"Network: {widths}{hidden}, {network.output} output, {network.n_parameters:,} parameters{members}."),
        Prose(choice),
    ]


def _prediction(record: Record) -> str:
    """Predicted and observed, in two sentences."""
    info, output = record.target_info, record.output
    observed = f"Observed: {info.observed}." if info.observed is not None else "Observed: unknown."
    if output is None:
        return f"Predicted: {NOT_YET}. {observed}"
    if info.task == "binary":
        return f"Predicted: P({info.target} = {info.classes[1]}) = {format_number(float(output[0]))}. {observed}"
    if info.task == "multiclass":
        best = int(output.argmax())
        p = format_number(float(output[best]))
        return f"Predicted: {info.target} = {info.classes[best]} with probability {p}. {observed}"
    if info.task == "regression":
        mean, scale, o = map(format_number, (info.mean, info.scale, float(output[0])))
        value = format_number(info.mean + info.scale * float(output[0])) + (f" {info.unit}" if info.unit else "")
        return (
            f"Predicted: {value}, which is {mean} + {scale} · o: the network's output o = {o}, with the mean and the "
            f"standard deviation of {info.target} in training. {observed}"
        )
    values = ", ".join(format_number(float(one)) for one in output[:MOST_ROWS])
    return f"Predicted: {values}{', …' if len(output) > MOST_ROWS else ''}. {observed}"


def _forward(record: Record, focus: dict[int, tuple[int, int]], followed: dict[int, int]) -> list[Block]:
    blocks: list[Block] = [Heading("Forward pass"), Prose(legends.of_forward(record))]
    blocks.append(Prose(legends.TYPESET, is_typeset=True))
    dropout = legends.of_dropout(record)
    if dropout:
        blocks.append(Prose(dropout))
    for layer, made in enumerate(record.network.layers, start=1):
        member, neuron = focus[layer]
        size = "output" if symbols.is_last(record, layer) else f"{made.n_out:,} neurons"
        blocks.append(Heading(f"Layer {layer}: {size}", 3))
        blocks += [Formula(equation, is_short=True) for equation in formulas.layer_in_matrices(record, layer)]
        blocks.append(
            Formula(
                formulas.neuron_sum(record, layer, neuron, member, followed=followed.get(layer)),
                _neuron_label(record, neuron, member),
            )
        )
        activation = formulas.neuron_activation(record, layer, neuron, member)
        if activation is not None:
            blocks.append(Formula(activation))
        forward = record.forward
        Z, A = (None, None) if forward is None else (forward.Z[layer - 1][member], forward.A[layer - 1][member])
        letter = "o" if symbols.is_last(record, layer) else f"a{layer}"
        blocks += _largest("activations", {f"z{layer}": Z, letter: A}, made.n_out)
    output = record.network.output
    in_one_line = ACTIVATIONS[output].is_elementwise and output != "identity"
    if not record.network.hidden and record.network.members == 1 and in_one_line:
        blocks.append(Formula(formulas.output(record), "In one line"))
    return blocks + _mean_of_members(record)


def _mean_of_members(record: Record) -> list[Block]:
    """How the outputs of members become the prediction."""
    if record.network.members == 1 or record.forward is None or record.output is None:
        return []
    text = "The prediction is the mean of o over all members"
    if record.network.outputs == 1:
        outputs = ", ".join(format_number(float(o)) for o in record.forward.A[-1][:, 0])
        text += f": {format_number(float(record.output[0]))}, of {outputs}"
    return [Prose(f"{text}.")]


def _neuron_label(record: Record, neuron: int, member: int) -> str:
    return f"Neuron {neuron}" + (f" of member {member}" if record.network.members > 1 else "")


def _largest(what: str, columns: dict[str, Floats | None], n_out: int) -> list[Block]:
    """The neurons of a layer with the largest values in the last of these columns."""
    if n_out == 1:
        return []
    values = list(columns.values())[-1]
    order = np.arange(n_out) if values is None else np.argsort(-np.abs(values), kind="stable")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(neuron), *(Number(None if each is None else float(each[neuron])) for each in columns.values()))
        for neuron in map(int, order[:MOST_ROWS])
    )
    blocks: list[Block] = [Table(("neuron", *columns), rows)]
    if n_out > MOST_ROWS:
        zeros = 0 if values is None else int((values == 0).sum())
        others = f"; {zeros:,} of them are 0" if zeros else ""
        blocks.append(Prose(f"The {MOST_ROWS} largest of {n_out:,} {what}{others}."))
    return blocks


def _loss(record: Record, focus: dict[int, tuple[int, int]]) -> list[Block]:
    if record.y is None:
        text = "The observed value is unknown, so there is no loss and no backward pass."
        return [Heading("Loss"), Prose(text)]
    blocks: list[Block] = [Heading("Loss"), Prose(f"{legends.of_observed(record)} {legends.of_loss(record)}")]
    equation = formulas.loss(record, focus[len(record.network.layers)][0])
    if equation is not None:
        blocks.append(Formula(equation))
    if record.network.members > 1:
        mean = f"J is the mean over the {record.network.members} ensemble members: {format_number(record.J)}."
        return [*blocks, Prose(mean)]
    return blocks if equation is not None else [*blocks, Prose(f"On this row it is {format_number(record.J)}.")]


def _backward(record: Record, place: ParameterIndex, focus: dict[int, tuple[int, int]]) -> list[Block]:
    if record.y is None:
        return []
    lowest = int(place.name.partition(".")[0][1:])
    blocks: list[Block] = [Heading("Backward pass"), Prose(legends.of_backward(record, lowest))]
    for layer in range(len(record.network.layers), lowest - 1, -1):
        member, neuron = focus[layer]
        blocks.append(Heading(f"Layer {layer}", 3))
        blocks += [Formula(equation, label, True) for label, equation in backward.back_propagation(record, layer)]
        blocks.append(Formula(backward.delta(record, layer, neuron, member), _neuron_label(record, neuron, member)))
        deltas = None if record.deltas is None else record.deltas[layer - 1][member]
        blocks += _largest(f"entries of δ{layer}", {f"δ{layer}": deltas}, record.network.layers[layer - 1].n_out)
    equation = backward.gradient_of_weight(record, place)
    if equation is not None:
        blocks.append(Formula(equation, f"BP{3 if place.name[0] == 'b' else 4} for {place}"))
    return blocks


def _update(record: Record, place: ParameterIndex) -> list[Block]:
    if record.y is None:
        return []
    name, rate, count = (
        type(record.optimizer).__name__,
        format_number(record.learning_rate),
        record.network.n_parameters,
    )
    blocks: list[Block] = [
        Heading("Update"),
        Prose(
            f"One step of {name} with learning rate η = {rate} updates all {count:,} parameters; "
            f"shown is {place}.{symbols_used(record, place)}"
        ),
        *([Prose(" ".join(record.notes))] if record.notes else []),
    ]
    used = record.regularized_gradient
    if record.gradient is not None and used is not None and not np.array_equal(used, record.gradient):
        blocks.append(Prose("g is the gradient after L1 and L2 penalties and gradient clipping."))
    try:
        blocks += [Formula(equation) for equation in update(record, place)]
    except InvalidArgument as refused:
        blocks.append(Prose(str(refused)))
    blocks += _effective_rates(record)
    if record.theta_after is None:
        return [*blocks, Prose(f"Loss of this row after the update: {NOT_YET}.")]
    moved = record.theta_after - record.network.theta
    ratio = float(np.linalg.norm(moved)) / max(float(np.linalg.norm(record.network.theta)), 1e-300)
    before, after = format_number(record.J), format_number(record.J_after)
    change, weight = float(moved[place.at]), float(record.network.theta[place.at])
    if 0 < abs(change) < VISIBLE * abs(weight):
        text = f"The change of {place} is {format_number(change)}: more digits show it, or a row with a larger loss."
        blocks.append(Prose(text))
    return [
        *blocks,
        Prose(f"The loss of this row: {before} before this update of all parameters, {after} after it."),
        Prose(
            f"θ is the vector of all parameters. The length of its update is {format_number(ratio, 2)} of its own "
            "length."
        ),
    ]


def _effective_rates(record: Record) -> list[Block]:
    """How much the effective learning rates of parameters differ, where the optimizer adapts them."""
    rates, g = record.effective_learning_rates, record.regularized_gradient
    if rates is None or g is None or rates.min() == rates.max() or not (with_gradient := rates[g != 0]).size:
        return []
    low, middle, high = (format_number(value) for value in np.quantile(with_gradient, (0, 0.5, 1)))
    return [
        Prose(
            f"Effective learning rates of the {with_gradient.size:,} parameters with a gradient: median {middle}, from "
            f"{low} to {high}. Gradient descent has the same, η, for all."
        )
    ]
