"""How well classes are told apart at every threshold: ROC and precision-recall curves, and each of many classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from wade.documents.structure import Block, Cell, Chart, Number, Series, Table
from wade.documents.wording import percent, shown
from wade.metrics.classification import ClassPredictions
from wade.metrics.weighted import Doubles
from wade.model.evaluation.thresholds import ThresholdSweep, sweep_thresholds
from wade.reports.evidence import Evidence

POINTS: Final = 100  # of a curve
MOST_CLASSES: Final = 12
MOST_CURVES: Final = 3
SQUARE: Final = ((0.0, 1.0), (0.0, 1.0))
IN_USE: Final = 0.5
LISTED: Final = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Thresholds whose recall and precision are written out."""
FALSE_ALARMS: Final = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
RECALLS: Final = tuple(round(0.1 * step, 1) for step in range(1, 11))


def ranking_blocks(evidence: Evidence) -> list[Block]:
    """Both curves, of two classes for the second, of more for those that are hardest to tell from the others."""
    if evidence.table is None or evidence.model.target.task == "regression" or not evidence.is_measurable:
        return []
    if evidence.model.target.task == "binary":
        shares, y, name = evidence.labelled.scores_of()
        return _of_two(sweep_thresholds(shares, y), shown(name), evidence.where) if 0 < y.sum() < len(y) else []
    return _of_many(evidence)


def _of_two(swept: ThresholdSweep, name: str, where: str) -> list[Block]:
    """The curves of one class, with the threshold that predicted classes have."""
    at = int(swept.place(IN_USE))
    used = f"threshold {whole_percent(IN_USE)}"
    x, y = _roc_points(swept)
    roc = Chart(
        f"ROC curve of {name} on the {where}",
        "false positive rate",
        "recall (true positive rate)",
        (
            Series("this network", x, y),
            Series(used, (float(swept.false_positive_rate[at]),), (float(swept.recall[at]),), style="points"),
        ),
        f"Of a row with {name} and a row without, the first has the higher predicted probability in "
        f"{percent(swept.area)} of the pairs: AUC {swept.area:.4f}. At random, on the diagonal, it is 0.5.",
        diagonal=True,
        ranges=SQUARE,
        numbers=_thresholds(swept, ("recall", "false positive rate"), f"ROC curve of {name}"),
    )
    x, y = _precision_points(swept)
    acts = swept.hits[at] + swept.false_alarms[at]
    gives = f"From a probability of {whole_percent(IN_USE)} on, {percent(float(swept.recall[at]))} of the rows with "
    gives += f"{name} are found"
    gives += f", and {percent(float(swept.precision[at]))} of the rows predicted so are right." if acts else "."
    precision = Chart(
        f"Precision-recall curve of {name} on the {where}",
        "recall",
        "precision",
        (
            Series("this network", x, y, style="steps"),
            Series(used, (float(swept.recall[at]),), (float(swept.precision[at]),), style="points"),
            Series(f"at random: {swept.prevalence:.3f}", (0.0, 1.0), (swept.prevalence, swept.prevalence)),
        ),
        f"Average precision {swept.average_precision:.4f}. {gives}",
        ranges=SQUARE,
        numbers=_thresholds(swept, ("rows", "recall", "precision"), f"Precision-recall curve of {name}"),
    )
    return [roc, precision]


