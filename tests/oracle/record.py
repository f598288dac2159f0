"""Record PyTorch's answers next to this file: `python -m tests.oracle.record`, from the root of the repository.

Needs PyTorch, which `pip install wade[develop]` brings; the tests that read the records do not.
"""

from __future__ import annotations

import numpy as np
import torch

from .cases import CASES, problem_of
from .torch_twin import torch_results


def main() -> None:
    """Write a file for each case."""
    torch.set_num_threads(1)
    for case in CASES:
        np.savez(case.recorded, **torch_results(case, problem_of(case)))
        print(f"{case.recorded.name}: {case.recorded.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
