"""What the commands open before they begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.factory import index_folder, open_bot
from bot.errors import ReaderError, SettingsError
from bot.reader.registry import SHIPPED_READER
from bot.settings import Level
from index.errors import IndexMissing


def test_named_index_precedes_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", "/data/news")
    assert index_folder(None) == Path("/data/news")
    assert index_folder(Path("/data/other")) == Path("/data/other")


def test_misspelt_setting_is_reported_beside_a_named_index(
    monkeypatch: pytest.MonkeyPatch, samples_index: Path
) -> None:
    monkeypatch.setenv("NEWSBOT_LEVLE", "eager")
    with pytest.raises(SettingsError, match="NEWSBOT_LEVEL"):
        open_bot(samples_index)


def test_bot_opens_with_the_named_reader(samples_index: Path) -> None:
    bot = open_bot(samples_index, str(SHIPPED_READER), Level.EAGER)
    assert bot.index == samples_index
    assert bot.reader().folder == SHIPPED_READER


def test_missing_reader_fails_only_when_needed(samples_index: Path, tmp_path: Path) -> None:
    bot = open_bot(samples_index, str(tmp_path / "none"))
    assert bot.status().articles == 13
    with pytest.raises(ReaderError, match="none"):
        bot.reader()


def test_missing_index_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        open_bot(tmp_path / "none")
