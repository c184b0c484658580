"""The README's commands do what it says, and print what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\d+\.\d s$", re.MULTILINE)


def run(command: list[str], index: Path) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NEWSBOT_INDEX": str(index), "COLUMNS": "10000"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(600)
def test_every_console_block_prints_what_the_readme_shows(tmp_path: Path) -> None:
    """In order, in one index, as a reader would type them; only the seconds may differ."""
    checked = 0
    for language, block in BLOCK.findall(README):
        if language != "console":
            continue
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = step.partition("\n")
            name, *arguments = shlex.split(command)
            assert name == "newsbot"
            printed = run([sys.executable, "-m", "bot.cli.main", *arguments], tmp_path / "index")
            assert SECONDS.sub("N s", printed).strip() == SECONDS.sub("N s", shown).strip()
            checked += 1
    assert checked >= 5


@pytest.mark.timeout(600)
def test_every_python_block_runs_and_prints_what_the_readme_shows(samples_index: Path) -> None:
    blocks = BLOCK.findall(README)
    checked = 0
    for (language, code), (kind, shown) in zip(blocks, blocks[1:], strict=False):
        if language == "python":
            assert kind == "text", "a Python block is followed by what it prints"
            assert run([sys.executable, "-c", code], samples_index) == shown
            checked += 1
    assert checked >= 2


def test_every_file_that_the_readme_names_is_there() -> None:
    names = re.findall(r"`([\w.]+(?:/[\w.]+)+)`|\]\(([\w./-]+)\)", README)
    paths = [first or second for first, second in names]
    assert paths
    for path in paths:
        if not path.startswith("path/"):
            assert (ROOT / path.replace(".venv/bin/newsbot", "pyproject.toml")).exists(), path


def test_the_make_targets_that_the_readme_names_are_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", README)) <= targets
