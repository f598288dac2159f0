"""Engines run networks: the reference engine in NumPy as the textbook has it, the native engine in compiled code."""

from __future__ import annotations

from typing import Final

from wade.engines.native import NativeEngine, refuse
from wade.engines.protocol import Candidate, Engine, Predictor, Task
from wade.engines.reference import ReferenceEngine
from wade.errors import EngineUnavailable, InvalidArgument, unknown_name

__all__ = ["IN_WORDS", "Candidate", "Engine", "NativeEngine", "Predictor", "ReferenceEngine", "Task", "choose_engine"]

IN_WORDS: Final = {"native": "compiled C++", "reference": "NumPy"}
"""What each engine is, for readers who meet its name."""


def choose_engine(engine: str = "auto", threads: int | None = None, task: Task | None = None) -> Engine:
    """The engine that a name means.

    Parameters
    ----------
    engine : "auto", "reference" or "native"
        "auto" takes the native engine where it loads and can do the task, and the reference engine elsewhere; the
        engine's `name` says which it became.
    threads : int, optional
        At most this many threads for the native engine; the reference engine leaves them to NumPy.
    task : Task, optional
        What the engine must be able to do; any network, loss and optimizer that it knows where it is left out.

    Returns
    -------
    Engine

    Raises
    ------
    InvalidArgument
        Where the name is unknown or `threads` is less than 1.
    EngineUnavailable
        Where the native engine was asked for and cannot load, or cannot do the task.

    Examples
    --------
    >>> choose_engine("reference").name
    'reference'
    """
    if threads is not None and threads < 1:
        raise InvalidArgument("threads", "must be at least 1", threads, "Leave it out to use every core.")
    if engine == "reference":
        return ReferenceEngine()
    if engine not in ("auto", "native"):
        raise unknown_name("engine", engine, ("auto", "reference", "native"))
    try:
        native = NativeEngine(threads)
        refuse(task and native.lacks(task))
        return native
    except EngineUnavailable:
        if engine == "native":
            raise
        return ReferenceEngine()
