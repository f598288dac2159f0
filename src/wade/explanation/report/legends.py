"""What symbols and numbers mean, in sentences that stand before the first formula or table that has them."""

from __future__ import annotations

from wade.documents.escaping import short
from wade.explanation.formulas.symbols import has_names
from wade.explanation.gradients.chain_rule import Chain
from wade.explanation.notation.rounding import format_number
from wade.explanation.steps.parameter_index import ParameterIndex, written
from wade.explanation.steps.record import Record
from wade.maths.activations import ACTIVATIONS

TYPESET = (
    "Formulas write the layer of a symbol above it, and its indices below: W1[0,2] has a (1) above and 0, 2 below."
)


def of_inputs(record: Record) -> str:
    """How many inputs the network has, and of which kinds."""
    layout = record.network.inputs
    kinds = {"number": layout.n_numbers, "category": len(layout.categories), "position in bins": len(layout.piecewise)}
    several = {"category": "categories", "position in bins": "positions in bins"}
    counts = [
        f"{count} {kind if count == 1 else several.get(kind, f'{kind}s')}" for kind, count in kinds.items() if count
    ]
    total = len(layout.names)
    return f"{total} input{'s' if total != 1 else ''}" + (f" ({', '.join(counts)})" if len(counts) > 1 else "")


def of_choice(record: Record, place: ParameterIndex, chain: Chain | None, requested: bool) -> str:
    """Which weight and which neurons are shown in numbers, and why these."""
    if record.y is None:
        return (
            f"Without an observed value ({option(record, 'target')} gives one) there is no loss and no gradient: in "
            "numbers is shown neuron 0 of each layer."
        )
    why = f"the entry of {written(place.name)} with the largest gradient (by absolute value) on this row"
    if place.name != "W1" and record.network.parameters["W1"].size:
        why += ", for in W1 all gradients are 0"
    why = "as asked for" if requested else why
    text = f"One weight is followed in numbers: {place}, {why}"
    if chain is not None and chain.paths and (neurons := chain.paths[0].neurons[1:]):
        listed = " and ".join(f"neuron {neuron} of layer {layer}" for layer, neuron in reversed(neurons))
        member = f", in ensemble member {chain.paths[0].member}" if record.network.members > 1 else ""
        paths = f"Of the {chain.n_paths:,} paths from it to the loss, the one through {listed}{member} contributes most"
        only = f"It acts on the loss through {listed}{member}"
        shown = "this neuron is" if len(neurons) == 1 else "these neurons are"
        through = only if chain.n_paths == 1 else f"{paths} to its gradient"
        text += f". {through}: {shown} shown in numbers, too"
    return f"{text}."


def option(record: Record, name: str) -> str:
    """An option, as the reader of the report gives it."""
    return f"--{name}" if record.at_terminal else f"the argument `{name}`"


def of_encoding(record: Record) -> str:
    """What W1, codes, E1, positions and P1 are."""
    layout, found = record.network.inputs, ["Beside each encoded value stands the part of layer 1 that reads it."]
    if layout.n_numbers:
        found.append(
            "W1[i,:] is row i of its weight matrix W1: it multiplies the number, with a weight for each neuron."
        )
    if any(column.role == "text" for column in record.columns):
        found.append(
            "The words of a text are counted in numbered buckets, into which a hash puts them, each with a sign, + or "
            "−; the counts are divided by the length of their vector. Shown are those that are not 0."
        )
    if layout.categories and record.category_names:
        found.append(
            "A code stands for a value: 1 for the most frequent one in the training rows, 2 for the next, and so on; "
            "0 for all that are too rare there, or were never seen."
        )
    if layout.categories:
        found.append("E1.name[k,:], or E1.name[k], is the embedding of code k: trained numbers, one for each neuron.")
    if layout.piecewise:
        found.append(
            "A position is the number of the bin that holds the value, plus the share of the bin that lies below it. "
            "P1.name is a trained piecewise-linear function of the position, with a number for each neuron."
        )
    counted = "Bins and what stands in square brackets count" if layout.piecewise else "Square brackets count"
    found.append(f"{counted} from 0; layers, and the rows of a table, from 1.")
    return " ".join(found)


