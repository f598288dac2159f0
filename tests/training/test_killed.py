"""A training that is killed at any moment goes on from its checkpoint, and ends in the bits of one that never was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 200
PROGRAM = Path(__file__).with_name("killing.py")


@pytest.mark.slow("two hundred kills at random moments")
def test_trainings_that_are_killed_at_random_moments_end_in_the_same_bits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, str(PROGRAM), str(tmp_path), str(KILLS), "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    kills, trainings, differing = found["kills"], found["trainings"], found["differing"]
    with capsys.disabled():
        where = ", ".join(f"{count} in {phase}" for phase, count in sorted(kills.items()))
        print(f"\n{sum(kills.values())} kills ({where}): {trainings} trainings, {len(differing)} ended differently")
    assert sum(kills.values()) >= KILLS
    assert differing == []
    for phase in ("a chunk of steps", "the validation of an epoch", "the write of a checkpoint"):
        assert kills.get(phase, 0) > 0, f"no kill hit {phase}"
