"""Listeners: functions that are called with the events of a training, each of which may stop it.

Progress bars, loggers and scikit-learn's callbacks get the same events in the same order: `EpochStarted`, then
`ChunkDone` after some steps, again and again, then `ValidationDone` where there are validation rows, then `EpochDone`;
after the last epoch `TrainingEnded`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wade.training.history import Event, Listener


class StopTraining(Exception):
    """Stops training: a listener raises it from `on_event`, with the reason as its text.

    The best parameters so far are kept. `History.stop_reason` names the listener and gives the reason.

    Examples
    --------
    >>> import numpy as np
    >>> from wade import Network, train
    >>> def good_enough(event):
    ...     if isinstance(event, EpochDone) and event.epoch == 3:
    ...         raise StopTraining("three epochs will do")
    >>> from wade.training import EpochDone
    >>> X = np.asarray([[0.0], [1.0]])
    >>> history = train(Network(1, seed=0), X, X, epochs=100, on_event=good_enough)
    >>> history.stop_reason, len(history.epochs)
    ('good_enough asked for it: three epochs will do', 3)
    """


class Listeners:
    """Several listeners as one: each gets every event, even where another stops training.

    Raises
    ------
    StopTraining
        When called, after all listeners: with the name of the first that raised it, and its reason.
    """

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self._listeners = tuple(listeners)

    @classmethod
    def of(cls, given: Listener | Sequence[Listener] | None) -> Listeners:
        """From one function, several, or none."""
        if given is None:
            return cls(())
        return cls(given if isinstance(given, Sequence) else (given,))

    def __call__(self, event: Event) -> None:
        """Calls all of them."""
        stops = []
        for listener in self._listeners:
            try:
                listener(event)
            except StopTraining as stop:
                stops.append(stop if isinstance(listener, Listeners) else StopTraining(_reason(listener, str(stop))))
        if stops:
            raise stops[0]


def _reason(listener: Listener, reason: str) -> str:
    name = getattr(listener, "__name__", type(listener).__name__)
    return f"{name} asked for it{': ' if reason else ''}{reason}"
