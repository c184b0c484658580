"""What newsbot says of itself, and to those who get it wrong."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from typing import Any

import pytest
import typer

from bot.cli.main import app
from tests.fakes.running import ESCAPE, ROOT, Capture, output_of

HEAVY = {
    *("torch", "faiss", "gradio", "langchain_core", "trafilatura", "sentence_transformers"),
    *("tantivy", "transformers", "numpy", "rich", "onnxruntime", "tokenizers"),
}


def commands() -> dict[str, Any]:
    root: Any = typer.main.get_command(app)
    nested = {
        f"{group} {name}": one
        for group in ("feed", "feedback", "names", "question", "user")
        for name, one in root.commands[group].commands.items()
    }
    return {"": root, **root.commands, **nested}


def test_commands_are_the_promised_ones() -> None:
    promised = {"index", "ask", "search", "chat", "status", "history", "remove", "eval", "watch"}
    promised |= {"config", "copy", "doctor", "init"}
    nested = {"feedback", "feedback export", "user"}
    nested |= {"feed", "feed add", "feed list", "feed poll", "feed remove"}
    nested |= {"names", "names list", "names show", "names merge", "names merged", "names split"}
    nested |= {"question", "question add", "question list", "question remove"}
    nested |= {"user add", "user key", "user remove", "user list"}
    assert set(commands()) == {"", *promised, *nested}


@pytest.mark.parametrize("name", commands())
def test_every_command_and_option_has_help(name: str) -> None:
    command = commands()[name]
    assert len(command.help.split()) > 8
    assert f"newsbot {name}" in command.help, "no example"
    without = [one.name for one in command.params if not (one.help or "").strip()]
    assert not without


@pytest.mark.parametrize("name", commands())
def test_help_is_no_error(name: str, capsys: Capture) -> None:
    status, out, err = output_of(capsys, *name.split(), "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"Usage: newsbot {name}".rstrip())
    assert ESCAPE not in out and "[[" not in out


def test_missing_command_shows_the_help_uncut(capsys: Capture) -> None:
    status, out, err = output_of(capsys)
    assert (status, out, err) == output_of(capsys, "--help")
    assert "..." not in out.partition("Commands:")[2]


def test_help_loads_no_heavy_package_in_half_a_second() -> None:
    program = (
        "import sys; from bot.cli.main import main; main(['--help']); "
        f"print('LOADED', *({HEAVY!r} & sys.modules.keys()))"
    )
    used = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert done.stdout.rstrip().splitlines()[-1] == "LOADED"
    assert min(used) < 0.5


@pytest.mark.parametrize("name", ["ask", "chat", "eval"])
def test_help_names_the_levels_and_the_default(name: str, capsys: Capture) -> None:
    said = " ".join(output_of(capsys, name, "--help")[1].split())
    assert "cautious|balanced|eager" in said
    assert "NEWSBOT_LEVEL" in said and "NEWSBOT_READER" in said


def test_version_is_one_line(capsys: Capture) -> None:
    status, out, err = output_of(capsys, "--version")
    assert (status, err) == (0, "")
    assert re.fullmatch(r"newsbot\b.*\n", out)


@pytest.mark.parametrize(
    "words",
    [
        ["ask"],
        ["ask", "one", "two"],
        ["ask", "x", "--since", "yesterday"],
        ["ask", "x", "--until", "2024-13-01"],
        ["search", "x", "-k", "0"],
        ["search", "x", "-k", "many"],
        ["search", "x", "--no-such-option"],
        ["index"],
        ["remove"],
        ["watch"],
        ["init"],
        ["status", "--index", "x", "--collection", "y"],
        ["chat", "--port", "70000"],
        ["chat", "--requests-a-minute", "-1"],
        ["chat", "--originals-gb", "-1"],
        ["user", "add"],
        ["feed", "add"],
        ["feed", "add", "https://x.example", "--every", "1"],
        ["ask", "x", "--level", "bold"],
        ["chat", "--level", "bold"],
        ["search", "x", "--level", "eager"],
        ["search", "x", "--rerank=no"],
        ["eval"],
        ["eval", "x.jsonl", "--level", "bold"],
        ["no-such-command"],
        ["--no-such-option"],
        ["ask", "x", "--since", "\x1b[31m\nred"],
    ],
)
def test_wrong_usage_is_one_line_and_status_2(words: list[str], capsys: Capture) -> None:
    status, out, err = output_of(capsys, *words)
    assert (status, out) == (2, "")
    assert re.fullmatch(r"newsbot.*--help\)\n", err)
    assert ESCAPE not in err
