"""The commands of training: their help, and one line of what went wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
from typer.main import get_command

from bot.training import __main__ as training
from bot.training.__main__ import app, main
from tests.fakes.tiny_reader import write_encoder

COMMANDS = ("prepare", "train", "average", "export", "dequantize", "calibrate")


def test_help_has_every_command_of_the_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert tuple(command.callback.__name__ for command in app.registered_commands) == COMMANDS
    named = re.findall(r"python -m bot\.training (\w+)", training.__doc__ or "")
    assert set(named) <= set(COMMANDS) and all(f"\n  {name} " in told for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_command_explains_itself_and_each_option(name: str) -> None:
    command: Any = cast(Any, get_command(app)).commands[name]
    assert command.help and command.params
    assert all(one.help and one.help.endswith((".", ").")) for one in command.params)


def test_network_is_averaged_and_exported(tmp_path: Path) -> None:
    one = write_encoder(tmp_path / "one", "bert", head=True)
    mean, reader = tmp_path / "mean", tmp_path / "reader"
    assert main(["average", str(one), str(one), "--out", str(mean)]) == 0
    assert main(["export", str(mean), "--out", str(reader)]) == 0
    assert (reader / "reader.onnx").is_file()


@pytest.mark.parametrize(
    "words",
    [
        ["prepare", "NONE", "--encoder", "NONE", "--out", "OUT"],
        ["train", "--encoder", "NONE", "--out", "OUT"],
        ["average", "NONE", "--out", "OUT"],
        ["export", "NONE", "--out", "OUT"],
        ["dequantize", "NONE", "--out", "OUT", "--config", "NONE"],
        ["calibrate", "NONE"],
        ["calibrate", "NONE", "--reader", "NONE"],
    ],
    ids=" ".join,
)
def test_missing_folder_is_named_in_one_line(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / word.lower()) if word.isupper() else word for word in words]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("bot.training: ") and str(tmp_path / "none") in line


@pytest.mark.parametrize(
    "words",
    [["calibrate", "x", "--most", "0"], ["calibrate", "x", "--others", "-1"], ["train"], ["fly"]],
    ids=" ".join,
)
def test_wrong_usage_has_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("bot.training: ")
