"""The sections of a report, in the order in which data passes: row, forward, loss, backward, gradient, update, check.

A section is a list of blocks without a format; `documents` writes them as text, LaTeX, MathML and HTML.
"""

from __future__ import annotations

import numpy as np

from wade.errors import InvalidArgument
from wade.explanation.formulas import backward, symbols
from wade.explanation.formulas import forward as formulas
from wade.explanation.formulas.updates import symbols_used, update
from wade.explanation.gradients.chain_rule import Chain
from wade.explanation.gradients.derivative_paths import chain_of
from wade.explanation.notation.rounding import NOT_YET, format_number
from wade.explanation.report.blocks import MOST_ROWS, Block, Cell, Formula, Heading, Number, Prose, Table
from wade.explanation.report.gradient_sections import chain_section, check_section
from wade.explanation.report.row_section import row_section
from wade.explanation.steps.parameter_index import ParameterIndex, find, largest_gradient
from wade.explanation.steps.record import Record
from wade.maths.activations import ACTIVATIONS
from wade.types import Floats


def report_sections(record: Record, weight: str | None = None) -> list[Block]:
    """Every section of the report on one recorded step; `weight` as in `Trace.text`."""
    place = largest_gradient(record) if weight is None else find(record, weight)
    chain = None if record.gradient is None else chain_of(record, place)
    focus = _focus(record, chain)
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


def state_table(record: Record, weight: str | None = None) -> list[Block]:
    """The values of a step between two of its phases: what is computed, and what is not yet."""
    place = largest_gradient(record) if weight is None else find(record, weight)
    forward, deltas, after = record.forward, record.deltas, record.state_after

    def known(value: float | str | None) -> str:
        if record.y is None:
            return "needs a target"
        return value if isinstance(value, str) else format_number(value)

    rows: list[tuple[Cell, ...]] = []
    for layer in range(len(record.network.layers)):
        rows.append((f"Z{layer + 1}", _first_values(None if forward is None else forward.Z[layer][0])))
        rows.append((f"A{layer + 1}", _first_values(None if forward is None else forward.A[layer][0])))
    rows.append(("loss J", known(record.J)))
    for layer in reversed(range(len(record.network.layers))):
        rows.append((f"δ{layer + 1}", known(_first_values(None if deltas is None else deltas[layer][0]))))
    rows += [
        (f"∂J/∂{place}", known(None if record.gradient is None else float(record.gradient[place.at]))),
        (str(place), format_number(float(record.network.theta[place.at]))),
        (f"{place} after", known(None if record.theta_after is None else float(record.theta_after[place.at]))),
        ("loss J after", known(record.J_after)),
    ]
    for key, values in record.state_before.items():
        if key != "step":
            rows.append((f"{key.replace('_', ' ')} of {place}", format_number(float(values[place.at]))))
            now = None if after is None else float(after[key][place.at])
            rows.append((f"{key.replace('_', ' ')} after", known(now)))
    return [Table(("", "value"), tuple(rows))]


def _first_values(values: Floats | None, most: int = 5) -> str:
    if values is None:
        return NOT_YET
    shown = "  ".join(format_number(float(value)) for value in values[:most])
    return f"{shown}  … {len(values) - most:,} more" if len(values) > most else shown


def _focus(record: Record, chain: Chain | None) -> dict[int, tuple[int, int]]:
    """For each layer the member and neuron that are written out: those on the largest path of the chain."""
    focus = dict.fromkeys(range(1, len(record.network.layers) + 1), (0, 0))
    if chain is not None and chain.paths:
        focus |= {layer: (chain.paths[0].member, neuron) for layer, neuron in chain.paths[0].neurons}
    return focus


