"""A rule: its code, its title, how grave it is, and the function that looks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Final, TypeAlias

from wade.documents.structure import Finding, Severity
from wade.reports.evidence import Evidence
from wade.reports.wording import with_table

Found: TypeAlias = tuple[str, str]
"""What was found, and the remedy; " DATA" in it stands for the table."""

MOST_NAMED: Final = 3


@dataclass(frozen=True)
class Rule:
    """A check.

    Parameters
    ----------
    code : str
        Such as "WADE101": 1.. data, 2.. training, 3.. quality.
    title : str
    severity : "warning" or "note"
    look : function of Evidence -> what was found, with the remedy
    needs_data : bool
        Whether the table has to be given.
    """

    code: str
    title: str
    severity: Severity
    look: Callable[[Evidence], Iterable[Found]]
    needs_data: bool = False

    def findings(self, evidence: Evidence) -> Iterator[Finding]:
        """What it finds."""
        for what, remedy in self.look(evidence):
            yield Finding(self.code, self.title, self.severity, what, in_full(remedy, evidence))


def in_full(step: str, evidence: Evidence) -> str:
    """A step to take, with the model and the table named in its commands; a frame has no name there."""
    report = evidence.report
    step = step.replace(" MODEL DATA", f" {quote(evidence.path)} {evidence.argument}")
    return with_table([step], report["target"], report["data"]) if report.get("from_file", True) else step


def named(names: Iterable[str]) -> str:
    """Some names in words, the first few of many.

    Examples
    --------
    >>> named(["a"]), named(["a", "b"]), named(["a", "b", "c", "d", "e"])
    ("'a'", "'a' and 'b'", "'a', 'b', 'c' and 2 more")
    """
    shown = [repr(name) for name in names]
    if len(shown) > MOST_NAMED:
        return f"{', '.join(shown[:MOST_NAMED])} and {len(shown) - MOST_NAMED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)
