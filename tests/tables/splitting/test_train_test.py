"""Three parts without overlap, of the stated sizes, each class with its share, and the latest rows to judge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import ColumnError, DataError, InvalidArgument
from wade.tables import split_rows
from wade.tables.splitting.train_test import SplitSummary, draw_from, parts_named


@pytest.mark.parametrize(
    ("n", "train", "each", "share"),
    [
        (5, 3, 1, "60/20/20"),
        (1_000, 600, 200, "60/20/20"),
        (10_000, 6_000, 2_000, "60/20/20"),
        (10_001, 8_001, 1_000, "80/10/10"),
        (1_000_000, 980_000, 10_000, "98/1/1"),
    ],
)
def test_shares_follow_the_size_of_the_table(n, train, each, share):
    split = split_rows(n)
    assert (len(split.train), len(split.validation), len(split.test)) == (train, each, each)
    assert share in split.why


@given(
    n=st.integers(5, 300),
    classes=st.integers(1, 40),
    seed=st.integers(0, 5),
    how=st.sampled_from(["random", "time"]),
)
def test_every_row_is_in_exactly_one_part(n, classes, seed, how):
    labels = np.random.default_rng(seed).integers(0, classes, n)
    split = split_rows(n, how, labels=labels, times=np.arange(n) % 7, seed=seed)
    rows = np.concatenate([split.train, split.validation, split.test])
    assert sorted(rows.tolist()) == list(range(n))
    assert rows.dtype == np.int64
    assert min(len(split.train), len(split.validation), len(split.test)) > 0


def test_each_class_has_its_share_to_within_a_row():
    labels = np.repeat([0, 1, 2], [700, 250, 50])
    split = split_rows(1_000, labels=labels)
    for part, share in ((split.test, 0.2), (split.validation, 0.2), (split.train, 0.6)):
        assert np.bincount(labels[part]) == pytest.approx(np.array([700, 250, 50]) * share, abs=2)


def test_every_class_has_a_row_in_training():
    labels = np.concatenate([np.zeros(80, int), np.arange(1, 21)])
    for seed in range(20):
        split = split_rows(100, labels=labels, seed=seed)
        assert set(labels[split.train]) == set(range(21))


def test_training_may_be_one_row_of_each_class():
    labels = np.array([0, 1, 2, 3, 4, 5, 0, 0, 0, 0])
    for seed in range(20):
        assert sorted(labels[split_rows(10, labels=labels, seed=seed).train]) == [0, 1, 2, 3, 4, 5]


def test_the_seed_decides():
    assert (split_rows(100, seed=1).test == split_rows(100, seed=1).test).all()
    assert set(split_rows(100, seed=1).test) != set(split_rows(100, seed=2).test)


def test_the_latest_rows_are_test_rows_and_those_before_them_validation_rows():
    times = np.random.default_rng(0).permutation(100)
    split = split_rows(100, "time", times=times)
    assert times[split.train].tolist() == list(range(60))
    assert times[split.validation].tolist() == list(range(60, 80))
    assert times[split.test].tolist() == list(range(80, 100))
    assert "later" in split.why


def test_rows_of_one_time_keep_their_order():
    split = split_rows(10, "time", times=np.array([1, 0] * 5))
    assert [*split.train, *split.validation, *split.test] == [1, 3, 5, 7, 9, 0, 2, 4, 6, 8]


def test_the_flights_test_sets():
    random = split_rows(336_776, labels=np.arange(336_776) % 2, test_rows=60_000)
    assert (len(random.test), len(random.validation), len(random.train)) == (60_000, 27_678, 249_098)
    late = split_rows(336_776, "time", times=np.arange(336_776), test_rows=66_776)
    assert late.test.tolist() == list(range(270_000, 336_776))
    assert len(late.validation) == 27_000


def test_validation_is_capped():
    assert len(split_rows(1_000_000, test_rows=100_000).validation) == 50_000


@pytest.mark.parametrize("test_rows", [0, -1, 97, 1_000])
def test_test_rows_that_leave_too_little(test_rows):
    with pytest.raises(InvalidArgument, match="must be from 1 to 96, for there are 100 rows"):
        split_rows(100, test_rows=test_rows)


@pytest.mark.parametrize(("test_rows", "validation", "train"), [(1, 10, 89), (95, 1, 4), (96, 1, 3)])
def test_the_fewest_and_the_most_test_rows(test_rows, validation, train):
    split = split_rows(100, test_rows=test_rows)
    assert [len(part) for part in (split.train, split.validation, split.test)] == [train, validation, test_rows]


@pytest.mark.parametrize("how", ["random", "time"])
def test_five_rows_are_enough(how):
    split = split_rows(5, how, times=np.arange(5))
    assert [len(part) for part in (split.train, split.validation, split.test)] == [3, 1, 1]


def test_what_cannot_be_split():
    with pytest.raises(DataError, match="4 rows with a target are too few"):
        split_rows(4)
    with pytest.raises(InvalidArgument, match="Did you mean 'random'"):
        split_rows(100, "randm")
    with pytest.raises(InvalidArgument, match="needs a date-time column"):
        split_rows(100, "time")


@given(n_groups=st.integers(3, 40), n=st.integers(40, 300), seed=st.integers(0, 5))
def test_groups_are_never_torn(n_groups, n, seed):
    groups = np.concatenate([np.arange(n_groups), np.random.default_rng(seed).integers(0, n_groups, n - n_groups)])
    split = split_rows(n, "group", groups=groups, seed=seed)
    parts = [set(groups[rows]) for rows in (split.train, split.validation, split.test)]
    assert all(parts)
    assert sum(map(len, parts)) == n_groups
    assert sorted(np.concatenate([split.train, split.validation, split.test]).tolist()) == list(range(n))


def test_groups_make_parts_of_about_the_usual_sizes():
    split = split_rows(10_000, "group", groups=np.arange(10_000) % 400)
    assert (len(split.train), len(split.validation), len(split.test)) == (6_000, 2_000, 2_000)
    assert "not in its training rows" in split.why


@pytest.mark.parametrize("seed", range(6))
def test_three_groups_are_one_part_each_however_large_they_are(seed):
    groups = np.repeat([0, 1, 2], [1, 2, 97])
    for test_rows in (None, 1, 96):
        split = split_rows(100, "group", groups=groups, test_rows=test_rows, seed=seed)
        parts = [set(groups[rows].tolist()) for rows in (split.train, split.validation, split.test)]
        assert [len(part) for part in parts] == [1, 1, 1]
        assert set.union(*parts) == {0, 1, 2}


def test_groups_go_to_the_test_as_long_as_it_comes_nearer_to_its_size():
    # Groups of 10 rows each: of 200, the test is to have 40, validation 40.
    split = split_rows(200, "group", groups=np.arange(200) // 10)
    assert [len(part) for part in (split.train, split.validation, split.test)] == [120, 40, 40]
    split = split_rows(200, "group", groups=np.arange(200) // 10, test_rows=34)
    assert [len(part) for part in (split.train, split.validation, split.test)] == [150, 20, 30]


def test_two_groups_are_too_few():
    with pytest.raises(DataError, match="2 groups cannot be split"):
        split_rows(100, "group", groups=np.arange(100) % 2)


def test_the_table_may_say_who_is_in_which_part():
    given_parts = np.array([2, 0, 0, 1, 0, 2, 0])
    split = split_rows(7, "given", given=given_parts)
    assert split.train.tolist() == [1, 2, 4, 6]
    assert split.validation.tolist() == [3]
    assert split.test.tolist() == [0, 5]


def test_validation_is_drawn_from_training_where_the_table_names_none():
    labels = np.arange(200) % 2
    split = split_rows(200, "given", labels=labels, given=np.repeat([0, 2], 100))
    assert split.test.tolist() == list(range(100, 200))
    assert len(split.validation) == 10
    assert labels[split.validation].sum() == 5
    assert sorted([*split.train, *split.validation]) == list(range(100))


@pytest.mark.parametrize(("test_rows", "sizes"), [(None, (72, 8, 20)), (30, (63, 7, 30)), (96, (3, 1, 96))])
def test_the_test_is_drawn_from_training_where_no_file_is_for_it(test_rows, sizes):
    split = split_rows(100, "files", given=np.zeros(100, int), test_rows=test_rows)
    assert (len(split.train), len(split.validation), len(split.test)) == sizes
    assert sorted([*split.train, *split.validation, *split.test]) == list(range(100))
    assert split.why == (
        "By file, the test drawn from the training rows, a tenth of the training rows drawn for validation: "
        f"{sizes[0]} training, {sizes[1]} validation and {sizes[2]} test rows."
    )


def test_what_a_column_says_is_said_of_a_column():
    assert split_rows(5, "given", given=np.array([0, 0, 0, 1, 2])).why == (
        "By column: 3 training, 1 validation and 1 test row."
    )


def test_a_draw_leaves_a_row_of_each_class_unless_it_would_draw_none():
    rows, labels = np.arange(5, 15), np.array([9] * 5 + [0, 0, 0, 0, 0, 1, 2, 3, 4, 5])
    # Every other row in the order of classes: two of class 0, and the only ones of 1, 3 and 5, which stay.
    rest, drawn = draw_from(rows, 5, labels, seed=0)
    assert labels[drawn].tolist() == [0, 0]
    assert sorted([*rest, *drawn]) == rows.tolist()
    rest, drawn = draw_from(rows, 3, np.arange(15), seed=0)
    assert (len(rest), len(drawn)) == (7, 3)


def test_the_same_rows_are_drawn_as_in_earlier_releases():
    assert split_rows(20).test.tolist() == split_rows(20, seed=0).test.tolist() == [2, 4, 7, 13]
    assert draw_from(np.arange(20), 4, None, seed=0)[1].tolist() == [2, 4, 7, 13]


def test_a_summary_has_the_sizes_and_no_repeated_rows_unless_some_are_counted():
    split = split_rows(10)
    assert split.summary == SplitSummary(6, 2, 2, "random", split.why, repeated=0)
    assert SplitSummary(6, 2, 2, "random", "") == SplitSummary(6, 2, 2, "random", "", repeated=0)


@pytest.mark.parametrize("given_parts", [np.zeros(9, int), np.full(9, 2), np.array([0, *[2] * 8])])
def test_a_part_without_rows_is_refused(given_parts):
    with pytest.raises(DataError, match=r"no row is for|too few"):
        split_rows(9, "given", given=given_parts)


@pytest.mark.parametrize(("how", "needs"), [("time", "date-time"), ("group", "groups"), ("given", "parts")])
def test_what_a_way_of_splitting_needs_is_named(how, needs):
    with pytest.raises(InvalidArgument, match=needs):
        split_rows(9, how)


def test_parts_go_by_several_names_and_no_others():
    assert parts_named(["TRAIN", " valid ", "holdout", "dev"], "here").tolist() == [0, 1, 2, 1]
    with pytest.raises(ColumnError, match="'tset' is not the name of a part"):
        parts_named(["train", "tset"], "table, column 'part'")
