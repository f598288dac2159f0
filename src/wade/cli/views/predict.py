"""Predictions as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.documents.wording import counted
from wade.errors import InvalidArgument
from wade.files.table_formats import as_csv as as_csv
from wade.files.table_formats import writer_of as writer_of
from wade.model.evaluation.decisions import Rule
from wade.model.evaluation.outputs import CheckedPredictions
from wade.tables import Target
from wade.tables.columns.views import is_number
from wade.tables.encoding.target import prediction_titles, written_codes


def predictions(found: CheckedPredictions, classes: Sequence[Any]) -> pa.Table:
    """The columns of the result; `classes` are the target's, none for a number.

    Regression: `prediction`. Classification: `prediction`, the most probable class, and `probability of <class>` for
    the second of two classes or for each of more.
    """
    shares = found.probabilities
    if shares is None:
        # A network computes in float32: more than nine digits would be noise.
        return pa.table(
            {"prediction": pa.array([float(f"{number:.9g}") for number in found.predictions], pa.float64())}
        )
    columns = [pa.array(found.predictions, pa.array(classes).type)]
    for k in written_codes(classes):
        # The shortest digits that give the float32 back: more would be noise.
        digits = [float(str(share)) for share in shares[:, k].astype(np.float32)]
        columns.append(pa.array(digits, pa.float64()))
    return pa.table(columns, names=prediction_titles(classes))


def with_ids(table: pa.Table, ids: pa.Table) -> pa.Table:
    """The same, with columns of the rows in front; InvalidArgument where they share a name.

    Dates, and numbers that are not finite, become text: not every format has them.

    Examples
    --------
    >>> from datetime import datetime
    >>> with_ids(pa.table({"prediction": [1]}), pa.table({"customer": ["007"]})).to_pydict()
    {'customer': ['007'], 'prediction': [1]}
    >>> with_ids(pa.table({"prediction": [1]}), pa.table({"day": [datetime(2024, 1, 5)]})).to_pydict()["day"]
    ['2024-01-05']
    """
    names = [*ids.column_names, *table.column_names]
    twice = [name for name in ids.column_names if names.count(name) > 1]
    if twice:
        raise InvalidArgument("ids", "must name columns that are not named like those of the result", twice[0])
    columns = [_plain(name, column) for name, column in zip(ids.column_names, ids.columns, strict=True)]
    return pa.table([*columns, *table.columns], names=names)


def _plain(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    finite = not pa.types.is_floating(column.type) or pc.all(pc.is_finite(column)).as_py() is not False
    if (is_number(column.type) and finite) or pa.types.is_boolean(column.type) or pa.types.is_dictionary(column.type):
        return column
    if pa.types.is_timestamp(column.type):
        days = column.cast(pa.date32())
        column = days if pc.all(pc.equal(days.cast(column.type), column)).as_py() is not False else column
    try:
        return column.cast(pa.string())
    except pa.ArrowNotImplementedError as error:
        raise InvalidArgument("ids", "must name columns of single values", name) from error


def with_decision(table: pa.Table, acts: NDArray[np.bool_]) -> pa.Table:
    """The same with the column `act`: whether to act on each row."""
    return table.append_column("act", pa.array(acts))


def decision_in_words(table: pa.Table, rule: Rule, target: Target, code: int) -> str:
    """On how many rows to act, and when."""
    acts = sum(table["act"].to_pylist())
    most = "" if rule.capacity is None else f", on at most {counted(rule.capacity, 'row')}"
    return (
        f"act on {acts:,} of {counted(table.num_rows, 'row')}: where the probability of {target.column} = "
        f"{target.classes[code]} is {rule.threshold:.4g} or more{most}"
    )
