"""Python programs: NumPy, PyTorch, Keras and scikit-learn."""
