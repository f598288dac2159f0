"""The parts that exported Python programs share: each is written out as it stands here.

A program runs without wade, so nothing here imports it. `MISSING`, `MONEY` and `BYTE_FACTORS` are the program's own.
Each function has its counterpart in `wade.tables`.
"""

import math
import re
import unicodedata
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISSING: frozenset[Any] = frozenset()
BYTE_FACTORS: list[int] = []
MONEY: dict[str, int] = {}


def values_of(rows: Any, name: str) -> list[Any]:
    """One column: of a list of rows, each a dict, or of columns, as a dict of lists or a frame has them."""
    if isinstance(rows, list):
        for number, row in enumerate(rows, start=1):
            if name not in row:
                raise ValueError(f"row {number} has no column {name!r}")
        return [row[name] for row in rows]
    if name not in getattr(rows, "column_names", getattr(rows, "columns", rows)):
        raise ValueError(f"the rows have no column {name!r}")
    column = rows[name]
    column = column.to_pylist() if hasattr(column, "to_pylist") else column
    # A dict of values, not of lists, is one row; a text is not a list of letters.
    return [column] if isinstance(column, str) or not hasattr(column, "__iter__") else list(column)


def tidy(value: Any) -> Any:
    """The value without white space around it; None where it is missing."""
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        value = value.item()
    if isinstance(value, str):
        value = value.strip()
    elif value is None or not isinstance(value == value, bool | np.bool_) or value != value:
        return None  # NaN and NaT are not equal to themselves, and whether pandas' NA is, is missing too
    return None if value in MISSING else value


def refuse(name: str, expected: str, value: Any) -> None:
    """Raises an error that names the column and the value."""
    raise ValueError(f"column {name!r}: expected {expected}, found {value!r}")


def numbers_in(rows: Any, name: str) -> NDArray[np.float64]:
    """A column of numbers, NaN where one is missing."""
    values = [tidy(value) for value in values_of(rows, name)]
    for value in values:
        if isinstance(value, str) and not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value, re.ASCII):
            refuse(name, "a number", value)
    try:
        numbers = np.array([np.nan if value is None else float(value) for value in values], np.float64)
    except (OverflowError, TypeError) as error:
        raise ValueError(f"column {name!r}: expected finite numbers ({error})") from error
    if np.isinf(numbers).any():
        refuse(name, "a finite number", numbers[np.isinf(numbers)][0])
    # "-999.0" is the mark -999 too.
    return np.where([number in MISSING for number in numbers.tolist()], np.nan, numbers)


def amounts_in(rows: Any, name: str, form: Any) -> NDArray[np.float64]:
    """A column of numbers, NaN where one is missing; texts are written in this form, with or without its unit."""
    numbers = []
    for value in values_of(rows, name):
        number = tidy(value)
        if isinstance(number, str):
            number = amount_of(number, form)
            if number is None:
                refuse(name, f"a number, as in {form['form']}", value)
        numbers.append(number)
    return numbers_in({name: numbers}, name)


def amount_of(text: str, form: Any) -> Any:
    """The number that a text writes in a form: "$1,234.50", "(5 kg)", "1h 30m"; None where it writes none."""
    for one, others in (
        (" ", "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\t"),
        ("-", "\u2212\u2012\u2013\u2014\ufe63\uff0d"),
        ("'", "\u2019\u2018\u02bc\u00b4`"),
    ):
        text = re.sub(f"[{others}]", one, text)
    text = re.sub(r"\b(Rs|SFr|Fr|kr)\. ?", r"\1 ", " ".join(text.split()), flags=re.ASCII)
    digits = re.search(r"\d[\d.,' ]*\d|\d|[.,]\d+", text, re.ASCII)
    around = digits and re.fullmatch(
        r"(\(?)([-+]?) ?([^\d\s()+#-]*?) ?(\(?)([-+]?) ?#((?:[eE][-+]?\d{1,3})?)(?:[.,] ?-{1,2})?(-?) ?"
        r"((?:[^\d\s.,()+\-:;<>=~!?&#@][^():;<>=~!?&#@]*)?)(\)?)",
        f"{text[: digits.start()]}#{text[digits.end() :]}",
        re.ASCII,
    )
    if digits and around:
        first, a, before, second, b, exponent, c, after, last = around.groups()
        sign = {"": 1, "+": 1, "-": -1, "()": -1}.get(first + a + second + b + c + last)
        factor = factor_of(before, after, form)
        code = re.match(r"0\d", digits[0]) and not (form["known"] and before + after)
        if sign and factor and not code and re.fullmatch(form["digits"], digits[0], re.ASCII):
            times, power, over = factor
            return sign * amount(digits[0], 1, power + int(exponent[1:] or 0), form) * times / over
    return amount_of_parts(text, form)


