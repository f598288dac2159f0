"""The columns of a table as a page shows them, and the one that is probably to be predicted."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from wade.documents.wording import compact
from wade.errors import ColumnError
from wade.model.preparation.prepare import LoadedTable
from wade.model.preparation.splitting import likely_targets
from wade.studio.messages import ColumnInfo
from wade.tables.columns.views import in_short
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.tables.profile.column_profile import ColumnProfile, profile_table
from wade.tables.reading.dataset import Dataset
from wade.tables.schema.infer import settle_target
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.schema.overview import describe


def likely_target(opened: Dataset) -> str:
    """The column that is probably to be predicted: one with a usual name, or the last that can be."""
    names = list(opened.arrow_types)
    likely = likely_targets(names)
    if len(likely) > 1 or likely[0] != names[-1]:
        return likely[0]
    table = opened.whole().reading.table
    profile = profile_table(table)
    return next((name for name in reversed(names) if _can_be_target(table, profile, name)), names[-1])


def _can_be_target(table: pa.Table, profile: Mapping[str, ColumnProfile], column: str) -> bool:
    try:
        settle_target(table, profile[column], ColumnOverrides(column), "")
    except ColumnError:
        return False
    return True


def columns_of(loaded: LoadedTable) -> tuple[list[ColumnInfo], tuple[str, ...], tuple[str, ...]]:
    """Every column, those that can be inputs, and warnings."""
    table, target = loaded.whole.reading.table, loaded.choices.target
    overview, profile = describe(table, loaded.name, loaded.choices), profile_table(table)
    infos = [
        ColumnInfo(
            name=one.name,
            role="target" if one.name == target else one.role,
            reason=one.why,
            unit=overview.units.get(one.name, ""),
            summary=_summary(one),
            can_be_drawn=one.role == "number" and one.name != target,
            can_be_target=one.name == target or _can_be_target(table, profile, one.name),
        )
        for one in overview.columns
    ]
    usable = tuple(one.name for one in overview.columns if one.role in KINDS and one.name != target)
    # Where nothing can be used, the preparation refuses the columns and says why.
    usable = usable or tuple(one.name for one in overview.columns if one.name != target)
    return infos, usable, (*(caution.message for caution in overview.cautions), *overview.notes)


def _summary(column: Column) -> str:
    """The range of a column, or how many values it has, and how many are missing."""
    facts = column.facts
    if facts is None:
        return ""
    ranged = facts.low is not None and facts.high is not None
    about = "" if facts.exact else "about "
    shown = f"{compact(facts.low)} to {compact(facts.high)}" if ranged else f"{about}{facts.different:,} values"
    if facts.examples and not ranged:
        shown += f": {', '.join(map(in_short, facts.examples[:3]))}{', …' if facts.different > 3 else ''}"
    return f"{shown}, {facts.missing:,} missing" if facts.missing else shown
