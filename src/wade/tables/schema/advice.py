"""Remedies are tried on the profiles before they are given: what would harm other columns is not advised."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping
from typing import Final

from wade.settings.readers import names
from wade.tables.columns.views import in_short
from wade.tables.kinds.column import Problem
from wade.tables.profile.column_profile import ColumnProfile

MOST_LOST: Final = 0.05
ALL_DIFFERENT: Final = 0.5
FEW_ROWS: Final = 50
WORD: Final = r"""(?:'[^']*'|"[^"]*"|[^\s'"])+?"""
"""Of a shell, as `shlex.quote` writes it."""
AS_MISSING: Final = re.compile(rf"(?:^|, )take it as missing with (--missing[= ]{WORD})(?=,| or|\.)")
AS_CATEGORY: Final = re.compile(rf", take the column as a category with --category[= ]{WORD}(?=,| or|\.)")


def tried(problem: Problem, name: str, profiles: Mapping[str, ColumnProfile]) -> Problem:
    """The problem without advice that would empty columns, or leave the problem where it is."""
    remedy = problem.remedy
    missing = AS_MISSING.search(remedy)
    if missing and not missing_is_harmless(_markers(missing[1]), name, profiles):
        remedy = remedy.replace(missing[0], "")
    own = profiles[name]
    if AS_CATEGORY.search(remedy) and own.rows > FEW_ROWS and own.distinct.once > ALL_DIFFERENT:
        # No value would come back often enough to be one.
        remedy = AS_CATEGORY.sub("", remedy)
    return problem._replace(remedy=remedy)


def missing_is_harmless(markers: Collection[str], name: str, profiles: Mapping[str, ColumnProfile]) -> bool:
    """Whether these texts, as missing values, leave the column with numbers only and nearly all of every other one.

    Examples
    --------
    >>> import pyarrow as pa
    >>> profiles = {
    ...     "size": ColumnProfile.of(pa.array(["1", "2", "3", "Free"]).dictionary_encode()),
    ...     "type": ColumnProfile.of(pa.array(["Free", "Paid", "Free", "Free"]).dictionary_encode()),
    ... }
    >>> missing_is_harmless(["Free"], "size", profiles)
    False
    >>> del profiles["type"]
    >>> missing_is_harmless(["Free"], "size", profiles)
    True
    """
    own = profiles[name]
    texts = sum(_count(own, marker) for marker in markers)
    if own.distinct.complete and not own.written and texts < own.texts - own.number_texts:
        return False
    others = (profile for other, profile in profiles.items() if other != name)
    return 2 * texts <= own.present and all(
        sum(_count(profile, marker) for marker in markers) <= MOST_LOST * profile.present for profile in others
    )


def _count(profile: ColumnProfile, text: str) -> int:
    """How many rows hold a text, among the values that are known."""
    pairs = zip(profile.distinct.values, profile.distinct.counts, strict=True)
    return sum(int(count) for value, count in pairs if in_short(value) == text)


def _markers(option: str) -> tuple[str, ...]:
    text = shlex.split(option.replace("=", " ", 1))[1]
    return names("missing", text)
