"""Registries: the activations, losses, optimizers and schedules, each one entry under its name."""

from __future__ import annotations

from typing import Any, TypeVar

from wade.errors import InvalidArgument

Entry = TypeVar("Entry")


class Registry(dict[str, Entry]):
    """Entries by name. All parts of the package look up an entry here when they need it, and keep no copy.

    `kind` is what an entry is, for messages; each entry has a `name`.

    Examples
    --------
    >>> from wade.maths.activations import ACTIVATIONS
    >>> ACTIVATIONS.add(ACTIVATIONS["relu"])
    Traceback (most recent call last):
    wade.errors.InvalidArgument: `name` must not be that of another activation; received 'relu'.
    """

    def __init__(self, kind: str, *entries: Entry) -> None:
        super().__init__()
        self.kind = kind
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Make an entry known under its name; `InvalidArgument` where that is taken."""
        named: Any = entry
        if named.name in self:
            raise InvalidArgument("name", f"must not be that of another {self.kind}", named.name)
        self[named.name] = entry
