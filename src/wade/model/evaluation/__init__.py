"""How good a model is: metrics with intervals, calibration, diagnosis, decisions."""
