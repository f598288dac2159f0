"""Units of measure, currencies and magnitudes as they are written beside a number, and which of them convert.

Units of one dimension convert by whole factors and powers of ten. Metric and imperial units are dimensions of their
own, and so is each currency: what only converts by a rate, or by a factor that is a convention, is never added up.
A unit that no table here knows is a dimension of its own too ("ppm", "rooms").
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple


class Unit(NamedTuple):
    """A unit within its dimension: `times` · 10^`power` of the dimension's smallest common measure."""

    symbol: str
    dimension: str
    times: int = 1
    power: int = 0


COUNT: Final = "count"
TIME: Final = "time"
CLOCKS: Final = ("hh:mm:ss", "h:mm:ss", "hh:mm", "h:mm")
"""How clocks write durations: with hours under 24 in two digits, as times of day have them, or not."""
TABLE: Final[dict[str, dict[str, tuple[int, int]]]] = {
    COUNT: {
        "": (1, 0),
        "k": (1, 3),
        "lakh": (1, 5),
        "M": (1, 6),
        "crore": (1, 7),
        "bn": (1, 9),
        "tn": (1, 12),
    },
    TIME: {
        "ns": (1, -9),
        "µs": (1, -6),
        "ms": (1, -3),
        "s": (1, 0),
        "min": (60, 0),
        "h": (3600, 0),
        "d": (86400, 0),
        "week": (604800, 0),
    },
    "calendar time": {"month": (1, 0), "year": (12, 0)},
    "length": {"nm": (1, -9), "µm": (1, -6), "mm": (1, -3), "cm": (1, -2), "dm": (1, -1), "m": (1, 0), "km": (1, 3)},
    "imperial length": {"in": (1, 0), "ft": (12, 0), "yd": (36, 0), "mi": (63360, 0)},
    "area": {"mm²": (1, -6), "cm²": (1, -4), "dm²": (1, -2), "m²": (1, 0), "ha": (1, 4), "km²": (1, 6)},
    "imperial area": {"in²": (1, 0), "ft²": (144, 0), "yd²": (1296, 0)},
    "acres": {"acre": (1, 0)},
    "volume": {"µl": (1, -6), "ml": (1, -3), "cl": (1, -2), "dl": (1, -1), "l": (1, 0), "hl": (1, 2), "m³": (1, 3)},
    "mass": {"µg": (1, -6), "mg": (1, -3), "g": (1, 0), "kg": (1, 3), "t": (1, 6)},
    "imperial mass": {"oz": (1, 0), "lb": (16, 0), "st": (224, 0)},
    "Celsius": {"°C": (1, 0)},
    "Fahrenheit": {"°F": (1, 0)},
    "kelvin": {"K": (1, 0)},
    "times": {"x": (1, 0)},
    "angle": {"°": (1, 0)},
    "percent": {"%": (1, 0)},
    "per mille": {"‰": (1, 0)},
    "metric speed": {"km/h": (1, 0)},
    "speed in m/s": {"m/s": (1, 0)},
    "imperial speed": {"mph": (1, 0)},
    "knots": {"kn": (1, 0)},
    "bytes": {
        "B": (1, 0),
        "kB": (1, 3),
        "MB": (1, 6),
        "GB": (1, 9),
        "TB": (1, 12),
        "PB": (1, 15),
        "KiB": (2**10, 0),
        "MiB": (2**20, 0),
        "GiB": (2**30, 0),
        "TiB": (2**40, 0),
    },
} | {
    f"in {base}": {f"{prefix}{base}": (1, power) for prefix, power in prefixes.items()}
    for prefixes in ({"µ": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9},)
    for base in ("W", "Wh", "V", "A", "Hz", "Pa", "J", "VA", "eV", "Ω", "bit/s")
}
TABLE["in Pa"] |= {"hPa": (1, 2), "mbar": (1, 2), "bar": (1, 5)}
CURRENCIES: Final[dict[str, tuple[str, ...]]] = {
    "$": ("$", "USD", "US$", "dollar", "dollars"),
    "€": ("€", "EUR", "Euro", "Euros", "euro", "euros"),
    "£": ("£", "GBP"),
    "¥": ("¥", "JPY", "￥", "yen", "円"),
    "₹": ("₹", "INR", "Rs", "Rs.", "rupees"),
    "₽": ("₽", "RUB"),
    "₩": ("₩", "KRW", "원"),
    "₺": ("₺", "TRY"),
    "₴": ("₴", "UAH"),
    "₪": ("₪", "ILS"),
    "₫": ("₫", "VND"),
    "฿": ("฿", "THB"),
    "₦": ("₦", "NGN"),
    "₱": ("₱", "PHP"),
    "₿": ("₿", "BTC"),
    "R$": ("R$", "BRL"),
    "A$": ("A$", "AU$", "AUD"),
    "C$": ("C$", "CA$", "CAD"),
    "NZ$": ("NZ$", "NZD"),
    "HK$": ("HK$", "HKD"),
    "S$": ("S$", "SGD"),
    "CHF": ("CHF", "SFr.", "Fr."),
    "zł": ("zł", "PLN"),
    "Kč": ("Kč", "CZK"),
    "kr": ("kr", "kr."),
    "CNY": ("CNY", "元"),
    "¢": ("¢",),
} | {
    code: (code,)
    for codes in ("AED ARS BGN CLP COP DKK EGP HUF IDR ISK", "KES KWD MAD MXN MYR NOK PEN PKR RON SAR SEK TWD ZAR")
    for code in codes.split()
}
TABLE.update({symbol: {symbol: (1, 0)} for symbol in CURRENCIES})
IMPERIAL: Final = frozenset(
    ("imperial length", "imperial area", "imperial mass", "imperial speed", "acres", "Fahrenheit")
)
POINT_CURRENCIES: Final = frozenset(("$", "£", "¥", "₹", "A$", "C$", "NZ$", "HK$", "S$"))
"""Currencies of places that write 1,234.56."""
SPELLINGS: Final[dict[str, str]] = {
    "k": "thousand thousands tsd mille",
    "M": "mn mio million millions mln MM mill",
    "bn": "billion billions mrd bio bln",
    "tn": "trillion trillions trn",
    "lakh": "lakhs lac lacs",
    "crore": "crores cr",
    "µs": "us usec microsecond microseconds",
    "ms": "msec msecs millisecond milliseconds",
    "s": "sec secs second seconds Sek",
    "min": "mins minute minutes",
    "h": "hr hrs hour hours std Std",
    "d": "day days Tag Tage",
    "week": "w wk wks weeks",
    "month": "mo mos mth mths months",
    "year": "y yr yrs years",
    "µm": "um micron microns",
    "mm": "millimeter millimeters millimetre millimetres",
    "cm": "centimeter centimeters centimetre centimetres",
    "m": "meter meters metre metres",
    "km": "kms kilometer kilometers kilometre kilometres",
    "in": "inch inches \" ″ ''",
    "ft": "foot feet ' ′",
    "yd": "yds yard yards",
    "mi": "mile miles",
    "m²": "sqm qm",
    "km²": "sqkm",
    "ft²": "sqft sf",
    "acre": "acres ac",
    "µl": "ul",
    "ml": "milliliter milliliters millilitre millilitres cc",
    "l": "L liter liters litre litres",
    "m³": "cbm",
    "µg": "ug mcg",
    "mg": "milligram milligrams",
    "g": "gr gram grams gramme",
    "kg": "kgs kilo kilos kilogram kilograms",
    "t": "tonne tonnes",
    "oz": "ounce ounces",
    "lb": "lbs",
    "°C": "℃ ºC degC celsius C",
    "°F": "℉ ºF degF fahrenheit F",
    "K": "kelvin",
    "x": "× times",
    "°": "º deg degree degrees",
    "%": "％ pct percent",
    "km/h": "kmh kph kmph",
    "mph": "mi/h",
    "kn": "kt kts knot knots",
    "kB": "KB",
}
PHRASES: Final[dict[str, str]] = {
    "sq ft": "ft²",
    "square feet": "ft²",
    "sq m": "m²",
    "square meters": "m²",
    "square metres": "m²",
    "sq km": "km²",
    "per cent": "%",
    "deg C": "°C",
    "deg F": "°F",
    "° C": "°C",
    "° F": "°F",
    "miles per hour": "mph",
    "km per h": "km/h",
}
SEVERAL: Final[dict[str, tuple[Unit, ...]]] = {
    "m": (Unit("m", "length"), Unit("min", TIME, 60), Unit("month", "calendar time"), Unit("M", COUNT, 1, 6)),
    "K": (Unit("K", "kelvin"), Unit("k", COUNT, 1, 3)),
    "B": (Unit("B", "bytes"), Unit("bn", COUNT, 1, 9)),
    "b": (Unit("B", "bytes"), Unit("bn", COUNT, 1, 9)),
    "G": (Unit("g", "mass"), Unit("bn", COUNT, 1, 9)),
    "hh:mm:ss": (Unit("s", TIME),),
    "h:mm:ss": (Unit("s", TIME),),
    "hh:mm": (Unit("s", TIME),),
    "h:mm": (Unit("s", TIME),),
}
"""Spellings that the other values of a column decide, and those of clocks."""
NO_UNITS: Final = frozenset(
    word
    for words in (
        "am pm a.m p.m st nd rd th uhr bc ad bce ce utc gmt cet est to bis und and or e",
        "jan feb mar apr may jun jul aug sep sept oct nov dec",
        "january february march april june july august september october november december",
        "mon tue wed thu fri sat sun",
    )
    for word in words.split()
)
"""Words after a number that make it part of a date, of a clock time or of an order, not an amount."""
OPAQUE: Final = re.compile(
    r"/?[^\W\d_]+(?:[²³]|\^-?[1-9])?(?:(?:/| per |·|\*)\d{0,4}[^\W\d_%]+(?:[²³]|\^-?[1-9])?){0,3}"
)
LONGEST_UNIT: Final = 24
ALONE: Final = (
    *("N", "mol", "°K", "dB", "pH", "ppm", "ppb", "rad", "rpm", "psi", "cal", "kcal"),
    *("count", "number", "index", "score", "unitless", "none"),
)
"""What else stands where a unit is expected; after a number, most of these would be part of a code."""


