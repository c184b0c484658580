"""``newsbot chat``: its address, its end, and what it refuses to serve."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.fakes.running import Capture, output_of, run_on_terminal


def test_busy_port_is_one_line(samples_index: Path, capsys: Capture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ("chat", "--index", samples_index, "--port", str(port))
        status, out, err = output_of(capsys, *words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert str(port) in err


def test_chat_prints_its_address_and_ends_on_ctrl_c(samples_index: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = ("chat", "--index", samples_index, "--port", str(port))
    status, seen = run_on_terminal(*words, stop_at=address)
    assert status == 130
    assert address in seen and "Traceback" not in seen


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--host", "0.0.0.0"], "others can reach 0.0.0.0"),
        (["--editors", "ann"], "editors are users"),
        (["--users", "none-there"], "names no user"),
    ],
)
def test_unsafe_config_is_one_line(
    samples_index: Path, capsys: Capture, words: list[str], line: str
) -> None:
    status, out, err = output_of(capsys, "chat", "--index", samples_index, *words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert line in err


def test_users_beside_the_index_have_to_log_in(
    samples_index: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "index").symlink_to(samples_index)
    (tmp_path / "index.users").touch()
    status, out, err = output_of(capsys, "chat", "--index", tmp_path / "index")
    assert (status, out) == (1, "")
    assert "index.users names no user: run newsbot user add NAME first" in err
