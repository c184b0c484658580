"""The address of an index, and where this machine keeps what belongs to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.address import address_of, beside
from index.errors import IndexFailure
from index.store.local import LocalStore
from index.store.opening import open_store

URL = "milvus://host:19530/news?catalogue=postgresql://db/newsbot"


def test_address_is_a_folder_or_a_url() -> None:
    assert address_of("some/folder") == address_of(Path("some/folder")) == Path("some/folder")
    assert address_of(URL) == URL
    assert isinstance(open_store("some/folder"), LocalStore)


def test_unknown_kind_of_url_is_a_clear_error() -> None:
    with pytest.raises(IndexFailure, match="not in ftp://"):
        open_store("ftp://host/news")


def test_files_of_an_index_are_beside_its_folder_or_in_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert beside(Path("/data/news"), ".users") == Path("/data/news.users")
    kept = beside(URL, ".users")
    assert kept.parent == tmp_path / "newsbot" and kept.parent.is_dir()
    assert kept.name.startswith("host-19530-news-")
    assert kept != beside(URL.replace("newsbot", "other"), ".users")
