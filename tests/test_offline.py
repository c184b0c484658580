"""No test can leave this machine: by a connection, a name lookup or another process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.offline import sitecustomize as offline

# 192.0.2.0/24 is set aside for documentation (RFC 5737): nobody answers there, block or none.
ELSEWHERE = "192.0.2.1"


def refused() -> pytest.RaisesExc[ConnectionRefusedError]:
    """What the block raises; its class is another one where Python imported it at the start."""
    return pytest.raises(ConnectionRefusedError, match="tests may not leave this machine: .")


def test_connection_to_another_machine_is_refused(attempts: Any) -> None:
    with socket.socket() as sock, refused():
        sock.connect((ELSEWHERE, 443))
    assert attempts.new() == [f"connection to {ELSEWHERE}:443"]


def test_other_ways_to_connect_are_refused(attempts: Any) -> None:
    with socket.socket() as sock, refused():
        sock.connect_ex((ELSEWHERE, 443))
    with socket.socket(type=socket.SOCK_DGRAM) as sock, refused():
        sock.sendto(b"x", (ELSEWHERE, 53))
    with refused():
        socket.create_connection((ELSEWHERE, 443), timeout=1)
    assert len(attempts.new()) == 3


def test_name_lookup_is_refused(attempts: Any) -> None:
    with refused():
        socket.getaddrinfo("example.org", 443)
    with refused():
        socket.gethostbyname("example.org")
    assert attempts.new() == ["lookup of 'example.org'"] * 2


def test_refusal_that_a_library_swallows_is_recorded(attempts: Any) -> None:
    with pytest.raises(OSError):
        urllib.request.urlopen("http://example.org/", timeout=1)
    assert attempts.new() == ["lookup of 'example.org'"]


def test_program_started_by_a_test_stays_offline(attempts: Any) -> None:
    program = f"import socket; socket.create_connection(({ELSEWHERE!r}, 80), timeout=1)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 1
    assert "OutgoingConnection" in ran.stderr
    assert len(attempts.new()) == 1


def test_attempt_to_leave_fails_its_test(tmp_path: Path) -> None:
    """The refusal is swallowed there; the attempt alone fails the test."""
    root = Path(__file__).resolve().parent
    package = tmp_path / "tests"
    (package / "offline").mkdir(parents=True)
    for name in ("__init__.py", "conftest.py", "offline/__init__.py", "offline/sitecustomize.py"):
        (package / name).write_bytes((root / name).read_bytes())
    (package / "test_phoning.py").write_text(
        "import contextlib, socket\n"
        "def test_phones_home():\n"
        "    with contextlib.suppress(OSError):\n"
        "        socket.getaddrinfo('example.org', 443)\n"
        "def test_stays_here():\n"
        "    socket.getaddrinfo('localhost', 0)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={
            **{name: value for name, value in os.environ.items() if name != offline.LOG},
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )
    assert "tried to leave this machine: lookup of 'example.org'" in ran.stdout
    assert "2 passed, 1 error" in ran.stdout


def test_own_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=10) as sock:
            assert sock.recv(1) == b""


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", b"localhost", None])
def test_loopback_host_stays_here(host: object) -> None:
    assert offline.stays_here(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "fe80::1%eth0", "localhost.example.org", "::2", "x", "224.0.0.1"]
)
def test_any_other_host_is_elsewhere(host: object) -> None:
    assert not offline.stays_here(host)
