"""Networks as scikit-learn's estimators: `NetClassifier` and `NetRegressor`.

- `classifier`, `regressor`: the two estimators, and how each encodes y.
- `estimator`: their shared base: check, hold out, encode, train, predict.
- `numbers` and `frames`: encode arrays, and frames with categories, dates or texts.
- `rows`: weights, validation rows, duplicates.

Importing this imports scikit-learn; `import wade` alone does not.
"""

from wade.estimators.classifier import NetClassifier
from wade.estimators.regressor import NetRegressor

__all__ = ["NetClassifier", "NetRegressor"]
