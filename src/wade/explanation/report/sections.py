"""What a record has to tell, in the order in which it happened: headings, sentences, formulas and tables.

The story knows nothing of formats; `documents` writes it as text, LaTeX, MathML and HTML.
"""

from __future__ import annotations

import numpy as np

from wade.explanation.formulas import backward, symbols
from wade.explanation.formulas import forward as formulas
from wade.explanation.formulas.updates import update
from wade.explanation.gradients.chain_rule import Chain
from wade.explanation.gradients.derivative_paths import chain_of
from wade.explanation.notation.rounding import NOT_YET
from wade.explanation.notation.rounding import format_number as plain
from wade.explanation.report.blocks import MOST_ROWS, Block, Formula, Heading, Number, Prose, Table
from wade.explanation.report.chain_section import chain_section, check_section
from wade.explanation.report.row_section import row_section
from wade.explanation.steps.parameter_index import ParameterIndex, find, largest_gradient
from wade.explanation.steps.record import Record


def report_sections(record: Record, weight: str | None = None) -> list[Block]:
    """The whole of a record.

    Parameters
    ----------
    record : Record
    weight : str, optional
        Whose chain is told; that of the largest gradient in W1 where it is left out.
    """
    place = largest_gradient(record) if weight is None else find(record, weight)
    chain = None if record.gradient is None else chain_of(record, place)
    focus = _focus(record, place, chain)
    return [
        *_opening(record),
        *row_section(record, place),
        *_forward(record, focus),
        *_loss(record),
        *_backward(record, place, focus),
        *chain_section(record, place, chain),
        *_update(record, place),
        *check_section(record, place, chain),
    ]


def _focus(record: Record, place: ParameterIndex, chain: Chain | None) -> dict[int, tuple[int, int]]:
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
    if question.task == "binary":
        said = f"It says {question.target} = {question.classes[1]} with a probability of {plain(float(output[0]))}."
    elif question.task == "multiclass":
        best = int(output.argmax())
        said = (
            f"It says {question.target} = {question.classes[best]} with a probability of {plain(float(output[best]))}."
        )
    elif question.task == "regression":
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
        bend = formulas.neuron_activation(record, layer, neuron, member)
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
    if record.forward is None:
        order = np.arange(n_out)
    else:
        order = np.argsort(-np.abs(record.forward.A[layer - 1][member]), kind="stable")
    letter = "o" if symbols.is_last(record, layer) else "a"
    rows = tuple(
        (
            str(neuron),
            Number(None if record.forward is None else float(record.forward.Z[layer - 1][member, neuron])),
            Number(None if record.forward is None else float(record.forward.A[layer - 1][member, neuron])),
            Number(None if record.deltas is None else float(record.deltas[layer - 1][member, neuron])),
        )
        for neuron in map(int, order[:MOST_ROWS])
    )
    blocks: list[Block] = [Table(("neuron", f"z{layer}", letter if letter == "o" else f"a{layer}", f"δ{layer}"), rows)]
    if n_out > MOST_ROWS:
        zeros = 0 if record.forward is None else int((record.forward.A[layer - 1][member] == 0).sum())
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


def _backward(record: Record, place: ParameterIndex, focus: dict[int, tuple[int, int]]) -> list[Block]:
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
        blocks += [Formula(equation, label, True) for label, equation in backward.back_propagation(record, layer)]
        one = f"Neuron {neuron}" + (f" of member {member}" if record.network.members > 1 else "")
        blocks.append(Formula(backward.delta(record, layer, neuron, member), one))
    return blocks


def _update(record: Record, place: ParameterIndex) -> list[Block]:
    if record.y is None:
        return []
    name = record.optimizer.name
    blocks: list[Block] = [
        Heading("The update"),
        Prose(
            f"Gradient descent does the learning: {name} takes a step of learning rate {plain(record.learning_rate)}."
        ),
    ]
    if (
        record.gradient is not None
        and record.regularized_gradient is not None
        and not np.array_equal(record.regularized_gradient, record.gradient)
    ):
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
