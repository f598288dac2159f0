"""`wade.report`: everything about a model as one document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from wade.documents.html import as_html, fragment
from wade.documents.plain import as_markdown, as_text
from wade.documents.structure import Document, Facts, Findings, Section, Text
from wade.errors import InvalidArgument
from wade.model.kept_report import kept_split
from wade.model.model import Model, require_model
from wade.reports.evidence import Evidence, gather
from wade.reports.findings.registry import find
from wade.reports.sections.data import split_section, table_section
from wade.reports.sections.decisions import decisions_section
from wade.reports.sections.quality import (
    baseline_facts,
    calibration_section,
    in_plain_words,
    quality_section,
    verdict,
)
from wade.reports.sections.reasons import reasons_section, row_section
from wade.reports.sections.reproduction import reproduction_section
from wade.reports.sections.training import learning_section, network_section
from wade.reports.wording import file_name, rows_in_words, task_in_words
from wade.tables import Dialect

BEFORE: Final[tuple[Callable[[Evidence], Section | None], ...]] = (
    table_section,
    split_section,
    network_section,
    learning_section,
    quality_section,
)
AFTER: Final[tuple[Callable[[Evidence], Section | None], ...]] = (
    calibration_section,
    decisions_section,
    reasons_section,
    row_section,
    reproduction_section,
)

NEEDED: Final = (
    *("data", "rows", "columns", "target", "task", "base_rate", "split", "settings", "history", "epochs", "best_epoch"),
    *("stop_reason", "test", "baselines", "engine", "seconds"),
)
"""What a report is made from; a model file from elsewhere may lack it."""


class ModelReport(Document):
    """A report about a model, as `wade.report` makes it."""

    def html(self) -> str:
        """A web page in one file, complete without scripts."""
        return as_html(self)

    def markdown(self) -> str:
        """Markdown, with the tables of GitHub's dialect."""
        return as_markdown(self)

    def text(self, width: int = 80) -> str:
        """For a terminal of this width."""
        return as_text(self, width)

    def _repr_html_(self) -> str:
        """For notebooks: the beginning of the report."""
        return fragment(replace(self, sections=()))

    def __repr__(self) -> str:
        return f"ModelReport({self.title!r}, {len(self.sections)} sections)"


def report(
    model: Model, data: Any = None, *, dialect: Dialect | None = None, seed: int = 0, path: str = "MODEL"
) -> ModelReport:
    """A report about a model: the table, the training, the quality, findings with remedies, and one row in full.

    Parameters
    ----------
    model : Model
    data, dialect
        As in `Model.evaluate`: the table that the model was trained on, of which the test rows are found again, or
        other rows with the target. None: what the model itself keeps; histograms, groups of rows, importance,
        decisions and the mathematics of one row need the table.
    seed : int
        Of intervals and shuffles.
    path : str
        The model's file, as suggested commands name it.

    Returns
    -------
    ModelReport
        Plain data: `to_dict()`; `html()`, `markdown()` and `text()` write it.

    Raises
    ------
    InvalidArgument, DataError
        It is no model; the table cannot be read, or has no target.

    Examples
    --------
    >>> import pyarrow as pa, wade
    >>> table = pa.table({"x": [0.5, 1.0, 2.5, 3.0] * 25, "late": ["no", "no", "yes", "yes"] * 25})
    >>> model = wade.learn(table, "late", hidden=(), epochs=5)
    >>> document = wade.report(model, table)
    >>> [section.key for section in document.sections][:4]
    ['table', 'split', 'network', 'learning']
    >>> document.html().startswith("<!doctype html>")
    True
    """
    require_model(model)
    lacking = sorted({*NEEDED} - {*model.report})
    if lacking:
        expected = "must keep the report of its training"
        raise InvalidArgument("model", expected, f"one without {', '.join(lacking)}", "Train it again.")
    evidence = gather(model, data, dialect, seed, path)
    found = find(evidence)
    sections = [make(evidence) for make in BEFORE]
    sections += [Section("findings", "Findings", (found,)), *(make(evidence) for make in AFTER)]
    kept = model.report
    return ModelReport(
        f"Prediction of {kept['target']} from {file_name(kept['data'])}",
        summary(evidence, found),
        tuple(section for section in sections if section is not None),
        {"model": path, "target": kept["target"], "task": kept["task"], "rows": kept["rows"]},
    )


def summary(evidence: Evidence, found: Findings) -> tuple[Text | Facts, ...]:
    """What a reader in a hurry needs: the verdict, the metrics, the codes of the findings."""
    codes = "; ".join(dict.fromkeys(f"{one.code} {one.title}" for one in found.found)) or "none"
    kept = evidence.report
    trained = f"{kept_split(kept).train:,} training rows of {rows_in_words(kept)}"
    facts = (
        ("Model", f"{file_name(evidence.path)}: {task_in_words(kept['task'])}, {trained}"),
        *baseline_facts(evidence).items,
        ("Findings", codes),
    )
    plain = in_plain_words(evidence)
    return Text(verdict(evidence), emphasis=True), *([Text(plain)] if plain else []), Facts(facts)