def _opening(record: Record) -> list[Block]:
    info, network = record.target_info, record.network
    widths = " → ".join(map(str, (len(network.inputs.names), *network.hidden, network.outputs)))
    members = f", {network.members} ensemble members with shared weights" if network.members > 1 else ""
    hidden = f", {network.activation} activation" if network.hidden else ""
    where = f"{info.row[:1].upper()}{info.row[1:]}. " if info.row else ""
    return [
        Heading(f"Prediction of {info.target}, step by step" if info.target else "One training step, step by step", 1),
        Prose(f"{where}{_prediction(record)}"),
        Prose(f"Network: {widths}{hidden}, {network.output} output, {network.n_parameters:,} parameters{members}."),
        *(Prose(note) for note in record.notes),
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
        return f"Predicted: {value} (= {mean} + {scale} · o, with the network's output o = {o}). {observed}"
    values = ", ".join(format_number(float(one)) for one in output[:MOST_ROWS])
    return f"Predicted: {values}{', …' if len(output) > MOST_ROWS else ''}. {observed}"


def _symbols(record: Record) -> str:
    """A sentence for each symbol that the formulas below use."""
    network, first = record.network, record.network.layers[0]
    found = [
        "X is the encoded row, W a weight matrix, b a bias, Z a pre-activation, A an activation, o the output.",
        "Rows and layers count from 1; neurons, weights, codes, bins and ensemble members from 0."
        if network.members > 1
        else "Rows and layers count from 1; neurons, weights, codes and bins from 0.",
    ]
    if first.embeddings:
        found.append("E1.name[k] is the embedding of code k of a column: row k of a trained table.")
    if first.piecewise:
        found.append(
            "P1.name is the piecewise-linear function of a column, evaluated at its position: the number of the bin, "
            "plus the share of the bin that lies below the value."
        )
    if network.members > 1:
        *others, last = "W", *["E"] * bool(first.embeddings), *["P"] * bool(first.piecewise)
        shared = f"{', '.join(others)} and {last}" if others else last
        found.append(
            f"The ensemble members share {shared} (BatchEnsemble). "
            "Each has its own biases b, input factors R and output factors S: "
            "U is the weighted sum of a layer's inputs times R, and Z = U ⊙ S + b."
        )
    if network.members > 1 or record.masks:
        found.append("⊙ multiplies element by element.")
    return " ".join(found)


def _forward(record: Record, focus: dict[int, tuple[int, int]]) -> list[Block]:
    blocks: list[Block] = [Heading("Forward pass"), Prose(_symbols(record))]
    if record.masks:
        dropped = sum(int((mask == 0).sum()) for mask in record.masks)
        blocks.append(Prose(f"Dropout: {dropped:,} dropped-out units in this step, whose mask M is 0."))
    elif record.network.dropout:
        blocks.append(Prose("Dropout is off, as in prediction."))
    for layer, made in enumerate(record.network.layers, start=1):
        member, neuron = focus[layer]
        size = "output" if symbols.is_last(record, layer) else f"{made.n_out:,} neurons"
        blocks.append(Heading(f"Layer {layer}: {size}", 3))
        blocks += [Formula(equation, is_short=True) for equation in formulas.layer_in_matrices(record, layer)]
        blocks.append(
            Formula(formulas.neuron_sum(record, layer, neuron, member), _neuron_label(record, neuron, member))
        )
        activation = formulas.neuron_activation(record, layer, neuron, member)
        if activation is not None:
            blocks.append(Formula(activation))
        blocks += _neuron_table(record, layer, member)
    if not record.network.hidden and record.network.members == 1 and ACTIVATIONS[record.network.output].is_elementwise:
        blocks.append(Formula(formulas.output(record), "In one line"))
    return blocks


def _neuron_label(record: Record, neuron: int, member: int) -> str:
    return f"Neuron {neuron}" + (f" of member {member}" if record.network.members > 1 else "")


def _neuron_table(record: Record, layer: int, member: int) -> list[Block]:
    """z, a and δ of the neurons with the largest activations of a layer."""
    n_out = record.network.layers[layer - 1].n_out
    if n_out == 1:
        return []
    forward, deltas = record.forward, record.deltas
    A = None if forward is None else forward.A[layer - 1][member]
    order = np.arange(n_out) if A is None else np.argsort(-np.abs(A), kind="stable")
    rows = tuple(
        (
            str(neuron),
            Number(None if forward is None else float(forward.Z[layer - 1][member, neuron])),
            Number(None if A is None else float(A[neuron])),
            Number(None if deltas is None else float(deltas[layer - 1][member, neuron])),
        )
        for neuron in map(int, order[:MOST_ROWS])
    )
    letter = "o" if symbols.is_last(record, layer) else f"a{layer}"
    blocks: list[Block] = [Table(("neuron", f"z{layer}", letter, f"δ{layer}"), rows)]
    if n_out > MOST_ROWS:
        zeros = 0 if A is None else int((A == 0).sum())
        blocks.append(
            Prose(f"The {MOST_ROWS} largest of {n_out:,} activations{f'; {zeros:,} of them are 0' if zeros else ''}.")
        )
    return blocks


def _loss(record: Record) -> list[Block]:
    name = record.loss.name.replace("_", " ").replace("cross entropy", "cross-entropy")
    if record.y is None:
        text = "The observed value is unknown, so there is no loss and no backward pass."
        return [Heading("Loss"), Prose(text)]
    equation = formulas.loss(record)
    if equation is not None:
        return [Heading("Loss"), Formula(equation, name)]
    mean = f", averaged over {record.network.members} ensemble members" if record.network.members > 1 else ""
    return [Heading("Loss"), Prose(f"J = {format_number(record.J)}: {name}{mean}.")]


def _backward(record: Record, place: ParameterIndex, focus: dict[int, tuple[int, int]]) -> list[Block]:
    if record.y is None:
        return []
    blocks: list[Block] = [
        Heading("Backward pass"),
        Prose(
            "Back-propagation computes δ = ∂J/∂Z layer by layer, from the last to the first, in four equations. "
            "BP1: δ of the output layer. BP2: δ of a hidden layer, from the layer above. "
            "BP3: the gradient of the biases. BP4: the gradient of the weights."
        ),
    ]
    lowest = int(place.name.partition(".")[0][1:])
    for layer in range(len(record.network.layers), lowest - 1, -1):
        member, neuron = focus[layer]
        blocks.append(Heading(f"Layer {layer}", 3))
        blocks += [Formula(equation, label, True) for label, equation in backward.back_propagation(record, layer)]
        blocks.append(Formula(backward.delta(record, layer, neuron, member), _neuron_label(record, neuron, member)))
    return blocks


def _update(record: Record, place: ParameterIndex) -> list[Block]:
    if record.y is None:
        return []
    name, rate = type(record.optimizer).__name__, format_number(record.learning_rate)
    blocks: list[Block] = [
        Heading("Update"),
        Prose(f"One step of {name} with learning rate η = {rate}.{symbols_used(record, place)}"),
    ]
    used = record.regularized_gradient
    if record.gradient is not None and used is not None and not np.array_equal(used, record.gradient):
        blocks.append(Prose("g is the gradient after L1 and L2 penalties and gradient clipping."))
    try:
        blocks += [Formula(equation) for equation in update(record, place)]
    except InvalidArgument as refused:
        blocks.append(Prose(str(refused)))
    if record.theta_after is None:
        return [*blocks, Prose(f"Loss of this row after the update: {NOT_YET}.")]
    moved = record.theta_after - record.network.theta
    ratio = float(np.linalg.norm(moved)) / max(float(np.linalg.norm(record.network.theta)), 1e-300)
    before, after = format_number(record.J), format_number(record.J_after)
    text = f"Loss of this row: {before} before the update, {after} after it."
    return [*blocks, Prose(f"{text} |update| / |θ| = {format_number(ratio, 2)}; about 10⁻³ is typical.")]
