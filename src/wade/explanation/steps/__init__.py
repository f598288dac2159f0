"""What one step records: the row, its encoding, every Z, A, delta and gradient, and the update."""
