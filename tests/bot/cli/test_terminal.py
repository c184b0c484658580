"""newsbot in pipes and on terminals: progress, Ctrl-C, hostile articles."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.newsbot import NewsBot
from tests.fakes.running import (
    BOTH,
    COMMAND,
    ESCAPE,
    QUESTION,
    ROOT,
    Capture,
    output_of,
    run_on_terminal,
    screen_of,
    write_articles,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_articles(tmp_path / "articles")


def test_piped_output_is_plain_without_progress(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    status, out, err = output_of(capsys, "index", folder, "--index", tmp_path / "x")
    assert (status, err, out.count("\n")) == (0, "", 1)
    assert ESCAPE not in out


def test_terminal_shows_progress_and_then_one_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, seen = screen_of(monkeypatch, "index", folder, "--index", tmp_path / "x", streams=BOTH)
    assert status == 0
    assert "files" in seen and "passages" in seen and "2/2" in seen
    assert "looking for copies" in seen
    assert "2 added" in seen.splitlines()[-1]


def test_terminal_shows_a_spinner_before_the_answer(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, seen = screen_of(monkeypatch, "ask", QUESTION, "--index", samples_index, streams=BOTH)
    assert status == 0
    assert 0 <= seen.find("looking through the articles") < seen.find("Kataib Hezbollah")


def test_ctrl_c_stops_quietly_with_status_130(folder: Path, tmp_path: Path) -> None:
    status, seen = run_on_terminal("index", folder, "--index", tmp_path / "x", stop_at="files")
    assert status == 130
    assert "Traceback" not in seen and "added" not in seen


@pytest.mark.parametrize("words", [["search", QUESTION, "-k", "40"], ["status"]])
def test_closed_pipe_is_no_complaint(words: list[str], samples_index: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, *words, "--index", str(samples_index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        # Buffered, as in a user's shell: then the last lines meet the broken pipe only at the end.
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 1


@pytest.fixture(scope="module")
def hostile_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of an article that was written to take over a terminal."""
    root = tmp_path_factory.mktemp("hostile")
    record = {
        "id": "a\x1b[2Jb\u202ec",
        "title": "Flood \x1b]0;owned\x07in [bold red]Arlen[/bold red] \u202eevil",
        "source": "[link=http://evil.example]Post[/link]\x9b31m",
        "text": "The river rose in [blink]Arlen[/blink] \u2067on\u2069 \x1b[5mMonday :smile:.",
    }
    (root / "a.jsonl").write_text(json.dumps(record) + "\n")
    index = root / "index"
    assert main(["index", str(root / "a.jsonl"), "--index", str(index)]) == 0
    return index


def test_hostile_article_sends_no_terminal_sequences(
    hostile_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    status, seen = screen_of(monkeypatch, "search", "river Arlen", "--index", hostile_index)
    assert status == 0
    assert not set(seen) & {ESCAPE, "\x07", "\x9b", "\u202e", "\u2067", "\u2069"}
    assert "[bold red]Arlen[/bold red]" in seen and "[blink]Arlen[/blink]" in seen
    assert "[link=http://evil.example]Post[/link]" in seen and ":smile:" in seen


def test_only_own_styles_reach_a_terminal(
    hostile_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    status, seen = screen_of(monkeypatch, "search", "river Arlen", "--index", hostile_index)
    assert status == 0
    orders = set(re.findall(r"\x1b(?:\[[0-9;]*[A-Za-z]|.)", seen))
    assert orders == {f"{ESCAPE}[{style}m" for style in ("0", "1", "2", "1;36")}


def test_wrapped_line_keeps_its_indent(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("search", QUESTION, "-k", "1", "--index", samples_index)
    lines = screen_of(monkeypatch, *words)[1].splitlines()
    assert len(lines) > 4
    assert all(len(line) <= 100 and line.startswith("    ") for line in lines[2:])


def test_json_of_a_hostile_article_is_ascii_and_exact(hostile_index: Path, capsys: Capture) -> None:
    out = output_of(capsys, "search", "river", "--index", hostile_index, "--json")[1]
    assert out.isascii() and ESCAPE not in out
    (hit,) = json.loads(out)
    assert NewsBot(hostile_index).article(hit["article_id"]).text == hit["text"]


def test_missing_letter_of_a_terminal_is_no_failure(
    samples_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = shutil.copytree(samples_index, tmp_path / "Br\u00fccke")
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(["status", "--index", str(index)]) == 0
    assert b"/Br?cke\n" in terminal.buffer.getvalue()  # type: ignore[attr-defined]
