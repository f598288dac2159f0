"""Columns of texts as times: what `read_moment` finds in each, a whole layout at once.

Texts of one form that have their digits, letters and signs in the same places have one layout: the first of them is
parsed by the form's regular expression, which gives the places of its parts, and in all others the numbers are computed
from the digits at these places. There are few layouts, however many texts there are; what is left over is parsed one
by one.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.date_forms import FORMS, Moment, is_no_date, moment_in, pattern_of
from wade.tables.columns.zones import NOT_A_TIME
from wade.types import Rows

DAY: Final = 86_400
NAIVE: Final = 1 << 40
"""What stands among offsets where a text has none."""
MOST_LAYOUTS: Final = 64
LOOK: Final = 48
DIGITS: Final = re.compile(r"[0-9]+")


class Moments(NamedTuple):
    """For each of n texts: seconds since 1970 by the clock that was written, and its offset from UTC in seconds.

    `NOT_A_TIME` stands where a text is no date of the form, `NAIVE` where it has no offset; `absent` are the texts that
    stand for no date ("0000-00-00").
    """

    seconds: Rows
    offsets: Rows
    absent: NDArray[np.bool_]

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Which texts are dates of the form."""
        valid: NDArray[np.bool_] = self.seconds != NOT_A_TIME
        return valid

    @property
    def instants(self) -> Rows:
        """Seconds since 1970 in UTC, or by the clock where a text has no offset."""
        return np.where(self.offsets == NAIVE, self.seconds, self.seconds - np.where(self.valid, self.offsets, 0))


def read_moments(texts: pa.Array, form: str) -> Moments:
    """The times that texts (string, none missing) mean in a form.

    Examples
    --------
    >>> found = read_moments(pa.array(["1/2/1970", "31/2/1970", "2/1/1970 1:00+01:00", "00/00/0000"]), "%d/%m/%Y")
    >>> found.seconds[found.valid], found.absent
    (array([2678400,   90000]), array([False, False, False,  True]))
    """
    count = len(texts)
    found = Moments(
        np.full(count, NOT_A_TIME, np.int64), np.full(count, NAIVE, np.int64), np.zeros(count, dtype=np.bool_)
    )
    if not count:
        return found
    _, buffer, content = texts.buffers()
    ends = np.frombuffer(buffer, np.int32)[texts.offset : texts.offset + count + 1].astype(np.int64)
    bytes_ = np.frombuffer(content or b"", np.uint8)
    lengths = np.diff(ends)
    left, layouts = np.arange(count), 0
    while len(left) and layouts < MOST_LAYOUTS:
        text, length = texts[int(left[0])].as_py(), lengths[left[0]]
        same_length = lengths[left] == length
        rows = left[same_length]
        alike = _fill(found, rows, _letters(bytes_, ends, rows, int(length)), text, form)
        same_length[same_length] = alike
        left, layouts = left[~same_length], layouts + 1
    for row in left.tolist():
        _set(found, row, texts[row].as_py(), form)
    return found


def _letters(content: NDArray[np.uint8], ends: Rows, rows: Rows, length: int) -> NDArray[np.uint8]:
    """The bytes of these rows, which have one length: (length, rows)."""
    if rows[-1] - rows[0] == len(rows) - 1:
        letters = content[ends[rows[0]] : ends[rows[-1] + 1]].reshape(len(rows), length)
    else:
        letters = content[ends[rows][:, None] + np.arange(length)]
    return np.ascontiguousarray(letters.T)


def _set(found: Moments, row: int, text: str, form: str) -> Moment | None:
    moment = moment_in(text, form)
    if moment is not None:
        found.seconds[row] = moment.seconds
        found.offsets[row] = NAIVE if moment.offset is None else moment.offset
    elif is_no_date(text):
        found.absent[row] = True
    return moment


def _fill(found: Moments, rows: Rows, letters: NDArray[np.uint8], text: str, form: str) -> NDArray[np.bool_]:
    """Parse the texts with the layout of `text`, the first; which of them have it."""
    first = letters[:, 0]
    same: NDArray[np.bool_] = (letters == first[:, None]).all(axis=0)
    if _set(found, int(rows[0]), text, form) is None or not text.isascii():
        for of in (found.seconds, found.offsets, found.absent):
            of[rows[same]] = of[rows[0]]
        return same
    match = re.fullmatch(pattern_of(form), text, re.ASCII)
    assert match is not None
    spans = {name: match.span(name) for name, value in match.groupdict().items() if value}
    month = spans.pop("b", (0, 0))
    free = np.zeros(len(first), bool)
    for run in DIGITS.finditer(text):
        free[run.start() : run.end()] = True
    fits = np.ones(len(rows), dtype=np.bool_)
    zeros = np.ones(len(rows), dtype=np.bool_)
    for place in np.flatnonzero(free).tolist():
        fits &= letters[place] - 48 < 10  # unsigned: what comes before "0" wraps
        zeros &= letters[place] == 48
    free[month[0] : month[1]] = True
    for place in np.flatnonzero(~free).tolist():
        fits &= letters[place] == first[place]
    named, known = _months(letters[month[0] : month[1]][:, fits]) if month[1] else (None, None)
    if known is not None:
        fits[fits] = known
    chosen = letters if fits.all() else letters[:, fits]
    part = {name: _number(chosen, span) for name, span in spans.items() if name not in ("p", "z")}
    if named is not None:
        part["m"] = named
    _compute(found, rows[fits], part, text, spans, chosen)
    if zeros.any():
        row = int(zeros.argmax())
        found.absent[rows[zeros & fits]] = is_no_date(letters[:, row].tobytes().decode("utf-8", "replace"))
    return fits


