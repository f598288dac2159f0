"""y = f(x) as a user types it: a small grammar of its own, which reaches nothing but arithmetic and a few functions.

::

    formula  = ["y" "="] sum ["from" sum "to" sum]
    sum      = product {("+" | "-") product}
    product  = sign {("*" | "/") sign | power}       a number or bracket before a factor multiplies it: 2x, 3(x + 1)
    sign     = ("+" | "-") sign | power
    power    = atom [("^" | "**") sign]
    atom     = number | "x" | "pi" | "e" | function "(" sum ")" | "(" sum ")"

The text is read into postfix operations on arrays; nothing of it is ever run as Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument

Doubles: TypeAlias = NDArray[np.float64]

LONGEST: Final = 500
DEEPEST: Final = 40
USUAL_RANGE: Final = (-5.0, 5.0)
CONSTANTS: Final = {"pi": np.pi, "π": np.pi, "e": np.e}
FUNCTIONS: Final[dict[str, Callable[[Doubles], Doubles]]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "ln": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "atan": np.arctan,
    "floor": np.floor,
}
BINARY: Final[dict[str, Callable[[Doubles, Doubles], Doubles]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
SPELLED: Final = {"**": "^", "·": "*", "×": "*", "−": "-", "÷": "/", "²": "^2", "³": "^3"}
TOKEN: Final = re.compile(r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<word>[a-zA-Zπ]+)|(?P<mark>\S))")
EXAMPLE: Final = "Try y = sin(x) + x/3, or sqrt(x) from 0 to 4."


class Token(NamedTuple):
    """A number, a word or a mark, and where it stands, counted from 1."""

    kind: str
    text: str
    at: int


Operation: TypeAlias = float | str
"""A number, "x", a function, an operator of two values, or "negative"; in the order in which they are computed."""


@dataclass(frozen=True)
class Function:
    """A function of x as a user typed it, and from where to where x goes.

    Examples
    --------
    >>> function = read_function("y = 2x^2 - 1 from 0 to 1")
    >>> function(np.array([0.0, 0.5, 1.0])), function.low, function.high
    (array([-1. , -0.5,  1. ]), 0.0, 1.0)
    """

    text: str
    operations: tuple[Operation, ...]
    low: float
    high: float

    def __call__(self, x: Doubles) -> Doubles:
        """The values at these places; not finite where the function has none."""
        return _computed(self.operations, np.asarray(x, np.float64))

    def sampled(self, x: Doubles) -> Doubles:
        """The values at these places, (n,); InvalidArgument where one is no finite number."""
        y = self(x)
        lost = ~np.isfinite(y)
        if lost.any():
            where = f"{x[int(lost.argmax())]:.4g}"
            remedy = f'Choose where x goes: "{self.text} from 0.1 to 4".'
            raise InvalidArgument(
                "formula", f"must have a value wherever x goes; at x = {where} it has none", self.text, remedy
            )
        return y


def read_function(text: str) -> Function:
    """The function that a text such as "y = sin(3x) + x^2 from -2 to 2" describes; x goes from −5 to 5 by itself.

    Raises
    ------
    InvalidArgument
        Where it is no such text: with what was expected, and where.
    """
    if len(text) > LONGEST:
        raise InvalidArgument(
            "formula", f"must have at most {LONGEST} characters", f"{len(text):,} characters", EXAMPLE
        )
    return _Reader(text).formula()


def _tokens(text: str) -> list[Token]:
    for spelled, meant in SPELLED.items():
        text = text.replace(spelled, meant)
    found = []
    for each in TOKEN.finditer(text):
        kind = str(each.lastgroup)
        found.append(Token(kind, each[kind], each.start(kind) + 1))
    return found


class _Reader:
    """Reads tokens from left to right, one function for each line of the grammar."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at, self.depth = text, _tokens(text), 0, 0
        self.operations: list[Operation] = []

    def formula(self) -> Function:
        if [token.text for token in self.tokens[:2]] in (["y", "="], ["Y", "="]):
            self.at = 2
        self._sum()
        operations, (low, high) = tuple(self.operations), USUAL_RANGE
        if self._take("from"):
            low = self._end()
            if not self._take("to"):
                raise self._expected('"to" and where x ends')
            high = self._end()
        if self.at < len(self.tokens):
            raise self._expected("an operator, or the end")
        if not low < high:
            raise InvalidArgument("formula", "must let x go from a smaller to a larger number", self.text, EXAMPLE)
        shown = " ".join(self.text.split())
        shown = re.split(r"\bfrom\b", re.sub(r"^[yY]\s*=\s*", "", shown))[0].strip()
        return Function(shown, operations, low, high)

    def _end(self) -> float:
        """A number, which may be a formula without x."""
        self.operations = []
        self._sum()
        if "x" in self.operations:
            raise self._expected("a number where x begins and ends, without x itself")
        value = float(_computed(self.operations, np.zeros(1))[0])
        if not np.isfinite(value):
            raise InvalidArgument("formula", "must let x go between two finite numbers", self.text, EXAMPLE)
        return value

    def _sum(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise InvalidArgument("formula", f"must be nested at most {DEEPEST} deep", self.text, EXAMPLE)
        self._product()
        while (mark := self._next) in ("+", "-"):
            self.at += 1
            self._product()
            self.operations.append(mark)
        self.depth -= 1

    def _product(self) -> None:
        self._sign()
        while True:
            mark = self._next
            if mark in ("*", "/"):
                self.at += 1
                self._sign()
                self.operations.append(mark)
            elif mark == "(" or (self._kind == "word" and mark not in ("from", "to")):
                self._power()
                self.operations.append("*")
            else:
                return

    def _sign(self) -> None:
        negative = False
        while (mark := self._next) in ("+", "-"):
            self.at += 1
            negative ^= mark == "-"
        self._power()
        if negative:
            self.operations.append("negative")

    def _power(self) -> None:
        self._atom()
        if self._take("^"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise InvalidArgument("formula", f"must be nested at most {DEEPEST} deep", self.text, EXAMPLE)
            self._sign()
            self.operations.append("^")
            self.depth -= 1

    def _atom(self) -> None:
        if self.at == len(self.tokens):
            raise self._expected("a number, x, a function or a bracket")
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "number":
            self.operations.append(float(token.text))
        elif token.text in ("x", "X"):
            self.operations.append("x")
        elif token.text in CONSTANTS:
            self.operations.append(float(CONSTANTS[token.text]))
        elif token.text in FUNCTIONS:
            if not self._take("("):
                raise self._expected(f'"(" after {token.text}')
            self._inner()
            self.operations.append(token.text)
        elif token.text == "(":
            self._inner()
        else:
            self.at -= 1
            known = f"x, a number, pi, e, or one of {', '.join(FUNCTIONS)}"
            raise self._expected(known if token.kind == "word" else "a number, x, a function or a bracket")

    def _inner(self) -> None:
        self._sum()
        if not self._take(")"):
            raise self._expected('")"')

    @property
    def _next(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    @property
    def _kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def _take(self, text: str) -> bool:
        if self._next != text:
            return False
        self.at += 1
        return True

    def _expected(self, what: str) -> InvalidArgument:
        found = f"{self.tokens[self.at].text!r} at place {self.tokens[self.at].at}" if self._next else "its end"
        return InvalidArgument(
            "formula", f"must be a function of x: expected {what}, found {found}", self.text, EXAMPLE
        )


def _computed(operations: Sequence[Operation], x: Doubles) -> Doubles:
    stack: list[Any] = []
    with np.errstate(all="ignore"):  # what has no value is NaN or infinite, and refused where it matters
        for operation in operations:
            if isinstance(operation, float):
                stack.append(np.full_like(x, operation))
            elif operation == "x":
                stack.append(x)
            elif operation == "negative":
                stack.append(-stack.pop())
            elif operation in BINARY:
                second, first = stack.pop(), stack.pop()
                stack.append(BINARY[operation](first, second))
            else:
                stack.append(FUNCTIONS[operation](stack.pop()))
    (result,) = stack
    return np.asarray(result, np.float64)
