"""From a table to a fitted network that can be asked, measured and kept.

- `learn`: read, split, encode, train, measure: the whole story on one page.
- `model`: the fitted model: `predict`, `evaluate`, `decide`, `save`.
- `metrics`, `figures` and `intervals`: how good predictions are, and how sure that figure is.
- `calibration` and `temperature`: whether probabilities keep their word, and what sets them right.
- `diagnosis` and `symptoms`: bias, variance, both or neither, and what to do next.
- `validating` and `curves`: k folds, and the error against rows and width.
- `decisions`: when to act, given what mistakes cost, and what that is worth.
- `why`: what each column contributes to one answer, and what would change it; `importance`: what a model relies on.
- `racing`: many learning rates on one table, each with its verdict.
- `file`: the `.wade` file, written whole or not at all, and read with suspicion.
"""