def amount(digits: str, times: int, power: int, form: Any) -> float:
    """Digits without what groups them, times 10 to the power, rounded once, times a whole number."""
    for group in ("'", " ", "," if form["decimal"] == "." else "."):
        digits = digits.replace(group, "")
    return float(f"{digits.replace(form['decimal'], '.')}e{power}") * times


def factor_of(before: str, after: str, form: Any) -> Any:
    """What a number is multiplied by for what stands before and after it; None where that is no unit of the form."""
    units, after = form["units"], after.replace(".", "").replace("\u03bc", "\u00b5")
    if before:
        times, power, over = units.get(before) or (0, 0, 0)
        rate = f"{before}/{after.removeprefix('per').strip('/ ').casefold()}"
        if after and rate in units:
            return units[rate]
        if not times:
            # "$5 CAD" names its dollar twice, the second time in full.
            return units.get(after) if before == "$" and len(after) == 3 and after.isupper() else None
        more = MONEY.get(after, MONEY.get(after.casefold()) if len(after) > 1 else None) if after else 0
        if more is None:
            return units.get(after)
        return times, power + more, over
    money, per, of = after.replace(" per ", "/").partition("/")
    for spelling in (after, re.sub(r"(?<=[^\W\d_])\^?([23])$", lambda found: "²³"[int(found[1]) - 2], after)):
        for name in (spelling, f"{money.strip()}/{of.strip().casefold()}" if per else spelling, spelling.casefold()):
            if name in units and (name == spelling or len(name) > 1):
                return units[name]
    for letters in sorted(MONEY, key=len, reverse=True):
        rest = after.removeprefix(letters)
        if rest != after and rest.strip() and letters not in "tT" and (form["money"] or rest[0] == " "):
            factor = units.get(rest.strip(), units.get(rest.strip().casefold()))
            if factor:
                return factor[0], factor[1] + MONEY[letters], factor[2]
    return None


def parts_of(text: str, form: Any) -> list[Any]:
    """The numbers of a text with several units, each with its unit; an empty list where it is none."""
    iso = re.fullmatch(
        r"P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?", text, re.ASCII
    )
    if iso:
        return [pair for pair in zip(iso.groups(), ("week", "d", "h", "min", "s"), strict=True) if pair[0]]
    piece = r"(\d+(?:[.,]\d+)?) ?([^\W\d_]+\.?|['\"″′]{1,2})?(?:,| and)? ?"
    if not re.fullmatch(f"(?:{piece})+", text):
        return []
    found = [(digits, name.removesuffix(".")) for digits, name in re.findall(piece, text)]
    if len(found) > 1 and not found[-1][1]:
        found[-1] = found[-1][0], form["next"].get(found[-2][1], "")
    return found


