"""Many trainings on one table: cross-validation, learning curves, a sweep of learning rates."""
