"""The server of the studio: its files and its socket, behind the guard."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from wade.studio.connection import Connection
from wade.studio.files import StaticFile
from wade.studio.guard import SOCKET, Guard
from wade.studio.session_table import SessionTable


def make_app(
    sessions: SessionTable,
    token: str,
    authority: str,
    files: Mapping[str, StaticFile],
    started: Callable[[], None] = lambda: None,
    stopped: Callable[[], None] = lambda: None,
) -> Guard:
    """The ASGI application.

    Parameters
    ----------
    sessions : SessionTable
        Where connections find their session.
    token : str
        The first part of every path.
    authority : str
        "host:port", as a browser sends it.
    files : mapping
        The files, by their path after the token.
    started, stopped : callable
        Called in the event loop before the first request, and after the last one.
    """

    async def talk(socket: WebSocket) -> None:
        await Connection(socket, sessions).serve()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        started()
        yield
        stopped()

    routes: list[BaseRoute] = [Route(f"/{token}/{name}", _sends(file)) for name, file in files.items()]
    routes.append(WebSocketRoute(f"/{token}/{SOCKET}", talk))
    return Guard(Starlette(routes=routes, lifespan=lifespan), token, authority, files)


def _sends(file: StaticFile) -> Callable[[Request], Awaitable[Response]]:
    async def send(request: Request) -> Response:
        content, headers = file.path.read_bytes(), {"content-type": file.type, "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            packed = compress(content)
            if len(packed) < len(content):
                content, headers["content-encoding"] = packed, "gzip"
        return Response(content, headers=headers)

    return send


def compress(content: bytes) -> bytes:
    """What goes to a browser of a text: about a third of it."""
    return gzip.compress(content, compresslevel=6, mtime=0)
