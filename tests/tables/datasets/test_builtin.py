"""The tables that come with wade: their shape, their question, and that the drawn ones are what their formulas say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn import datasets

from wade.cli.options import BUILT_IN_NAMES
from wade.errors import InvalidArgument
from wade.tables import BUILT_IN
from wade.tables.datasets.builtin import CLASSICS
from wade.tables.datasets.generators import GENERATORS


@pytest.mark.parametrize(
    ("name", "rows", "inputs", "answers"),
    [
        ("wine", 178, 13, 3),
        ("digits", 1797, 64, 10),
        ("breast_cancer", 569, 30, 2),
        ("iris", 150, 4, 3),
        ("diabetes", 442, 10, None),
    ],
)
def test_the_classics_have_their_rows_and_classes(name, rows, inputs, answers):
    table = BUILT_IN[name].read()
    assert (table.num_rows, table.num_columns) == (rows, inputs + 1)
    target = table[BUILT_IN[name].target]
    assert answers is None or len(target.unique()) == answers
    assert sum(column.null_count for column in table.columns) == 0


@pytest.mark.parametrize(("name", "target"), [(name, target) for name, target, _ in CLASSICS])
def test_the_classics_are_those_of_scikit_learn(name: str, target: str) -> None:
    table = BUILT_IN[name].read()
    bunch = getattr(datasets, f"load_{name}")(**({"scaled": False} if name == "diabetes" else {}))
    assert table.column_names == [*map(str, bunch.feature_names), target]
    np.testing.assert_array_equal(np.stack([np.asarray(column) for column in table.columns[:-1]], axis=1), bunch.data)
    named = "target_names" in bunch and name != "digits"
    assert table[target].to_pylist() == (bunch.target_names[bunch.target] if named else bunch.target).tolist()


def test_no_table_takes_scikit_learn(tmp_path: Path) -> None:
    program = (
        "import sys, wade.cli\nfrom wade.tables import BUILT_IN\n"
        "[table.read() for table in BUILT_IN.values()]\nprint('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "False\n"


def test_the_help_names_every_built_in_table():
    assert BUILT_IN_NAMES.replace("; generated: ", ", ").split(", ") == list(BUILT_IN)


@pytest.mark.parametrize("name", GENERATORS)
def test_a_drawn_table_has_the_rows_and_the_noise_asked_for(name):
    built_in = BUILT_IN[name]
    sharp, blurred, again, other = (
        built_in.read(600, noise, seed) for noise, seed in ((0, 1), (0.2, 1), (0.2, 1), (0.2, 2))
    )
    assert sharp.num_rows == 600
    assert blurred.equals(again)
    assert not blurred.equals(other)
    moved = "height" if built_in.target == "height" else "x"
    spread = np.std(np.asarray(blurred[moved]) - np.asarray(sharp[moved]))
    assert spread == pytest.approx(0.2, rel=0.15)


def columns(name: str, noise: float = 0) -> list[np.ndarray]:
    table: pa.Table = BUILT_IN[name].read(600, noise)
    return [np.asarray(table[column]) for column in table.column_names]


def test_formulas():
    x, y, answer = columns("xor")
    assert ((x > 0) != (y > 0)).tolist() == (answer == 1).tolist()
    x, y, answer = columns("circles")
    assert (np.hypot(x, y)[answer == 1] <= 0.5).all()
    assert (np.hypot(x, y)[answer == 0] >= 0.7).all()
    x, y, answer = columns("moons")
    np.testing.assert_allclose(np.hypot(x, y)[answer == 0], 1)
    np.testing.assert_allclose(np.hypot(x - 1, y - 0.5)[answer == 1], 1)
    x, y, answer = columns("spiral")
    turns = np.arctan2(y, x) / (2 * np.pi) - 1.75 * (np.hypot(x, y) - 0.1) / 0.9
    off = (turns - answer / 2) % 1
    np.testing.assert_allclose(np.minimum(off, 1 - off), 0, atol=1e-9)
    x, y, answer = columns("blobs")
    np.testing.assert_allclose(np.hypot(x, y), 1)
    assert len({(round(a, 6), round(b, 6)) for a, b in zip(x, y, strict=True)}) == 3
    x, y, height = columns("plane")
    np.testing.assert_allclose(height, (x + y) / 2)
    x, y, height = columns("hills")
    np.testing.assert_allclose(height, np.sin(np.pi * x) * np.sin(np.pi * y))


def test_classes_are_balanced():
    for name in ("circles", "moons", "spiral", "blobs"):
        counts = np.bincount(columns(name)[2])
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("choices", [{"rows": 0}, {"noise": -0.1}, {"noise": np.nan}, {"noise": np.inf}])
def test_what_cannot_be_drawn_is_refused(choices):
    with pytest.raises(InvalidArgument):
        BUILT_IN["moons"].read(**choices)


def test_noise_is_for_drawn_tables():
    with pytest.raises(InvalidArgument, match="Those are xor, circles"):
        BUILT_IN["iris"].read(noise=0.1)