def _of_many(evidence: Evidence) -> list[Block]:
    """A row for each class with the most mistakes, and the curves of those with the lowest AUC."""
    target, rows = evidence.model.target, evidence.labelled
    given = ClassPredictions(rows.observed, rows.predicted)
    matrix = given.confusion()
    hits, of_class, predicted = np.diagonal(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    mistakes = of_class + predicted - 2 * hits
    order = [code for code in np.argsort(-mistakes, kind="stable").tolist() if code in set(given.present)]
    if not order:
        return []
    swept = {code: sweep_thresholds(rows.predicted[:, code], rows.observed == code) for code in order[:MOST_CLASSES]}
    names = {code: shown(str(target.classes[code])) for code in swept}
    lines = tuple(
        (
            names[code],
            Number(int(of_class[code]), f"{of_class[code]:,}"),
            _share(hits[code], of_class[code]),
            _share(hits[code], predicted[code]),
            Number(one.area, f"{one.area:.4f}"),
            Number(one.average_precision, f"{one.average_precision:.4f}"),
        )
        for code, one in swept.items()
    )
    left = len(target.classes) - len(swept)
    note = "Recall: of the rows of the class, the share predicted as it. Precision: of the rows predicted as it, the "
    note += "share that is right. AUC and average precision: the class against all others."
    note += f" The other {left:,} {'class is' if left == 1 else 'classes are'} left out." if left else ""
    titles = ("class", "rows", "recall", "precision", "AUC", "average precision")
    table = Table(f"Each class on the {evidence.where}, those with the most mistakes first", titles, lines, note)
    hardest = sorted(swept, key=lambda code: swept[code].area)[:MOST_CURVES]
    lowest = f"The lowest of these AUCs is that of {names[hardest[0]]}: {swept[hardest[0]].area:.4f}."
    all_shown = len(hardest) == len(target.classes)
    of = (
        "of each class against the others"
        if all_shown
        else f"of the {len(hardest)} of these classes with the lowest AUC"
    )
    curves = [(names[code], swept[code]) for code in hardest]
    roc = Chart(
        f"ROC curve {of}, on the {evidence.where}",
        "false positive rate",
        "recall (true positive rate)",
        tuple(Series(name, *_roc_points(one)) for name, one in curves),
        lowest,
        diagonal=True,
        ranges=SQUARE,
        numbers=_by_class(curves, "ROC curve", "false positive rate at most", FALSE_ALARMS, _recall_at),
    )
    precision = Chart(
        f"Precision-recall curve {of}, on the {evidence.where}",
        "recall",
        "precision",
        tuple(Series(name, *_precision_points(one), style="steps") for name, one in curves),
        f"The average precision of {curves[0][0]} is {curves[0][1].average_precision:.4f}.",
        ranges=SQUARE,
        numbers=_by_class(curves, "Precision-recall curve", "recall at least", RECALLS, _precision_at),
    )
    return [table, roc, precision]


def _by_class(
    curves: list[tuple[str, ThresholdSweep]],
    caption: str,
    title: str,
    places: tuple[float, ...],
    at: Callable[[ThresholdSweep, float], float],
) -> Table:
    """What the curve of each class gives at the same places."""
    rows = tuple(
        (
            Number(place, whole_percent(place)),
            *(Number(value, percent(value)) for value in (at(one, place) for _, one in curves)),
        )
        for place in places
    )
    of = "recall" if at is _recall_at else "precision"
    return Table(caption, (title, *(f"{of} of {name}" for name, _ in curves)), rows)


def _recall_at(swept: ThresholdSweep, most: float) -> float:
    """The recall of the lowest threshold whose false positive rate does not exceed this one."""
    return float(swept.recall[int(np.searchsorted(swept.false_positive_rate, most, "right")) - 1])


def _precision_at(swept: ThresholdSweep, least: float) -> float:
    """The precision of the highest threshold that has this recall."""
    return float(swept.precision[int(np.searchsorted(swept.recall, least))])


def _share(part: int, whole: int) -> Number:
    return Number(None, "–") if whole == 0 else Number(float(part / whole), percent(float(part / whole)))


def whole_percent(share: float) -> str:
    """A round share.

    Examples
    --------
    >>> whole_percent(0.55)
    '55 %'
    """
    return f"{100 * share:.0f} %"


def _roc_points(swept: ThresholdSweep) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Points of the curve, evenly spread along it."""
    x, y = swept.false_positive_rate, swept.recall
    return _points(x, y, _spread((x + y) / 2))


def _precision_points(swept: ThresholdSweep) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Points of the curve, evenly spread over recall, up to where all rows of the class are found."""
    last = int(np.searchsorted(swept.recall, 1.0)) + 1
    x, y = swept.recall[1:last], swept.precision[1:last]
    return _points(x, y, _spread(x))


def _spread(along: Doubles) -> list[int]:
    """The places of numbers, which rise from 0 to 1, that are nearest to evenly spread ones; the ends among them."""
    if len(along) <= POINTS:
        return list(range(len(along)))
    found = np.searchsorted(along, np.linspace(0, 1, POINTS)).clip(0, len(along) - 1)
    return sorted({0, *map(int, found), len(along) - 1})


def _points(x: Doubles, y: Doubles, places: list[int]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(x[places].round(4).tolist()), tuple(y[places].round(4).tolist())


def _thresholds(swept: ThresholdSweep, names: tuple[str, ...], caption: str) -> Table:
    """What round thresholds give."""
    acts = swept.hits + swept.false_alarms
    columns: dict[str, tuple[Doubles, bool]] = {
        "rows": (acts, False),
        "recall": (swept.recall, True),
        "false positive rate": (swept.false_positive_rate, True),
        "precision": (swept.precision, True),
    }
    lines: list[tuple[Cell, ...]] = []
    for threshold in LISTED:
        at = int(swept.place(threshold))
        cells = []
        for name in names:
            value, is_share = float(columns[name][0][at]), columns[name][1]
            none = name == "precision" and not acts[at]
            text = percent(value) if is_share else f"{value:,.0f}"
            cells.append(Number(None, "–") if none else Number(value, text))
        lines.append((Number(threshold, whole_percent(threshold)), *cells))
    titles = ("predicted from", *("rows predicted so" if name == "rows" else name for name in names))
    return Table(caption, titles, tuple(lines))
