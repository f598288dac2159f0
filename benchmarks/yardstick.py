"""yardstick.cpp, compiled for this machine with the kernels' flags, and called from Python."""

import ctypes
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

# The kernels' flags (CMakeLists.txt), and -ffast-math: without it the compiler may not turn the yardstick's sums into
# vectors, and the yardstick would be up to three times as long.
FLAGS = ("-std=c++20", "-O3", "-ffast-math", "-shared", "-fPIC", "-pthread")
INSTRUCTION_SETS = {
    "avx512": ["-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw", "-mfma", "-mprefer-vector-width=512"],
    "avx2": ["-mavx2", "-mfma"],
    "neon": [],
    "baseline": [],
}


class Yardstick:
    """Per-example descent with every width known at compile time, and the peak of the processor itself."""

    def __init__(self, instruction_set: str, compiler: str = "g++") -> None:
        source = Path(__file__).with_name("yardstick.cpp")
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder, "yardstick.so")
            flags = [*FLAGS, *INSTRUCTION_SETS[instruction_set]]
            subprocess.run([compiler, *flags, source, "-o", library], check=True)
            self._library = ctypes.CDLL(str(library))

    def fma_peak(self, threads: int = 1, seconds: float = 0.2) -> float:
        """Most float32 operations a second of multiply-adds on registers alone, of all threads together."""
        peak = self._library.fma_peak
        peak.restype = ctypes.c_double
        return float(peak(ctypes.c_int(threads), ctypes.c_double(seconds)))

    def descend(
        self,
        widths: tuple[int, ...],
        theta: np.ndarray,
        X: np.ndarray,
        y: np.ndarray,
        rows: np.ndarray,
        learning_rate: float,
    ) -> tuple[float, np.ndarray]:
        """One step for each row, θ in place; the seconds of a step, and the losses."""
        losses = np.empty(len(rows))
        descend = getattr(self._library, "descend_" + "_".join(map(str, widths)))
        arrays = [ctypes.c_void_p(array.ctypes.data) for array in (theta, X, y, rows, losses)]
        count, rate = ctypes.c_int64(len(rows)), ctypes.c_float(learning_rate)
        began = perf_counter()
        descend(*arrays[:4], count, rate, arrays[4])
        return (perf_counter() - began) / len(rows), losses
