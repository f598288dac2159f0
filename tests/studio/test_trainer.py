"""The thread that trains survives what cannot be shown."""

from __future__ import annotations

import threading

from wade.studio.trainer import Trainer

PATIENCE = 20  # seconds


def test_after_what_could_not_be_shown_it_goes_on() -> None:
    shown, told = threading.Event(), list[Exception]()

    def show() -> None:
        if not told:
            raise IndexError("a row that is not there")
        shown.set()

    def failed(error: Exception) -> None:
        told.append(error)
        trainer.stop()

    trainer = Trainer(lambda seconds, steps: None, show, failed)
    trainer.play()
    while not told:
        threading.Event().wait(0.005)
    trainer.changed()
    assert shown.wait(PATIENCE)
    assert not trainer.running
    trainer.close()
    assert [str(error) for error in told] == ["a row that is not there"]