@lru_cache(4096)
def meanings(name: str) -> tuple[Unit, ...]:
    """What a unit's name may be, as `named` gives it: one unit, several for "m", "K" and "B".

    Examples
    --------
    >>> meanings("km")
    (Unit(symbol='km', dimension='length', times=1, power=3),)
    >>> [unit.dimension for unit in meanings("m")]
    ['length', 'time', 'calendar time', 'count']
    """
    if name in SEVERAL:
        return SEVERAL[name]
    for dimension, units in TABLE.items():
        if name in units:
            return (Unit(name, dimension, *units[name]),)
    return (Unit(name, f"in {name}"),)


def is_known(name: str) -> bool:
    """Whether the table has a unit of this name."""
    return name in SEVERAL or any(name in units for units in TABLE.values())


@lru_cache(4096)
def named(written: str, glued: bool = False) -> str | None:
    """The name of a unit as it is written after a number ("" for none); None where it is no unit.

    Examples
    --------
    >>> named("kgs"), named("sq. ft."), named("Rooms"), named("USD"), named("am")
    ('kg', 'ft²', 'room', '$', None)
    """
    text = " ".join(written.replace(".", "").replace("μ", "µ").split())
    if not text or text in SEVERAL:
        return text
    money, per, of = text.replace(" per ", "/").partition("/")
    if per and _EXACT.get(money.strip()) in CURRENCIES and of:
        return f"{_EXACT[money.strip()]}/{of.strip().casefold()}"
    raised = re.sub(r"(?<=[^\W\d_])\^?([23])$", lambda found: "²³"[int(found[1]) - 2], text)
    for spelling in (text, raised):
        if spelling in _EXACT:
            return _EXACT[spelling]
    for spelling in (text.casefold(), raised.casefold()):
        if spelling in _FOLDED and len(spelling) > 1:
            return _FOLDED[spelling]
    folded = raised.casefold()
    usable = len(text) <= LONGEST_UNIT and OPAQUE.fullmatch(raised) and folded not in NO_UNITS
    if not usable or (glued and len(text) < 2):
        return None
    # "1 room" and "2 rooms" are one unit.
    return folded[:-1] if len(folded) > 3 and folded.endswith("s") and not folded.endswith("ss") else folded


