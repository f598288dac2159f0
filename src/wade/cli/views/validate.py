"""The metrics of a cross-validation: mean, deviation and range over the folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from wade.cli.views.tables import counted, facts, headline, paragraph, table, terminal
from wade.metrics import METRICS
from wade.metrics.wording import LINEAR, NETWORK, constant, number, reading


def show(found: Mapping[str, Any], verbose: bool) -> None:
    """Each metric of the network and of the baselines; with `verbose`, the lowest and highest too."""
    out, folds, summary = terminal(), found["folds"], found["summary"]
    columns, rows = counted(found["columns"], "column"), counted(found["rows"], "row")
    headline(out, f"{found['data']}: predicting {found['target']} from {columns}, {rows}")
    names = list(summary["network"])
    labels = {"constant": constant(found["task"]), "linear": LINEAR, "network": NETWORK}
    lines, styles = [], []
    for name, label in labels.items():
        if name in summary:
            spreads = [(metric, summary[name][metric]) for metric in names]
            lines.append([label, *(_mean(metric, spread) for metric, spread in spreads)])
            styles.append("bold" if label == NETWORK else "")
            if verbose or label == NETWORK:
                lines.append(["  lowest to highest", *(_range(metric, spread) for metric, spread in spreads)])
                styles.append("dim")
    titles = [counted(len(folds), "fold"), *(METRICS[name].label for name in names)]
    if len(names) > 3:
        titles, *lines = (list(row) for row in zip(titles, *lines, strict=True))
        titles, styles = [title.split(" (")[0] for title in titles], []
    table(out, titles, lines, styles=styles)
    paragraph(out, f"{reading(names)} Mean ± standard deviation over the folds.", "dim")
    out.print()
    facts(out, {"Folds": found["split"]["why"]})
    better = found["better_than_linear"]
    if better and found["settings"]["hidden"]:
        counts = ", ".join(f"{count} of {len(folds)} folds by {METRICS[name].label}" for name, count in better.items())
        facts(out, {"Comparison": f"better than the linear baseline in {counts}"})
        facts(out, {"Conclusion": (found["comparison"] or {}).get("summary", "")})
    facts(out, {"Verdict": _cause(folds)})
    engine = f", {found['engine']} engine" if verbose else ""
    facts(out, {"Time": f"{found['seconds']:.1f} s{engine}", "Warnings": "\n".join(found["notes"])})


def _cause(folds: Sequence[Mapping[str, Any]]) -> str:
    """What went wrong in most folds, in the words of the first of them; empty where nothing did."""
    causes = [fold["diagnosis"]["cause"] for fold in folds]
    cause, count = Counter(causes).most_common(1)[0]
    if cause is None:
        return ""
    summary = folds[causes.index(cause)]["diagnosis"]["summary"]
    return f"in {count} of {len(folds)} folds, such as: {summary}"


def _mean(metric: str, spread: Mapping[str, float | None]) -> str:
    if spread["mean"] is None:
        return "–"
    deviation = "" if spread["deviation"] is None else f" ± {number(metric, spread['deviation'])}"
    return f"{number(metric, spread['mean']).removesuffix(' %' if deviation else '')}{deviation}"


def _range(metric: str, spread: Mapping[str, float | None]) -> str:
    lowest, highest = spread["lowest"], spread["highest"]
    if lowest is None or highest is None:
        return ""
    return f"{number(metric, lowest).removesuffix(' %')}–{number(metric, highest)}"
