"""The section on the value of decisions: what acting on the predictions saves, whatever mistakes cost."""

from __future__ import annotations

from shlex import quote
from typing import Final

import numpy as np

from wade.documents.structure import Chart, Command, Number, Section, Series, Table, Text
from wade.documents.wording import alike, counted, percent, shown
from wade.model.evaluation.costs import Costs, cost_curve
from wade.model.evaluation.decisions import Rule, amount, evaluate_decision
from wade.model.evaluation.thresholds import ThresholdSweep, sweep_thresholds
from wade.reports.evidence import Evidence
from wade.reports.sections.ranking import whole_percent

COST_RATIOS: Final = (1.0, 3.0, 10.0)
POINTS: Final = 101
LISTED: Final = 5
"""Every fifth of these thresholds is written out."""


def decisions_section(evidence: Evidence) -> Section | None:
    """What acting on the predictions saves, for several costs of mistakes; None without two classes and rows."""
    target = evidence.model.target
    if target.task != "binary" or evidence.table is None or not evidence.is_measurable:
        return None
    positive = shown(str(target.classes[1]))
    shares, observed, _ = evidence.labelled.scores_of()
    rows = []
    for ratio in COST_RATIOS:
        costs = Costs(1 / (1 + ratio), ratio / (1 + ratio))
        found = evaluate_decision(shares, observed, costs, Rule(costs.threshold), evidence.seed)
        savings = found["savings_per_row"]
        best = min(("never", "always"), key=lambda name: savings[name]["value"])
        bounds = savings[best]["interval"]
        rows.append(
            (
                f"1 to {ratio:g}",
                Number(costs.threshold, percent(costs.threshold)),
                Number(found["policies"]["decision"]["acts"], f"{found['policies']['decision']['acts']:,.0f}"),
                Number(savings[best]["value"], f"{amount(savings[best]['value'])}"),
                f"{amount(bounds[0])} to {amount(bounds[1])}" if bounds else "",
                f"{best} acting",
            )
        )
    text = (
        f"To act is to treat a row as {target.column} = {positive}. What a decision is worth depends on what mistakes "
        "cost: here a miss costs as much as a false alarm, 3 times or 10 times as much. The unit of all numbers is the "
        "cost of a false alarm and a miss together."
    )
    titles = ("false alarm to miss", "act from", "rows acted on", "saved per row", "95 % interval", "compared with")
    note = f"{counted(len(observed), 'row')}. Thresholds: false alarm / (false alarm + miss), not tuned on these rows."
    # The table of the training holds rows that the model was trained on.
    data = "OTHER.csv" if evidence.split is not None else evidence.argument
    command = f"wade decide {quote(evidence.path)} {data} --cost-false-alarm 50 --cost-miss 400"
    table = Table("What decisions save, over the better of never and always acting", titles, tuple(rows), note)
    has_both = 0 < observed.sum() < len(observed)  # else one of the constant decisions costs nothing
    charts = [_cost_chart(sweep_thresholds(shares, observed), evidence.where)] if has_both else []
    trained = ", on rows with the target that the model was not trained on"
    own = Text(f"With your own costs{trained if evidence.split is not None else ''}:")
    return Section("decisions", "Value of decisions", (Text(text), table, *charts, own, Command(command)))


def _cost_chart(swept: ThresholdSweep, where: str) -> Chart:
    """What deciding, never acting and always acting cost, over the threshold that follows from the costs."""
    found = cost_curve(swept, np.linspace(0, 1, POINTS))
    x = tuple(found.thresholds.round(4).tolist())
    constant = np.minimum(found.never, found.always)
    saved = constant - found.deciding
    names = {"deciding by this network": found.deciding, "always acting": found.always, "never acting": found.never}
    places = range(LISTED, POINTS - 1, LISTED)
    columns = [[float(each[at]) for at in places] for each in (*names.values(), saved)]
    written = [list(map(Number, column, alike(column))) for column in columns]
    rows = tuple((Number(x[at], whole_percent(x[at])), *cells) for at, *cells in zip(places, *written, strict=True))
    summary = (
        "The gap below the lower of both straight lines is what deciding saves on these rows; the table above has "
    )
    summary += "three of these thresholds, with intervals."
    top = 1.4 * float(max(constant.max(), found.deciding.max()))
    return Chart(
        f"Cost of decisions by threshold, on the {where}",
        "threshold: false alarm / (false alarm + miss)",
        "cost per row (false alarm + miss = 1)",
        tuple(
            Series(name, x, tuple(float(cost) if cost <= top else None for cost in costs.round(6)))
            for name, costs in names.items()
        ),
        summary,
        ranges=((0.0, 1.0), (0.0, top)),
        numbers=Table("Cost per row by threshold (false alarm + miss = 1)", ("threshold", *names, "saved"), rows),
    )
