"""Small tables, and estimators that are quick to fit on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import wade

ROWS = 120
QUICK = {
    **{"hidden": (8,), "members": 1, "dropout": 0.0, "numbers": "scaled", "epochs": 10, "learning_rate": 0.02},
    **{"validation": None, "random_state": 0, "threads": 1},
}


def quick(estimator: str, **settings: Any) -> Any:
    """An estimator that is fitted in some milliseconds."""
    return getattr(wade, estimator)(**(QUICK | settings))


def numbers(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Numbers, and a number that follows from them."""
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(ROWS, 4)) * [1, 10, 100, 0.1] + [0, 5, -50, 3]
    return X, X[:, 0] + X[:, 1] / 10 - X[:, 2] / 100


def classes(kind: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The same numbers with two, many or several classes."""
    X, z = numbers(seed)
    if kind == "labels":
        return X, np.column_stack([z > 0, X[:, 0] > 0, X[:, 3] > 3]).astype(int)
    return X, np.where(z > 0, "yes", "no") if kind == "two" else np.array(["a", "b", "c", "d"])[
        np.digitize(z, [-1, 0, 1])
    ]


def mixed_frame() -> pd.DataFrame:
    """A frame as people have them: categories, dates, booleans, text, an identifier, and gaps."""
    generator = np.random.default_rng(1)
    colour = generator.choice(["red", "green", "blue"], ROWS).astype(object)
    size = generator.normal(size=ROWS)
    colour[::17], size[::13] = None, np.nan
    return pd.DataFrame(
        {
            "size": size,
            "colour": colour,
            "grade": pd.Categorical(generator.choice(["low", "high"], ROWS)),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(generator.integers(0, 300, ROWS), "D"),
            "new": generator.random(ROWS) > 0.5,
            "name": [f"n{row:04}" for row in range(ROWS)],
        }
    )


def answers_to(frame: pd.DataFrame) -> np.ndarray:
    """What follows from the frame."""
    return np.where((frame["colour"] == "red") | (frame["size"].fillna(0) > 0.5), "yes", "no")
