"""scikit-learn is one library, whoever asks for which part of it first."""

from __future__ import annotations

import subprocess
import sys


def test_an_error_of_scikit_learn_is_the_same_in_every_order_of_imports() -> None:
    program = (
        "import wade.metrics.classification, wade.metrics.regression\n"
        "import sklearn.exceptions\n"
        "import numpy as np, wade\n"
        "try:\n"
        "    wade.NetClassifier().predict(np.zeros((1, 2)))\n"
        "except sklearn.exceptions.NotFittedError:\n"
        "    print('caught')\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "caught\n"
