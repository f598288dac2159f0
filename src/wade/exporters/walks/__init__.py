"""A `Walk` as a program that takes the same steps again: with wade to the last bit, with NumPy or PyTorch beside it."""
