"""Why a model predicts what it predicts, on encoded rows.

For one prediction: `outputs` is the number explained, `columns` where each column stands among the inputs, `path` the
line from a base row, `integrated_gradients` the contributions along it; `counterfactuals` the
smallest changes that flip the prediction. For a whole table: `collinearity` groups redundant
columns, `permutation_importance` shuffles them.
"""
