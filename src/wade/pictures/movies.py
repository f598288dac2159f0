"""Movies: a picture of a model after each epoch of a training, as an animated GIF."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import lazy_loader as lazy

from wade.errors import InvalidArgument
from wade.files.atomic import write_atomically
from wade.maths.losses import usual_loss
from wade.model.model import Model, require_model
from wade.network import Network
from wade.pictures.backend import written
from wade.pictures.display import Display, format_of
from wade.pictures.theme import Theme, choose_theme
from wade.settings import AUTO, Auto
from wade.tables import Dialect
from wade.training import EpochDone, Event, train
from wade.training.learning_rate_sweep import ProgressCallback
from wade.types import Floats

pillow = lazy.load("PIL")

FRAMES: Final = 24
EPOCHS: Final = 60
SECONDS: Final = 0.25
LAST: Final = 2.0
"""Seconds that the last frame stays."""
COLORS: Final = 255


@dataclass(eq=False)
class Snapshots:
    """A listener that keeps θ and the losses after some epochs of a training.

    Parameters
    ----------
    network : Network
        The one that is trained.
    epochs : collection of int
        After which to keep θ, counted from 1; 0 is the start.

    Examples
    --------
    >>> network = Network(1, hidden=(), seed=0)
    >>> kept = Snapshots(network, {0, 2})
    >>> _ = train(network, [[0.0], [1.0]], [0, 1], epochs=3, on_event=kept)
    >>> [epoch for epoch, _, _ in kept.taken]
    [0, 2]
    """

    network: Network
    epochs: set[int]
    taken: list[tuple[int, Floats, float | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if 0 in self.epochs:
            self.taken.append((0, self.network.theta.copy(), None))

    def __call__(self, event: Event) -> None:
        """Keeps θ after the epochs that are wanted."""
        if isinstance(event, EpochDone) and event.epoch in self.epochs:
            self.taken.append((event.epoch, self.network.theta.copy(), event.loss))


@dataclass(eq=False)
class Movie:
    """Pictures in turn, each with a caption.

    Parameters
    ----------
    frames : sequence of Display
        All of one size.
    captions : sequence of str
    """

    frames: Sequence[Display]
    captions: Sequence[str]

    @classmethod
    def from_model(
        cls,
        make: Callable[[Model], Display],
        model: Model,
        data: Any,
        *,
        epochs: int | Auto = EPOCHS,
        frames: int = FRAMES,
        optimizer: str = "adam",
        learning_rate: float | Auto = AUTO,
        batch_size: int | Auto = AUTO,
        dialect: Dialect | None = None,
    ) -> Movie:
        """Trains the model's network anew from its initial parameters, and draws it after some epochs.

        Parameters
        ----------
        make : function of a model
            What draws it, such as ``lambda model: BoundaryDisplay.from_model(model, table)``.
        model : Model
            It is not changed.
        data, dialect
            The rows to train on, as in `Model.evaluate`.
        epochs, frames : int, ≥ 1
            Of the training; the start is a frame too. "auto": 60 epochs.
        optimizer, learning_rate, batch_size
            Of the training; "auto": as the model was trained.
        """
        require_model(model)
        epochs = EPOCHS if epochs == AUTO else epochs
        for name, value in (("epochs", epochs), ("frames", frames)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InvalidArgument(name, "must be a whole number from 1 on", value, f"Try {FRAMES}.")
        table, name, *_ = model.open_labelled(data, dialect)
        network = Network.from_dict(model.network.to_dict())
        wanted = {round(at * epochs / frames) for at in range(frames + 1)}
        kept = Snapshots(network, wanted)
        settings = model.report.get("settings") or {}
        train(
            network,
            model.encoder.encode(table, name),
            model.target.encode(table, name),
            loss=usual_loss(network.output),
            optimizer=optimizer,
            learning_rate=float(settings.get("learning_rate") or 0.003) if learning_rate == AUTO else learning_rate,
            epochs=epochs,
            batch_size=int(settings.get("batch_size") or 32) if batch_size == AUTO else batch_size,
            on_event=kept,
        )
        models = [replace(model, network=Network.from_dict(network.to_dict(), theta)) for _, theta, _ in kept.taken]
        captions = [
            f"epoch {epoch} of {epochs}{f', training loss {loss_then:.4f}' if loss_then is not None else ', the start'}"
            for epoch, _, loss_then in kept.taken
        ]
        made = [make(each) for each in models]
        for frame in made:
            frame.in_movie = True
        return cls(made, captions)

    def to_bytes(
        self, *, theme: str | Theme = "light", seconds: float = SECONDS, watcher: ProgressCallback | None = None
    ) -> bytes:
        """The movie as the bytes of a GIF, which runs again and again; each frame stays this long.

        `watcher` is called with the frames that are drawn, and with all of them.
        """
        if not self.frames or len(self.frames) != len(self.captions):
            raise InvalidArgument("frames", "must be at least one, each with a caption", len(self.frames))
        chosen, images = choose_theme(theme), []
        for at, (display, caption) in enumerate(zip(self.frames, self.captions, strict=True)):
            if watcher:
                watcher(at, len(self.frames))
            display.plot(theme=chosen)
            display.figure_.set_dpi(90)
            display.figure_.suptitle(f"{display.title}: {caption}", x=0.012, ha="left", fontsize=9.5)
            png = written(display.figure_, "png", chosen, caption, dpi=90)
            images.append(pillow.Image.open(BytesIO(png)).convert("RGB"))
        # One palette for all frames, of three of them side by side, so that nothing flickers.
        some = [images[at] for at in (0, len(images) // 2, -1)]
        beside = pillow.Image.new("RGB", (sum(each.width for each in some), some[0].height))
        for at, each in enumerate(some):
            beside.paste(each, (at * each.width, 0))
        palette = beside.quantize(COLORS, method=pillow.Image.Quantize.MAXCOVERAGE)
        shown = [each.quantize(palette=palette, dither=pillow.Image.Dither.NONE) for each in images]
        times = [round(1000 * seconds)] * (len(shown) - 1) + [round(1000 * LAST)]
        stream = BytesIO()
        shown[0].save(
            stream, "GIF", save_all=True, append_images=shown[1:], duration=times, loop=0, optimize=True,
            comment=self.description().encode(),
        )  # fmt: skip
        return stream.getvalue()

    def save(self, path: str | os.PathLike[str], *, theme: str | Theme = "light", seconds: float = SECONDS) -> None:
        """Write the movie to a .gif file, whole or not at all."""
        format_of(path, ("gif",))
        write_atomically(Path(path), self.to_bytes(theme=theme, seconds=seconds))

    def description(self) -> str:
        """What the first and the last frame show."""
        first, last = (f"{self.captions[at]}: {self.frames[at].description()}" for at in (0, -1))
        return f"{len(self.frames)} frames. First, {first} Last, {last}"
