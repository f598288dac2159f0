"""Rows that repeat an earlier one as a whole: they hide that a column has another value in every row, as an ID has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa

from wade.tables.profile.column_profile import ColumnProfile, profile_table
from wade.tables.profile.duplicates import row_hashes

MOST_REPEATED: Final = 0.02
FEW_REPEATED: Final = 3
"""Up to this share of rows, or this number, count as entered twice: in a table of two columns, many are alike."""


def with_unrepeated(table: pa.Table, profiles: Mapping[str, ColumnProfile]) -> dict[str, ColumnProfile]:
    """The profiles, those of columns that may name rows with what they would be without repeated rows (`unrepeated`).

    `profiles` are of these rows; where they are of more, of which the table is a sample, repeated rows are not known.

    Examples
    --------
    >>> table = pa.table({"customer": [*range(100, 120), 119], "left": [0, 1] * 10 + [1]})
    >>> found = with_unrepeated(table, profile_table(table))
    >>> found["customer"].unrepeated.rows, found["left"].unrepeated
    (20, None)
    """
    found = dict(profiles)
    names = [name for name in table.column_names if _may_name_rows(found[name])]
    if not names or found[names[0]].rows != table.num_rows:
        return found
    plain = [name for name in table.column_names if not found[name].nested]
    first = np.sort(np.unique(row_hashes(table, plain), return_index=True)[1])
    if len(first) == table.num_rows:
        return found
    places = found[names[0]].places
    kept = table.select(names).take(pa.array(first))
    fresh = profile_table(kept, None if places is None else places[first])
    return found | {name: replace(found[name], unrepeated=fresh[name]) for name in names}


def _may_name_rows(profile: ColumnProfile) -> bool:
    counts = profile.distinct.counts
    if not (profile.integers or profile.is_text) or not len(counts) or profile.distinct.once == 1:
        return False
    kept = int(counts.sum())
    repeats = profile.present * (kept - len(counts)) / kept
    return repeats <= max(FEW_REPEATED, MOST_REPEATED * profile.rows)
