"""Who listens to a training: any number of functions, each of which may wish that it ends.

Everything that follows a training hears the same events in the same order: progress bars, loggers, scikit-learn's
callbacks, a page. `EpochStarted`, then `ChunkDone` after some steps, again and again, then `ValidationDone` where
rows are held out, then `EpochDone`; after the last epoch `TrainingEnded`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wade.training.history import Event, Listener


class StopTraining(Exception):
    """A listener's wish that training ends here: raise it from `on_event`, with the reason as its text.

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
    """Several listeners as one: each hears every event, whatever the others wish.

    Parameters
    ----------
    listeners : sequence of functions of an event

    Raises
    ------
    StopTraining
        When called, after all have heard: with the name of the first that wished it, and its reason.
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
        """Tell all of them."""
        wishes = []
        for listener in self._listeners:
            try:
                listener(event)
            except StopTraining as wish:
                wishes.append(wish if isinstance(listener, Listeners) else StopTraining(_said(listener, str(wish))))
        if wishes:
            raise wishes[0]


def _said(listener: Listener, reason: str) -> str:
    name = getattr(listener, "__name__", type(listener).__name__)
    return f"{name} asked for it{': ' if reason else ''}{reason}"
