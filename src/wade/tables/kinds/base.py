"""What every kind of column provides: recognition, whole and incremental fits, an encoding made of plain operations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, ClassVar, Final, NamedTuple, Self, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.errors import ColumnError
from wade.tables.columns.from_json import as_json, described
from wade.tables.columns.scalars import MissingMarkers
from wade.tables.kinds.column import Column, ColumnSummary, Problem, Role
from wade.tables.kinds.operations import CodeOperation, OnScale, Operation, Source
from wade.tables.kinds.scales import Scale
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.sketches import Quantiles
from wade.types import Category, Piecewise

TrainingMask: TypeAlias = NDArray[np.bool_]
Alternative: TypeAlias = tuple[Any, float]
CHOOSE_ORDERED: Final = "Choose a date-time or number column, or give this one such a role."


class Encoded(NamedTuple):
    """What one column gives: arrays (n_rows,), or numbers where it is of a single row."""

    to_scale: Sequence[Any] = ()  # float64, NaN where missing
    numbers: Sequence[Any] = ()  # ready: float32, or boolean indicators
    codes: Sequence[Any] = ()
    positions: Sequence[Any] = ()  # in bins


class FitOptions(NamedTuple):
    """How columns are fitted: for evaluation on later rows, and numbers as positions in bins too."""

    future: bool = False
    piecewise: bool = False


@dataclass(frozen=True)
class Encoding(ABC):
    """The encoding of one column, fitted on training rows only: a source and operations, and both done quickly.

    `encode` and `encode_value` compute the `operations`, in that order; what goes on a scale, the encoder puts
    there for all columns at once. A missing value is never NaN: it is 0 (the median) among numbers, with an indicator
    where training rows had missing values too; among categories it has a code of its own there, and code 0 elsewhere.
    """

    kind: ClassVar[str]
    """The name of its kind in `KINDS`."""
    arrow_type: ClassVar[pa.DataType]
    """The Arrow type that holds what `alternatives` gives."""
    why_no_alternatives: ClassVar[str] = "no other value is known from training"
    """What is said where `alternatives` gives none."""

    column: str

    @property
    @abstractmethod
    def source(self) -> Source:
        """How a raw value is read."""

    @abstractmethod
    def steps(self) -> Iterator[Operation]:
        """The operations: those that make numbers first, then codes, then positions."""

    @abstractmethod
    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column; ColumnError where a value is of another type than in training."""

    @abstractmethod
    def encode_value(self, value: Any, markers: MissingMarkers) -> Encoded:
        """A single row, from a value that is not tidied yet; Unusual where only a column can decide."""

    @abstractmethod
    def first(self, column: pa.Array, where: str) -> Any:
        """The first row's value as the operations take it (float, text, seconds since 1970); None where missing."""

    def raw(self, column: pa.Array, where: str) -> Any:
        """The first row's value as explanations show it; None where missing."""
        return self.first(column, where)

    @property
    def typical(self) -> float | str | None:
        """What the typical training row holds, in the user's unit; None where no value is typical."""
        return None

    @property
    def unit(self) -> str:
        """The unit of what `first` and `typical` give, as it is shown; empty where it has none."""
        return ""

    def alternatives(self, value: Any, column: Column) -> Iterable[Alternative]:
        """Other values that `first` could have given, each with the size of the change (see `candidates`)."""
        return ()

    def arrow_value(self, value: Any) -> Any:
        """What `first` or `alternatives` gave, as `arrow_type` holds it."""
        return value

    def written(self, value: Any) -> Any:
        """What `first` or `alternatives` gave, as a user would write it in a row."""
        return value

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """What is done to a raw value, in the order of what it makes."""
        return tuple(self.steps())

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers that it makes."""
        return tuple(name for operation in self.operations for name in operation.numbers(self.column))

    @cached_property
    def scales(self) -> Mapping[int, Scale]:
        """By place among these numbers: the scales of those that go on one."""
        found, place = {}, 0
        for operation in self.operations:
            if isinstance(operation, OnScale):
                found[place] = operation.scale
            place += len(operation.numbers(self.column))
        return found

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """The categories that it makes."""
        return tuple(category for operation in self.operations for category in operation.categories(self.column))

    @cached_property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """For each category, what codes 1, 2, … are called."""
        return tuple(operation.labels for operation in self.operations if isinstance(operation, CodeOperation))

    @cached_property
    def piecewise(self) -> tuple[Piecewise, ...]:
        """The positions in bins that it makes."""
        return tuple(number for operation in self.operations for number in operation.piecewise(self.column))

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        fields: dict[str, Any] = as_json(asdict(self))
        return {"kind": self.kind, **fields}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The encoding that `to_dict` described, its kind left out; InvalidArgument where a field is wrong."""
        encoding = described(cls, data)
        encoding.check()
        return encoding

    def check(self) -> None:
        """Refuse fields that `fit` would never have made, with InvalidArgument; the default accepts all."""
        return