def amount_of_parts(text: str, form: Any) -> Any:
    """The number of several units in a row, or of a duration as a clock or ISO 8601 writes it; None for other texts."""
    parts = form["parts"]
    sign, text = (-1, text[1:].lstrip()) if text[:1] == "-" else (1, text)
    clock = re.fullmatch(r"(?:(\d+) ?(?:d|days?),? )?(\d+):([0-5]\d)(?::([0-5]\d))?([.,]\d{1,9})?", text, re.ASCII)
    if clock:
        days, first, second, third, fraction = clock.groups(default="")
        if days and fraction and not third:
            return None
        short = not third and not days
        long = [(days or "0", 86400, 0), (first, 3600, 0), (second, 60, 0), (third + fraction or "0", 1, 0)]
        pair = [(first, 60, 0), (second + fraction, 1, 0)]
        found, last = (pair, "h:mm:ss" if fraction else "h:mm") if short else (long, "h:mm:ss")
    else:
        written = parts_of(text, form)
        if not written or any(name not in parts for _, name in written):
            return None
        last = written[-1][1]
        times, power = parts[last]
        sizes = [parts[name][0] * 10.0 ** parts[name][1] for _, name in written]
        if sizes != sorted(set(sizes), reverse=True) or any(parts[name][0] % times for _, name in written):
            return None
        each = [float(digits.replace(",", ".")) * size for (digits, _), size in zip(written, sizes, strict=True)]
        if not form["lasts"] and any(own >= larger for own, larger in zip(each[1:], sizes, strict=False)):
            return None
        found = [(digits, parts[name][0] // times, parts[name][1] - power) for digits, name in written]
    factor = form["units"].get(last)
    if not factor or not all(re.fullmatch(form["digits"], digits, re.ASCII) for digits, _, _ in found):
        return None
    total = sum(amount(digits, times, power + factor[1], form) for digits, times, power in found)
    return sign * total * factor[0] / factor[2]


def texts_in(rows: Any, name: str, kept: Any = ()) -> list[Any]:
    """A column of texts, None where one is missing; numbers are written in the shortest way, 12.0 as 12."""
    values = [value.strip() if isinstance(value, str) else value for value in values_of(rows, name)]
    values = [value if isinstance(value, str) and value in kept else tidy(value) for value in values]
    values = [int(value) if isinstance(value, float) and value.is_integer() else value for value in values]
    values = [str(value).lower() if isinstance(value, bool) else value for value in values]
    return [None if value is None else str(value) for value in values]


def booleans_in(rows: Any, name: str) -> list[Any]:
    """A column of "true" and "false", None where it is missing; 1 and 0 are read as such."""
    found: list[Any] = []
    for text in texts_in(rows, name):
        meant = text and text.casefold()
        if meant and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", meant, re.ASCII):
            meant = {0.0: "false", 1.0: "true"}.get(float(meant))
        if text is not None and meant not in ("false", "true"):
            refuse(name, "true or false", text)
        found.append(meant)
    return found


@np.errstate(over="ignore", invalid="ignore")
def on_scale(x: NDArray[np.float64], median: float, factor: float) -> NDArray[np.float64]:
    """A number on a robust scale clipped smoothly to -3 and 3; 0 where it is missing."""
    z = np.clip((x - median) * factor, -1e6, 1e6)
    return np.nan_to_num(z / np.sqrt(1 + (z / 3) ** 2))


def on_circle(share: NDArray[np.float64], wave: Any) -> NDArray[np.float64]:
    """The sine or cosine of a share of a round; 0 where it is missing."""
    turned: NDArray[np.float64] = np.nan_to_num(wave(2 * np.pi * share))
    return turned


def among_bins(x: NDArray[np.float64], edges: NDArray[np.float64], median: float) -> NDArray[np.float64]:
    """The position of a number in its bins: 2.25 is a quarter into the third. A missing one counts as the median."""
    x = np.clip(np.where(np.isnan(x), median, x), edges[0], edges[-1])
    t = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
    position: NDArray[np.float64] = t + (x - edges[t]) / (edges[t + 1] - edges[t])
    return position


def codes_of(texts: list[Any], codes: dict[str, int], missing: int, key: Any) -> NDArray[np.int64]:
    """The code of each text; 0 where it was not in the training rows, and a code for those that are missing."""
    return np.array([missing if text is None else codes.get(key(text), 0) for text in texts], np.int64)


def boolean_key(text: str) -> str:
    """The text true or false, also of 1 and 0; other text as it is."""
    return {"0": "false", "1": "true"}.get(number_key(text), text_key(text))


def number_key(text: str) -> str:
    """A number without superfluous zeros, 0205.0 as 205; other text as it is."""
    found = re.fullmatch(r"([+-]?)0*(\d*?)(?:\.(\d*?)0*)?", text, re.ASCII)
    if found is None or not re.search(r"\d", text, re.ASCII):
        return text_key(text)
    number = (found[2] or "0") + ("." + found[3] if found[3] else "")
    return "-" + number if found[1] == "-" and number != "0" else number


def code_key(text: str) -> str:
    """A whole number without .0; other text as it is."""
    whole = re.fullmatch(r"-?(0|[1-9]\d*)\.0", text, re.ASCII)
    return text[:-2] if whole else text_key(text)


def text_key(text: str) -> str:
    """A text as it is, but with each accent in one character with its letter, and true and false in small letters."""
    folded = text.casefold()
    return folded if folded in ("true", "false") else unicodedata.normalize("NFC", text)


def codes_of_part(part: NDArray[np.float64], codes: list[int]) -> NDArray[np.int64]:
    """The code of each part of a time; 0 where it is missing or was not in the training rows."""
    return np.where(np.isnan(part), 0, np.array(codes)[np.nan_to_num(part).astype(np.int64)])


def time_of_day(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the day that has passed."""
    return seconds % 86400 / 86400


def day_of_year(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the year that has passed."""
    days = np.floor(np.nan_to_num(seconds) / 86400).astype("datetime64[D]")
    passed = (days - days.astype("datetime64[Y]")).astype(np.float64)
    return np.where(np.isnan(seconds), np.nan, passed / 365.25)


def hour(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 to 23."""
    return np.floor(seconds % 86400 / 3600)


def weekday(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 for Monday to 6 for Sunday; 1970 began on a Thursday."""
    return (np.floor(seconds / 86400) + 3) % 7


def month(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 to 12."""
    days = np.floor(np.nan_to_num(seconds) / 86400).astype("datetime64[D]")
    return np.where(np.isnan(seconds), np.nan, days.astype("datetime64[M]").astype(np.int64) % 12 + 1)


def words_in(text: str) -> list[str]:
    """The words of a text in small letters: runs of letters and digits, of any alphabet."""
    small = [letter.lower()[0] for letter in text]
    return "".join(letter if unicodedata.category(letter)[0] in "LN" else " " for letter in small).split()


def mix(word: int) -> int:
    """Every bit of a 64-bit word moved by every other (SplitMix64)."""
    word = word + 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    for shift, multiplier in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        word = (word ^ word >> shift) * multiplier & 0xFFFFFFFFFFFFFFFF
    return word ^ word >> 31


def hash_of(word: str) -> int:
    """A fixed 64-bit number for a word: a factor for each of its first 256 bytes."""
    content = word.encode()
    total = sum(byte * factor for byte, factor in zip(content, BYTE_FACTORS, strict=False))
    return mix(total & 0xFFFFFFFFFFFFFFFF ^ mix(len(content)))


def hashed_words(texts: list[Any], places: int) -> list[NDArray[np.float64]]:
    """The words of each text, each added to or taken from one of some places; of unit length."""
    counts = np.zeros((len(texts), places))
    for row, text in zip(counts, texts, strict=True):
        for word in words_in(text or ""):
            row[hash_of(word) % places] += 1 if hash_of(word) >> 63 else -1
        row /= math.sqrt((row**2).sum()) or 1
    return list(counts.T)


def piecewise_linear(position: Any, P: Any) -> Any:
    """The sum over the bins below a position: all whole ones, and a share of the one that it lies in."""
    V = np.concatenate([np.zeros((1, P.shape[1])), np.cumsum(P, axis=0, dtype=np.float64)])
    t = np.clip(np.floor(position), 0, len(P) - 1).astype(np.int64)
    f = (position - t)[:, None]
    return (1 - f) * V[t] + f * V[t + 1]
