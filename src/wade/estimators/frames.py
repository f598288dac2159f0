"""Frames with categories, dates, texts or booleans beside numbers → what a network reads, as `wade.learn` does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as narwhals
import pyarrow as pa

from wade.settings import Choice, settle_numbers
from wade.tables import Column, Encoder, Schema, read_table
from wade.tables.kinds.registry import KINDS, keeps_text
from wade.tables.profile.column_profile import profile_table
from wade.tables.schema.column_checks import refuse_problems
from wade.tables.schema.infer import assign_roles
from wade.tables.schema.overrides import ColumnOverrides
from wade.types import InputLayout, Inputs

NOT_NUMBERS = (
    narwhals.String,
    narwhals.Categorical,
    narwhals.Enum,
    narwhals.Object,
    narwhals.Date,
    narwhals.Datetime,
    narwhals.Time,
)
"""The types of columns that make a frame more than an array with names."""


def holds_more_than_numbers(X: Any) -> bool:
    """Whether X is a frame with a column that is not numbers.

    Examples
    --------
    >>> holds_more_than_numbers(pa.table({"wind": [45.0], "origin": ["JFK"]})), holds_more_than_numbers([[45.0]])
    (True, False)
    """
    if not narwhals.dependencies.is_into_dataframe(X):
        return False
    return any(isinstance(dtype, NOT_NUMBERS) for dtype in narwhals.from_native(X).schema.values())


def is_frame(X: Any) -> bool:
    """Whether X has columns with names: of pandas, polars or pyarrow."""
    return bool(narwhals.dependencies.is_into_dataframe(X))


@dataclass(frozen=True, eq=False)
class FrameReader:
    """The role of each column of a frame, and how it is encoded.

    Parameters
    ----------
    columns : tuple of Column
        Those that are read, with their roles and the reasons for them.
    left_out : tuple of Column
        Constants and identifiers.
    encoder : Encoder
    choices : name -> Choice
        How numbers are read where the user had not set it, and why.

    Examples
    --------
    >>> frame = pa.table({"wind": [45.0, None, 15.0], "origin": ["JFK", "JFK", "EWR"]})
    >>> reader = FrameReader.fit(tidy(frame), {}, "frame")
    >>> reader.layout.names, reader.encode(tidy(frame)).codes.ravel()
    (('wind', 'wind missing', 'origin'), array([1, 1, 2], dtype=int32))
    """

    columns: tuple[Column, ...]
    left_out: tuple[Column, ...]
    encoder: Encoder
    choices: Mapping[str, Choice]

    @classmethod
    def fit(cls, table: pa.Table, roles: Mapping[str, str], name: str, numbers: str = "scaled") -> FrameReader:
        """Infer the role of each column, and fit scales and codes.

        Parameters
        ----------
        table : pyarrow.Table
            The training rows, as `tidy` gives them.
        roles : column name -> role
            Where it shall not be inferred.
        name : str
            What messages call the frame.
        numbers : "scaled", "piecewise" or "auto"
            How they are read; "auto" goes by the rows and the columns that are numbers.

        Raises
        ------
        ColumnError
            A column cannot be used, or none is left.
        """
        choices = ColumnOverrides(roles=roles)
        choices.check(table.column_names, name)
        found, problems = assign_roles(table, profile_table(table), choices)
        refuse_problems(problems, name)
        used = tuple(column for column in found if column.role in KINDS)
        schema = Schema(used, Column("y", "number", "given apart from the frame"))
        left_out = tuple(column for column in found if column.role not in KINDS)
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
        return tuple(column.name for column in self.columns if keeps_text(column.role))

    def encode(self, table: pa.Table) -> Inputs:
        """Rows as numbers and codes."""
        return self.encoder.encode(table, "X")


def tidy(X: Any, text: tuple[str, ...] = ()) -> pa.Table:
    """The frame as `wade.learn` would read it; the columns named in `text` stay text."""
    return read_table(X, text=text)
