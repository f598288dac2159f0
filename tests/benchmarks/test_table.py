"""The benchmark's table says what was met and what was missed, and what follows from which times."""

from __future__ import annotations

import pytest

from benchmarks.table import COLUMNS, SECONDS, SHARE, TIMES_AS_FAST, TIMES_AS_LONG, Reading, Row, duration, line, tally


@pytest.mark.parametrize(
    ("reading", "ours", "theirs", "figure", "text"),
    [
        (TIMES_AS_FAST, 2.0, 7.0, 3.5, "3.5 ×"),
        (TIMES_AS_LONG, 3.0, 2.0, 1.5, "1.5 ×"),
        (SHARE, 4.0, 3.0, 0.75, "75 %"),
        (SECONDS, 2e-7, 1.0, 2e-7, "0.200 µs"),
    ],
)
def test_a_figure_is_made_of_both_times(reading: Reading, ours: float, theirs: float, figure: float, text: str) -> None:
    assert reading.figure(ours, theirs) == pytest.approx(figure)
    assert reading.text(figure) == text


@pytest.mark.parametrize(
    ("reading", "figure", "verdict"),
    [
        (TIMES_AS_FAST, 1.99, "missed"),
        (TIMES_AS_FAST, 2.0, "met"),
        (TIMES_AS_FAST, 2.01, "met"),
        (TIMES_AS_LONG, 1.99, "met"),
        (TIMES_AS_LONG, 2.0, "met"),
        (TIMES_AS_LONG, 2.01, "missed"),
    ],
)
def test_a_target_is_met_on_its_own_side(reading: Reading, figure: float, verdict: str) -> None:
    assert Row("W", "peer", reading, 2.0, 1.0, 1.0, figure).verdict == verdict


def test_what_was_missed_stands_out() -> None:
    row = Row("W2", "peer", TIMES_AS_FAST, 600.0, 1e-3, 1.5e-3, 1.5)
    assert row.cells() == ("W2", "1.00 ms", "peer", "1.50 ms", "1.5 ×", "≥ 600 ×", "**missed**")
    assert row.to_dict()["verdict"] == "missed"


def test_who_is_not_installed_is_named_with_the_remedy() -> None:
    row = Row("W2", "peer", TIMES_AS_FAST, 2.0, remedy="pip install peer")
    assert row.cells() == ("W2", "", "peer", "", "", "≥ 2 ×", "not measured: pip install peer")


def test_only_targets_are_counted() -> None:
    figures = [(2.0, 3.0), (2.0, 1.0), (2.0, 2.0), (None, 1.0), (2.0, None)]
    rows = [Row("W", "peer", TIMES_AS_FAST, target, figure=figure) for target, figure in figures]
    assert tally(rows) == "2 met, 1 missed, 1 not measured"


def test_a_line_has_a_cell_for_each_column() -> None:
    assert line(tuple(COLUMNS)).count("|") == len(COLUMNS) + 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.42e-7, "0.142 µs"), (1.3e-5, "13.0 µs"), (2.47e-4, "247 µs"), (0.0369, "36.9 ms"), (2.0, "2.00 s")],
)
def test_times_have_three_digits(seconds: float, text: str) -> None:
    assert duration(seconds) == text
