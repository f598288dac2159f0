"""A sweep of learning rates on two moons: too small, right, too large.

python examples/learning_rates.py
"""

import wade

plain = {"hidden": (8,), "members": 1, "dropout": 0.0, "numbers": "scaled"}
race = wade.race("moons", learning_rates=(1e-4, 100), count=13, steps=60, optimizer="sgd", **plain)
for found in race["outcomes"]:
    print(f"{found['learning_rate']:>10.4g}  {found['outcome']:<10}  {found['evidence']}")
for suggestion in race["suggestions"]:
    print(f"try {suggestion['learning_rate']:.3g}: {suggestion['why']}")
