"""Which requests the guard lets in: a table of methods, routes, hosts, origins and tokens, in all combinations."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.studio.conftest import TOKEN, run
from wade.studio.guard import Guard, security_headers

PORT = 8377
HERE = f"127.0.0.1:{PORT}"
FILES = ("", "main.js", "views/network.js")

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
# Headers as they are sent, and whether a file, and a socket, may have them.
HOSTS: dict[tuple[str, ...], bool] = {
    (HERE,): True,
    (): False,
    ("",): False,
    (HERE, HERE): False,
    (HERE, "elsewhere.example"): False,
    ("127.0.0.1",): False,
    (f"127.0.0.1:{PORT + 1}",): False,
    (f"127.0.0.1.:{PORT}",): False,
    (f"127.0.0.1:0{PORT}",): False,
    (f"127.0.0.10:{PORT}",): False,
    (f"127.1:{PORT}",): False,
    (f"localhost:{PORT}",): False,
    (f"[::1]:{PORT}",): False,
    (f"0.0.0.0:{PORT}",): False,
    (f"elsewhere.example:{PORT}",): False,
    (f"{HERE}.elsewhere.example",): False,
    (f"user@{HERE}",): False,
    (f"{HERE} ",): False,
    (f"１２７.0.0.1:{PORT}",): False,
}
ORIGINS: dict[tuple[str, ...], tuple[bool, bool]] = {
    (f"http://{HERE}",): (True, True),
    (): (True, False),
    ("",): (False, False),
    ("null",): (False, False),
    (f"https://{HERE}",): (False, False),
    (f"HTTP://{HERE}",): (False, False),
    (f"http://{HERE}/",): (False, False),
    (f"http://127.0.0.1:{PORT + 1}",): (False, False),
    (f"http://localhost:{PORT}",): (False, False),
    (f"http://{HERE}.elsewhere.example",): (False, False),
    ("http://elsewhere.example",): (False, False),
    (f"http://{HERE}", f"http://{HERE}"): (False, False),
    (f"http://{HERE}", "http://elsewhere.example"): (False, False),
    (HERE,): (False, False),
    ("file://",): (False, False),
}
PATHS = {
    f"/{TOKEN}/": "file",
    f"/{TOKEN}/main.js": "file",
    f"/{TOKEN}/views/network.js": "file",
    f"/{TOKEN}/socket": "socket",
    f"/{TOKEN}/none.js": "none",
    f"/{TOKEN}": "none",
    "/": "none",
    "": "none",
    "*": "none",
    "/main.js": "none",
    "//main.js": "none",
    "/socket": "none",
    "/favicon.ico": "none",
    f"/{TOKEN[:-1]}/main.js": "none",
    f"/{TOKEN}x/main.js": "none",
    f"/{TOKEN.upper()}/main.js": "none",
    f"//{TOKEN}/main.js": "none",
    f"/{TOKEN}//main.js": "none",
    f"/{TOKEN}/./main.js": "none",
    f"/{TOKEN}/views/../main.js": "none",
    f"/{TOKEN}/../{TOKEN}/main.js": "none",
    f"/{TOKEN}/%6dain.js": "none",
    f"/{TOKEN}/main.js%00": "none",
    f"/{TOKEN}/..%2f..%2fserver.py": "none",
    f"/{TOKEN}/../server.py": "none",
    f"/{TOKEN}/main.js/": "none",
    f"/{TOKEN}/MAIN.JS": "none",
    f"/{TOKEN}/socket/": "none",
    f"/{TOKEN}/main.js?v=1": "none",
    f"/{TOKEN}/socket?token={TOKEN}": "none",
    f"/?token={TOKEN}": "none",
    f"http://{HERE}/{TOKEN}/main.js": "none",
    f"http://elsewhere.example/{TOKEN}/main.js": "none",
}


async def inside(scope: Any, receive: Any, send: Any) -> None:
    """What is guarded: it answers 200, and accepts every socket."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"inside"})


def scope_of(kind: str, method: str, path: str, hosts: tuple[str, ...], origins: tuple[str, ...]) -> dict[str, Any]:
    raw, _, query = path.partition("?")
    headers = [(b"host", host.encode()) for host in hosts] + [(b"origin", origin.encode()) for origin in origins]
    about = {"type": kind, "path": raw, "raw_path": raw.encode(), "query_string": query.encode(), "headers": headers}
    return about if kind == "websocket" else {**about, "method": method}


async def answer(guard: Guard, scope: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages that the guard, or what is inside, sends."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await guard(scope, receive, send)
    return sent


def answers(cases: list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]]) -> list[list[dict[str, Any]]]:
    guard = Guard(inside, TOKEN, HERE, FILES)

    async def all_of_them() -> list[list[dict[str, Any]]]:
        return [await answer(guard, scope_of(*case)) for case in cases]

    return run(all_of_them())


