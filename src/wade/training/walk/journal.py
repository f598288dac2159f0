"""The journal of a `Walk`: what was changed, and after how many steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Change:
    """Settings that hold from the step after `at` steps on; those of the network (activation, dropout) among them."""

    at: int
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """A parameter that was set by hand after `at` steps."""

    at: int
    parameter: str
    value: float


Entry: TypeAlias = Change | Edit
