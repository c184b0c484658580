"""The environment is read in one place, and a misspelt setting is never passed over."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from bot.errors import SettingsError
from bot.settings import Level, Settings, masked


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


@pytest.mark.parametrize("value", ["", "  ", " ~/my reader "])
def test_reader_and_chat_model_are_read_and_none_by_default(value: str) -> None:
    held = Settings.load({"NEWSBOT_READER": value, "NEWSBOT_CHAT_MODEL": value})
    assert held.reader == held.chat_model == (value.strip() or None)
    assert Settings.load({}).reader is Settings.load({}).chat_model is None


def test_variables_of_other_programs_are_ignored() -> None:
    environ = {"NEWS": "1", "MY_NEWSBOT_INDX": "2", "NEWSBOT_INDEX": "/data/news"}
    assert Settings.load(environ).origins == {"index": "NEWSBOT_INDEX"}


def test_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", "/data/mine")
    assert Settings.load().index == Path("/data/mine")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "newsbot.toml"


def test_file_is_read_from_the_current_folder(file: Path) -> None:
    file.write_text(
        'index = "news"\nlevel = "Eager"\nchat_model = "ollama:x"\n'
        'articles = ["here", "/there", "https://news.example/feed"]\nmail_to = ["a@b.example"]\n'
    )
    held = Settings.load({})
    assert held.index == file.parent / "news"
    assert (held.level, held.chat_model) == (Level.EAGER, "ollama:x")
    assert held.articles == (str(file.parent / "here"), "/there", "https://news.example/feed")
    assert held.notify.mail_to == ("a@b.example",)
    assert set(held.origins.values()) == {str(file)}


def test_variable_comes_before_the_file(file: Path) -> None:
    file.write_text('index = "news"\nlevel = "eager"\narticles = ["here"]\n')
    told = {"NEWSBOT_LEVEL": "cautious", "NEWSBOT_ARTICLES": '["a", "b"]'}
    held = Settings.load(told)
    assert (held.index, held.level) == (file.parent / "news", Level.CAUTIOUS)
    assert held.articles == ("a", "b")
    assert Settings.load({"NEWSBOT_ARTICLES": "a, b"}).articles == ("a, b",)


def test_named_file_comes_before_the_folders(file: Path, tmp_path: Path) -> None:
    file.write_text('level = "eager"\n')
    (tmp_path / "other.toml").write_text('level = "cautious"\n')
    named = {"NEWSBOT_CONFIG": str(tmp_path / "other.toml")}
    assert Settings.load(named).level is Level.CAUTIOUS
    with pytest.raises(SettingsError, match="NEWSBOT_CONFIG is .*no such file"):
        Settings.load({"NEWSBOT_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("levl = 'eager'", "unknown key 'levl'; did you mean level?"),
        ("zzz = 1", "unknown key 'zzz'; known are: index, reader"),
        ("level = 'bold'", "level is 'bold'; it can be cautious, balanced, eager"),
        ("level = 3", "level is 3; it can be cautious"),
        ("articles = 'one'", "articles is of type str; "),
        ("articles = [1]", "articles[0] is of type int; "),
        ("smtp = ['smtp://me:secret@host']", "smtp is of type list; "),
        ("index = 7", "index is of type int; "),
        ("index = '~no-such-user-here/news'", "index is '~no-such-user-here/news', and that home"),
        ("index = 'a\\u0000b'".replace("'", '"'), "index is 'a\\x00b', and no path holds"),
        ("index = ", "not TOML"),
        ("[index]\nx = 1", "index is of type dict; "),
        ("\xff", "not TOML"),
    ],
)
def test_mistake_in_the_file_is_one_line_that_names_it(file: Path, text: str, cause: str) -> None:
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError) as caught:
        Settings.load({})
    assert str(caught.value).startswith(f"{file}: ")
    assert cause in str(caught.value)
    assert "\n" not in str(caught.value)


def test_collection_flag_comes_before_an_index_variable(tmp_path: Path) -> None:
    (tmp_path / "council").mkdir()
    (tmp_path / "council" / "newsbot.toml").write_text("")
    told = {"NEWSBOT_COLLECTIONS": str(tmp_path), "NEWSBOT_INDEX": "/data/news"}
    assert Settings.load(told, "council").index == tmp_path / "council" / "index"
    assert Settings.load(told, "council").origins["collection"] == "--collection"
    told["NEWSBOT_COLLECTION"] = "council"
    assert Settings.load(told).index == Path("/data/news")
    with pytest.raises(SettingsError, match='no collection .fires.*"newsbot init fires"'):
        Settings.load(told, "fires")


def test_collection_of_the_file_is_told_as_the_files(file: Path, tmp_path: Path) -> None:
    (tmp_path / "council").mkdir()
    (tmp_path / "council" / "newsbot.toml").write_text("")
    file.write_text(f"collection = 'council'\ncollections = '{tmp_path.as_posix()}'\n")
    assert Settings.load({}).origins["collection"] == str(file)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("smtp", "smtp://ann:SEC@RET@mail.example:25", "smtp://…@mail.example:25"),
        ("smtp", "smtps://ann:SEC/RET@mail.example", "smtps://…@mail.example"),
        ("smtp", "smtp://ann:SEC RET@mail.example", "smtp://…@mail.example"),
        ("index", "milvus://a:S@R@h/n?catalogue=postgresql://b:S R@d/n", None),
        ("articles", "https://ann:SECRET@a.example/@b", "https://…@a.example/@b"),
        ("webhook", "https://ann:SECRET@a.example/SECRET", "https://a.example/…"),
        ("webhook", "http://[SECRET", "…"),
        ("webhook", "SECRET", "…"),
    ],
)
def test_secret_is_masked_in_any_address(name: str, value: str, shown: str | None) -> None:
    assert masked(name, value) == (shown or "milvus://…@h/n?catalogue=postgresql://…@d/n")
