"""``newsbot chat``: what it refuses to serve. tests/test_app.py starts it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.fakes.running import Capture, output_of


def test_busy_port_is_one_line(samples_index: Path, capsys: Capture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ("chat", "--index", samples_index, "--port", str(port))
        status, out, err = output_of(capsys, *words)
    assert (status, out) == (1, "")
    assert err == (
        f"newsbot: port {port} on 127.0.0.1 is in use by another program (newsbot itself, "
        "perhaps): end that one, or choose another port with --port\n"
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--host", "0.0.0.0"], "others can reach 0.0.0.0"),
        (["--editors", "ann"], "editors are users"),
        (["--users", "none-there"], "names no user"),
        ([], "index.users names no user: run newsbot user add NAME first"),
    ],
)
def test_unsafe_config_is_one_line(
    samples_index: Path, tmp_path: Path, capsys: Capture, words: list[str], line: str
) -> None:
    (tmp_path / "index").symlink_to(samples_index)
    if not words:
        (tmp_path / "index.users").touch()
    status, out, err = output_of(capsys, "chat", "--index", tmp_path / "index", *words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert line in err
