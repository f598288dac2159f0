"""A training as text that can be sent to others: its data, where they come with wade, and its settings."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl

from wade.errors import InvalidArgument

if TYPE_CHECKING:
    from wade.studio.data import Table

SOURCES: Final = ("built_in", "generated", "formula")


class SharedSettings(NamedTuple):
    """What stands after "#" in the page's address.

    Parameters
    ----------
    source, name : str
        Of the table; "" where the text names none.
    rows : int or None
    noise : float or None
    settings : dict
    """

    source: str
    name: str
    rows: int | None
    noise: float | None
    settings: dict[str, Any]

    def table_name(self, data: str | None, usual: str) -> str:
        """The table to begin with: that of the command where it names one, else of the text."""
        return data or self.name or usual

    def open_table(self, name: str, target: str | None) -> Table:
        """The table of this name; where the text names another one, without that one's rows and noise."""
        from wade.studio.data import open_table, source_of

        if self.name and name != self.name:
            return open_table(source_of(name), name, target=target)
        source: Any = self.source or source_of(name)
        return open_table(source, name, target=target, rows=self.rows, noise=self.noise)


def read_shared(text: str | None) -> SharedSettings:
    """Data and settings in what stands after "#" in the page's address.

    Raises
    ------
    InvalidArgument
        It has another form.

    Examples
    --------
    >>> read_shared("hidden=[4]&optimizer=adam").settings
    {'hidden': [4], 'optimizer': 'adam'}
    >>> read_shared("data=generated:moons&noise=0.2&rows=300&seed=7")
    SharedSettings(source='generated', name='moons', rows=300, noise=0.2, settings={'seed': 7})
    """
    pairs = dict(parse_qsl((text or "").removeprefix("#")))
    if text and not pairs:
        raise InvalidArgument("settings", "must be NAME=VALUE with & between them", text, 'Try "learning_rate=0.1".')
    data = pairs.pop("data", "")
    source, _, name = data.partition(":")
    if data and (source not in SOURCES or not name):
        remedy = 'Try "data=generated:moons"; name a file of your own in front of --settings.'
        expected = f"data must be SOURCE:NAME with a source of {', '.join(SOURCES)}"
        raise InvalidArgument("settings", expected, data, remedy)
    rows, noise = _number("rows", pairs.pop("rows", ""), int), _number("noise", pairs.pop("noise", ""), float)
    return SharedSettings(source, name, rows, noise, {key: _value(value) for key, value in pairs.items()})


def _number(name: str, text: str, kind: type[Any]) -> Any:
    try:
        return kind(text) if text else None
    except ValueError as error:
        raise InvalidArgument("settings", f"{name} must be a number", text, f"Leave {name} out.") from error


def _value(text: str) -> Any:
    try:
        return loads(text)
    except ValueError:
        return text
