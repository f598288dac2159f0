"""From what was seen in a column to its role and the reason for it: nothing else is looked at.

The rules, the first that fits: nothing or one value only → constant · true and false → boolean · times, or text in
which every value is a date of one form → date-time · text that hardly comes back → identifier, or free text where
values have several words · other text → category · whole numbers that number the rows → identifier · other numbers →
number.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from wade.errors import ColumnError
from wade.tables.columns.views import ISO, column_location, in_short
from wade.tables.profile.column_profile import ColumnProfile, Span
from wade.tables.schema.schema import Column, ColumnSummary, minimum_count

IDENTIFIER_ROWS: Final = 50
NAMING: Final = 0.95
FREE_TEXT_WORDS: Final = 3.0
FREE_TEXT_SHARE: Final = 0.5
COINCIDENCES: Final = 10.0
CLASS_NUMBERS: Final = 20
ROWS_PER_CLASS: Final = 20
EXAMPLES: Final = 5
EXAMPLE_CHARACTERS: Final = 40


class Role(NamedTuple):
    """A role, its reason, and for dates how they are written."""

    role: str
    why: str
    form: str = ""


def find_column(profile: ColumnProfile, name: str) -> Column:
    """The column with the role that fits what was seen.

    Examples
    --------
    >>> import pyarrow as pa
    >>> column = find_column(ColumnProfile.of(pa.array([45.0, 0.0, 15.0])), "wind")
    >>> column.role, column.why
    ('number', 'numbers from 0 to 45')
    """
    return as_column(profile, name, find_role(profile))


def as_column(profile: ColumnProfile, name: str, role: Role) -> Column:
    """The column in this role, with the facts that may be kept."""
    return Column(name, role.role, role.why, role.form, facts_of(profile, role))


def find_role(profile: ColumnProfile) -> Role:
    """The role that fits what was seen."""
    vacant = why_constant(profile)
    if vacant:
        return Role("constant", vacant)
    if profile.booleans:
        return Role("boolean", "true or false")
    if profile.times:
        return Role("date-time", _dates(profile, ISO), ISO)
    if profile.is_text:
        return _text_role(profile)
    if numbers_the_rows(profile):
        one_more = ", one more in every row" if profile.counting else ""
        return Role("identifier", f"another whole number in every row{one_more}: it numbers the rows")
    return Role("number", _numbers(profile))


def requested_role(profile: ColumnProfile, role: str, form: str = "") -> Role:
    """A role that the user has chosen, with what it means for this column."""
    what = {
        "category": f"taken as a category, as asked, with {_kinds(profile)}",
        "number": f"{_numbers(profile)}, as asked",
        "boolean": "true or false, as asked",
        "text": "read word by word, as asked",
        "constant": why_constant(profile) or "left out, as asked",
    }.get(role, "left out, as asked")
    return Role("date-time", f"{_dates(profile, form)}, as asked", form) if role == "date-time" else Role(role, what)


def why_constant(profile: ColumnProfile) -> str:
    """Why there is nothing to learn from a column, or an empty string."""
    if profile.missing == profile.rows:
        return "every value is missing"
    if not profile.missing and profile.distinct.complete and profile.distinct.count == 1:
        return f"the value is always {str(profile.distinct.values[0])!r}"
    return ""


def numbers_the_rows(profile: ColumnProfile) -> bool:
    """Whether whole numbers are another one in every row though their range is too narrow for that to be by chance.

    Among n numbers drawn from a range of r, about n²/2r pairs are equal; where ten or more could be expected and there
    is none, somebody has numbered the rows.
    """
    if not (
        profile.integers
        and profile.numbers == profile.rows > IDENTIFIER_ROWS
        and profile.range
        and profile.distinct.once == 1
    ):
        return False
    return profile.counting or profile.rows**2 / (2 * (profile.range.high - profile.range.low + 1)) > COINCIDENCES


def hardly_comes_back(profile: ColumnProfile) -> bool:
    """Whether more than half of the values of a text stand in one row only: to learn them is to memorise rows."""
    return bool(profile.texts > IDENTIFIER_ROWS and profile.distinct.once > FREE_TEXT_SHARE)


def find_target(profile: ColumnProfile, name: str, wanted: str, table_name: str) -> Column:
    """The target as a number or as classes.

    Parameters
    ----------
    seen
        of a column from which something can be learned (see `checks`)
    name, table_name
        what it and its table are called
    wanted
        the role that was asked for, or an empty string

    Raises
    ------
    ColumnError
        There are too many texts to be classes.
    """
    if wanted == "category":
        role = Role("category", f"classes, as asked: {_kinds(profile)}")
    elif wanted:
        role = requested_role(profile, wanted)
    elif profile.booleans:
        role = Role("boolean", "two classes: true and false")
    elif profile.texts:
        kinds = profile.different
        if 2 * kinds > profile.present > IDENTIFIER_ROWS:
            problem = f"{kinds:,} different texts in {profile.present:,} rows are too many to be classes"
            raise ColumnError(column_location(table_name, name), problem, "Choose another column with --target.")
        role = Role("category", f"text with {_kinds(profile)}, which make {'two' if kinds == 2 else 'many'} classes")
    else:
        role = _number_target(profile, name)
    return as_column(profile, name, role)


def facts_of(profile: ColumnProfile, role: Role) -> ColumnSummary:
    """What may be kept of what was seen: of identifiers and free text, only counts."""
    different, exact = profile.different, profile.distinct.complete
    if role.role == "number" and profile.range:
        # Six digits tell a range; all of them would be a value of somebody's row.
        least, greatest = (float(f"{value:.6g}") for value in profile.range)
        return ColumnSummary(profile.missing, different, exact, least, greatest, rows=profile.rows)
    if role.role == "date-time" and profile.dates and role.form in profile.dates:
        low, high = _days(profile.dates[role.form])
        return ColumnSummary(profile.missing, different, exact, low, high, rows=profile.rows)
    if role.role in ("category", "boolean"):
        return ColumnSummary(
            profile.missing,
            different,
            exact,
            examples=examples(profile, minimum_count(profile.rows)),
            rows=profile.rows,
        )
    return ColumnSummary(profile.missing, different, exact, rows=profile.rows)


def examples(profile: ColumnProfile, least_count: int = 1) -> tuple[str, ...]:
    """Some of the most frequent values, in short; those that stand in few rows only are nobody's business."""
    return tuple(
        in_short(value)[:EXAMPLE_CHARACTERS] for value in profile.distinct.most_frequent(EXAMPLES, least_count)
    )


