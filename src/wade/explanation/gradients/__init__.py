"""Gradients taken apart and checked.

`derivative_paths` finds the paths from a weight to the loss, `chain_rule` holds them, `gradient_check` compares
back-propagation with central differences.
"""
