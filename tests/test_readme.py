"""What the project's texts say is true, and they are short."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import pytest

from tests.fakes.running import Capture, output_of

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


def test_console_blocks_print_what_the_readme_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """In order, in one index, as a reader would type them; only the seconds may differ."""
    consoles = "\n".join(
        block for language, block in BLOCK.findall(README) if language == "console"
    )
    steps = re.split(r"^\$ newsbot ", consoles, flags=re.MULTILINE)[1:]
    assert len(steps) >= 3
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NEWSBOT_INDEX", str(tmp_path / "index"))
    for step in steps:
        arguments, _, shown = step.partition("\n")
        status, printed, _ = output_of(capsys, *shlex.split(arguments))
        assert status == 0
        assert SECONDS.sub("N s", printed).strip() == SECONDS.sub("N s", shown).strip()


def test_python_blocks_print_what_the_readme_shows(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", str(samples_index))
    blocks = BLOCK.findall(README)
    shown = [
        after for before, after in zip(blocks, blocks[1:], strict=False) if before[0] == "python"
    ]
    assert [language for language, _ in shown] == ["text"] * len(shown)
    for language, code in blocks:
        if language == "python":
            exec(code, {})
            assert capsys.readouterr().out == shown.pop(0)[1]


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