def counted(profile: ColumnProfile) -> str:
    """How many different values there are."""
    return f"{'' if profile.distinct.complete else 'about '}{profile.different:,}"


def _text_role(profile: ColumnProfile) -> Role:
    forms = list(profile.dates or ())
    if len(forms) == 1:
        return Role("date-time", f"{_dates(profile, forms[0])}, written as {forms[0]}", forms[0])
    if forms:
        either = " or ".join(forms)
        return Role("category", f"text that may be dates, but {either} fit alike; write dates as YYYY-MM-DD")
    if hardly_comes_back(profile) and profile.words >= FREE_TEXT_WORDS * profile.texts:
        once = f"{profile.distinct.once:.0%} of which occur in one row only"
        each = f"about {profile.words / profile.texts:.0f} words, {once}"
        return Role("text", f"texts of {each}: read word by word")
    if profile.texts > IDENTIFIER_ROWS and profile.distinct.once >= NAMING:
        almost = "" if profile.distinct.once == 1 else "almost "
        return Role("identifier", f"text with another value in {almost}every row: a name, which teaches nothing")
    return Role("category", f"text with {_kinds(profile)}")


def _number_target(profile: ColumnProfile, name: str) -> Role:
    """Numbers are classes where there are two whole ones, or where they count 0, 1, 2 … or 1, 2, 3 … without a gap.

    Such a run of few whole numbers, each in 20 rows or more on average, is how classes are written (digits, grades);
    measured quantities and counts have gaps, fractions or a long tail.
    """
    few = profile.whole and profile.distinct.complete and profile.distinct.count <= CLASS_NUMBERS
    distinct, count = np.sort(profile.distinct.values.astype(float)) if few else np.empty(0), profile.distinct.count
    if few and count == 2:
        return Role("category", f"two classes: {distinct[0]:.0f} and {distinct[1]:.0f}")
    run = few and distinct[0] in (0, 1) and distinct[-1] - distinct[0] == count - 1
    if run and profile.present >= ROWS_PER_CLASS * count:
        return Role("category", f"whole numbers {distinct[0]:.0f} … {distinct[-1]:.0f} without a gap: classes")
    hint = f"; as classes instead: --category {name}" if few else ""
    return Role("number", _numbers(profile) + hint)


def _numbers(profile: ColumnProfile) -> str:
    low, high = profile.range or Span(0.0, 0.0)
    return f"numbers from {low:.6g} to {high:.6g}"


def _dates(profile: ColumnProfile, form: str) -> str:
    if not profile.dates or form not in profile.dates:
        return "dates"
    low, high = _days(profile.dates[form])
    return f"dates from {low} to {high}"


def _days(span: Span) -> tuple[str, str]:
    return _day(span.low), _day(span.high)


def _day(seconds: float) -> str:
    return str(np.datetime64(int(seconds), "s").astype("datetime64[D]"))


def _kinds(profile: ColumnProfile) -> str:
    return f"{counted(profile)} different values"
