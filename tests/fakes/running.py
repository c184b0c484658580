"""Ways to run newsbot in a test: in pipes, on a pseudo-terminal, in this process."""

from __future__ import annotations

import errno
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cli.main import main

__all__ = [
    "BOTH",
    "COMMAND",
    "ESCAPE",
    "QUESTION",
    "ROOT",
    "Capture",
    "output_of",
    "run_on_terminal",
    "screen_of",
    "write_articles",
]

QUESTION = "who denied the missile attack?"
COMMAND = [sys.executable, "-m", "bot.cli.main"]
ROOT = Path(__file__).parents[2]
ESCAPE = "\x1b"
BOTH = ("stdout", "stderr")
Capture = pytest.CaptureFixture[str]


def run_on_terminal(
    *words: str | Path,
    stop_at: str | None = None,
    stop_after: float = 0.0,
    typed: Sequence[tuple[str, str]] = (),
) -> tuple[int, str]:
    """Run newsbot on a pseudo-terminal, and return its status and all that is seen there.

    Args:
        words: after ``newsbot``.
        stop_at: Ctrl-C is pressed once this has been seen.
        stop_after: seconds to wait before it is pressed, and pressed again. A prompt needs both:
            Python does not see a signal between printing the prompt and waiting for a key.
        typed: what is typed, each after what has to be seen first.
    """
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    waiting = list(typed)
    answered, pressed = 0, False
    while True:
        if pressed and stop_after and not select.select([ours], [], [], 4 * stop_after)[0]:
            process.send_signal(signal.SIGINT)
            continue
        try:
            piece = os.read(ours, 65536)
        except OSError as error:  # how Linux says that the other side has closed
            if error.errno != errno.EIO:
                raise
            break
        if not piece:
            break
        seen += piece
        if stop_at is not None and stop_at.encode() in seen:
            time.sleep(stop_after)
            process.send_signal(signal.SIGINT)
            stop_at, pressed = None, True
        while waiting and (found := seen.find(waiting[0][0].encode(), answered)) >= 0:
            answered = found + len(waiting[0][0].encode())
            os.write(ours, waiting.pop(0)[1].encode())
    os.close(ours)
    return process.wait(60), seen.decode()


def screen_of(
    monkeypatch: pytest.MonkeyPatch, *words: str | Path, streams: Sequence[str] = ("stdout",)
) -> tuple[int, str]:
    """Run newsbot in this process, and return its status and what a terminal shows of it."""
    import pty

    ours, theirs = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        while not seen or not seen[-1].endswith(b"\x04"):
            seen.append(os.read(ours, 65536))

    reader = threading.Thread(target=read)
    reader.start()
    with open(theirs, "w", encoding="utf-8") as terminal, monkeypatch.context() as patch:
        for stream in streams:
            patch.setattr(sys, stream, terminal)
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("COLUMNS", "100")
        status = main([str(word) for word in words])
        terminal.write("\x04")
        terminal.flush()
        reader.join(60)
    os.close(ours)
    return status, b"".join(seen).decode().removesuffix("\x04")


def output_of(capsys: Capture, *words: str | Path) -> tuple[int, str, str]:
    """Run newsbot in this process, where the model is loaded once for all tests."""
    status = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return status, out, err


def write_articles(folder: Path) -> Path:
    """Make a folder of two short articles."""
    folder.mkdir()
    for town in ("Arlen", "Bexby"):
        text = f"Flood in {town}\n\nThe river rose in {town} on Monday. Nobody was hurt.\n"
        (folder / f"{town.lower()}.txt").write_text(text, encoding="utf-8")
    return folder
