"""The command `wade`: `commands` declare and call, `views` show.

Views load on first use, so that `wade --help` answers at once: NumPy, pyarrow and the network wait until a command
runs.
"""

import os
import signal


def main() -> None:
    """The command `wade`; Ctrl-C before a command has begun ends with 130 too, for there is nothing to keep."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    from wade.cli.app import app
    from wade.cli.stand_ins import use_stand_ins

    use_stand_ins()
    app(prog_name="wade")


def _leave(*signal_and_frame: object) -> None:
    os.write(2, b"wade: interrupted\n")
    os._exit(130)
