"""Texts and numbers as literals of the languages that are written: names from data are never code.

What stands between quotes is printable and escaped, so that no name can end its literal, start a comment, or change the
order in which a line is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan
from textwrap import fill
from typing import Any

import numpy as np

from wade.types import Array

WIDTH = 110
LONGEST_C_TEXT = 4000  # C99 promises 4095 bytes for one literal


def python(value: Any) -> str:
    """A text, a number or a truth value as Python writes it; whatever could not be printed is escaped.

    Examples
    --------
    >>> print(python('say "hi"\\n\\u202e'), python(np.float64(0.1)), python(True))
    'say "hi"\\n\\u202e' 0.1 True
    """
    return repr(value.item() if isinstance(value, np.generic) else value)


def c_text(text: str) -> str:
    r"""A text as C writes it, in UTF-8; every byte that is no plain letter, digit or mark is an octal escape.

    Examples
    --------
    >>> print(c_text('é "?" */ 50%'))
    "\303\251 \042\077\042 \052\057 50%"
    """
    content = text.encode("utf-8", "surrogatepass")
    if len(content) > LONGEST_C_TEXT:
        return "(const char[]){" + ", ".join(str(byte - 256 if byte > 127 else byte) for byte in content) + ", 0}"
    return '"' + "".join(chr(byte) if _is_plain(byte) else f"\\{byte:03o}" for byte in content) + '"'


def _is_plain(byte: int) -> bool:
    """Whether it means itself in C wherever it stands: no quote, no backslash, no ? of a trigraph, no comment."""
    return 32 <= byte < 127 and chr(byte) not in '"\\?*/'


def shortest(values: Array) -> list[str]:
    """For each number the shortest decimal one that is read back as it, as a float32 where it is one.

    Examples
    --------
    >>> shortest(np.asarray([0.1, 1e-8, 3], np.float32)), shortest(np.asarray([0.1]))
    (['0.1', '1e-08', '3.0'], ['0.1'])
    """
    texts = [str(value) for value in values.ravel()]
    # A decimal number close to the middle of two float32 might be rounded twice, on its way through a double.
    same = np.array([float(text) for text in texts]).astype(values.dtype) == values.ravel()
    return [text if kept else repr(float(value)) for text, kept, value in zip(texts, same, values.ravel(), strict=True)]


def python_numbers(values: Array) -> str:
    """The numbers of an array as Python reads them, exact to the last bit once they have the array's dtype."""
    return wrapped(shortest(values))


def c_array(values: Array) -> str:
    """The numbers of an array between braces, exact to the last bit; a 0 where there is none."""
    mark = "f" if values.dtype == np.float32 else ""
    return "{\n" + wrapped([f"{number}{mark}" for number in shortest(values)] or ["0"]) + "\n}"


def c_number(value: float) -> str:
    """A double as C reads it back, exactly."""
    return "NAN" if isnan(value) else repr(float(value))


def wrapped(items: Iterable[str], indent: str = "    ") -> str:
    """Items with commas between them, in lines that fit a screen."""
    items = list(items)
    if max(map(len, items), default=0) > WIDTH or any(" " in item for item in items):
        return ",\n".join(indent + item for item in items)
    return fill(", ".join(items), WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)


def python_list(values: Sequence[Any]) -> str:
    """A list of texts or numbers, one below the other where they are many."""
    line = "[" + ", ".join(map(python, values)) + "]"
    return line if len(line) <= WIDTH else "[\n" + ",\n".join(f"    {python(value)}" for value in values) + ",\n]"
