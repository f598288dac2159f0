"""Why a network answers as it does.

- `attributions`: what each column contributes to one answer; `answers`: what is explained, `columns`: by what.
- `importance`: what a model relies on; `copies`: columns that say the same.
- `counterfactuals`: the smallest changes that would have changed an answer, among `options`.
"""
