"""Twenty visitors at once: each is served, and memory stays flat."""

from __future__ import annotations

import sys

import pytest

from scripts.load_studio import grown, load, studio
from tests.studio.conftest import run


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from Linux's /proc")
@pytest.mark.slow("twenty trainings at once, for twenty seconds; scripts/load_studio.py goes on for half an hour")
def test_twenty_visitors_at_once_leave_memory_as_it_was() -> None:
    lines: list[str] = []
    with studio() as (address, process):
        findings, samples = run(
            load(address=address, process=process, visitors=20, seconds=20, seed=0, every=4, say=lines.append)
        )
    print("\n".join(lines))
    assert dict(findings.errors) == {}
    assert findings.counts["commands"] > 100
    assert findings.counts["frames"] > 100
    assert grown(samples) is None
