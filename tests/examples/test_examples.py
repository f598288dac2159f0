"""Every program in examples/ runs from an empty folder, and what it prints is what it promises."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
Run = Callable[[str], str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(name: str) -> str:
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out

    return run


def test_each_has_a_test() -> None:
    tested = set(re.findall(r'run\("(\w+\.py)"\)', Path(__file__).read_text(encoding="utf-8")))
    assert tested == {path.name for path in EXAMPLES.glob("*.py")}


def test_from_a_file_to_a_decision(run: Run) -> None:
    program = (EXAMPLES / "from_a_file_to_a_decision.py").read_text(encoding="utf-8")
    assert len(program.splitlines()) < 30
    said = run("from_a_file_to_a_decision.py")
    assert "warn from 11.1% on" in said
    pairs = re.findall(r"predicted +([\d.]+)%, observed +([\d.]+)%", said)
    assert len(pairs) == 10
    assert all(abs(float(predicted) - float(observed)) < 8 for predicted, observed in pairs)
    for instead in ("never", "always"):
        low = re.search(rf"EUR a flight saved over {instead}: \[([-\d.]+),", said)
        assert low is not None
        assert float(low[1]) > 0


def test_learning_rates(run: Run) -> None:
    said = run("learning_rates.py")
    for kind in ("too small", "converges", "oscillates", "diverges"):
        assert kind in said
    assert "try " in said


def test_one_perceptron(run: Run) -> None:
    said = run("one_perceptron.py")
    assert "probability = σ(z) = 0.4378" in said
    gradient = re.search(r"gradient of w1, w2, b: \[ *([-\d.]+) +([-\d.]+) +([-\d.]+)\]", said)
    assert gradient is not None
    assert re.findall(r"  \w\d?: ([-\d.]+)", said) == list(gradient.groups())
    before, after = map(float, re.findall(r"loss ([\d.]+)", said))
    assert after < before
