"""scikit-learn's faces of a network: `NetClassifier` and `NetRegressor`.

- `classifier`, `regressor`: what the two promise, and what they make of y.
- `estimator`: the story that they share: check, hold out, encode, train, predict.
- `numbers` and `frames`: how arrays, and frames with categories, dates or texts, become what a network reads.
- `rows`: what is done with rows before they are encoded: checked, chosen, held out, merged.

This is the one floor that loads scikit-learn as soon as it is imported: `wade.NetClassifier` imports it when asked for.
"""

from wade.estimators.classifier import NetClassifier
from wade.estimators.regressor import NetRegressor

__all__ = ["NetClassifier", "NetRegressor"]
