"""Starts the server on a port of this machine, with a secret token in its address.

What takes long (NumPy, the table, the first session) is loaded in a thread while the page already comes.
"""

from __future__ import annotations

import atexit
import errno
import os
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from wade.errors import InvalidArgument, check_packages

if TYPE_CHECKING:
    import uvicorn

    from wade.studio.guard import Guard
    from wade.studio.sessions import SessionMaker

HOST: Final = "127.0.0.1"
"""Nothing outside this machine reaches it."""
PACKAGES: Final = ("msgspec", "starlette", "uvicorn", "websockets")
INTERRUPTED: Final = 130
"""The exit code after Ctrl-C."""
LARGEST_PORT: Final = 65535
LARGEST_HEADERS: Final = 1 << 14


def launch(make: SessionMaker, announce: Callable[[str], None], port: int | None = None, browser: bool = True) -> None:
    """Serve the studio until it is interrupted.

    Parameters
    ----------
    make : SessionMaker
        Makes the session of a page.
    announce : callable
        Gets the address, with its token, once connections are taken.
    port : int, optional
        The port; a free one if there is none.
    browser : bool
        Whether to open the address in the browser, where there is a screen.

    Raises
    ------
    PackageMissing
        A package of the extra `studio` is not installed.
    InvalidArgument
        The port is taken, or not to be had.
    WadeError
        The first session cannot be made: of its table, for example.
    KeyboardInterrupt
        Ctrl-C.
    """
    check_packages("studio", "the studio needs it", *PACKAGES)
    with listening_socket(port) as listener:
        authority = f"{HOST}:{listener.getsockname()[1]}"
        _serve(make, listener, authority, announce, browser)


def _serve(
    make: SessionMaker, listener: socket.socket, authority: str, announce: Callable[[str], None], browser: bool
) -> None:
    import asyncio

    import uvicorn

    from wade.studio.files import static_files
    from wade.studio.server import make_app
    from wade.studio.session_table import SessionTable

    token = secrets.token_urlsafe(24)
    address = f"http://{authority.removesuffix(':80')}/{token}/"
    sessions, failures = SessionTable(make), list[Exception]()

    def failed(error: Exception) -> None:
        failures.append(error)
        stop()

    def stop() -> None:
        server.should_exit = True

    def stopped() -> None:
        if not sessions.close():
            # A thread that still computes would end the process with an abort once the interpreter is gone.
            atexit.register(os._exit, INTERRUPTED)

    def started() -> None:
        if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            # The terminal is closed: files of uploads are removed then, too.
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, stop)
        sessions.prepare(failed)
        announce(address)
        if browser and _has_screen():
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    app = make_app(sessions, token, authority.removesuffix(":80"), static_files(), started, stopped)
    server = uvicorn.Server(configured(app))
    try:
        server.run(sockets=[listener])
    finally:
        stopped()
    if failures:
        raise failures[0]


def _has_screen() -> bool:
    """Whether a browser with windows can be opened; one for terminals would write over this one."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform != "linux" or any(os.environ.get(name) for name in named)


def configured(app: Guard) -> uvicorn.Config:
    """How uvicorn serves the application: it writes tracebacks only, and holds no more than a page may send."""
    import uvicorn

    from wade.studio.http_protocol import LimitedProtocol
    from wade.studio.uploads import LARGEST_PIECE

    return uvicorn.Config(
        app,
        http=LimitedProtocol,
        ws="websockets-sansio",
        ws_max_size=2 * LARGEST_PIECE,
        ws_per_message_deflate=False,
        h11_max_incomplete_event_size=LARGEST_HEADERS,
        timeout_graceful_shutdown=2,
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_config=None,
        log_level="error",
    )


def listening_socket(port: int | None) -> socket.socket:
    """A socket that takes connections from this machine.

    Raises
    ------
    InvalidArgument
        The port is taken, or not to be had.
    """
    if port is not None and not 1 <= port <= LARGEST_PORT:
        raise InvalidArgument("port", f"must be a whole number from 1 to {LARGEST_PORT}", port)
    try:
        return socket.create_server((HOST, port or 0))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            remedy = "Leave --port out for a free one, or stop the program that uses it."
            raise InvalidArgument("port", "must be a port that no program uses", port, remedy) from error
        remedy = "Leave --port out for a free one."
        raise InvalidArgument("port", f"must be a port that can be used ({error.strerror})", port, remedy) from error
