"""Tables that are unusual by number: millions of categories, thousands of columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from wade.tables import Encoder, infer_schema, read_table
from wade.tables.kinds.coded import MAXIMUM_CODES


@pytest.mark.slow("two million categories are what is promised")
def test_of_two_million_categories_those_that_come_back_have_codes() -> None:
    rng = np.random.default_rng(0)
    kinds = np.concatenate([np.arange(2_000_000), np.repeat(np.arange(3_000), 130), np.zeros(500, np.int64)])
    rng.shuffle(kinds)
    texts = pc.binary_join_element_wise("k", pa.array(kinds).cast(pa.string()), "")
    table = read_table(pa.table({"kind": texts, "y": kinds % 2}))
    schema = infer_schema(table, "sales.csv", "y")
    assert [column.role for column in schema.columns] == ["category"]
    encoder = Encoder.fit(table, schema)
    codes = encoder.encode(table, "sales.csv").codes[:, 0]
    assert encoder.layout.categories[0].size == 3_001
    assert codes[kinds == 0].tolist() == [1] * 631
    assert (codes[kinds >= 3_000] == 0).all()
    assert len(np.unique(codes)) == 3_001
    never_seen = read_table(pa.table({"kind": ["k-1", None, "k0"]}))
    assert encoder.encode(never_seen, "new.csv").codes.ravel().tolist() == [0, 0, 1]


def test_no_more_codes_than_a_layer_can_hold() -> None:
    kinds = np.repeat(np.arange(MAXIMUM_CODES + 50), 5)
    table = read_table(pa.table({"kind": np.char.add("k", kinds.astype(str)), "y": kinds % 2}))
    encoder = Encoder.fit(table, infer_schema(table, "sales.csv", "y"))
    assert encoder.layout.categories[0].size == MAXIMUM_CODES + 1


def test_twenty_thousand_columns_take_no_time(tmp_path: Path) -> None:
    """In time that grows with their square, they would take minutes."""
    names = [f"gene {number}" for number in range(20_000)]
    path = tmp_path / "genes.csv"
    path.write_text("\n".join(",".join(row) for row in (names, ["1"] * 20_000, ["2.5"] * 20_000)))
    table = read_table(path)
    assert table.column_names == names
    assert table.slice(1, 1).column(19_999).to_pylist() == [2.5]
