"""How every command ends: an exit code, and at most one message on standard error.

0 done · 1 failed · 2 bad usage or bad input · 130 interrupted. WADE_TRACEBACK=1 shows the traceback of unexpected
failures.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from threading import current_thread, main_thread
from typing import ParamSpec

import typer

from wade.cli.options import flag_of
from wade.cli.output import print_message, warnings_as_messages
from wade.errors import DiskFull, Diverged, InvalidArgument, WadeError

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

P = ParamSpec("P")


def exits(command: Callable[P, None]) -> Callable[P, None]:
    """Run a command and end the process with an exit code, without a traceback for errors that wade raises.

    A command that was interrupted but has results raises a KeyboardInterrupt with its message once it has shown them.
    """

    @functools.wraps(command)
    def run(*args: P.args, **options: P.kwargs) -> None:
        try:
            interruptible()
            code = DONE
            with warnings_as_messages():
                command(*args, **options)
            sys.stdout.flush()
        except KeyboardInterrupt as interrupt:
            print_message(str(interrupt) or "interrupted")
            code = INTERRUPTED
        except WadeError as error:
            print_message(in_options(error))
            code = FAILED if isinstance(error, Diverged | DiskFull) else BAD_INPUT
        except BrokenPipeError:
            # The reader of our output is gone (`| head`): the last flush must not fail.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = FAILED
        except Exception as error:
            if os.environ.get("WADE_TRACEBACK"):
                raise
            print_message(_in_words(error))
            code = FAILED
        raise typer.Exit(code)

    return run


def interruptible() -> None:
    """From here on Ctrl-C is a KeyboardInterrupt, which keeps what there is; unless who started us ignores it."""
    if current_thread() is main_thread() and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def in_options(error: WadeError) -> str:
    """The message, with arguments of `wade.learn` named as the options that set them.

    Examples
    --------
    >>> in_options(InvalidArgument("batch_size", "must be a whole number from 1 on", 0, "Try 256."))
    '`--batch-size` must be a whole number from 1 on; received 0. Try 256.'
    """
    if not isinstance(error, InvalidArgument):
        return str(error)
    return str(InvalidArgument(flag_of(error.name), error.expected, error.received, error.remedy))


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"unexpected failure: {type(error).__name__}: {error} (WADE_TRACEBACK=1 shows the traceback)"
