"""Where a step stands between two moves: what is computed, and what is not yet."""

from __future__ import annotations

from wade.explanation.notation.rounding import NOT_YET, format_number
from wade.explanation.report.blocks import Block, Cell, Table
from wade.explanation.steps.parameter_index import find, largest_gradient, written
from wade.explanation.steps.record import Record
from wade.types import Floats


def state_table(record: Record, weight: str | None = None) -> list[Block]:
    """Where a step stands between two moves: what is computed, and what is not yet."""
    place = largest_gradient(record) if weight is None else find(record, weight)
    at = place.at
    name = written(place)
    state = {key: values for key, values in record.state_before.items() if key != "step"}
    after = record.state_after
    rows: list[tuple[Cell, ...]] = []
    for layer in range(1, len(record.network.layers) + 1):
        for title, found in (
            ("Z", record.forward and record.forward.Z),
            ("A", record.forward and record.forward.A),
        ):
            rows.append((f"{title}{layer}", _some(found[layer - 1][0] if found else None)))
    rows.append(("loss J", _known(record, record.J)))
    for layer in range(len(record.network.layers), 0, -1):
        rows.append((f"δ{layer}", _known(record, _some(record.deltas[layer - 1][0] if record.deltas else None))))
    entry = None if record.gradient is None else float(record.gradient[at])
    moved = None if record.theta_after is None else float(record.theta_after[at])
    rows += [
        (f"∂J/∂{name}", _known(record, entry)),
        (name, format_number(float(record.network.theta[at]))),
        (f"{name} after", _known(record, moved)),
        ("loss J after", _known(record, record.J_after)),
    ]
    for key, values in state.items():
        called = key.replace("_", " ")
        rows.append((f"{called} of {name}", format_number(float(values[at]))))
        rows.append((f"{called} after", _known(record, None if after is None else float(after[key][at]))))
    return [Table(("", "is"), tuple(rows))]


def _known(record: Record, value: float | str | None) -> str:
    """A cell that needs to know what is true of the row."""
    if record.y is None:
        return "not known without a target"
    return value if isinstance(value, str) else format_number(value)


def _some(values: Floats | None, most: int = 5) -> str:
    """The first numbers of a row."""
    if values is None:
        return NOT_YET
    shown = "  ".join(format_number(float(value)) for value in values[:most])
    return f"{shown}  … {len(values) - most:,} more" if len(values) > most else shown
