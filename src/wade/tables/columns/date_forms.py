"""The forms in which texts are dates: one table of forms, and one regular expression for each.

A form is written as `strptime` writes it. One without a time of day takes any after the date (" 13:45", "T13:45:10.5",
" 1:45 PM") or none, and every form takes an offset from UTC after a time of day ("Z", "+02", "+0200", "+02:00"): what
is written there means one thing only. The order of day and month does not, so it is part of the form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final, NamedTuple

from wade.errors import InvalidArgument

ISO: Final = "ISO 8601"
CLOCK: Final = "time of day"
COMPACT: Final = "%Y%m%d"
LONGEST_FORM: Final = 80

_JANUARY_TO_DECEMBER: Final = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_MONDAY_TO_SUNDAY: Final = (
    r"(?i:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
DIRECTIVES: Final[Mapping[str, str]] = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})(?i:st|nd|rd|th)?",
    "b": rf"(?P<b>{_JANUARY_TO_DECEMBER})\.?",
    "B": rf"(?P<b>{_JANUARY_TO_DECEMBER})\.?",
    "a": rf"{_MONDAY_TO_SUNDAY}\.?",
    "A": rf"{_MONDAY_TO_SUNDAY}\.?",
    "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{2})",
    "S": r"(?P<S>\d{2})",
    "f": r"\d{1,9}",
    "p": r"(?P<p>(?i:[ap]\.?m\.?))",
    "z": r"(?P<z>(?i:Z|UTC|GMT)|(?i:UTC|GMT)?[+-]\d{2}(?::?\d{2})?)",
}
"""What a form may hold, as regular expressions; %B is read as %b: "Jan", "January" and "JAN." are one month."""
FIXED_WIDTH: Final = {"m": r"(?P<m>\d{2})", "d": r"(?P<d>\d{2})", "H": r"(?P<H>\d{2})", "I": r"(?P<H>\d{2})"}
"""Instead, where digits follow digits."""
OFFSET: Final = f"(?: ?{DIRECTIVES['z']})?"
FRACTION: Final = r"(?:[.,]\d{1,9})?"
TIME_OF_DAY: Final = (
    rf"{DIRECTIVES['H']}(?::?{DIRECTIVES['M']}(?::?{DIRECTIVES['S']}{FRACTION})?)?(?: ?{DIRECTIVES['p']})?{OFFSET}"
)
AFTER_DATE: Final = f"(?:(?:[Tt:]|,? +){TIME_OF_DAY})?"
ISO_DATE: Final = r"(?P<Y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
NO_DURATION: Final = r"(?!\d:\d{2}:\d{2}(?:[.,]\d{1,9})?\Z)"
ONLY_TIME: Final = (
    rf"{NO_DURATION}{DIRECTIVES['H']}:{DIRECTIVES['M']}(?::{DIRECTIVES['S']}{FRACTION})?(?: ?{DIRECTIVES['p']})?"
)
"""An hour of one digit with minutes and seconds is a duration, such as the 1:35:20 of a run."""
NO_DATE: Final = r"0|0{8}|0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[T ]+0{1,2}:00(?::00(?:\.0+)?)?)?"
"""What databases write where there is no date: a missing value."""
SEVERAL: Final = 64

_NUMBERS: Final = tuple(
    form.replace("/", separator)
    for separator in "/.-"
    for form in ("%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d")
    if (form, separator) != ("%Y/%m/%d", "-")  # that is ISO 8601
)
_NAMES: Final = (
    *(form.replace("-", separator) for separator in ("-", " ", "/", ".", "") for form in ("%d-%b-%Y", "%d-%b-%y")),
    *(f"%d{separator}%b{separator}%Y".replace("%b. ", "%b ") for separator in (". ",)),
    *("%b %d, %Y", "%b %d %Y", "%b-%d-%Y", "%b/%d/%Y", "%b %d, %y", "%d %b, %Y", "%b %Y", "%b-%Y"),
    *("%Y-%b-%d", "%Y %b %d", "%Y/%b/%d", "%Y年%m月%d日", "%Y년 %m월 %d일"),
    *("%a, %d %b %Y", "%a %d %b %Y", "%a, %b %d, %Y", "%a %b %d %Y", "%a %b %d, %Y", "%a, %d-%b-%Y", "%a, %d-%b-%y"),
    *("%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %z %Y"),
)
FORMS: Final[tuple[str, ...]] = (ISO, *_NUMBERS, *_NAMES, COMPACT, CLOCK)
"""The forms that are recognized; a user may give any that `check_form` accepts."""


class Moment(NamedTuple):
    """Seconds since 1970 by the clock that was written, and how far it is ahead of UTC, if that was written too."""

    seconds: int
    offset: int | None


@cache
def pattern_of(form: str) -> str:
    """The regular expression of a form; it holds the whole text, and its digits are those of ASCII.

    Examples
    --------
    >>> bool(re.fullmatch(pattern_of("%d.%b.%Y"), "1.Sept.2019 7:05 pm", re.ASCII))
    True
    """
    if form == ISO:
        return ISO_DATE + AFTER_DATE
    if form == CLOCK:
        return ONLY_TIME
    parts = re.findall(r"%(.)|( +)|(.)", form)
    names = [name for name, _, _ in parts]
    written = []
    for place, (name, blanks, literal) in enumerate(parts):
        before, after = names[place - 1 : place], names[place + 1 : place + 2]
        if not name:
            written.append(" +" if blanks else re.escape(literal))
        else:
            fixed = FIXED_WIDTH if {*before, *after} & set("YymdHIMS") else {}
            written.append({**DIRECTIVES, **fixed}[name])
    if "S" in names and "f" not in names:
        written[names.index("S")] += FRACTION
    ending = AFTER_DATE if not {"H", "I"} & {*names} else "" if "z" in names else OFFSET
    return "".join(written) + ending


def check_form(form: str) -> None:
    """Refuse a form that does not say what date a text is, with InvalidArgument.

    Examples
    --------
    >>> check_form("%d-%b-%Y %I:%M %p")
    >>> check_form("%d/%Y")
    Traceback (most recent call last):
    wade.errors.InvalidArgument: `form` must hold a year (%Y or %y) and a month (%m or %b), or ...
    """
    if form in (ISO, CLOCK):
        return
    names = re.findall(r"%(.?)", form)
    if len(form) > LONGEST_FORM or not set(names) <= DIRECTIVES.keys():
        allowed = " ".join(f"%{name}" for name in DIRECTIVES)
        raise InvalidArgument("form", f"must be made of {allowed} and of other characters", form)
    same = [{"b": "m", "B": "m", "y": "Y", "I": "H"}.get(name, name) for name in names]
    dated = {"Y", "m"} <= set(same)
    timed = "H" in same and not {"Y", "m", "d"} & set(same)
    if len(set(same)) < len(same) or not (dated or timed):
        expected = "must hold a year (%Y or %y) and a month (%m or %b), or only a time of day (%H or %I), each once"
        raise InvalidArgument("form", expected, form)
    if ("I" in names) != ("p" in names):
        raise InvalidArgument("form", "must hold %I and %p together: 7 may be 07:00 or 19:00", form)


def has_date(form: str) -> bool:
    """Whether a form holds more than a time of day."""
    return form == ISO or "%Y" in form or "%y" in form


def read_moment(text: str, pattern: str) -> tuple[int, int | None] | None:
    """The time that a text means by its pattern (see `Moment`); None where it is no such time."""
    found = re.fullmatch(pattern, text, re.ASCII)
    if found is None:
        return None
    part = {name: value for name, value in found.groupdict().items() if value}
    year, hour = int(part.get("Y", 1970)), int(part.get("H", 0))
    if "y" in part:
        year = int(part["y"]) + (1900 if part["y"] >= "69" else 2000)
    month = int(part.get("m", 1))
    if "b" in part:
        month = "janfebmaraprmayjunjulaugsepoctnovdec".index(part["b"][:3].lower()) // 3 + 1
    minute, second = int(part.get("M", 0)), int(part.get("S", 0))
    if "p" in part:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if part["p"][0] in "pP" else 0)
    digits = "".join(character for character in part.get("z", "") if character.isdigit()).ljust(4, "0")
    if hour > 23 or minute > 59 or second > 59 or int(digits[:2]) > 23 or int(digits[2:]) > 59:
        return None
    try:
        days = date(year, month, int(part.get("d", 1))).toordinal() - 719163
    except ValueError:
        return None
    ahead = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if "-" in part.get("z", "") else 1)
    return days * 86400 + hour * 3600 + minute * 60 + second, ahead if "z" in part else None


def is_no_date(text: str) -> bool:
    """Whether a text stands for no date: "0000-00-00" and the like.

    Examples
    --------
    >>> [is_no_date(text) for text in ("0000-00-00 00:00:00", "00/00/0000", "0", "2000-01-01")]
    [True, True, True, False]
    """
    return text[:1] == "0" and re.fullmatch(NO_DATE, text, re.ASCII) is not None


def moment_in(text: str, form: str) -> Moment | None:
    """The time that a text means in a form; None where it is none.

    Examples
    --------
    >>> moment_in("1/2/70 1:00 am", "%d/%m/%y"), moment_in("1970-01-01T00:00:01.5+01:00", ISO)
    (Moment(seconds=2682000, offset=None), Moment(seconds=1, offset=3600))
    >>> moment_in("31/2/1970", "%d/%m/%Y")
    """
    found = read_moment(text, pattern_of(form))
    return None if found is None else Moment(*found)
