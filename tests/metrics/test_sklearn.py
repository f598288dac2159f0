"""scikit-learn is one library, in every order of imports, and no metric takes it."""

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


def test_metrics_are_computed_without_scikit_learn() -> None:
    program = (
        "import sys, numpy as np\n"
        "from wade.metrics import METRICS\n"
        "from wade.metrics.classification import ClassPredictions\n"
        "from wade.metrics.regression import NumberPredictions\n"
        "y = np.array([0, 1, 1, 0, 1])\n"
        "shares = np.array([[0.9, 0.1], [0.3, 0.7], [0.6, 0.4], [0.5, 0.5], [0.2, 0.8]])\n"
        "given = {'classification': ClassPredictions(y, shares), 'regression': NumberPredictions(y + 1.0, y + 1.5)}\n"
        "[metric.value(given[metric.task]) for metric in METRICS.values()]\n"
        "print('sklearn' in sys.modules)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
