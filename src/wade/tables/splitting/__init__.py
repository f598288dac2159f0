"""Which rows are training, validation and test rows: one split, or k folds."""
