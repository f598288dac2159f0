"""The kinds of columns, the first that recognizes a column's profile wins; a new kind is one entry here."""

from __future__ import annotations

from typing import Final

from wade.tables.kinds.base import Kind
from wade.tables.kinds.boolean import Boolean
from wade.tables.kinds.category import Category
from wade.tables.kinds.datetime import DateTime
from wade.tables.kinds.number import Number
from wade.tables.kinds.text import Text

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in (Boolean(), DateTime(), Number(), Text(), Category())}
OTHER_ROLES: Final = ("identifier", "constant", "target")
"""Roles that are no kinds: columns that are dropped, and the one that is predicted."""


def role_names() -> tuple[str, ...]:
    """Every role that a user may give."""
    return (*KINDS, *OTHER_ROLES)


def keeps_text(role: str, form: str = "") -> bool:
    """Whether a column of this role and form stays text even where a file holds nothing but numbers in it.

    Examples
    --------
    >>> keeps_text("category"), keeps_text("number"), keeps_text("number", "1.234,56 €")
    (True, False, True)
    """
    return role in KINDS and (KINDS[role].keeps_text or KINDS[role].form_keeps_text(form))
