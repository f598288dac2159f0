"""The rules by their codes: a new one is one entry, one section of docs/findings.md and one test that triggers it."""

from __future__ import annotations

from typing import Final

from wade.documents.structure import Findings
from wade.reports.evidence import Evidence
from wade.reports.findings.data import DATA_RULES
from wade.reports.findings.quality import QUALITY_RULES
from wade.reports.findings.rule import Rule
from wade.reports.findings.training import TRAINING_RULES

RULES: Final[dict[str, Rule]] = {rule.code: rule for rule in (*DATA_RULES, *TRAINING_RULES, *QUALITY_RULES)}


def find(evidence: Evidence) -> Findings:
    """What every rule finds that the evidence allows, warnings before notes."""
    run = [rule for rule in RULES.values() if evidence.table is not None or not rule.needs_data]
    found = [one for rule in run for one in rule.findings(evidence)]
    left = tuple(code for code, rule in RULES.items() if rule not in run)
    ordered = sorted(found, key=lambda one: one.severity != "warning")
    return Findings(tuple(ordered), tuple(rule.code for rule in run), left)
