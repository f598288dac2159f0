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
from numpy.typing import NDArray

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.metrics.classification import class_probabilities
from wade.model.evaluation.outputs import class_code, network_outputs
from wade.model.model import Model, require_model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import apart, label, number
from wade.pictures.marks import legend, star
from wade.pictures.plane import some_rows
from wade.pictures.replacements import Replacements, drawn_column, replacements
from wade.pictures.theme import Theme
from wade.tables import Dialect
from wade.tables.columns.views import in_short
from wade.tables.encoding.known_units import known_units
from wade.types import Rows

Doubles = NDArray[np.float64]

ROWS: Final = 200
LINES: Final = 40
MOST_TICKS: Final = 12


@dataclass(frozen=True)
class OneRow:
    """A row to mark: its name, its line, and its own value with the prediction there (NaN where it has none)."""

    name: str
    ice: Doubles
    value: float
    prediction: float


@dataclass(eq=False, repr=False)
class DependenceDisplay(Display):
    """Partial dependence and ICE of one column.

    Parameters
    ----------
    found : Replacements
        The values of the column, and how often there are rows with them.
    ice : array (n_values, n_rows)
        The prediction of each row with each value.
    row : OneRow, optional
        A row to mark.
    unit : str
        Of the column; empty where none is known.
    """

    column: str
    found: Replacements
    ice: Doubles
    predicted: str
    of_rows: int
    row: OneRow | None = None
    unit: str = ""
    size: ClassVar[tuple[float, float]] = (6.4, 5.0)

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any,
        column: str | None = None,
        *,
        of: Any = None,
        by: str | None = None,
        row: int | None = None,
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
            A number, a category, a boolean or a date; None: the first of the model.
        of : class, optional
            Whose probability is predicted; None: the second of two.
        by : "year", "month", "weekday" or "hour", optional
            What of a date changes; None: the first of hour, weekday, month and year that the model reads and that
            differs between rows.
        row : int, ≥ 1, optional
            A row of the table to mark.

        Raises
        ------
        InvalidArgument
            The column cannot be drawn: it is text, or no input of the model; there is no such row, class or `by`.
        """
        require_model(model)
        if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
            raise InvalidArgument("rows", "must be a whole number from 1 on", rows, f"Try {ROWS}.")
        opened = model.open_labelled(data, dialect)
        place = None if row is None else opened.place_of(row)
        chosen = drawn_column(model, column)
        found = replacements(model, opened.table, opened.name, chosen, by)
        # A row without a date has none that could be moved.
        known = np.flatnonzero(np.isfinite(found.own)) if found.by else np.arange(len(found.own))
        some = known[some_rows(len(known), rows)]
        ice, predicted = _predicted(model, opened.table, opened.name, chosen, found, some, of)
        unit = known_units(model.encoder, model.schema, opened.table).get(chosen, "")
        display = cls(chosen, found, ice, predicted, opened.table.num_rows, unit=unit)
        if row is not None and place is not None:
            one = np.array([place])
            line, _ = _predicted(model, opened.table, opened.name, chosen, found, one, of)
            there = _outputs(model, opened.table.take(one), opened.name, of)[0][0]
            display.row = OneRow(f"row {row:,}", line[:, 0], float(found.own[place]), float(there))
        return display

    @property
    def values(self) -> Any:
        """The values: numbers, or texts."""
        return self.found.values

    def mean(self) -> Doubles:
        """The partial dependence: the mean over rows at each value."""
        return np.asarray(self.ice.mean(axis=1))

    @property
    def title(self) -> str:
        """Of what over which column."""
        by = f" by {self.found.by}" if self.found.by else ""
        return f"Partial dependence of {label(self.predicted, 36)} on {label(self.column)}{by}"

    @property
    def note(self) -> str:
        """Which rows, and what is not real."""
        rows = self.ice.shape[1]
        lines = (
            f"Thin lines: {min(LINES, rows)} single rows, each with every other column as it is (ICE). "
            if self.found.are_ordered
            else "Bars: 90 % of the rows. "
        )
        moved = f"Each row's own date is moved to another {self.found.by}. " if self.found.by else ""
        return (
            f"Mean over {rows:,} of {self.of_rows:,} rows. {lines}{moved}{self._marked()}Values are combined with rows "
            "that may never have them: trust it least where the data is thin."
        )

    def _marked(self) -> str:
        """Where the row that is marked is, and what is predicted for it."""
        if self.row is None:
            return ""
        own = "star: at its own value" if np.isfinite(self.row.value) else "its own value is not drawn"
        marks = "line" if self.found.are_ordered else "dashes"
        return f"Heavy {marks}: {self.row.name}, predicted {number(self.row.prediction)} ({own}). "

    def panels(self) -> tuple[int, int]:
        """The density below."""
        return 2, 1

    def parts(self) -> Mapping[str, Numbers]:
        """The mean, and the range of the rows."""
        low, high = np.quantile(self.ice, (0.05, 0.95), axis=1)
        found = {"partial dependence": self.mean(), "5 % of rows": low, "95 % of rows": high}
        if self.row is not None:
            found[self.row.name] = self.row.ice
        if not self._is_number():
            found["rows"] = self.found.counts
        header = f"{self.column}, {self.found.by}" if self.found.by else self.column
        dependence = {header: self.values, **{apart(name, [header]): one for name, one in found.items()}}
        if not self._is_number():
            return {"dependence": dependence}
        density = {"from": self.found.edges[:-1], "to": self.found.edges[1:], "rows": self.found.counts}
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
        x = np.asarray(self.values) if self._is_number() else np.arange(len(self.values))
        if self.found.are_ordered:
            lines = self.ice[:, some_rows(self.ice.shape[1], LINES)]
            upper.plot(x, lines, color=theme.color(5), linewidth=0.6, alpha=0.45)
        else:
            low, high = np.quantile(self.ice, (0.05, 0.95), axis=1)
            upper.vlines(x, low, high, color=theme.color(5), linewidth=5, alpha=0.45)
        drawn = lines if self.found.are_ordered else np.stack([low, high])
        least, most = float(drawn.min()), float(drawn.max())
        upper.set_ylim(least - 0.05 * (most - least), most + 0.35 * (most - least))  # room for the legend
        self._draw_row(upper, theme, x)
        style: dict[str, Any] = {"linewidth": 2.4} if self._is_number() else {"marker": "D"}
        style |= {} if self.found.are_ordered else {"linestyle": "none"}
        upper.plot(x, self.mean(), color=theme.color(1), label="mean: partial dependence", **style)
        if self._is_number():
            edges = self.found.edges
            lower.bar(edges[:-1], self.found.counts, np.diff(edges), align="edge", color=theme.color(0), alpha=0.6)
            limits = float(edges[0]), float(edges[-1])
        else:
            lower.bar(x, self.found.counts, 0.62, color=theme.color(0), alpha=0.6)
            shown = x[:: -(-len(x) // MOST_TICKS)] if self.found.by else x
            names = [label(self.values[at], 14) for at in shown]
            turned = max(map(len, names)) * len(names) > 55
            upper.set_xticks(shown)
            lower.set_xticks(shown, names, rotation=40 if turned else 0, ha="right" if turned else "center")
            limits = -0.6, len(x) - 0.4
        for ax in axes:
            ax.set_xlim(limits)
        upper.tick_params(labelbottom=False)
        upper.set_ylabel(f"predicted {label(self.predicted, 30)}")
        upper.grid(axis="y")
        legend(upper, loc="upper left")
        lower.set_ylabel("rows")
        unit = f" ({label(self.unit)})" if self.unit else ""
        lower.set_xlabel(f"{label(self.column)}{f', {self.found.by}' if self.found.by else ''}{unit}")
        if upper.get_subplotspec() is not None:
            upper.get_subplotspec().get_gridspec().set_height_ratios([4, 1])

    def _draw_row(self, ax: Axes, theme: Theme, x: NDArray[Any]) -> None:
        if self.row is None:
            return
        style = {"linewidth": 1.8} if self.found.are_ordered else {"marker": "_", "markersize": 13, "linestyle": "none"}
        ax.plot(x, self.row.ice, color=theme.ink, label=self.row.name, zorder=3, **style)
        if np.isfinite(self.row.value):
            star(ax, theme, self.row.value, self.row.prediction, f"{self.row.name}, its own value")

    def _is_number(self) -> bool:
        return len(self.found.edges) > 0

    def _value(self, at: int) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return number(float(self.values[at])) + unit if self._is_number() else str(self.values[at])


def _predicted(
    model: Model, table: pa.Table, name: str, column: str, found: Replacements, rows: Rows, of: Any
) -> tuple[Doubles, str]:
    """The prediction of each of some rows with each value, (n_values, n_rows), and what is predicted."""
    made = table.take(np.tile(rows, len(found.values)))
    made = made.set_column(made.column_names.index(column), column, found.replaced(rows))
    outputs, what = _outputs(model, made, name, of)
    return outputs.reshape(len(found.values), len(rows)), what


def _outputs(model: Model, table: pa.Table, name: str, of: Any) -> tuple[Doubles, str]:
    """The prediction of each row, and what is predicted."""
    outputs = network_outputs(model.network, model.encoder.encode(table, name), choose_engine(task=Task(model.network)))
    target = model.target
    if target.task == "regression":
        return target.decode_number(outputs[:, 0]), target.column
    if of is None and len(target.classes) > 2:
        names = ", ".join(in_short(each) for each in target.classes[:6])
        raise InvalidArgument("of", "must be one of the classes", of, f"They are {names}.")
    code = 1 if of is None else class_code(target, "of", of)
    return class_probabilities(outputs)[:, code], f"P({target.column} = {in_short(target.classes[code])})"
