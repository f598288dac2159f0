"""From a table to a fitted network that can be asked, measured and kept.

- `learn`: read, split, encode, train, measure: the whole story on one page.
- `model`: the fitted model: `predict`, `evaluate`, `save`.
- `metrics` and `intervals`: how good predictions are, and how sure that figure is.
- `file` and `atomic`: the `.wade` file, written whole or not at all, and read with suspicion.
"""
