"""How far predicted numbers are off: predicted and observed, and residuals by prediction; no row is shown."""

from __future__ import annotations

from typing import Final

from wade.documents.structure import Block, Chart, Density, Number, Series, Table, Text
from wade.documents.wording import alike, counted
from wade.metrics.intervals import beyond_chance
from wade.metrics.wording import number
from wade.model.evaluation.residuals import Band, bands, density, largest_errors
from wade.reports.evidence import Evidence

SHARES: Final = (0.5, 0.9, 0.95)


def residual_blocks(evidence: Evidence) -> list[Block]:
    """The errors that half, 90 % and 95 % of the rows do not exceed, and two charts; nothing without rows."""
    if evidence.table is None or evidence.model.target.task != "regression" or not evidence.is_measurable:
        return []
    observed, predicted = evidence.labelled.observed, evidence.labelled.predicted
    target = evidence.model.target
    unit = f" {target.unit}" if target.unit else ""
    half, most, nearly_all = (f"{number('mae', error)}{unit}" for error in largest_errors(observed, predicted, SHARES))
    text = f"Half of the predictions are off by at most {half}, 90 % by at most {most}, 95 % by at most {nearly_all}."
    found = bands(observed, predicted)
    return [Text(text), _density(evidence, found, unit), _residuals(evidence, found, unit)]


def _density(evidence: Evidence, found: list[Band], unit: str) -> Density:
    grid, column = density(evidence.labelled.observed, evidence.labelled.predicted), evidence.model.target.column
    beyond = f" {counted(grid.outside, 'row')} beyond the axes {'is' if grid.outside == 1 else 'are'} counted at their "
    beyond = f"{beyond}ends." if grid.outside else ""
    within = of_unit(unit)
    texts = [alike([getattr(one, name) for one in found]) for name in ("predicted", "observed")]
    rows = tuple(
        (Number(one.rows, f"{one.rows:,}"), Number(one.predicted, predicted), Number(one.observed, observed))
        for one, predicted, observed in zip(found, *texts, strict=True)
    )
    return Density(
        f"Predicted and observed {column}{within}, on the {evidence.where}",
        f"predicted{within}",
        f"observed {column}",
        tuple(grid.edges.tolist()),
        tuple(map(tuple, grid.counts.tolist())),
        summary="Where predictions were exact, rows would lie on the diagonal; above it, too little was predicted."
        f"{beyond}",
        numbers=Table(
            f"Predicted and observed{within}, in bands of rows by rising prediction",
            ("rows", "mean predicted", "mean observed"),
            rows,
        ),
    )


def _residuals(evidence: Evidence, found: list[Band], unit: str) -> Chart:
    x, within = tuple(one.predicted for one in found), of_unit(unit)
    lows, highs = (tuple(one.interval[end] if one.interval else None for one in found) for end in (0, 1))
    off = [one for one in found if beyond_chance(one.interval)]
    if off:
        worst = max(off, key=lambda one: abs(one.residual))
        (predicted,), (residual,) = alike([worst.predicted]), alike([abs(worst.residual)])
        where = "too low" if worst.residual > 0 else "too high"
        summary = f"The largest mean residual beyond chance: predictions of about {predicted}{unit} are {where} by "
        summary += f"{residual}{unit} on average."
    else:
        summary = "In no band of predictions does the mean residual differ from 0 by more than chance makes."
    written = alike([value for one in found for value in (one.residual, one.low, one.high)], sign=True)
    rows = tuple(
        (
            Number(one.predicted, text),
            Number(one.residual, written[3 * place]),
            "–" if one.interval is None else " to ".join(alike(one.interval, sign=True)),
            f"{written[3 * place + 1]} to {written[3 * place + 2]}",
        )
        for place, (one, text) in enumerate(zip(found, alike(x), strict=True))
    )
    titles = ("predicted", "mean residual", "95 % interval", "90 % of the residuals")
    return Chart(
        f"Residuals by prediction{within}, on the {evidence.where}",
        f"predicted{within}",
        "residual (observed − predicted)",
        (
            Series("mean, with 95 % interval", x, tuple(one.residual for one in found), lows, highs, style="points"),
            Series("95th percentile", x, tuple(one.high for one in found)),
            Series("5th percentile", x, tuple(one.low for one in found)),
        ),
        summary,
        numbers=Table(f"Residuals{within}, in bands of rows by rising prediction", titles, rows),
    )


def of_unit(unit: str) -> str:
    """The unit in brackets; nothing where it is not known.

    Examples
    --------
    >>> of_unit(" km"), of_unit("")
    (' (km)', '')
    """
    return f" ({unit.strip()})" if unit else ""
