"""Partial dependence: the mean prediction over one column, every other as it is, with lines of single rows (ICE).

For a value v of column c and rows i of a table, whose other columns x_i stay,

    ICE_i(v) = f(v, x_i)        partial dependence(v) = 1/n Σ_i ICE_i(v)

Source: J. Friedman, *Greedy Function Approximation*, 2001, section 8.2; A. Goldstein et al., *Peeking Inside the Black
Box*, 2015. Both evaluate rows that may not exist where columns depend on each other, so the density of the data is
drawn below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.engines import Task, choose_engine
from wade.errors import ColumnError, InvalidArgument, unknown_name
from wade.metrics.classification import class_probabilities
from wade.model.evaluation.outputs import class_code, network_outputs
from wade.model.model import Model, require_model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import apart, label, number
from wade.pictures.marks import legend
from wade.pictures.plane import number_columns, numbers_of, some_rows
from wade.pictures.theme import Theme
from wade.tables import Dialect
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import in_short

Doubles = NDArray[np.float64]

POINTS: Final = 41
ROWS: Final = 200
LINES: Final = 40
MOST_VALUES: Final = 12
DRAWN: Final = ("number", "category", "boolean")
"""The roles of columns whose values can be put in place of one another."""
BINS: Final = 30
OUTER: Final = (0.005, 0.995)
"""The quantiles of the column between which it is drawn."""


@dataclass(eq=False, repr=False)
class DependenceDisplay(Display):
    """Partial dependence and ICE of one column.

    Parameters
    ----------
    values : array (n_values,) or list of text
        Of the column: numbers, or its most frequent values.
    ice : array (n_values, n_rows)
        The prediction of each row with each value.
    edges, counts : array
        A histogram of the column's numbers; of a category, the count of each value (edges are then empty).
    """

    column: str
    values: Any
    ice: Doubles
    edges: Doubles
    counts: NDArray[np.int64]
    predicted: str
    of_rows: int
    size: ClassVar[tuple[float, float]] = (6.4, 5.0)

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any,
        column: str | None = None,
        *,
        of: Any = None,
        rows: int = ROWS,
        dialect: Dialect | None = None,
    ) -> DependenceDisplay:
        """Of one column of a model, on at most 200 rows at even distances.

        Parameters
        ----------
        model : Model
        data, dialect
            As in `Model.evaluate`.
        column : str, optional
            A number, a category or a boolean; None: the first of the model.
        of : class, optional
            Whose probability is predicted; None: the second of two.
        """
        require_model(model)
        if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
            raise InvalidArgument("rows", "must be a whole number from 1 on", rows, f"Try {ROWS}.")
        table, name, _ = model.open_labelled(data, dialect)
        roles = {each.name: each.role for each in model.schema.columns}
        known = [each.column for each in model.encoder.encodings if roles.get(each.column) in DRAWN]
        if column is not None and column not in known:
            raise unknown_name("column", column, known)
        if not known:
            remedy = f"A model of a {' or a '.join(DRAWN)} has one."
            raise InvalidArgument("column", "needs a column of a kind that can be drawn", sorted(roles), remedy)
        chosen = known[0] if column is None else column
        values: Any
        if chosen in number_columns(model):
            numbers = numbers_of(model, table, name, chosen)
            values, edges, counts = grid_and_histogram(numbers[np.isfinite(numbers)], chosen)
            arrow: pa.Array = pa.array(values)
        else:
            found = pc.value_counts(one_piece(table[chosen]).drop_null())
            order = np.argsort(-found.field("counts").to_numpy(), kind="stable")[:MOST_VALUES]
            arrow, edges = found.field("values").take(order), np.empty(0)
            values, counts = [in_short(one) for one in arrow.to_pylist()], found.field("counts").to_numpy()[order]
            if not values:
                raise ColumnError(chosen, "has no value in these rows", "Choose another column.")
        some = table.take(some_rows(table.num_rows, rows))
        ice, predicted = _predicted(model, some, name, chosen, arrow, of)
        return cls(chosen, values, ice, edges, counts, predicted, table.num_rows)

    def mean(self) -> Doubles:
        """The partial dependence: the mean over rows at each value."""
        return np.asarray(self.ice.mean(axis=1))

    @property
    def title(self) -> str:
        """Of what over which column."""
        return f"Partial dependence of {label(self.predicted, 36)} on {label(self.column)}"

    @property
    def note(self) -> str:
        """Which rows, and what is not real."""
        rows = self.ice.shape[1]
        lines = (
            f"Thin lines: {min(LINES, rows)} single rows, each with every other column as it is (ICE). "
            if self._is_number()
            else "Bars: 90 % of the rows. "
        )
        return (
            f"Mean over {rows:,} of {self.of_rows:,} rows. {lines}Values are combined with rows that may never have "
            "them: trust it least where the data is thin."
        )

    def panels(self) -> tuple[int, int]:
        """The density below."""
        return 2, 1

    def parts(self) -> Mapping[str, Numbers]:
        """The mean, and the range of the rows."""
        low, high = np.quantile(self.ice, (0.05, 0.95), axis=1)
        found = {"partial dependence": self.mean(), "5 % of rows": low, "95 % of rows": high}
        if not self._is_number():
            found["rows"] = self.counts
        dependence = {self.column: self.values, **{apart(name, [self.column]): one for name, one in found.items()}}
        if not self._is_number():
            return {"dependence": dependence}
        density = {"from": self.edges[:-1], "to": self.edges[1:], "rows": self.counts}
        return {"dependence": dependence, "density": density}

    def description(self) -> str:
        """Where it is lowest and highest."""
        mean = self.mean()
        low, high = int(mean.argmin()), int(mean.argmax())
        return (
            f"The mean prediction is lowest, {number(mean[low])}, at {self._value(low)} and highest, "
            f"{number(mean[high])}, at {self._value(high)}. {self.note}"
        )

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Lines above, density below."""
        upper, lower = axes
        if self._is_number():
            lines = self.ice[:, some_rows(self.ice.shape[1], LINES)]
            upper.plot(self.values, lines, color=theme.color(5), linewidth=0.6, alpha=0.45)
            upper.plot(self.values, self.mean(), color=theme.color(1), linewidth=2.4, label="mean: partial dependence")
            lower.bar(self.edges[:-1], self.counts, np.diff(self.edges), align="edge", color=theme.color(0), alpha=0.6)
            limits = float(self.edges[0]), float(self.edges[-1])
        else:
            x = np.arange(len(self.values))
            low, high = np.quantile(self.ice, (0.05, 0.95), axis=1)
            upper.vlines(x, low, high, color=theme.color(5), linewidth=5, alpha=0.45)
            upper.plot(x, self.mean(), "D", color=theme.color(1), label="mean: partial dependence")
            lower.bar(x, self.counts, 0.62, color=theme.color(0), alpha=0.6)
            names = [label(each, 14) for each in self.values]
            turned = max(map(len, names)) * len(names) > 55
            lower.set_xticks(x, names, rotation=40 if turned else 0, ha="right" if turned else "center")
            limits = -0.6, len(x) - 0.4
        for ax in axes:
            ax.set_xlim(limits)
        upper.tick_params(labelbottom=False)
        upper.set_ylabel(f"predicted {label(self.predicted, 30)}")
        upper.grid(axis="y")
        legend(upper, loc="best")
        lower.set_ylabel("rows")
        lower.set_xlabel(label(self.column))
        if upper.get_subplotspec() is not None:
            upper.get_subplotspec().get_gridspec().set_height_ratios([4, 1])

    def _is_number(self) -> bool:
        return len(self.edges) > 0

    def _value(self, at: int) -> str:
        return number(float(self.values[at])) if self._is_number() else str(self.values[at])


