"""The environment is read in one place, and a misspelt setting is never passed over."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from bot.errors import SettingsError
from bot.settings import Level, Settings


@pytest.mark.parametrize(
    ("value", "index"), [("/data/news", Path("/data/news")), ("~/news", Path.home() / "news")]
)
def test_index_of_the_environment_is_used(value: str, index: Path) -> None:
    assert Settings.load({"NEWSBOT_INDEX": value}).index == index


@pytest.mark.parametrize("environ", [{}, {"NEWSBOT_INDEX": ""}, {"NEWSBOT_INDEX": "  "}])
def test_default_index_is_in_the_users_data_folder(environ: dict[str, str]) -> None:
    assert (
        Settings.load(environ).index == Path(platformdirs.user_data_dir("newsbot", False)) / "index"
    )


def test_home_folder_of_nobody_is_refused() -> None:
    with pytest.raises(SettingsError, match="NEWSBOT_INDEX"):
        Settings.load({"NEWSBOT_INDEX": "~no-such-user-here/news"})


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("NEWSBOT_INDX", "did you mean NEWSBOT_INDEX"),
        ("NEWSBOT_READR", "did you mean NEWSBOT_READER"),
        ("NEWSBOT_LEVLE", "did you mean NEWSBOT_LEVEL"),
        ("NEWSBOT_CHATMODEL", "did you mean NEWSBOT_CHAT_MODEL"),
        ("NEWSBOT_ZZZ", "known are: NEWSBOT_INDEX, NEWSBOT_READER, NEWSBOT_LEVEL, NEWSBOT_CHAT"),
    ],
)
def test_unknown_setting_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=hint) as caught:
        Settings.load({name: "1", "NEWSBOT_INDEX": "/data/news"})
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "level"),
    [("", "balanced"), ("  ", "balanced"), ("cautious", "cautious"), (" Eager ", "eager")],
)
def test_level_is_read_in_any_case_and_balanced_by_default(value: str, level: str) -> None:
    assert Settings.load({"NEWSBOT_LEVEL": value}).level is Level(level)
    assert Settings.load({}).level is Level.BALANCED


def test_unknown_level_names_the_known_ones() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({"NEWSBOT_LEVEL": "bold\n"})
    assert str(caught.value) == ("NEWSBOT_LEVEL is 'bold\\n'; it can be cautious, balanced, eager")


@pytest.mark.parametrize(
    ("value", "reader"), [("", None), ("  ", None), (" ~/my reader ", "~/my reader")]
)
def test_reader_is_read_and_none_by_default(value: str, reader: str | None) -> None:
    assert Settings.load({"NEWSBOT_READER": value}).reader == reader
    assert Settings.load({}).reader is None


@pytest.mark.parametrize(
    ("value", "model"), [("", None), ("  ", None), (" ollama:llama3.2 ", "ollama:llama3.2")]
)
def test_chat_model_is_read_and_none_by_default(value: str, model: str | None) -> None:
    assert Settings.load({"NEWSBOT_CHAT_MODEL": value}).chat_model == model
    assert Settings.load({}).chat_model is None


def test_variables_of_other_programs_are_ignored() -> None:
    environ = {"NEWS": "1", "MY_NEWSBOT_INDX": "2", "NEWSBOT_INDEX": "/data/news"}
    assert Settings.load(environ) == Settings(Path("/data/news"))


def test_environment_of_the_process_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", "/data/mine")
    assert Settings.load().index == Path("/data/mine")
