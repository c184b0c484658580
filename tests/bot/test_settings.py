"""The environment is read in one place, and a misspelt setting is never passed over."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import platformdirs
import pytest

from bot.errors import SettingsError
from bot.settings import Level, Settings, default_index


def test_the_index_named_in_the_environment_is_used() -> None:
    assert Settings.load({"NEWSBOT_INDEX": "/data/news"}).index == Path("/data/news")


@pytest.mark.parametrize("environ", [{}, {"NEWSBOT_INDEX": ""}, {"NEWSBOT_INDEX": "  "}])
def test_without_a_named_index_it_is_in_the_users_data_folder(environ: dict[str, str]) -> None:
    assert default_index(environ) == Path(platformdirs.user_data_dir("newsbot", False)) / "index"


def test_a_tilde_is_the_home_folder() -> None:
    assert default_index({"NEWSBOT_INDEX": "~/news"}) == Path.home() / "news"


def test_the_home_folder_of_nobody_is_refused() -> None:
    with pytest.raises(SettingsError, match="NEWSBOT_INDEX"):
        Settings.load({"NEWSBOT_INDEX": "~no-such-user-here/news"})


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("NEWSBOT_INDX", "did you mean NEWSBOT_INDEX"),
        ("NEWSBOT_READR", "did you mean NEWSBOT_READER"),
        ("NEWSBOT_LEVLE", "did you mean NEWSBOT_LEVEL"),
        ("NEWSBOT_ZZZ", "known are: NEWSBOT_INDEX, NEWSBOT_READER, NEWSBOT_LEVEL"),
    ],
)
def test_an_unknown_setting_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=hint) as caught:
        Settings.load({name: "1", "NEWSBOT_INDEX": "/data/news"})
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "level"),
    [("", "balanced"), ("  ", "balanced"), ("cautious", "cautious"), (" Eager ", "eager")],
)
def test_the_level_is_read_whatever_its_case_and_balanced_where_none_is_named(
    value: str, level: str
) -> None:
    assert Settings.load({"NEWSBOT_LEVEL": value}).level is Level(level)
    assert Settings.load({}).level is Level.BALANCED


def test_an_unknown_level_is_refused_in_one_line_that_names_the_known_ones() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({"NEWSBOT_LEVEL": "bold\n"})
    assert str(caught.value) == ("NEWSBOT_LEVEL is 'bold\\n'; it can be cautious, balanced, eager")


@pytest.mark.parametrize(
    ("value", "reader"), [("", None), ("  ", None), (" ~/my reader ", "~/my reader")]
)
def test_the_reader_is_read_and_none_is_the_one_that_comes_along(
    value: str, reader: str | None
) -> None:
    assert Settings.load({"NEWSBOT_READER": value}).reader == reader
    assert Settings.load({}).reader is None


def test_variables_of_other_programs_are_left_alone() -> None:
    environ = {"NEWS": "1", "MY_NEWSBOT_INDX": "2", "NEWSBOT_INDEX": "/data/news"}
    assert Settings.load(environ) == Settings(Path("/data/news"))


def test_the_environment_of_the_process_is_read_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", "/data/mine")
    assert Settings.load().index == Path("/data/mine")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.load({}).index = Path("/elsewhere")  # type: ignore[misc]
