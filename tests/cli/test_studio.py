"""`wade studio`: its address is printed, it ends with Ctrl-C, and errors have a remedy."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.sync.client import connect

from wade.studio.envelope import UPLOAD, pack
from wade.studio.launch import HOST

Start = Callable[..., Any]
PATIENCE = 60  # seconds
ADDRESS = re.compile(rf"http://{re.escape(HOST)}:(\d+)/[\w-]{{32}}/")


def connected(address: str) -> Any:
    """A socket as the page has it."""
    origin: Any = "/".join(address.split("/")[:3])
    return connect(address.replace("http", "ws") + "socket", origin=origin, compression=None)


def opened(address: str) -> dict[str, Any]:
    """The state of a new session."""
    with connected(address) as page:
        page.send('{"command":"open","id":1}')
        while (said := msgspec.json.decode(page.recv(PATIENCE))).get("type") != "reply":
            pass
        assert said["error"] is None
        return said["result"]


def stopped(process: Any) -> tuple[str, str]:
    """What it had printed and said when Ctrl-C ended it."""
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    return printed, said


def test_the_address_is_printed_and_ctrl_c_ends_it_with_130(wade_process: Start) -> None:
    process = wade_process("studio", "--no-browser")
    address = ADDRESS.search(process.stdout.readline())
    assert address is not None
    with urllib.request.urlopen(address[0]) as page:
        assert page.status == 200
        assert b"<title>wade studio</title>" in page.read()
    state = opened(address[0])
    assert (state["data"]["name"], state["step"], state["running"]) == ("moons", 0, False)
    assert stopped(process) == ("", "wade: interrupted\n")


def test_ctrl_c_ends_it_while_a_command_runs(wade_process: Start) -> None:
    process = wade_process("studio", "--no-browser", "-q")
    address = process.stdout.readline().strip()
    with connected(address) as page:
        page.send('{"command":"open","id":1}')
        page.send('{"command":"step","id":2,"count":1000}')
        while '"id":2' not in str(page.recv(PATIENCE)):
            pass
        page.send('{"command":"save","id":3,"what":"recording"}')
        time.sleep(0.3)
        assert stopped(process)[1] == "wade: interrupted\n"


@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["Ctrl-C", "kill", "closed terminal"]
)
def test_files_of_uploads_are_removed_however_it_ends(
    wade_process: Start, folder: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    process = wade_process("studio", "--no-browser", "-q")
    with connected(process.stdout.readline().strip()) as page:
        page.send('{"command":"open","id":1}')
        content = (folder / "classes.csv").read_bytes()
        page.send(f'{{"command":"upload","id":2,"name":"classes.csv","size":{len(content)}}}')
        page.send(pack(UPLOAD, {"id": 2}, content))
        while '"id":2' not in str(page.recv(PATIENCE)):
            pass
        assert len([path for path in scratch.rglob("*") if path.is_file()]) == 1
        process.send_signal(how)
        process.communicate(timeout=PATIENCE)
    assert list(scratch.iterdir()) == []


def test_nothing_is_written_about_requests_least_of_all_the_token(wade_process: Start) -> None:
    process = wade_process("studio", "--no-browser", "-q")
    address = process.stdout.readline().strip()
    opened(address)
    host, token = address.split("/")[2:4]
    where = (host.split(":")[0], int(host.split(":")[1]))
    upgrade = f"HTTP/1.1\r\nHost: {host}\r\nConnection: upgrade\r\nUpgrade:"
    for request in (
        "no HTTP at all\r\n\r\n",
        f"GET /{token}/ HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
        f"GET /{token}/socket {upgrade} h2c\r\n\r\n",
        f"GET /{token}/none {upgrade} websocket\r\n\r\n",
    ):
        with socket.create_connection(where) as client:
            client.sendall(request.encode())
            assert client.recv(100).startswith(b"HTTP/1.1 4")
    assert stopped(process) == ("", "wade: interrupted\n")


def test_quiet_prints_the_address_alone_and_json_one_object(wade_process: Start) -> None:
    process = wade_process("studio", "--no-browser", "-q")
    assert ADDRESS.fullmatch(process.stdout.readline().strip())
    stopped(process)
    process = wade_process("studio", "--no-browser", "--json")
    assert ADDRESS.fullmatch(json.loads(process.stdout.readline())["url"])
    stopped(process)


def test_it_begins_with_the_table_and_target_that_are_given(wade_process: Start, folder: Path) -> None:
    process = wade_process("studio", "many.csv", "--target", "answer", "--no-browser", "-q")
    state = opened(process.stdout.readline().strip())
    stopped(process)
    assert (state["data"]["name"], state["settings"]["target"]) == ("many.csv", "answer")
    assert state["data"]["classes"] == ["low", "mid", "top"]


def test_the_port_can_be_chosen_and_only_this_machine_reaches_it(wade_process: Start) -> None:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    process = wade_process("studio", "--port", str(port), "--no-browser", "-q")
    assert process.stdout.readline().startswith(f"http://127.0.0.1:{port}/")
    for family, address in ((socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")):
        with pytest.raises(OSError), socket.socket(family) as other:  # noqa: PT011 - refused, or no such network
            other.connect((address, port))
    stopped(process)


def test_a_port_that_is_taken_is_an_error_with_a_remedy(wade_: Start) -> None:
    with socket.create_server((HOST, 0)) as taken:
        result = wade_("studio", "--port", taken.getsockname()[1], "--no-browser")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("wade: `--port` must be a port that no program uses; received ")
    assert "Leave --port out for a free one, or stop the program that uses it." in result.stderr


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_is_none_is_an_error(wade_: Start, port: str) -> None:
    result = wade_("studio", "--port", port, "--no-browser")
    assert result.exit_code == 2
    assert f"`--port` must be a whole number from 1 to 65535; received {port}." in result.stderr


def test_a_table_that_cannot_be_read_ends_it_with_the_error(wade_process: Start) -> None:
    process = wade_process("studio", "none.csv", "--no-browser", "-q")
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert said.startswith("wade: none.csv: ")
    assert "Traceback" not in said


@pytest.mark.parametrize("package", ["msgspec", "starlette", "uvicorn", "websockets"])
def test_a_missing_package_is_an_error_with_a_remedy(
    wade_: Start, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    from wade import errors

    monkeypatch.setattr(errors, "find_spec", lambda name: None if name == package else object())
    result = wade_("studio", "--no-browser")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"wade: {package}: the studio needs it, and it is not installed. Install it: pip install 'wade[studio]'.\n"
    )


def test_the_browser_is_opened_unless_it_is_told_not_to_be(wade_process: Start, folder: Path, monkeypatch: Any) -> None:
    browser = folder / "browser.py"
    browser.write_text("import pathlib, sys\npathlib.Path('opened').write_text(sys.argv[1])\n")
    monkeypatch.setenv("BROWSER", f"{sys.executable} {browser} %s")
    process = wade_process("studio", "-q")
    address = process.stdout.readline().strip()
    opened(address)
    stopped(process)
    assert (folder / "opened").read_text() == address
    (folder / "opened").unlink()
    process = wade_process("studio", "-q", "--no-browser")
    opened(process.stdout.readline().strip())
    stopped(process)
    assert not (folder / "opened").exists()


def test_record_writes_a_page_and_opens_none(wade_: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "training.html"
    options = ("--epochs", "1", "--settings", "#data=generated%3Axor&hidden=[3]&batch_size=100")
    result = wade_("studio", "moons", "--record", str(path), *options, "--json")
    said = json.loads(result.stdout)
    assert said == {"recording": str(path), "steps": 3, "bytes": path.stat().st_size}
    assert b"moons: class, recorded in wade studio" in path.read_bytes()
    assert "3 steps" in wade_("studio", "moons", "--record", path, *options).stdout


def test_a_recording_that_cannot_be_made_has_a_remedy(wade_: Callable[..., Any], tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("a,b\n1,2\n")
    for arguments, message in (
        (("moons", "--record", str(tmp_path / "none" / "x.html")), "folder that exists"),
        ((str(table), "--record", str(table)), "must be another file"),
        (("moons", "--record", str(tmp_path / "x.html"), "--settings", "nonsense"), "learning_rate=0.1"),
        (("moons", "--record", str(tmp_path / "x.html"), "--settings", "hiden=[3]"), "hidden"),
        (("moons", "--record", str(tmp_path / "x.html"), "--epochs", "0"), "epochs"),
        (("no-such-table", "--record", str(tmp_path / "x.html")), "no-such-table"),
    ):
        result = wade_("studio", *arguments)
        assert result.exit_code == 2
        assert message in result.stderr
    assert not list(tmp_path.glob("*.html"))
    assert table.read_text() == "a,b\n1,2\n"
