"""The page of pictures and the gallery: every kind, files that exist, words for each, and no more bytes than said."""

from __future__ import annotations

import math
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from wade.cli.options import flag_of
from wade.pictures import KINDS

DOCS = Path(__file__).parents[2] / "docs"
GALLERY = DOCS / "gallery"
PAGE = (DOCS / "pictures.md").read_text(encoding="utf-8")
SHOWN = (GALLERY / "README.md").read_text(encoding="utf-8")
MOST_BYTES = 3_000_000


def test_the_table_lists_every_kind_with_its_options() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", PAGE, re.MULTILINE))
    assert list(rows) == list(KINDS)
    for name, kind in KINDS.items():
        assert kind.about in rows[name]
        assert set(re.findall(r"`(--[\w-]+)`", rows[name])) == {flag_of(option) for option in kind.options}


def test_every_kind_is_in_the_gallery() -> None:
    commands = set(re.findall(r"`wade draw (\w+)", SHOWN))
    assert set(KINDS) - commands == set()


def test_every_picture_is_there_in_light_and_dark_with_words_for_it() -> None:
    files = re.findall(r'(?:srcset|src)="([^"]+)"', SHOWN)
    assert sorted(files) == sorted(path.name for path in GALLERY.iterdir() if path.name != "README.md")
    light = {name.rpartition("-light.")[0] for name in files if "-light." in name}
    assert light == {name.rpartition("-dark.")[0] for name in files if "-dark." in name}
    words = re.findall(r'alt="([^"]*)"', SHOWN)
    assert len(words) == len(light) + 1
    assert min(map(len, words)) > 60


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (1, "artificial intelligence ⊃ machine learning ⊃ deep learning"),
        (2, "| wind_gust | missing |"),
        (3, "suffers from bias"),
        (3, "trade-off of bias and variance is no longer applicable"),
        (4, "tables larger than memory"),
        (5, "16,000 training, 2,000 validation and 2,000 test rows"),
        (6, "A better prediction machine, so what?"),
        (7, "better than humans at recognizing images and sounds"),
        (8, "z = 2 × 0.1 + 3 × 0.5 + (−1) × 2.5 + 5 × 0.2 + 3 = 3.2"),
        (9, "σ(z) = 1 / (1 + e^−z)"),
        (10, "Activations add non-linearity"),
        (11, "Multiple outputs and multiple layers"),
        (12, "−20 °C in a wind of 45 km/h"),
        (13, "cross-entropy has a mean of 1.0266, squared error one of 0.33175"),
        (13, "−20 °C, 45 km/h: 0.05, delayed; 80 °C, 0 km/h: 0.02, on time; 4 °C, 15 km/h: 0.96, delayed; 45 °C, 60"),
        (13, "2 of 4 are wrong at ½"),
        (14, "is a staircase"),
        (15, "θ* = argmin J(θ)"),
        (16, "θ := θ − η ∂J/∂θ"),
        (18, "trapped in a local minimum"),
        (19, "Does the solution converge?"),
        (20, "AdamW"),
        (21, "Then comes the wine"),
    ],
)
def test_the_gallery_tells_the_deck(row: int, said: str) -> None:
    assert said in " ".join(SHOWN.split()), f"row {row} of the deck"


def test_the_factors_of_the_gallery_s_chain_multiply_to_its_gradient_and_to_its_finite_difference() -> None:
    (line,) = re.findall(r"^∂J/∂W1.*$", SHOWN, re.MULTILINE)
    *_, factors, gradient = line.replace("−", "-").split(" = ")
    numbers = [float(factor.strip("()")) for factor in factors.split(" × ")]
    assert len(numbers) == 5
    assert math.isclose(math.prod(numbers), float(gradient), rel_tol=1e-3)
    (difference,) = re.findall(r"moved gives ([-−0-9.]+): backpropagation is correct", SHOWN)
    assert math.isclose(float(difference.replace("−", "-")), float(gradient), rel_tol=1e-5)


def test_classes_are_called_what_the_table_calls_them() -> None:
    assert "delayed = yes" in SHOWN
    assert "delayed = 1" not in SHOWN


def test_the_gallery_is_small() -> None:
    assert sum(path.stat().st_size for path in GALLERY.iterdir()) <= MOST_BYTES


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed (it is in CI)")
def test_the_programs_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    programs = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(programs) == 4
    exec(compile("\n".join(programs), "docs/pictures.md", "exec", dont_inherit=True), {"__name__": "page"})
    assert {path.name for path in tmp_path.iterdir()} == {"boundary.svg", "training.gif"}