def grid_and_histogram(numbers: Doubles, column: str) -> tuple[Doubles, Doubles, NDArray[np.int64]]:
    """Evenly spaced values over all but the outermost of the numbers, and a histogram over the same range.

    Raises
    ------
    ColumnError
        There are not two different numbers.

    Examples
    --------
    >>> values, edges, counts = grid_and_histogram(np.arange(1001.0), "wind")
    >>> values[[0, -1]].tolist(), len(edges), int(counts.sum())
    ([5.0, 995.0], 31, 991)
    """
    if not len(numbers) or numbers.min() == numbers.max():
        raise ColumnError(column, "needs two different numbers to be drawn", "Choose another column.")
    low, high = (float(end) for end in np.quantile(numbers, OUTER))
    if low == high:
        low, high = float(numbers.min()), float(numbers.max())
    counts, edges = np.histogram(numbers, BINS, (low, high))
    return np.linspace(low, high, POINTS), edges, counts


def _predicted(model: Model, table: pa.Table, name: str, column: str, values: pa.Array, of: Any) -> tuple[Doubles, str]:
    """The prediction of each row with each value, (n_values, n_rows), and what is predicted."""
    n_values, n_rows = len(values), table.num_rows
    made = table.take(np.tile(np.arange(n_rows), n_values))
    at = made.column_names.index(column)
    made = made.set_column(at, column, values.take(pa.array(np.repeat(np.arange(n_values), n_rows))))
    engine = choose_engine(task=Task(model.network))
    outputs = network_outputs(model.network, model.encoder.encode(made, name), engine)
    target = model.target
    if target.task == "regression":
        return target.decode_number(outputs[:, 0]).reshape(n_values, n_rows), target.column
    if of is None and len(target.classes) > 2:
        names = ", ".join(in_short(each) for each in target.classes[:6])
        raise InvalidArgument("of", "must be one of the classes", of, f"They are {names}.")
    code = 1 if of is None else class_code(target, "of", of)
    found = class_probabilities(outputs)[:, code].reshape(n_values, n_rows)
    return found, f"P({target.column} = {in_short(target.classes[code])})"
