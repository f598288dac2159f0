"""Rows are counted as the table counts them, those without a target included."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from wade.errors import InvalidArgument
from wade.model.labelled_table import LabelledTable

TABLE = LabelledTable(pa.table({"size": [1, 4]}), "t.csv", [], np.array([0, 3]), 4, "left")


def test_a_row_keeps_the_number_that_it_has_in_the_table() -> None:
    assert (TABLE.place_of(1), TABLE.place_of(4)) == (0, 1)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (2, "must be a row of t.csv with a value of 'left'; received 2. Row 1 has one."),
        (5, "from 1 to 4"),
        (0, "from 1 to 4"),
        (True, "from 1 to 4"),
    ],
)
def test_a_row_that_is_not_there_or_has_no_target_is_refused(row: int, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        TABLE.place_of(row)