def _months(letters: NDArray[np.uint8]) -> tuple[Rows, NDArray[np.bool_]]:
    """The month of each name; which of these are names of months."""
    names, codes = np.unique(np.ascontiguousarray(letters.T).view(f"S{len(letters)}").ravel(), return_inverse=True)
    read = [moment_in(f"1970-{name.decode('ascii', 'replace')}-01", "%Y-%b-%d") for name in names]
    months = [-1 if one is None else int(np.datetime64(one.seconds, "s").astype("M8[M]").astype(int)) for one in read]
    found = np.array(months, np.int64)[codes.ravel()]
    return found[found >= 0] + 1, found >= 0


def _compute(
    found: Moments,
    rows: Rows,
    part: dict[str, Rows],
    text: str,
    spans: dict[str, tuple[int, int]],
    letters: NDArray[np.uint8],
) -> None:
    """The seconds and offsets of texts of one layout, of their parts as numbers."""
    zero = np.zeros(len(rows), np.int64)
    year = part.get("Y", zero + 1970)
    if "y" in part:
        year = part["y"] + np.where(part["y"] >= 69, 1900, 2000)
    days, right = days_since_1970(year, part.get("m", zero + 1), part.get("d", zero + 1))
    hour, minute, second = (part.get(name, zero) for name in "HMS")
    if "p" in spans:
        right &= (hour >= 1) & (hour <= 12)
        hour = hour % 12 + (12 if text[spans["p"][0]] in "pP" else 0)
    right &= (hour < 24) & (minute < 60) & (second < 60)
    ahead: int | Rows = NAIVE
    if "z" in spans:
        start, end = spans["z"]
        runs = [(run.start() + start, run.end() + start) for run in DIGITS.finditer(text[start:end])]
        written = [place for low, high in runs for place in range(low, high)]
        hours = _number(letters, written[:2]) if written else zero
        minutes = _number(letters, written[2:]) if written[2:] else zero
        right &= (hours < 24) & (minutes < 60)
        ahead = (hours * 3600 + minutes * 60) * (-1 if "-" in text[start:end] else 1)
    found.seconds[rows] = np.where(right, days * DAY + hour * 3600 + minute * 60 + second, NOT_A_TIME)
    found.offsets[rows] = np.where(right, ahead, NAIVE)


def days_since_1970(year: Rows, month: Rows, day: Rows) -> tuple[Rows, NDArray[np.bool_]]:
    """Days since 1970-01-01; and which of these are days of the calendar."""
    whole = (year - 1970) * 12 + month - 1
    low = int(whole.min()) if len(whole) else 0
    # Of millions of days there are few months.
    months = np.arange(low, int(whole.max()) + 2 if len(whole) else 1).astype("datetime64[M]")
    firsts = months.astype("datetime64[D]").astype(np.int64)
    first = firsts.take(whole - low)
    length = np.diff(firsts).take(whole - low)
    right = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)
    return first + day - 1, right


def compact_days(numbers: NDArray[np.float64]) -> Moments:
    """Numbers such as 20240131 as dates; 0 stands for no date, and NaN is missing.

    Examples
    --------
    >>> compact_days(np.array([19700102.0, 19700230.0, 0.0])).seconds.tolist()[0]
    86400
    """
    known = np.isfinite(numbers) & (np.abs(numbers) < 1e8)
    whole = np.where(known, numbers, 0).astype(np.int64)
    days, right = days_since_1970(whole // 10_000, whole // 100 % 100, whole % 100)
    right &= known & (whole == numbers) & (whole >= 1_000_000)
    seconds = np.where(right, days * DAY, NOT_A_TIME)
    return Moments(seconds, np.full(len(numbers), NAIVE, np.int64), known & (numbers == 0))


def candidate_forms(texts: pa.Array) -> list[str]:
    """The forms in which one of some of these texts, spread over all, is a date."""
    looked = texts.take(pa.array(np.unique(np.linspace(0, len(texts) - 1, LOOK).astype(np.int64)))).to_pylist()
    # Every form has digits: most texts need no closer look.
    looked = [text for text in looked if not text.isalpha() and 4 <= len(text) <= 60]
    return [form for form in FORMS if any(moment_in(text, form) for text in looked)]


def is_compact(numbers: NDArray[np.float64] | Rows) -> bool:
    """Whether numbers, none missing, are all dates such as 20240131, or 0, which stands for none.

    Examples
    --------
    >>> is_compact(np.array([20240131, 20240229, 0])), is_compact(np.array([20240131, 20240230]))
    (True, False)
    """
    if not len(numbers) or not 19_000_101 <= numbers.max() <= 21_001_231:
        return False
    dates = numbers[numbers != 0]
    if dates.min() < 19_000_101:
        return False
    return bool(compact_days(dates.astype(np.float64)).valid.all())


def _number(letters: NDArray[np.uint8], places: tuple[int, int] | list[int]) -> Rows:
    """The number whose digits stand at these places, or from the first to before the second."""
    number = np.zeros(letters.shape[1], np.int64)
    for place in range(*places) if isinstance(places, tuple) else places:
        number = number * 10 + (letters[place] - 48)
    return number
