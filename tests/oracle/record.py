"""Record PyTorch's answers next to this file: `python -m tests.oracle.record [CASE ...]`, from the repository's root.

Without names, every case is recorded.

Needs PyTorch, which `pip install wade[develop]` brings; the tests that read the records do not.
"""

from __future__ import annotations

import sys

import numpy as np
import torch

from .cases import CASES, problem_of
from .torch_twin import torch_results


def main(names: list[str]) -> None:
    """Write a file for each case of these names, or for every case."""
    torch.set_num_threads(1)
    unknown = set(names) - {case.name for case in CASES}
    if unknown:
        sys.exit(f"no such case: {', '.join(sorted(unknown))}")
    for case in CASES:
        if names and case.name not in names:
            continue
        np.savez(case.recorded, **torch_results(case, problem_of(case)))
        print(f"{case.recorded.name}: {case.recorded.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
