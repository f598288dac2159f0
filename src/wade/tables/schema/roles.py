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
from wade.tables.columns.views import ISO, in_short, place
from wade.tables.profile.column_profile import Seen, Span
from wade.tables.schema.schema import Column, Facts, minimum_count

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


def find_column(seen: Seen, name: str) -> Column:
    """The column with the role that fits what was seen.

    Examples
    --------
    >>> import pyarrow as pa
    >>> column = find_column(Seen.of(pa.array([45.0, 0.0, 15.0])), "wind")
    >>> column.role, column.why
    ('number', 'numbers from 0 to 45')
    """
    return as_column(seen, name, find_role(seen))


def as_column(seen: Seen, name: str, role: Role) -> Column:
    """The column in this role, with the facts that may be kept."""
    return Column(name, role.role, role.why, role.form, facts_of(seen, role))


def find_role(seen: Seen) -> Role:
    """The role that fits what was seen."""
    vacant = why_constant(seen)
    if vacant:
        return Role("constant", vacant)
    if seen.booleans:
        return Role("boolean", "true or false")
    if seen.times:
        return Role("date-time", _dates(seen, ISO), ISO)
    if seen.is_text:
        return _text_role(seen)
    if numbers_the_rows(seen):
        one_more = ", one more in every row" if seen.counting else ""
        return Role("identifier", f"another whole number in every row{one_more}: it numbers the rows")
    return Role("number", _numbers(seen))


def asked(seen: Seen, role: str, form: str = "") -> Role:
    """A role that the user has chosen, with what it means for this column."""
    what = {
        "category": f"taken as a category, as asked, with {_kinds(seen)}",
        "number": f"{_numbers(seen)}, as asked",
        "boolean": "true or false, as asked",
        "free text": "read word by word, as asked",
        "constant": why_constant(seen) or "left out, as asked",
    }.get(role, "left out, as asked")
    return Role("date-time", f"{_dates(seen, form)}, as asked", form) if role == "date-time" else Role(role, what)


def why_constant(seen: Seen) -> str:
    """Why there is nothing to learn from a column, or an empty string."""
    if seen.missing == seen.rows:
        return "every value is missing"
    if not seen.missing and seen.distinct.complete and seen.distinct.count == 1:
        return f"the value is always {str(seen.distinct.values[0])!r}"
    return ""


def numbers_the_rows(seen: Seen) -> bool:
    """Whether whole numbers are another one in every row though their range is too narrow for that to be by chance.

    Among n numbers drawn from a range of r, about n²/2r pairs are equal; where ten or more could be expected and there
    is none, somebody has numbered the rows.
    """
    if not (seen.integers and seen.numbers == seen.rows > IDENTIFIER_ROWS and seen.range and seen.distinct.once == 1):
        return False
    return seen.counting or seen.rows**2 / (2 * (seen.range.high - seen.range.low + 1)) > COINCIDENCES


def hardly_comes_back(seen: Seen) -> bool:
    """Whether more than half of the values of a text stand in one row only: to learn them is to memorise rows."""
    return bool(seen.texts > IDENTIFIER_ROWS and seen.distinct.once > FREE_TEXT_SHARE)


def find_target(seen: Seen, name: str, wanted: str, table_name: str) -> Column:
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
        role = Role("category", f"classes, as asked: {_kinds(seen)}")
    elif wanted:
        role = asked(seen, wanted)
    elif seen.booleans:
        role = Role("boolean", "two classes: true and false")
    elif seen.texts:
        kinds = seen.different
        if 2 * kinds > seen.present > IDENTIFIER_ROWS:
            problem = f"{kinds:,} different texts in {seen.present:,} rows are too many to be classes"
            raise ColumnError(place(table_name, name), problem, "Choose another column with --target.")
        role = Role("category", f"text with {_kinds(seen)}, which make {'two' if kinds == 2 else 'many'} classes")
    else:
        role = _number_target(seen, name)
    return as_column(seen, name, role)


