"""Settings that were copied begin the same training, with the data that come with wade."""

from __future__ import annotations

import pytest

from wade.errors import InvalidArgument
from wade.studio.shared_settings import read_shared


def test_the_table_is_opened_with_its_rows_and_noise():
    shared = read_shared("data=generated%3Acircles&noise=0.25&rows=120&hidden=%5B4%5D")
    table = shared.open_table(shared.table_name(None, "moons"), None)
    assert (table.name, table.source, table.noise, table.rows.num_rows) == ("circles", "generated", 0.25, 120)
    assert shared.settings == {"hidden": [4]}


def test_a_formula_is_opened():
    shared = read_shared("data=formula%3Ay+%3D+sin%283+*+x%29&noise=0.0&rows=50")
    table = shared.open_table(shared.table_name(None, "moons"), None)
    assert (table.name, table.source, table.rows.num_rows) == ("y = sin(3 * x)", "formula", 50)


def test_without_data_the_table_of_the_command_is_taken():
    assert read_shared("seed=3").table_name("wine", "moons") == "wine"
    assert read_shared("seed=3").table_name(None, "moons") == "moons"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hidden", "NAME=VALUE"),
        ("data=upload:mine.csv", "SOURCE:NAME"),
        ("data=generated:", "SOURCE:NAME"),
        ("data=generated:moons&rows=many", "rows must be a number"),
        ("data=generated:moons&noise=much", "noise must be a number"),
    ],
)
def test_what_cannot_be_read_is_refused(text, said):
    with pytest.raises(InvalidArgument, match=said):
        read_shared(text)


def test_the_table_of_the_command_goes_before_that_of_the_text():
    shared = read_shared("data=generated:moons&rows=60&noise=0.3&seed=2")
    table = shared.open_table(shared.table_name("wine", "circles"), None)
    assert (table.name, table.rows.num_rows, table.noise) == ("wine", 178, None)