def of_forward(record: Record) -> str:
    """What the letters of the forward pass are, activations among them, and how sums are shown."""
    network = record.network
    layout = network.inputs
    place = f'x["{short(layout.numbers[0])}"]' if layout.n_numbers and has_names(layout) else "x[0]"
    x = f"X holds the encoded numbers; {place} is one of them. " if layout.n_numbers else ""
    found = [
        f"{x}W is a weight matrix, b a bias, Z a pre-activation, A an activation, o the output. A small letter is one "
        "entry: z1[0] of Z1."
    ]
    found += [f"{name}(z) is {formula}." for name, formula in _activations(record, 0)]
    if network.members > 1:
        *others, last = "W", *["E"] * bool(network.inputs.categories), *["P"] * bool(network.inputs.piecewise)
        shared = f"{', '.join(others)} and {last}" if others else last
        found.append(
            f"The ensemble members share {shared} (BatchEnsemble). "
            "Each has its own biases b, input factors R and output factors S: "
            "U is the weighted sum of a layer's inputs times R, and Z = U ⊙ S + b. "
            "R1[:,j] are the factors of input j. Z, A and o have a row for each member, counted from 0."
        )
    if network.members > 1 or record.masks:
        found.append(TIMES)
    found.append(
        "Long sums show their largest terms, those of the followed weight's path, and what the others add up to. "
        '"≈" instead of "=": the digits that are shown do not give the result exactly.'
    )
    return " ".join(found)


def of_dropout(record: Record) -> str:
    """Whether units are dropped out, and how; "" where the network has no dropout."""
    if record.masks:
        dropped = sum(int((mask == 0).sum()) for mask in record.masks)
        kept = format_number(1 / (1 - record.network.dropout))
        return (
            f"Dropout: the mask M is 0 for the {dropped:,} units dropped out in this step, and {kept} for the others."
        )
    return "Dropout is off, as in prediction." if record.network.dropout else ""


def of_observed(record: Record) -> str:
    """What y is, in the units of the user and as the loss takes it."""
    info, y = record.target_info, record.y
    assert y is not None
    if y.ndim == 1:
        name = f" {info.observed}," if info.classes else ""
        return f"The observed class is{name} output {int(y[0])}: there y is 1, and for the other outputs 0."
    if y.shape[1] > 1:
        return "y holds the observed values, one for each output."
    value = format_number(float(y[0, 0]))
    if info.task == "binary":
        return f"y is the observed value: 1 for {info.target} = {info.classes[1]}, else 0; here {value}."
    if info.task == "regression":
        mean, scale = format_number(info.mean), format_number(info.scale)
        return f"y is the observed value on the scale of the output: ({info.observed} − {mean}) / {scale}, or {value}."
    return f"y is the observed value: {value}."


def of_loss(record: Record) -> str:
    """What the loss is called, and its two cases where it has them."""
    name = record.loss.name.replace("_", " ").replace("cross entropy", "cross-entropy")
    cases = ""
    if record.loss.name == "sigmoid_cross_entropy" and not any(record.loss.constants):
        cases = ": −ln(o) where y is 1, −ln(1 − o) where y is 0"
    elif record.loss.name == "softmax_cross_entropy" and not any(record.loss.constants):
        cases = ": −ln of the output of the observed class"
    return f"The loss J is the {name}{cases}."


def of_backward(record: Record, lowest: int) -> str:
    """What δ is, the four equations of back-propagation, and the derivatives in them."""
    last, network = len(record.network.layers), record.network
    top = " from ∂J/∂o, the derivative of the loss by the output"
    if record.loss.name.endswith("cross_entropy"):
        top = ", which for cross-entropy is predicted − observed"
    equations = [f"BP1 gives δ of the output layer{top}"]
    equations += ["BP2 gives δ of a hidden layer from δ of the layer above"] if lowest < last else []
    equations += ["BP3 is the gradient of the biases", "BP4 is the gradient of the weights"]
    found = [
        "The gradient is the derivative of the loss by every parameter. Back-propagation computes it layer by layer, "
        "from the last to the first, by way of δ = ∂J/∂Z.",
        f"{'; '.join(equations)}.",
        "ᵀ transposes a matrix.",
    ]
    if not (network.members > 1 or record.masks) and lowest < last:
        found.append(TIMES)
    if lowest == 1 and network.inputs.categories:
        found.append(
            "An embedding that the row reads has the gradient of weights whose input is 1; those of other codes have 0."
        )
    found += [f"{name}′(z), the derivative of {name}(z), is {slope}." for name, slope in _activations(record, 1)]
    return " ".join(found)


def _activations(record: Record, which: int) -> list[tuple[str, str]]:
    """How the activations of a network are written, and their formula (0) or the formula of their derivative (1)."""
    entries = [ACTIVATIONS[name] for name in dict.fromkeys(layer.activation for layer in record.network.layers)]
    return [(entry.written[0], entry.formula[which]) for entry in entries if entry.formula]


TIMES = "⊙ multiplies element by element."
