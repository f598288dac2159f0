"""Frames with categories, dates, texts or booleans: encoded as `wade.learn` encodes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as narwhals
import pyarrow as pa

from wade.settings import Choice, settle_numbers
from wade.tables import Column, Encoder, Schema
from wade.tables.kinds.registry import KINDS, keeps_text
from wade.tables.profile.column_profile import profile_table
from wade.tables.schema.column_checks import refuse_problems
from wade.tables.schema.infer import assign_roles
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.schema.repeated_rows import with_unrepeated
from wade.types import InputLayout, Inputs


def holds_more_than_numbers(X: Any) -> bool:
    """Whether X is a frame with a column that is not numbers.

    Examples
    --------
    >>> holds_more_than_numbers(pa.table({"wind": [45.0], "origin": ["JFK"]})), holds_more_than_numbers([[45.0]])
    (True, False)
    """
    if not narwhals.dependencies.is_into_dataframe(X):
        return False
    other = (narwhals.String, narwhals.Categorical, narwhals.Enum, narwhals.Object)
    times = (narwhals.Date, narwhals.Datetime, narwhals.Time)
    return any(isinstance(dtype, (*other, *times)) for dtype in narwhals.from_native(X).schema.values())


def is_frame(X: Any) -> bool:
    """Whether X has columns with names: of pandas, polars or pyarrow."""
    return bool(narwhals.dependencies.is_into_dataframe(X))


@dataclass(frozen=True, eq=False)
class FrameReader:
    """The role of each column of a frame, and how it is encoded.

    Parameters
    ----------
    columns, left_out : tuple of Column
        The inputs, and the constants and identifiers, with their roles and the reasons for them.
    encoder : Encoder
    choices : name -> Choice
        Automatic choices, and why.

    Examples
    --------
    >>> from wade.tables import read_table
    >>> frame = read_table(pa.table({"wind": [45.0, None, 15.0], "origin": ["JFK", "JFK", "EWR"]}))
    >>> reader = FrameReader.fit(frame, {}, "frame")
    >>> reader.layout.names, reader.encode(frame).codes.ravel()
    (('wind', 'wind missing', 'origin'), array([1, 1, 2], dtype=int32))
    """

    columns: tuple[Column, ...]
    left_out: tuple[Column, ...]
    encoder: Encoder
    choices: Mapping[str, Choice]

    @classmethod
    def fit(cls, table: pa.Table, roles: Mapping[str, str], name: str, numbers: str = "scaled") -> FrameReader:
        """Infer the role of each column of the training rows where none is given, and fit scales and codes."""
        choices = ColumnOverrides(roles=roles)
        choices.check(table.column_names, name)
        found, problems = assign_roles(table, with_unrepeated(table, profile_table(table)), choices)
        refuse_problems(problems, name)
        used = tuple(column for column in found if column.role in KINDS)
        left_out = tuple(column for column in found if column.role not in KINDS)
        schema = Schema(used, Column("y", "number", "given apart from the frame"))
        numbers, chosen = settle_numbers(numbers, table.num_rows, schema.count("number"))
        return cls(used, left_out, Encoder.fit(table, schema, name=name, piecewise=numbers == "piecewise"), chosen)

    @property
    def layout(self) -> InputLayout:
        """What one encoded row holds."""
        return self.encoder.layout

    @property
    def width(self) -> int:
        """How many numbers and codes an encoded row holds."""
        return len(self.layout.names)

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns whose values stay text even where a frame holds nothing but numbers in them."""
        return tuple(column.name for column in self.columns if keeps_text(column.role, column.form))

    def encode(self, table: pa.Table) -> Inputs:
        """Rows as numbers and codes."""
        return self.encoder.encode(table, "X")
