"""A record as plain data for JSON, as docs/trace.schema.json describes it.

null means "not computed yet", and nothing else: a number that is not finite is the text "NaN", "Infinity" or
"-Infinity".
"""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite
from typing import Any, Final

import numpy as np

from wade.explanation.formulas import forward as formulas
from wade.explanation.notation.rendering import render
from wade.explanation.steps.record import EncodedColumn, EncodingStep, Record
from wade.types import Array

VERSION: Final = 3


def to_dict(record: Record) -> dict[str, Any]:
    """Everything that was recorded."""
    network = record.network
    loss = formulas.loss(record) if network.members == 1 else None
    return {
        "version": VERSION,
        "target": {**asdict(record.target_info), "classes": list(record.target_info.classes)},
        "network": network.to_dict(),
        "row": [_column(column) for column in record.columns],
        "inputs": {
            "numbers": _numbers(record.X.numbers[0]),
            "codes": record.X.codes[0].tolist(),
            "positions": _numbers(record.X.positions[0]),
        },
        "prediction": _numbers(record.output),
        "layers": [_layer(record, layer) for layer in range(1, len(network.layers) + 1)],
        "loss": {
            "name": record.loss.name,
            "constants": list(record.loss.constants),
            "target": None if record.y is None else _numbers(record.y.reshape(-1)),
            "value": _number(record.J),
            "formula": None if loss is None or record.J is None else render(loss),
            "after": _number(record.J_after),
        },
        "optimizer": {
            "name": record.optimizer.name,
            "constants": asdict(record.optimizer),
            "learning_rate": record.learning_rate,
            "regularization": asdict(record.regularization),
            "step": {
                "before": record.state_before["step"],
                "after": None if record.state_after is None else record.state_after["step"],
            },
        },
        "parameters": {name: _parameter(record, name) for name in network.parameters},
        "native_check": None if record.native_check is None else _native_check(record),
        "notes": [*record.row_notes, *record.notes],
    }


def _column(column: EncodedColumn) -> dict[str, Any]:
    raw = _number(column.raw) if isinstance(column.raw, float) else column.raw
    encoding = [_step(step) for step in column.encoding]
    return {"column": column.column, "role": column.role, "raw": raw, "unit": column.unit, "encoding": encoding}


def _step(step: EncodingStep) -> dict[str, Any]:
    formula = None
    if step.equation is not None:
        formula = {"text": render(step.equation), "latex": render(step.equation, "latex")}
    value = _number(step.value) if isinstance(step.value, float) else step.value
    return {"name": step.name, "value": value, "read_by": step.read_by, "formula": formula, "remark": step.remark}


def _layer(record: Record, layer: int) -> dict[str, Any]:
    """Z, A, dropout's mask and delta, a row for each member."""
    passed, index = record.forward, layer - 1
    return {
        "layer": layer,
        "activation": record.network.layers[index].activation,
        "Z": None if passed is None else _numbers(passed.Z[index]),
        "A": None if passed is None else _numbers(passed.A[index]),
        "mask": _numbers(record.masks[index]) if index < len(record.masks) else None,
        "delta": None if record.deltas is None else _numbers(record.deltas[index]),
    }


def _parameter(record: Record, name: str) -> dict[str, Any]:
    """A parameter before and after, its gradient, and its optimizer state."""
    part, shape = record.network.slices[name], record.network.parameters[name].shape

    def shaped(values: Array | None) -> Any:
        return None if values is None else _numbers(values[part].reshape(shape))

    before, after = record.state_before, record.state_after
    optimizer_state = {
        key: {"before": shaped(values), "after": None if after is None else shaped(after[key])}
        for key, values in before.items()
        if key != "step"
    }
    theta = record.network.theta
    return {
        "shape": list(shape),
        "before": shaped(theta),
        "gradient": shaped(record.gradient),
        "regularized_gradient": shaped(record.regularized_gradient),
        "update": None if record.theta_after is None else shaped(record.theta_after - theta),
        "after": shaped(record.theta_after),
        "optimizer_state": optimizer_state,
        "effective_learning_rate": shaped(record.effective_learning_rates),
    }


def _native_check(record: Record) -> dict[str, Any]:
    native_check = record.native_check
    assert native_check is not None
    differences = {name: _number(difference) for name, difference in native_check.differences.items()}
    return {**asdict(native_check), "differences": differences, "agrees": native_check.agrees}


def _numbers(values: Array | None) -> Any:
    """Nested lists of numbers."""
    if values is None:
        return None
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return values.tolist()
    flat: list[Any] = [_number(value) for value in values.ravel().tolist()]
    for size in reversed(values.shape[1:]):
        flat = [flat[start : start + size] for start in range(0, len(flat), size)]
    return flat


def _number(value: float | int | None) -> float | int | str | None:
    if value is None or isinstance(value, int):
        return value
    if isfinite(value):
        return float(value)
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
