"""Which requests are let in: one guard for HTTP and for sockets, in front of everything else.

Other pages of the same browser can send requests to this server, and so can a host name that someone points at this
machine. So a request must have exactly this server's `host:port` as Host, exactly its Origin (a socket always, a file
where there is one), and a path of the table that begins with the token. All else is refused before anything reads it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from http import HTTPStatus
from secrets import compare_digest
from typing import Any, Final, NamedTuple, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]

SOCKET: Final = "socket"
"""The route of the socket, after the token."""
METHODS: Final = ("GET", "HEAD")


class Refusal(NamedTuple):
    """Why a request is not let in."""

    status: HTTPStatus
    text: str
    headers: tuple[Header, ...] = ()


class Guard:
    """An ASGI application that lets through what the table allows, and gives each response its security headers.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    token : str
        The first part of every path.
    authority : str
        This server's "host:port", as a browser sends it.
    files : collection of str
        The paths after the token that are files; "" is the page itself.
    """

    def __init__(self, app: App, token: str, authority: str, files: Collection[str]) -> None:
        self.app = app
        self.token = token.encode("ascii")
        self.host = authority.encode("ascii")
        self.origin = b"http://" + self.host
        self.files = {file.encode("ascii") for file in files}
        self.headers = security_headers(authority)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one socket."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self.refusal(scope)
        if scope["type"] == "websocket":
            if refusal is None:
                await self.app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": refusal.text})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self.headers]
            await send(message)

        if refusal is None:
            await self.app(scope, receive, send_with_headers)
        else:
            await _refuse(refusal, scope["method"] == "HEAD", send_with_headers)

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why this request is not let in; None where it is."""
        headers = scope["headers"]
        socket = scope["type"] == "websocket"
        if _values(headers, b"host") != [self.host]:
            address = self.origin.decode()
            return Refusal(HTTPStatus.MISDIRECTED_REQUEST, f"This server answers at {address} only.")
        origins = _values(headers, b"origin")
        if origins != [self.origin] and (socket or origins):
            return Refusal(HTTPStatus.FORBIDDEN, "Requests of other pages are refused.")
        # As it was sent: no other spelling of a path is let through.
        _, *parts = scope["raw_path"].split(b"/", 2)
        if len(parts) < 2 or not compare_digest(parts[0], self.token) or scope["query_string"]:
            return Refusal(HTTPStatus.NOT_FOUND, "Open the address that `wade studio` printed.")
        name = parts[1]
        if name != SOCKET.encode() and name not in self.files:
            return Refusal(HTTPStatus.NOT_FOUND, "There is no such file.")
        if socket:
            return None if name == SOCKET.encode() else Refusal(HTTPStatus.NOT_FOUND, "This is no socket.")
        if scope["method"] not in METHODS:
            return Refusal(
                HTTPStatus.METHOD_NOT_ALLOWED, "Files can only be read.", ((b"allow", ", ".join(METHODS).encode()),)
            )
        if name == SOCKET.encode():
            upgrade = ((b"upgrade", b"websocket"), (b"connection", b"upgrade"))
            return Refusal(HTTPStatus.UPGRADE_REQUIRED, "This is a socket.", upgrade)
        return None


def security_headers(authority: str) -> list[Header]:
    """What every response says to the browser: nothing from elsewhere, nothing inline, no frames, nothing kept."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": f"'self' ws://{authority}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _values(headers: Iterable[Header], name: bytes) -> list[bytes]:
    return [value for each, value in headers if each.lower() == name]


async def _refuse(refusal: Refusal, without_body: bool, send: Send) -> None:
    body = refusal.text.encode() + b"\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": refusal.status, "headers": [*headers, *refusal.headers]})
    await send({"type": "http.response.body", "body": b"" if without_body else body})
