"""When two values of a category are one value: by what they mean, whatever file, frame or type they come in.

A store is 205, 205.0 or "205"; a flag is True, "true" or "TRUE"; an accent is one character or two. Every text has a
key, and values with one key are one value. How keys are made is settled once for each column, from the distinct texts
of its training rows, and stored with its encoding:

- "boolean": all are true or false, in any case (1 and 0 then mean the same);
- "number": all are numbers, and no two of them are equal but by their spelling;
- "code": exact text, but a whole number with ".0" is that number, and true and false are written in any case;
- "text": exact text, but for the case of true and false;
- "spelled": exact text: models from before there were keys.

"01", "1" and "001" in one column are three values: they are no "number" there. All keys but "spelled" are of text in
Unicode's composed form (NFC).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final
from unicodedata import normalize

import numpy as np

from wade.tables.columns.views import BOOLEANS
from wade.types import Rows

SPELLED: Final = "spelled"
DECIMAL: Final = re.compile(r"([+-]?)0*(\d*?)(?:\.(\d*?)0*)?", re.ASCII)
WHOLE: Final = re.compile(r"-?(0|[1-9]\d*)(\.0)?", re.ASCII)
DIGIT: Final = re.compile(r"\d", re.ASCII)


def text_key(text: str) -> str:
    """The composed form; true and false in small letters.

    Examples
    --------
    >>> text_key("TRUE"), text_key("True north"), text_key("Cafe\\u0301") == "Caf\\u00e9"
    ('true', 'True north', True)
    """
    if len(text) in (4, 5) and (folded := text.casefold()) in ("true", "false"):
        return folded
    return text if text.isascii() else normalize("NFC", text)


def code_key(text: str) -> str:
    """A whole number without ".0", as a column of doubles writes it; other text as `text_key` has it.

    Examples
    --------
    >>> code_key("205.0"), code_key("007"), code_key("1.10"), code_key("A1.0")
    ('205', '007', '1.10', 'A1.0')
    """
    found = WHOLE.fullmatch(text)
    return text.removesuffix(".0") if found else text_key(text)


def number_key(text: str) -> str:
    """A number in decimal digits without superfluous zeros; other text as `text_key` has it. No digit is lost.

    Examples
    --------
    >>> [number_key(text) for text in ("01067", "205.0", "-0", "+.50", "1234567890123456789")]
    ['1067', '205', '0', '0.5', '1234567890123456789']
    """
    found = DECIMAL.fullmatch(text)
    if found is None or not DIGIT.search(text):
        return text_key(text)
    sign, whole, fraction = found[1], found[2] or "0", found[3]
    number = f"{whole}.{fraction}" if fraction else whole
    return f"-{number}" if sign == "-" and number != "0" else number


def boolean_key(text: str) -> str:
    """The text true or false, also of 1 and 0; other text as `text_key` has it.

    Examples
    --------
    >>> boolean_key("FALSE"), boolean_key("1.0"), boolean_key("yes")
    ('false', 'true', 'yes')
    """
    return BOOLEANS.get(number_key(text), text_key(text))


KEYS: Final[Mapping[str, Callable[[str], str]]] = {
    "boolean": boolean_key,
    "number": number_key,
    "code": code_key,
    "text": text_key,
    SPELLED: str,
}


def settle_comparison(texts: Sequence[str]) -> str:
    """How the values of a column are compared, from its distinct training texts: an entry of `KEYS`.

    Examples
    --------
    >>> settle_comparison(["101", "205.0"]), settle_comparison(["01", "1", "001"]), settle_comparison(["TRUE", "false"])
    ('number', 'code', 'boolean')
    >>> settle_comparison(["A1", "205"]), settle_comparison(["1", "1.0", "1.1"])
    ('code', 'text')
    """
    texts = list(dict.fromkeys(map(text_key, texts)))
    if texts and all(text in BOOLEANS for text in texts) and not {*texts} <= {"0", "1"}:
        return "boolean"
    numbers = all(DECIMAL.fullmatch(text) and DIGIT.search(text) for text in texts)
    if numbers and (_different(texts, number_key) or all(map(WHOLE.fullmatch, texts))):
        return "number"
    return "code" if _different(texts, code_key) else "text"


def merged(texts: Sequence[str], counts: Rows, comparison: str) -> tuple[list[str], Rows]:
    """The texts with one for all that have the same key (the most frequent, then the first by name), and their counts.

    Examples
    --------
    >>> merged(["205", "101", "205.0"], np.array([2, 1, 5]), "number")
    (['205.0', '101'], array([7, 1]))
    """
    key, spellings = KEYS[comparison], dict[str, list[int]]()
    for place, text in enumerate(texts):
        spellings.setdefault(key(text), []).append(place)
    if len(spellings) == len(texts):
        return list(texts), counts
    shown = [min(places, key=lambda place: (-int(counts[place]), texts[place])) for places in spellings.values()]
    sums = np.array([counts[places].sum() for places in spellings.values()], np.int64)
    return [texts[place] for place in shown], sums


def codes_by_key(values: Iterable[str], comparison: str) -> dict[str, int]:
    """The code of each value by its spelling and by its key: 1 for the first, 2 for the second, and so on."""
    key, found = KEYS[comparison], dict[str, int]()
    for code, value in enumerate(values, start=1):
        found[value] = found[key(value)] = code
    return found


def spellings(value: str, comparison: str) -> tuple[str, ...]:
    """The value as it was written in training and in other usual ways, for what can only look texts up.

    Examples
    --------
    >>> spellings("0205", "number"), spellings("TRUE", "boolean")
    (('0205', '205', '205.0'), ('TRUE', 'true', 'True', '1', '1.0'))
    """
    if comparison == SPELLED:
        return (value,)
    key = KEYS[comparison](value)
    ways = [value, key]
    if key in ("true", "false"):
        ways += [key.title(), key.upper()]
        ways += [str(digit) for digit, meant in BOOLEANS.items() if comparison == "boolean" and meant == key]
    ways += [normalize(form, way) for way in ways for form in ("NFC", "NFD")]
    if comparison != "text":
        ways += [f"{way}.0" for way in (key, *ways) if WHOLE.fullmatch(way) and not way.endswith(".0")]
    found = dict.fromkeys(ways)
    return tuple(way for way in found if KEYS[comparison](way) == key)


def _different(texts: Sequence[str], key: Callable[[str], str]) -> bool:
    return len({key(text) for text in texts}) == len(texts)