def expected_status(method: str, path: str, hosts: tuple[str, ...], origins: tuple[str, ...]) -> int:
    if not HOSTS[hosts]:
        return 421
    if not ORIGINS[origins][0]:
        return 403
    if PATHS[path] == "none":
        return 404
    if method not in ("GET", "HEAD"):
        return 405
    return 200 if PATHS[path] == "file" else 426


@pytest.mark.parametrize("method", METHODS)
def test_only_files_of_this_server_are_read_by_its_own_page(method: str) -> None:
    cases = [("http", method, *rest) for rest in itertools.product(PATHS, HOSTS, ORIGINS)]
    assert len(cases) > 9000
    for case, (start, body) in zip(cases, answers(cases), strict=True):
        status = expected_status(*case[1:])
        assert start["status"] == status, case
        assert (body["body"] == b"inside") is (status == 200), case
        if status != 200:
            assert len(body["body"]) < 100, case
            assert TOKEN.encode() not in body["body"], case


def test_only_the_page_of_this_server_has_the_socket() -> None:
    cases = [("websocket", "GET", *rest) for rest in itertools.product(PATHS, HOSTS, ORIGINS)]
    let_in = 0
    for case, sent in zip(cases, answers(cases), strict=True):
        _, _, path, hosts, origins = case
        allowed = PATHS[path] == "socket" and HOSTS[hosts] and ORIGINS[origins][1]
        let_in += allowed
        # Closed before it is accepted: the browser never has an open socket.
        assert [message["type"] for message in sent] == ["websocket.accept" if allowed else "websocket.close"], case
    assert let_in == 1


@pytest.mark.parametrize(("path", "method"), [(f"/{TOKEN}/", "GET"), ("/", "GET"), (f"/{TOKEN}/", "POST")])
def test_each_response_has_the_security_headers(path: str, method: str) -> None:
    ((start, _),) = answers([("http", method, path, (HERE,), ())])
    headers = dict(start["headers"])
    assert headers[b"content-security-policy"].decode() == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        f"connect-src 'self' ws://{HERE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"cross-origin-opener-policy"] == b"same-origin"
    assert headers[b"cross-origin-resource-policy"] == b"same-origin"
    assert {name for name, _ in security_headers(HERE)} <= headers.keys()
    assert not any(name.startswith(b"access-control") for name in headers)


def test_a_refused_method_names_those_that_are_allowed() -> None:
    ((start, _),) = answers([("http", "POST", f"/{TOKEN}/", (HERE,), ())])
    assert dict(start["headers"])[b"allow"] == b"GET, HEAD"


def test_head_has_the_headers_of_a_refusal_without_its_text() -> None:
    ((start, body),) = answers([("http", "HEAD", "/", (HERE,), ())])
    assert (start["status"], body["body"]) == (404, b"")
    assert int(dict(start["headers"])[b"content-length"]) > 0


# Over a real port, as bytes: what the HTTP library makes of a request counts too.

UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
GOOD = "Host: {here}\r\n"
OWN = "Origin: http://{here}\r\n"
RAW: dict[str, tuple[str, int]] = {
    # Request line and headers, and the status.
    "the page": ("GET /{token}/ HTTP/1.1\r\n" + GOOD, 200),
    "a file": ("GET /{token}/main.js HTTP/1.1\r\n" + GOOD, 200),
    "its headers": ("HEAD /{token}/main.js HTTP/1.1\r\n" + GOOD, 200),
    "its own origin": ("GET /{token}/main.js HTTP/1.1\r\n" + GOOD + OWN, 200),
    "host in capitals": ("GET /{token}/ HTTP/1.1\r\nHOST: {here}\r\n", 200),
    "HTTP/1.0 with a host": ("GET /{token}/ HTTP/1.0\r\n" + GOOD, 200),
    "HTTP/1.0 without a host": ("GET /{token}/ HTTP/1.0\r\n", 421),
    "no host": ("GET /{token}/ HTTP/1.1\r\n", 400),
    "two hosts": ("GET /{token}/ HTTP/1.1\r\n" + GOOD + GOOD, 400),
    "a rebound name": ("GET /{token}/ HTTP/1.1\r\nHost: elsewhere.example:{port}\r\n", 421),
    "localhost": ("GET /{token}/ HTTP/1.1\r\nHost: localhost:{port}\r\n", 421),
    "no port": ("GET /{token}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n", 421),
    "a forwarded host": ("GET /{token}/ HTTP/1.1\r\nHost: e.example\r\nX-Forwarded-Host: {here}\r\n", 421),
    "another origin": ("GET /{token}/main.js HTTP/1.1\r\n" + GOOD + "Origin: http://e.example\r\n", 403),
    "an origin of a sandbox": ("GET /{token}/main.js HTTP/1.1\r\n" + GOOD + "Origin: null\r\n", 403),
    "a form": ("POST /{token}/ HTTP/1.1\r\n" + GOOD + OWN + "Content-Length: 0\r\n", 405),
    "a form of another page": (
        "POST /{token}/socket HTTP/1.1\r\n" + GOOD + "Origin: http://e.example\r\nContent-Length: 0\r\n",
        403,
    ),
    "a preflight": ("OPTIONS /{token}/ HTTP/1.1\r\n" + GOOD + "Access-Control-Request-Method: PUT\r\n", 405),
    "a method in small letters": ("get /{token}/ HTTP/1.1\r\n" + GOOD, 405),
    "a tunnel": ("CONNECT {here} HTTP/1.1\r\n" + GOOD, 404),
    "no token": ("GET / HTTP/1.1\r\n" + GOOD, 404),
    "another token": ("GET /b-token/ HTTP/1.1\r\n" + GOOD, 404),
    "a path upwards": ("GET /{token}/../server.py HTTP/1.1\r\n" + GOOD, 404),
    "a coded path upwards": ("GET /{token}/..%2fserver.py HTTP/1.1\r\n" + GOOD, 404),
    "a coded letter": ("GET /{token}/%6dain.js HTTP/1.1\r\n" + GOOD, 404),
    "a null byte": ("GET /{token}/main.js%00.js HTTP/1.1\r\n" + GOOD, 404),
    "a whole address": ("GET http://{here}/{token}/ HTTP/1.1\r\n" + GOOD, 404),
    "a query": ("GET /{token}/?token={token} HTTP/1.1\r\n" + GOOD, 404),
    "a folded header": ("GET /{token}/ HTTP/1.1\r\nHost:\r\n {here}\r\n", 200),
    "a space before the colon": ("GET /{token}/ HTTP/1.1\r\nHost : {here}\r\n", 400),
    "huge headers": ("GET /{token}/ HTTP/1.1\r\n" + GOOD + "Cookie: " + "a" * 1_000_000 + "\r\n", 400),
    "letters beyond ASCII": ("GET /{token}/ü HTTP/1.1\r\n" + GOOD, 400),
    "two lengths": ("POST / HTTP/1.1\r\n" + GOOD + "Content-Length: 0\r\nContent-Length: 5\r\n", 400),
    "the socket": ("GET /{token}/socket HTTP/1.1\r\n" + GOOD + OWN + UPGRADE, 101),
    "the socket as a file": ("GET /{token}/socket HTTP/1.1\r\n" + GOOD + OWN, 426),
    "a socket without origin": ("GET /{token}/socket HTTP/1.1\r\n" + GOOD + UPGRADE, 403),
    "a socket of another page": (
        "GET /{token}/socket HTTP/1.1\r\n" + GOOD + "Origin: http://e.example\r\n" + UPGRADE,
        403,
    ),
    "a socket of a sandbox": ("GET /{token}/socket HTTP/1.1\r\n" + GOOD + "Origin: null\r\n" + UPGRADE, 403),
    "a socket by https": ("GET /{token}/socket HTTP/1.1\r\n" + GOOD + "Origin: https://{here}\r\n" + UPGRADE, 403),
    "a socket of a rebound name": (
        "GET /{token}/socket HTTP/1.1\r\nHost: e.example:{port}\r\nOrigin: http://e.example:{port}\r\n" + UPGRADE,
        403,
    ),
    "a socket without token": ("GET /socket HTTP/1.1\r\n" + GOOD + OWN + UPGRADE, 403),
    "a socket that is a file": ("GET /{token}/main.js HTTP/1.1\r\n" + GOOD + OWN + UPGRADE, 403),
    "a socket by POST": ("POST /{token}/socket HTTP/1.1\r\n" + GOOD + OWN + UPGRADE + "Content-Length: 0\r\n", 405),
    "another upgrade": (
        "GET /{token}/socket HTTP/1.1\r\n" + GOOD + OWN + "Connection: Upgrade\r\nUpgrade: h2c\r\n",
        426,
    ),
}


async def status_over_port(port: int, request: str) -> int:
    """The status with which the server answers these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    names = {"here": f"127.0.0.1:{port}", "port": port, "token": TOKEN}
    for name, value in names.items():
        request = request.replace(f"{{{name}}}", str(value))
    try:
        writer.write(request.encode() + b"\r\n")
        line = await asyncio.wait_for(reader.readline(), 10)
    finally:
        writer.close()
    return int(line.split()[1])


def test_what_a_port_answers_to_bytes(serving: Callable[..., Any]) -> None:
    async def ask() -> dict[str, int]:
        async with serving() as server:
            return {name: await status_over_port(server.port, request) for name, (request, _) in RAW.items()}

    assert run(ask()) == {name: status for name, (_, status) in RAW.items()}
