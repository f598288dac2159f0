"""From a table to a fitted network that can be asked, measured and kept.

- `learn`: read, split, encode, train, measure: the whole story on one page.
- `model`: the fitted model: `predict`, `evaluate`, `decide`, `save`.
- `metrics` and `intervals`: how good predictions are, and how sure that figure is.
- `decisions`: when to act, given what mistakes cost, and what that is worth.
- `why`: what each column contributes to one answer, and what would change it; `importance`: what a model relies on.
- `racing`: many learning rates on one table, each with its verdict.
- `file`: the `.wade` file, written whole or not at all, and read with suspicion.
"""
