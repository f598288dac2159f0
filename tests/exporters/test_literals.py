"""What comes from data is a literal: it is read back as it was, and nothing in it is obeyed."""

from __future__ import annotations

import ast
import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from wade.exporters.literals import c_array, c_text, python, python_list, python_numbers, shortest

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
@example("'''\"\"\"\\\n\r\u2028\u202e\0")
def test_a_text_of_python_is_read_back(text: str) -> None:
    assert ast.literal_eval(python(text)) == text
    assert ast.literal_eval(python_list([text, text])) == [text, text]
    assert python(text).isprintable()


@given(TEXTS.filter(lambda text: len(text.encode()) <= 4000))
@example('??/ */ /* // " \\ %s \n \x7f é')
def test_a_text_of_c_is_plain_ascii_and_read_back(text: str) -> None:
    literal = c_text(text)
    assert re.fullmatch(r'"(?:[ !#-).0-9:-Z^-~+,;<->@\[\]-]|\\[0-7]{3})*"', literal), literal
    assert not re.search(r"\?|/|\*", literal)
    content = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), literal[1:-1].encode())
    assert content.decode() == text


def test_a_long_text_of_c_stays_within_what_c99_promises() -> None:
    literal = c_text("é" * 3000)
    numbers = literal.removeprefix("(const char[]){").removesuffix("}").split(", ")
    assert bytes(int(number) % 256 for number in numbers[:-1]).decode() == "é" * 3000
    assert numbers[-1] == "0"


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
@example([7.038531e-26, 1e-45, 3.4028235e38, 16777217.0])
def test_weights_are_exact(values: list[float]) -> None:
    array = np.array(values, np.float32)
    read = np.array(ast.literal_eval(f"[{python_numbers(array)}]"), np.float32)
    assert read.tobytes() == array.tobytes()
    assert [float(number) for number in shortest(array.astype(np.float64))] == array.astype(float).tolist()


def test_an_array_of_c_marks_floats_and_is_never_empty() -> None:
    assert c_array(np.array([0.5, 3], np.float32)) == "{\n    0.5f, 3.0f\n}"
    assert c_array(np.empty((0, 4), np.float32)) == "{\n    0\n}"