def facts_of(seen: Seen, role: Role) -> Facts:
    """What may be kept of what was seen: of identifiers and free text, only counts."""
    different, exact = seen.different, seen.distinct.complete
    if role.role == "number" and seen.range:
        # Six digits tell a range; all of them would be a value of somebody's row.
        least, greatest = (float(f"{value:.6g}") for value in seen.range)
        return Facts(seen.missing, different, exact, least, greatest, rows=seen.rows)
    if role.role == "date-time" and seen.dates and role.form in seen.dates:
        low, high = _days(seen.dates[role.form])
        return Facts(seen.missing, different, exact, low, high, rows=seen.rows)
    if role.role in ("category", "boolean"):
        return Facts(seen.missing, different, exact, examples=examples(seen, minimum_count(seen.rows)), rows=seen.rows)
    return Facts(seen.missing, different, exact, rows=seen.rows)


def examples(seen: Seen, least_count: int = 1) -> tuple[str, ...]:
    """Some of the most frequent values, in short; those that stand in few rows only are nobody's business."""
    return tuple(in_short(value)[:EXAMPLE_CHARACTERS] for value in seen.distinct.most_frequent(EXAMPLES, least_count))


def counted(seen: Seen) -> str:
    """How many different values there are."""
    return f"{'' if seen.distinct.complete else 'about '}{seen.different:,}"


def _text_role(seen: Seen) -> Role:
    forms = list(seen.dates or ())
    if len(forms) == 1:
        return Role("date-time", f"{_dates(seen, forms[0])}, written as {forms[0]}", forms[0])
    if forms:
        either = " or ".join(forms)
        return Role("category", f"text that may be dates, but {either} fit alike; write dates as YYYY-MM-DD")
    if hardly_comes_back(seen) and seen.words >= FREE_TEXT_WORDS * seen.texts:
        each = f"about {seen.words / seen.texts:.0f} words, {seen.distinct.once:.0%} of which stand in one row only"
        return Role("free text", f"texts of {each}: read word by word")
    if seen.texts > IDENTIFIER_ROWS and seen.distinct.once >= NAMING:
        almost = "" if seen.distinct.once == 1 else "almost "
        return Role("identifier", f"text with another value in {almost}every row: a name, which teaches nothing")
    return Role("category", f"text with {_kinds(seen)}")


def _number_target(seen: Seen, name: str) -> Role:
    """Numbers are classes where there are two whole ones, or where they count 0, 1, 2 … or 1, 2, 3 … without a gap.

    Such a run of few whole numbers, each in 20 rows or more on average, is how classes are written (digits, grades);
    measured quantities and counts have gaps, fractions or a long tail.
    """
    few = seen.whole and seen.distinct.complete and seen.distinct.count <= CLASS_NUMBERS
    distinct, count = np.sort(seen.distinct.values.astype(float)) if few else np.empty(0), seen.distinct.count
    if few and count == 2:
        return Role("category", f"two classes: {distinct[0]:.0f} and {distinct[1]:.0f}")
    run = few and distinct[0] in (0, 1) and distinct[-1] - distinct[0] == count - 1
    if run and seen.present >= ROWS_PER_CLASS * count:
        return Role("category", f"whole numbers {distinct[0]:.0f} … {distinct[-1]:.0f} without a gap: classes")
    hint = f"; as classes instead: --category {name}" if few else ""
    return Role("number", _numbers(seen) + hint)


def _numbers(seen: Seen) -> str:
    low, high = seen.range or Span(0.0, 0.0)
    return f"numbers from {low:.6g} to {high:.6g}"


def _dates(seen: Seen, form: str) -> str:
    if not seen.dates or form not in seen.dates:
        return "dates"
    low, high = _days(seen.dates[form])
    return f"dates from {low} to {high}"


def _days(span: Span) -> tuple[str, str]:
    return _day(span.low), _day(span.high)


def _day(seconds: float) -> str:
    return str(np.datetime64(int(seconds), "s").astype("datetime64[D]"))


def _kinds(seen: Seen) -> str:
    return f"{counted(seen)} different values"
