"""Names from a table as labels."""

from __future__ import annotations

import pytest

from wade.pictures.display import format_of
from wade.pictures.labels import label, number


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("$x^2$", r"\$x^2\$"),
        ("cost in $", r"cost in \$"),
        ("<b>size</b>", "<b>size</b>"),
        ("a\nb\tc\x1b[31m", r"a\nb\tc\x1b[31m"),
        ("x" * 100, "x" * 14 + "…" + "x" * 13),
        ("", ""),
        (None, "None"),
        (3.5, "3.5"),
    ],
)
def test_a_name_is_shown_as_it_is_written_on_one_short_line(name: object, shown: str) -> None:
    assert label(name) == shown
    assert len(label(name)) <= 30


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.5, "−0.5"), (123456.0, "123,456"), (float("inf"), "inf"), (1e-7, "1e−07")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("path", ["picture", "picture.jpg", "picture.svg.txt"])
def test_another_form_is_refused_with_a_name_that_works(path: str) -> None:
    with pytest.raises(ValueError, match=r"must end in \.svg, \.png, \.pdf; received .* Try picture"):
        format_of(path)
