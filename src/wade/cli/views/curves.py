"""Learning curves: the training and validation error of each training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wade.cli.views.tables import counted, facts, headline, paragraph, table, terminal, width_left
from wade.metrics import METRICS
from wade.metrics.wording import constant, number

BAR = 16


def show(found: Mapping[str, Any], verbose: bool) -> None:
    """One line for each training, both errors drawn as points between 0 and the constant baseline's."""
    out, points, error, by_rows = terminal(), found["points"], found["error"], found["by"] == "rows"
    what = "number of training rows" if by_rows else "width of the hidden layers"
    headline(out, f"{found['data']}: error of {found['target']} against the {what}")
    lines = []
    for point in points:
        size = f"{point['rows']:,}" if by_rows else ",".join(map(str, point["hidden"])) or "no hidden layer"
        errors = [cell for part in ("train", "validation") for cell in _with_interval(error, point[part], verbose)]
        drawn = marks(point["train"]["value"], point["validation"]["value"], found["constant"])
        lines.append([size, *errors, drawn])
    bounds = ["95 % interval"] * verbose
    titles = ["rows" if by_rows else "width", "training", *bounds, "validation", *bounds, ""]
    is_drawn = width_left(out, titles[:-1], [line[:-1] for line in lines], least=0) >= BAR
    if not is_drawn:  # the figures need the whole line
        titles, lines = titles[:-1], [line[:-1] for line in lines]
    table(out, titles, lines, left=(len(titles) - 1,) if is_drawn else ())
    label, highest = METRICS[error].label, f"the {constant(found['task'])} {number(error, found['constant'])}"
    scale = f"from 0 to {highest}: ● training, ○ validation" if is_drawn else f"beside {highest}"
    paragraph(out, f"{label[0].upper()}{label[1:]}, lower is better, {scale}.", "dim")
    out.print()
    facts(out, {"Verdict": found["summary"]})
    rows = counted(found["split"]["validation"], "validation row")
    seconds = sum(point["seconds"] for point in points)
    split = f"{found['split']['why']} " if verbose else ""
    engine = f", {found['engine']} engine" if verbose else ""
    facts(
        out,
        {
            "Split": f"{split}Every training is evaluated on the same {rows}.",
            "Time": f"{seconds:.1f} s of training{engine}",
            "Warnings": "\n".join(found["notes"]),
        },
    )


def marks(train: float, validation: float, most: float) -> str:
    """Both errors on one line between 0 and the most.

    Examples
    --------
    >>> marks(0.0, 0.5, 1.0), marks(0.3, 9.0, 1.0), marks(1.0, 1.0, 1.0)
    ('●·······○·······', '····●··········○', '···············◉')
    """
    places = [min(BAR - 1, max(0, round(error / most * (BAR - 1)))) if most > 0 else 0 for error in (train, validation)]
    line = ["·"] * BAR
    line[places[0]], line[places[1]] = "●", "○"
    if places[0] == places[1]:
        line[places[0]] = "◉"
    return "".join(line)


def _with_interval(error: str, measured: Mapping[str, Any], verbose: bool) -> list[str]:
    bounds = "–".join(number(error, bound) for bound in measured["interval"] or ())
    return [number(error, measured["value"]), *([bounds] if verbose else [])]
