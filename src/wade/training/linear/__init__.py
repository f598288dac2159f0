"""The linear baseline: a network without hidden layers at the minimum of its penalized loss."""

from wade.training.linear.fit import LinearFit, fit_linear

__all__ = ["LinearFit", "fit_linear"]
