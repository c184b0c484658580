"""What the project's texts say is true, and they are short."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXTS = [*sorted(ROOT.glob("*.md")), ROOT / "tests" / "bench" / "README.md"] + sorted(
    path
    for package in ("bot", "corpus", "index")
    for path in (ROOT / package).rglob("*.md")
    if "articles" not in path.parts
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\d+\.\d s$", re.MULTILINE)

each_text = pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in TEXTS]
)


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
def test_console_blocks_print_what_the_readme_shows(tmp_path: Path) -> None:
    """In order, in one index, as a reader would type them; only the seconds may differ."""
    consoles = "\n".join(
        block for language, block in BLOCK.findall(README) if language == "console"
    )
    steps = re.split(r"^\$ newsbot ", consoles, flags=re.MULTILINE)[1:]
    assert len(steps) >= 3
    for step in steps:
        arguments, _, shown = step.partition("\n")
        command = [sys.executable, "-m", "bot.cli.main", *shlex.split(arguments)]
        printed = run(command, tmp_path / "index")
        assert SECONDS.sub("N s", printed).strip() == SECONDS.sub("N s", shown).strip()


@pytest.mark.timeout(600)
def test_python_blocks_print_what_the_readme_shows(samples_index: Path) -> None:
    blocks = BLOCK.findall(README)
    shown = [
        after for before, after in zip(blocks, blocks[1:], strict=False) if before[0] == "python"
    ]
    assert [language for language, _ in shown] == ["text"] * len(shown)
    for language, code in blocks:
        if language == "python":
            assert run([sys.executable, "-c", code], samples_index) == shown.pop(0)[1]


@each_text
def test_files_and_links_of_a_text_are_there(path: Path) -> None:
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []
    names = re.findall(r"`((?:bot|corpus|index|tests)/[\w./]+)`", text)
    assert [name for name in names if not (ROOT / name).exists()] == []


@each_text
def test_commands_of_a_text_are_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    modules = {*re.findall(r"python -m ([a-z]\w*(?:\.[a-z]\w*)+)", text)}
    for module in modules:
        importlib.import_module(module)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {*re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)} <= {*targets}


@pytest.mark.parametrize(
    ("name", "lines", "words"),
    [
        ("README.md", 150, 1300),
        ("CHANGELOG.md", 40, 600),
        ("bot/reader/model/README.md", 120, 1200),
    ],
)
def test_text_is_short(name: str, lines: int, words: int) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= lines
    assert len(text.split()) <= words
