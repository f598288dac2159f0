"""PyTorch's records are compared everywhere; PyTorch itself where it is installed, as in CI."""

from __future__ import annotations

from importlib.util import find_spec

NEEDS_TORCH = ["record.py", "torch_twin.py", "test_live.py"]
HAS_TORCH = find_spec("torch") is not None

collect_ignore = [] if HAS_TORCH else NEEDS_TORCH


def pytest_report_header() -> str:
    if HAS_TORCH:
        return "oracle: PyTorch is installed; its records are compared, and PyTorch itself, live"
    return "oracle: PyTorch is not installed; its records are compared, tests/oracle/test_live.py is left out"
