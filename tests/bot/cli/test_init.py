"""``newsbot init`` and ``newsbot config``: a collection's folder, and what holds in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.running import Capture, output_of, write_articles


@pytest.fixture(autouse=True)
def collections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "side by side"
    monkeypatch.setenv("NEWSBOT_COLLECTIONS", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def test_collection_is_made_indexed_and_asked(collections: Path, capsys: Capture) -> None:
    for name in ("council", "fires"):
        status, out, err = output_of(capsys, "init", name)
        assert (status, err) == (0, "")
        assert str(collections / name / "newsbot.toml") in out
    article = collections / "council" / "articles" / "a.txt"
    article.write_text("Ferry\n\nThe ferry to Arlen was late.\n", encoding="utf-8")
    assert output_of(capsys, "index", "--collection", "council")[0] == 0
    told = json.loads(output_of(capsys, "status", "--collection", "council", "--json")[1])
    assert (told["articles"], Path(told["path"])) == (1, collections / "council" / "index")
    status, out, _ = output_of(capsys, "search", "ferry", "--collection", "council")
    assert (status, "a.txt" in out) == (0, True)
    status, _, err = output_of(capsys, "status", "--collection", "fires")
    assert (status, "no index at" in err) == (1, True)


def test_collection_is_found_from_inside_its_folder(
    collections: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    output_of(capsys, "init", "council")
    output_of(capsys, "init", "fires")
    monkeypatch.delenv("NEWSBOT_COLLECTIONS")
    monkeypatch.chdir(collections / "council")
    held = json.loads(output_of(capsys, "config", "--json")[1])
    assert held["index"]["value"] == str(collections / "council" / "index")
    held = json.loads(output_of(capsys, "config", "--collection", "fires", "--json")[1])
    assert held["index"]["value"] == str(collections / "fires" / "index")
    assert held["collection"] == {"value": "fires", "from": "--collection"}


def test_init_takes_other_places_of_articles(
    collections: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = write_articles(tmp_path / 'folder with a "quote"')
    assert output_of(capsys, "init", "towns", "--articles", folder.name)[0] == 0
    assert not (collections / "towns" / "articles").exists()
    assert "2 added" in output_of(capsys, "index", "--collection", "towns")[1]


@pytest.mark.parametrize("name", ["..", "a/b", "", ".hidden", "a b", "x" * 65])
def test_name_that_leads_elsewhere_is_refused(
    name: str, collections: Path, capsys: Capture
) -> None:
    status, out, err = output_of(capsys, "init", name)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert not collections.exists()
    assert output_of(capsys, "status", "--collection", name or "..")[0] == 1


def test_init_overwrites_nothing(collections: Path, capsys: Capture) -> None:
    output_of(capsys, "init", "council")
    file = collections / "council" / "newsbot.toml"
    file.write_text('level = "eager"\n')
    status, out, err = output_of(capsys, "init", "council")
    assert (status, out) == (1, "")
    assert str(file) in err and "nothing was changed" in err
    assert file.read_text() == 'level = "eager"\n'


def test_config_says_whence_each_setting_comes(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "newsbot.toml").write_text('level = "eager"\nreader = "mine"\n')
    monkeypatch.setenv("NEWSBOT_READER", "another")
    held = json.loads(output_of(capsys, "config", "--index", "here", "--json")[1])
    assert held["index"] == {"value": "here", "from": "--index"}
    assert held["reader"] == {"value": "another", "from": "NEWSBOT_READER"}
    assert held["level"] == {"value": "eager", "from": str(tmp_path / "newsbot.toml")}
    assert held["chat_model"] == {"value": None, "from": "default"}
    shown = output_of(capsys, "config")[1]
    assert "articles    -  (default)" in shown
    assert f"eager  ({tmp_path / 'newsbot.toml'})" in shown


def test_config_shows_no_secret(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_SMTP", "smtps://ann:PASSWORD@mail.example:465")
    monkeypatch.setenv("NEWSBOT_WEBHOOK", "https://hooks.example/T0/PASSWORD?token=PASSWORD")
    monkeypatch.setenv(
        "NEWSBOT_INDEX", "milvus://db/news?catalogue=postgresql://ann:PASSWORD@db/newsbot"
    )
    for words in (["config"], ["config", "--json"]):
        out = output_of(capsys, *words)[1]
        assert "PASSWORD" not in out
        assert "mail.example:465" in out and "https://hooks.example/" in out
