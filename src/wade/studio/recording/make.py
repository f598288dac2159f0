"""Make a recording without a page: train for some epochs, and write the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wade.errors import InvalidArgument, check_packages
from wade.files.atomic import write_atomically

if TYPE_CHECKING:
    from wade.studio.data import Table


def record(
    data: str,
    output: str | os.PathLike[str],
    *,
    target: str | None = None,
    epochs: int = 20,
    moments: int = 200,
    settings: Mapping[str, Any] | None = None,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """Train a network on a table and write its training as one web page, which replays it without a server.

    The page shows the studio's network, boundary, curves, mathematics and program at each moment; it loads nothing, and
    holds the rows that are drawn.

    Parameters
    ----------
    data : str
        A table, or a built-in name, as for `wade studio`.
    output : path
        An HTML file; replaced where it exists.
    target : str, optional
        Column to predict.
    epochs : int, ≥ 1
        How long to train.
    moments : int from 2 to 2,000
        How many steps the recording shows, the first ones and the last one among them.
    settings : mapping, optional
        Of the studio: {"hidden": [4], "activations": ["tanh"], "learning_rate": 0.1, …}.
    told : function of (moments done, all moments)

    Returns
    -------
    int
        The number of steps that were taken: fewer where training diverged, which the recording then shows.

    Raises
    ------
    WadeError
        The table or a setting cannot be used; a package of the extra `studio` is not installed.

    Examples
    --------
    >>> import tempfile, wade
    >>> path = tempfile.mkdtemp() + "/circles.html"
    >>> wade.record("circles", path, epochs=1, moments=5, settings={"hidden": [3], "batch_size": 60})
    5
    """

    def opened() -> Table:
        from wade.studio.data import open_table, source_of

        return open_table(source_of(data), data, target=target)

    return record_table(opened, output, epochs=epochs, moments=moments, settings=settings, told=told)


def record_table(
    opened: Callable[[], Table],
    output: str | os.PathLike[str],
    *,
    epochs: int,
    moments: int = 200,
    settings: Mapping[str, Any] | None = None,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """A recording, as `record` makes it, on a table that is opened when it is needed."""
    check_packages("studio", "a recording needs it", "msgspec")
    from wade.studio import messages as m
    from wade.studio.outbox import Outbox
    from wade.studio.recording.recorder import moments as checked
    from wade.studio.session import StudioSession

    checked(0, moments)
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1:
        raise InvalidArgument("epochs", "must be a whole number from 1 on", epochs, "Try 20.")
    session = StudioSession("", Outbox(), opened)
    try:
        if settings:
            session.handle(m.Configure(id=0, settings=dict(settings)))
        session.handle(m.Step(id=0, unit="epoch", count=epochs))
        write_atomically(output, session.recording(moments, told))
        return session.state().step
    finally:
        session.close()
