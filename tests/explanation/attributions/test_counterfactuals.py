"""The smallest changes that lead to another answer, among values like those that were seen."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from wade.explanation.attributions.columns import spans_of
from wade.explanation.attributions.counterfactuals import (
    Change,
    Counterfactual,
    GoalProgress,
    NoOptions,
    nearest_changes,
    options_of,
    pareto_front,
)
from wade.tables import Encoder, Schema, infer_schema, read_table
from wade.tables.kinds.number import round_step
from wade.types import Inputs


@pytest.fixture(scope="module")
def seen() -> pa.Table:
    draw = np.random.default_rng(0)
    start = datetime(2013, 1, 1)
    return read_table(
        pa.table(
            {
                "wind": draw.uniform(0, 40, 400).round(1),
                "count": draw.integers(0, 9, 400),
                "origin": draw.choice(["JFK", "EWR", "LGA"], 400, p=[0.6, 0.3, 0.1]),
                "wet": draw.choice([True, False], 400),
                "time": [start + timedelta(days=at % 300, hours=6 + at % 12) for at in range(400)],
                "note": [f"some words {at % 50} of {at}" for at in range(400)],
                "late": draw.integers(0, 2, 400),
            }
        )
    )


@pytest.fixture(scope="module")
def schema(seen: pa.Table) -> Schema:
    return infer_schema(seen, "table", "late", roles={"note": "text"})


@pytest.fixture(scope="module")
def encoder(seen: pa.Table, schema: Schema) -> Encoder:
    return Encoder.fit(seen, schema)


def options(encoder: Encoder, schema: Schema, row: pa.Table):
    columns = zip(spans_of(encoder), encoder.encodings, schema.columns, strict=True)
    return {span.column: (span, options_of(encoding, column, row)) for span, encoding, column in columns}


def schema_names(schema: Schema) -> list[str]:
    return [column.name for column in schema.columns]


def test_what_else_could_stand_there_was_seen(seen: pa.Table, schema: Schema, encoder: Encoder) -> None:
    found = {name: each for name, (_, each) in options(encoder, schema, seen.slice(0, 1)).items()}
    assert found["note"] == NoOptions("note", "text, which is not rewritten")
    wind, count = found["wind"], found["count"]
    assert wind.value not in wind.values
    assert 0 <= min(wind.values) < max(wind.values) <= 40
    assert all(float(value).is_integer() for value in count.values)
    assert set(count.values) | {count.value} == set(range(9))
    assert {*found["origin"].values, found["origin"].value} == {"JFK", "EWR", "LGA"}
    assert (found["origin"].sizes == 1).all()
    assert found["wet"].values in (("false",), ("true",))
    times = found["time"].values
    assert {int(time[11:13]) for time in times} <= set(range(6, 18))  # no flight ever left at night
    assert all("2013-01-01" <= time <= "2013-10-28" for time in times)
    for each in found.values():
        assert isinstance(each, NoOptions) or (
            (np.diff(each.sizes) >= 0).all() and len(each.values) == len(each.encoded)
        )


def test_a_number_moves_in_distances_between_its_quartiles(seen: pa.Table, schema: Schema, encoder: Encoder) -> None:
    quartiles = np.quantile(seen["wind"].to_numpy(), [0.25, 0.75])
    _, wind = options(encoder, schema, seen.slice(0, 1))["wind"]
    moved = abs(np.asarray(wind.values) - wind.value) / (quartiles[1] - quartiles[0])
    np.testing.assert_allclose(wind.sizes, moved)


def test_what_is_missing_has_no_other_value(seen: pa.Table, schema: Schema, encoder: Encoder) -> None:
    row = pa.table({name: pa.nulls(1) for name in seen.column_names})
    found = {name: each for name, (_, each) in options(encoder, schema, row).items()}
    assert found == {name: NoOptions(name, "missing in this row") for name in schema_names(schema)}


@pytest.mark.parametrize("year", [1999, 2031])
def test_a_day_outside_of_the_training_range_is_replaced_by_days_inside(
    seen: pa.Table, schema: Schema, encoder: Encoder, year: int
) -> None:
    row = read_table(seen.slice(0, 1).set_column(4, "time", [[datetime(year, 5, 5, 8)]]))
    days = {str(day)[:10] for day in options(encoder, schema, row)["time"][1].values} - {f"{year}-05-05"}
    assert days  # hours are tried on the same day
    assert all("2013-01-01" <= day <= "2013-10-28" for day in days)
    assert ("2013-01-01" if year == 1999 else "2013-10-27") in days


def test_steps_are_round() -> None:
    assert [round_step(x) for x in (1.0, 0.99, 4.99, 5.0, 0.3, 12345.0)] == [1, 0.5, 2, 5, 0.2, 10_000]


def test_the_smallest_change_is_found_by_looking_at_all(seen: pa.Table, schema: Schema, encoder: Encoder) -> None:
    """A rule of two columns that is known, and every pair of options tried by hand."""
    row = seen.slice(3, 1)
    both = options(encoder, schema, row)
    (wind_span, wind), (count_span, count) = both["wind"], both["count"]
    X = encoder.encode(row, "row")
    at = np.concatenate([X.numbers[0, wind_span.numbers], X.numbers[0, count_span.numbers]])

    def ask(rows: Inputs) -> GoalProgress:
        score = (
            rows.numbers[:, wind_span.numbers][:, 0] - at[0] + 0.7 * (rows.numbers[:, count_span.numbers][:, 0] - at[1])
        )
        return GoalProgress(score > 0.9, score.astype(np.float64))

    found = nearest_changes(X, [both["wind"], both["count"]], ask)
    best = {
        (i, j): wind.sizes[i] + count.sizes[j]
        for i in range(len(wind.values))
        for j in range(len(count.values))
        if wind.encoded.numbers[i, 0] - at[0] + 0.7 * (count.encoded.numbers[j, 0] - at[1]) > 0.9
    }
    pair = next((each for each in found if len(each.changes) == 2), None)
    singles = [each.size for each in found if len(each.changes) == 1]
    if pair is not None:
        assert pair.size == pytest.approx(min(best.values()))
        assert pair.size < min(singles)
    else:
        assert min(best.values()) >= min(singles)
    reached = wind.sizes[wind.encoded.numbers[:, 0] - at[0] > 0.9]
    if len(reached):
        assert reached.min() in singles
    assert [each.size for each in found] == sorted(each.size for each in found)


def test_where_one_column_is_not_enough_two_are_changed(seen: pa.Table, schema: Schema, encoder: Encoder) -> None:
    row = read_table(pa.table({**seen.slice(0, 1).to_pydict(), "origin": ["JFK"], "wet": [False]}))
    both = options(encoder, schema, row)
    picked = [both["origin"], both["wet"]]
    codes = {name: both[name][0].codes.start for name in ("origin", "wet")}
    wanted = {name: both[name][1] for name in codes}
    ewr = wanted["origin"].encoded.codes[wanted["origin"].values.index("EWR"), 0]
    wet = wanted["wet"].encoded.codes[0, 0]

    def ask(rows: Inputs) -> GoalProgress:
        right = (rows.codes[:, codes["origin"]] == ewr).astype(float) + (rows.codes[:, codes["wet"]] == wet)
        return GoalProgress(right == 2, right)

    changes = (Change("origin", "JFK", "EWR"), Change("wet", "false", "true"))
    assert nearest_changes(encoder.encode(row, "row"), picked, ask) == [Counterfactual(changes, 2.0)]
    assert nearest_changes(encoder.encode(row, "row"), picked, ask, pairs=False) == []


def test_a_front_keeps_what_no_smaller_change_outdoes() -> None:
    sizes = np.arange(100.0)
    assert pareto_front(sizes, -sizes).tolist() == [0]
    assert len(pareto_front(sizes, sizes)) == 24
    assert {0, 99} <= set(pareto_front(sizes, sizes).tolist())
