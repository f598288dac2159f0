"""A step between two of its phases: the values that are computed, and those that are not yet."""

from __future__ import annotations

from wade.explanation.notation.rounding import NOT_YET, format_number
from wade.explanation.report import legends
from wade.explanation.report.blocks import Block, Cell, Prose, Table
from wade.explanation.steps.parameter_index import find, largest_gradient
from wade.explanation.steps.record import Record
from wade.types import Floats


def state_legend(record: Record, weight: str | None = None) -> list[Block]:
    """What the rows of `state_table` are."""
    place = largest_gradient(record) if weight is None else find(record, weight)
    of = ", of ensemble member 0" if record.network.members > 1 else ""
    last = len(record.network.layers)
    why = f", the entry of {place.name} with the largest gradient" if weight is None else ""
    state = [key.replace("_", " ") for key in record.state_before if key != "step"]
    text = (
        "A training step on this row: forward pass, backward pass, update (by "
        f"{type(record.optimizer).__name__}, with learning rate η = {format_number(record.learning_rate)}). "
        f"Z1 to Z{last} are the pre-activations of the layers and A1 to A{last} their activations, A{last} the output; "
        f"shown are the first neurons{of}. J is the loss, δ = ∂J/∂Z. "
        f"Followed is the weight {place}{why}; {legends.option(record, 'weight')} chooses another."
    )
    text += f" {' and '.join(state).capitalize()}: what the optimizer keeps for this weight." if state else ""
    return [Prose(text), *([Prose(" ".join(record.notes))] if record.notes else [])]


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
    return [Table(("quantity", "value"), tuple(rows))]


def _first_values(values: Floats | None, most: int = 4) -> str:
    if values is None:
        return NOT_YET
    shown = "  ".join(format_number(float(value)) for value in values[:most])
    return f"{shown}  … {len(values) - most:,} more" if len(values) > most else shown
