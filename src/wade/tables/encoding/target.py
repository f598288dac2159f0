"""The target column → what the network is trained towards, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.errors import ColumnError
from wade.tables.columns.canonical import KEYS, SPELLED, merged, settle_comparison
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.command_options import role_option
from wade.tables.columns.from_json import described, distinct, require
from wade.tables.columns.number_forms import form_of
from wade.tables.columns.target_range import FARTHEST, LARGEST
from wade.tables.columns.views import Text, as_numbers, as_text, column_location, in_short
from wade.tables.kinds.coded import Coding
from wade.tables.schema.column_checks import require_columns
from wade.tables.schema.schema import Schema
from wade.types import Array, Floats, Rows

Class: TypeAlias = str | int | float | bool


def prediction_titles(classes: Sequence[Class]) -> list[str]:
    """The columns of predictions in a file: the prediction; probabilities of the second of two classes, or of each.

    Examples
    --------
    >>> prediction_titles(()), prediction_titles(("no", "yes")), prediction_titles((0, 1, 2))[1:3]
    (['prediction'], ['prediction', 'probability of yes'], ['probability of 0', 'probability of 1'])
    """
    return ["prediction", *(f"probability of {classes[code]}" for code in written_codes(classes))]


def written_codes(classes: Sequence[Class]) -> range:
    """The codes of the classes whose probability is written."""
    return range(1 if len(classes) == 2 else 0, len(classes))


@dataclass(frozen=True)
class Target:
    """What is predicted: one of two classes, one of many, or a number."""

    column: str
    task: str  # "binary", "multiclass" or "regression"
    classes: tuple[Class, ...] = ()  # sorted; of two, the network gives the probability of the last; none for a number
    mean: float = 0.0  # of a number in the training rows:
    scale: float = 1.0  # y = (value − mean) / scale
    form: str = ""  # how its texts are written (see `columns/number_forms.py`); empty: as plain numbers

    @classmethod
    def fit(cls, table: pa.Table, schema: Schema, name: str = "the table") -> Target:
        """Fit the classes, or mean and standard deviation, to training rows.

        Examples
        --------
        >>> from wade.tables.schema.infer import infer_schema
        >>> table = pa.table({"wind": [45.0, 0.0, 15.0], "late": [1, 0, 1]})
        >>> Target.fit(table, infer_schema(table, "flights.csv", "late")).classes
        (0, 1)
        """
        target = schema.target
        column = one_piece(table[target.name])
        if target.role == "number":
            values = as_numbers(column, column_location(name, target.name), target.form)
            return cls.of_numbers(target.name, float(values.mean()), float(values.std()), target.form)
        return cls.of_classes(target.name, classes_in(column))

    @classmethod
    def of_numbers(cls, column: str, mean: float, deviation: float, form: str = "") -> Target:
        """A number with this mean and standard deviation in the training rows."""
        return cls(column, "regression", (), mean, deviation if deviation > 0 else 1.0, form)

    @property
    def unit(self) -> str:
        """The unit of a number, as it is shown; empty where it has none."""
        return form_of(self.form).shown if self.form else ""

    @classmethod
    def of_classes(cls, column: str, classes: Iterable[Class]) -> Target:
        """These classes, in any order."""
        found = tuple(sorted(classes))
        return cls(column, "binary" if len(found) == 2 else "multiclass", found)

    def encode(self, table: pa.Table, name: str) -> Array:
        """The target of each row: float32 (n, 1) for two classes and numbers, int32 (n,) codes for many classes.

        ColumnError where the column is absent, a value is missing, or a class was never seen.
        """
        require_columns(table, [self.column], name)
        column, where = one_piece(table[self.column]), column_location(name, self.column)
        if column.null_count:
            row = int(np.asarray(column.is_null()).argmax()) + 1
            remedy = "Leave out rows without a target: they cannot be evaluated."
            raise ColumnError(f"{where}, row {row}", "the value is missing", remedy)
        if self.task == "regression":
            return self._standardized(as_numbers(column, where, self.form), where)
        codes = self._codes(column, where)
        return codes.astype(np.float32)[:, None] if self.task == "binary" else codes

    def decode_number(self, Z: Floats) -> NDArray[np.float64]:
        """Outputs of the network in the target's own unit: value = mean + scale · Z."""
        return self.mean + self.scale * np.asarray(Z, np.float64)

    def is_near(self, value: float) -> bool:
        """Whether a number is so near to those of the training rows that it can be evaluated."""
        return abs(value - self.mean) <= FARTHEST * self.scale

    def to_dict(self) -> dict[str, Any]:
        """The target as plain JSON data."""
        return {**asdict(self), "classes": list(self.classes)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Target:
        """The target that `to_dict` described."""
        target = described(cls, data)
        count = len(target.classes)
        task = {0: "regression", 2: "binary"}.get(count, "multiclass")
        require(count != 1 and target.task == task, "task", f"must be that of {count} classes", target.task)
        require(distinct(target.classes), "classes", "must be different", target.classes)
        require(0 < target.scale <= LARGEST, "scale", f"must be greater than 0 and at most {LARGEST:g}", target.scale)
        require(abs(target.mean) <= LARGEST, "mean", f"must be from -{LARGEST:g} to {LARGEST:g}", target.mean)
        if target.form:
            form_of(target.form)
        return target

    def _standardized(self, values: NDArray[np.float64], where: str) -> Floats:
        """Numbers as their distance from the mean in standard deviations, float32 (n, 1)."""
        with np.errstate(over="ignore"):
            z = (values - self.mean) / self.scale
        far = ~(np.abs(z) <= FARTHEST)
        if far.any():
            row = int(far.argmax())
            problem = f"the value {values[row]:g} lies more than {FARTHEST:g} standard deviations from the mean"
            remedy = f"Correct it: the training rows have mean {self.mean:g} and standard deviation {self.scale:g}."
            raise ColumnError(f"{where}, row {row + 1}", problem, remedy)
        return z.astype(np.float32)[:, None]

    def refuse_new_classes(self, table: pa.Table, name: str, part: str) -> None:
        """ColumnError where validation or test rows hold a class that no training row has."""
        if self.task == "regression":
            return
        column, where = one_piece(table[self.column]), column_location(name, self.column)
        text = as_text(column, where)
        new = np.flatnonzero((self._codes_of(text) < 0) & (text.codes >= 0))
        if len(new):
            value = text.values[text.codes[new[0]]]
            problem = f"the class {value!r} is in {part} rows and in no training row, so no model can predict it"
            remedy = "Leave rows of such classes out, join rare classes, or give the training some of these rows"
            if all(isinstance(known, int | float) and not isinstance(known, bool) for known in self.classes):
                remedy += f"; if these are amounts: {role_option(self.column, 'number')}"
            raise ColumnError(f"{where}, row {int(new[0]) + 1}", problem, f"{remedy}.")

    def _codes_of(self, text: Text) -> NDArray[np.int32]:
        """The place of each text among the classes, −1 where it is none of them."""
        classes = tuple(map(in_short, self.classes))
        return Coding(classes, _comparison(classes)).codes(text) - np.int32(1)

    def _codes(self, column: pa.Array, where: str) -> NDArray[np.int32]:
        text = as_text(column, where)
        codes = self._codes_of(text)
        unseen = codes < 0
        if unseen.any():
            row = int(unseen.argmax())
            value = text.values[text.codes[row]]
            shown = ", ".join(map(str, self.classes[:10])) + (" …" if len(self.classes) > 10 else "")
            problem = f"{value!r} is not one of the classes of the model"
            raise ColumnError(f"{where}, row {row + 1}", problem, f"They are: {shown}.")
        return codes


def classes_in(column: pa.Array) -> set[Class]:
    """The distinct values; whole numbers as integers."""
    if pa.types.is_dictionary(column.type):
        text = as_text(column, "")
        return text_classes(text.values, text.counts())
    values = column.drop_null().unique().to_pylist()
    return {int(v) if isinstance(v, float) and v.is_integer() else v for v in values}


def text_classes(texts: Sequence[str], counts: Rows) -> set[Class]:
    """The texts that occur, with one for all that mean the same ("true" and "TRUE"; see `columns/canonical.py`).

    Examples
    --------
    >>> sorted(text_classes(["true", "TRUE", "false"], np.array([2, 1, 3])))
    ['false', 'true']
    """
    kept = np.flatnonzero(counts).tolist()
    texts, counts = [texts[place] for place in kept], counts[kept]
    found = merged(texts, counts, settle_comparison(texts))[0]
    return set(found if len(found) > 1 else texts)


def _comparison(classes: Sequence[str]) -> str:
    """How a value is compared with the classes, which stay different ones."""
    comparison = settle_comparison(classes)
    return comparison if len(set(map(KEYS[comparison], classes))) == len(classes) else SPELLED