class IncrementalFit(ABC):
    """A fit of one column from batches of its rows; `form` is the user's, or empty."""

    def __init__(self, kind: Kind, form: str = "") -> None:
        self.kind, self.form = kind, form

    @abstractmethod
    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """A batch, which of its rows are training rows, and the profile of all rows so far; ColumnError as in `fit`."""

    @abstractmethod
    def encoding(self, column: Column, options: FitOptions) -> Encoding:
        """The encoding, once all rows have been added."""

    def quantiles(self, column: Column) -> Quantiles:
        """The quantiles of what orders rows; ColumnError where the kind is not `ordered`."""
        raise ColumnError(f"column {column.name!r}", _no_order(column.role), CHOOSE_ORDERED)


class Kind(ABC):
    """A kind of column, an entry of `KINDS`."""

    name: ClassVar[str]
    """The role of its columns, as users write it."""
    encoding: ClassVar[type[Encoding]]
    incremental: ClassVar[type[IncrementalFit]]
    ordered: ClassVar[bool] = False
    """Whether its values have an order (see `order`)."""
    discrete: ClassVar[bool] = False
    """Whether its values are few and come back."""
    keeps_text: ClassVar[bool] = False
    """Whether a column of this role stays text even where a file holds nothing but numbers in it."""
    may_be_identifier: ClassVar[bool] = False
    """Whether a recognized column that names rows is an identifier instead."""

    @abstractmethod
    def recognize(self, profile: ColumnProfile) -> Role | None:
        """The role with its reason, where a column with this profile is of this kind."""

    @abstractmethod
    def describe(self, profile: ColumnProfile, form: str) -> str:
        """What the column holds, in a few words."""

    def requested(self, profile: ColumnProfile, form: str) -> Role:
        """The role that the user gave, with what it means for this column."""
        form = self.form(profile, form)
        return Role(self.name, f"{self.describe(profile, form)}, as requested", form)

    def notes(self, profile: ColumnProfile, column: Column) -> Iterable[str]:
        """What a user should know of a column of this kind."""
        return ()

    def form(self, profile: ColumnProfile, form: str) -> str:
        """How values are written: in the user's form, or in the one that fits; empty where there is only one."""
        return form

    def read_form(self, text: str) -> str | None:
        """The form that a user gives after the role; None where there is no such form."""
        return None

    def form_keeps_text(self, form: str) -> bool:
        """Whether plain numbers mean something else in this form, so that they have to stay text."""
        return False

    def summary(self, profile: ColumnProfile, form: str) -> ColumnSummary:
        """The statistics that may be kept with a model: counts, where the kind adds nothing."""
        return ColumnSummary(profile.missing, profile.different, profile.distinct.complete, rows=profile.rows)

    def problem(self, column: pa.ChunkedArray, profile: ColumnProfile, name: str, form: str) -> Problem | None:
        """Why a column cannot have this role, with the first row that shows it; or None."""
        try:
            self.check(column, form)
        except ColumnError as error:
            row = profile.place(int(error.where.rpartition(" ")[2]) - 1)
            remedy = f"Correct it, or give {name!r} another role."
            return Problem(f"{error.problem}, so it cannot have the role {self.name!r}", remedy, row)
        return None

    def check(self, column: pa.ChunkedArray, form: str) -> None:
        """Refuse the first value that cannot be of this kind with a ColumnError whose place ends in its row."""
        return

    @abstractmethod
    def fit(self, values: pa.Array, column: Column, where: str, options: FitOptions) -> Encoding:
        """The encoding, fitted on the training rows of a column."""

    @staticmethod
    @abstractmethod
    def may_hold(arrow_type: pa.DataType) -> bool:
        """Whether a column of this type may turn out to be of this kind once all rows have been read."""

    def order(self, values: pa.Array, column: Column, where: str) -> NDArray[np.float64]:
        """Numbers in the order of the values, NaN where missing; ColumnError where the kind is not `ordered`."""
        raise ColumnError(where, _no_order(self.name), CHOOSE_ORDERED)


def _no_order(role: str) -> str:
    return f"rows cannot be ordered by a column of role {role!r}"
