"""From a column's profile to its role and the reason for it: nothing else is looked at.

The rules, the first that fits: no value or one value only → constant; the first kind of `KINDS` that recognizes the
profile (boolean, date-time, text, category, number); and where that column only names rows → identifier.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from wade.errors import ColumnError
from wade.tables.columns.command_options import option
from wade.tables.columns.number_forms import form_of
from wade.tables.columns.target_range import range_problem
from wade.tables.columns.views import column_location, in_short
from wade.tables.kinds.column import Column, ColumnSummary, Role, different_values
from wade.tables.kinds.registry import KINDS
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.schema.counters import counter_in

IDENTIFIER_ROWS: Final = 50
IDENTIFIER_SHARE: Final = 0.95
CLASS_NUMBERS: Final = 20
ROWS_PER_CLASS: Final = 20


def find_column(profile: ColumnProfile, name: str) -> Column:
    """The column with the role that fits its profile.

    Examples
    --------
    >>> import pyarrow as pa
    >>> column = find_column(ColumnProfile.of(pa.array([45.0, 0.0, 15.0])), "wind")
    >>> column.role, column.why
    ('number', 'numbers from 0 to 45')
    """
    return as_column(profile, name, find_role(profile, name))


def as_column(profile: ColumnProfile, name: str, role: Role) -> Column:
    """The column in this role, with the statistics that may be kept."""
    return Column(name, role.role, role.why, role.form, _summary(profile, role), zone=role.zone)


def find_role(profile: ColumnProfile, name: str = "") -> Role:
    """The role that fits the profile; the name counts only where the values leave open whether they number the rows."""
    constant = why_constant(profile)
    if constant:
        return Role("constant", constant)
    recognized = ((kind, kind.recognize(profile)) for kind in KINDS.values())
    kind, role = next((kind, role) for kind, role in recognized if role is not None)
    identifier = why_identifier(profile, name) if kind.may_be_identifier and not role.form else ""
    return Role("identifier", identifier) if identifier else role


def requested_role(profile: ColumnProfile, role: str, form: str = "") -> Role:
    """A role that the user has given, with what it means for this column."""
    if role in KINDS:
        return KINDS[role].requested(profile, form)
    constant = why_constant(profile) if role == "constant" else ""
    return Role(role, constant or "dropped, as requested")


def why_constant(profile: ColumnProfile) -> str:
    """Why a column holds no information, or an empty string."""
    if profile.missing == profile.rows:
        return "every value is missing"
    if not profile.missing and profile.distinct.complete and profile.distinct.count == 1:
        return f"the value is always {in_short(profile.distinct.values[0])!r}"
    return ""


def why_identifier(profile: ColumnProfile, name: str = "") -> str:
    """Why a column only names rows, or an empty string."""
    counter = counter_in(profile, name)
    if counter is not None and counter.certain:
        return counter.why
    repeats = profile.rows - (profile.unrepeated or profile).rows
    profile = profile.unrepeated or profile
    # The size is that of the table, of which these may be the training rows.
    large = profile.texts and profile.reach - profile.missing > IDENTIFIER_ROWS
    unique = large and profile.distinct.once >= IDENTIFIER_SHARE
    if not unique or not profile.is_text or profile.dates:
        return ""
    almost = "" if profile.distinct.once == 1 and not repeats else "almost "
    return f"text with another value in {almost}every row: an ID column, excluded"


def find_target(profile: ColumnProfile, name: str, wanted: str, table_name: str, form: str = "") -> Column:
    """The target as a number or as classes; ColumnError where there are too many texts to be classes."""
    if wanted == "category":
        role = Role("category", f"classes, as requested: {different_values(profile)}")
    elif wanted:
        role = requested_role(profile, wanted, form)
    elif profile.booleans:
        role = Role("boolean", "two classes: true and false")
    elif profile.is_text and (form := KINDS["number"].form(profile, "")):
        role = _number_text_target(profile, name, form)
    elif profile.texts:
        count = profile.different
        if 2 * count > profile.present > IDENTIFIER_ROWS:
            problem = f"{count:,} different texts in {profile.present:,} rows are too many to be classes"
            raise ColumnError(column_location(table_name, name), problem, "Choose another column with --target.")
        refuse_amounts_as_classes(profile, name, table_name)
        role = Role(
            "category", f"text with {different_values(profile)}, which make {'two' if count == 2 else 'many'} classes"
        )
    else:
        role = _number_target(profile, name)
    if role.role == "number":
        _refuse_range(profile, role.form, column_location(table_name, name))
    return as_column(profile, name, role)


def _refuse_range(profile: ColumnProfile, form: str, where: str) -> None:
    """ColumnError where numbers are too large, or too much alike, to be predicted."""
    ends = profile.written.range(form_of(form)) if form and profile.written else profile.range
    problem = range_problem(*ends) if ends else None
    if problem:
        raise ColumnError(where, problem.what, problem.remedy)


def refuse_amounts_as_classes(profile: ColumnProfile, name: str, table_name: str) -> None:
    """ColumnError where most texts of a target are numbers of one sort or another, and too many for classes."""
    written = profile.written
    if written is None or 2 * written.numbers < profile.present or profile.different <= CLASS_NUMBERS:
        return
    examples = " and ".join(repr(value) for value in profile.distinct.most_frequent(2))
    problem = f"its {profile.different:,} different texts, such as {examples}, look like numbers in several units"
    as_class = option("--category", name)
    remedy = f"Write them in one unit, take each as a class with {as_class}, or choose another column with --target."
    raise ColumnError(column_location(table_name, name), problem, remedy)


def _summary(profile: ColumnProfile, role: Role) -> ColumnSummary:
    """The statistics that may be kept: of columns that are dropped, only counts."""
    if role.role in KINDS:
        return KINDS[role.role].summary(profile, role.form)
    return ColumnSummary(profile.missing, profile.different, profile.distinct.complete, rows=profile.rows)


def _number_text_target(profile: ColumnProfile, name: str, form: str) -> Role:
    """The same of numbers that are written as texts of a form."""
    few = profile.distinct.complete and profile.distinct.count <= CLASS_NUMBERS
    numbers = sorted({form_of(form).number(text) or 0.0 for text in profile.distinct.values}) if few else []
    if len(numbers) == 2:
        return Role("category", f"text with {different_values(profile)}, which make two classes")
    whole = few and all(number.is_integer() for number in numbers)
    run = whole and numbers[0] in (0, 1) and numbers[-1] - numbers[0] == len(numbers) - 1
    if run and profile.present >= ROWS_PER_CLASS * len(numbers):
        return Role("category", f"text with {different_values(profile)}, which make many classes")
    hint = f"; as classes instead: {option('--category', name)}" if few else ""
    return Role("number", KINDS["number"].describe(profile, form) + hint, form)


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
    hint = f"; as classes instead: {option('--category', name)}" if few else ""
    return Role("number", KINDS["number"].describe(profile, "") + hint)
