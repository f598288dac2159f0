"""The formulas of a step as trees: forward, backward (BP1 to BP4) and the update."""
