"""Gradients by the chain rule, path by path, and beside central differences."""
