"""Models of tables: training, prediction, evaluation, experiments and explanations.

- `learn`: read, split, encode, train, evaluate, in one story.
- `model`: the fitted model: `predict`, `evaluate`, `decide`, `explain`, `save`; and `load`.
- `file` and `format_1`: the `.wade` file, written whole or not at all, and its upgrade from format 1.
- `preparation`: from data to encoded training, validation and test rows, in memory or streamed.
- `evaluation`: metrics with intervals, calibration, diagnosis of bias and variance, decisions.
- `experiments`: cross-validation, learning curves, learning rate sweeps.
- `explanations`: contributions, counterfactuals and feature importance, by column.
"""