def _exact() -> dict[str, str]:
    found = {name: name for units in TABLE.values() for name in units if name}
    found |= {spelling: name for name, spellings in CURRENCIES.items() for spelling in spellings}
    found |= {spelling.replace(".", ""): name for spelling, name in found.items()}
    found |= {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings.split()}
    return found | PHRASES


def _folded() -> dict[str, str]:
    """Spellings in small letters, those left out that would be two units ("mW" and "MW")."""
    found: dict[str, set[str]] = {}
    for spelling, name in _EXACT.items():
        found.setdefault(spelling.casefold(), set()).add(name)
    return {spelling: min(names) for spelling, names in found.items() if len(names) == 1}


_EXACT: Final = _exact()
CURRENCY_SPELLINGS: Final = {spelling: name for spelling, name in _EXACT.items() if name in CURRENCIES}
MAGNITUDES: Final = {spelling: TABLE[COUNT][name] for spelling, name in _EXACT.items() if name in TABLE[COUNT]}
_FOLDED: Final = _folded()
ALL_SPELLINGS: Final = {spelling: name for spelling, name in _FOLDED.items() if len(spelling) > 1} | _EXACT
"""Every spelling of a known unit, and those in small letters that mean no other one."""
SPELLINGS_OF_PARTS: Final = frozenset(
    spelling
    for spelling in (*_EXACT, "m")
    for unit in meanings(_EXACT.get(spelling, spelling))[:1]
    if unit.dimension in (TIME, "calendar time", "length", "imperial length", "mass", "imperial mass")
)
"""How units are written of which several make one number: "1h 30m", "5 ft 11 in"."""
