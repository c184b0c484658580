"""Uploaded and pasted originals: kept whole, under names that stay in their folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.originals import Originals, safe_name
from bot.errors import BotError


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("..\\..\\windows\\system.ini")
@example("/etc/passwd")
@example(".")
@example("..")
@example(".bashrc")
@example("a\x00b.txt")
@example("\u202etxt.exe")
@example("COM1.txt")
@example("x" * 300 + ".jsonl.gz")
@example("é" * 300 + ".txt")
def test_a_name_stays_in_its_folder_whatever_it_was(name: str) -> None:
    safe = safe_name(name)
    assert safe == Path(safe).name
    assert safe not in ("", ".", "..") and not safe.startswith(".")
    assert not set(safe) & set('/\\\x00\u202e:*?"<>|\n')
    assert len(safe.encode()) <= 150
    assert (Path("/top") / safe).resolve().parent == Path("/top")


def test_the_endings_that_tell_the_format_stay() -> None:
    assert safe_name("news 2024.jsonl.gz") == "news 2024.jsonl.gz"
    assert safe_name("x" * 300 + ".warc.gz").endswith(".warc.gz")
    assert safe_name("C:\\papers\\flood.pdf") == "flood.pdf"


def test_nothing_is_overwritten_and_nothing_is_kept_twice(tmp_path: Path) -> None:
    originals = Originals(tmp_path / "index")
    for folder, text in (("one", "First."), ("two", "Second."), ("three", "First.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "story.txt").write_text(text)
    given_files = [tmp_path / folder / "story.txt" for folder in ("one", "two", "three")]
    kept = originals.keep(given_files)
    assert [file.name for file in kept] == ["story.txt", "story-2.txt", "story.txt"]
    assert [file.read_text() for file in kept] == ["First.", "Second.", "First."]
    assert originals.folder == tmp_path / "index-originals"


def test_a_link_in_the_folder_is_never_followed(tmp_path: Path) -> None:
    originals = Originals(tmp_path / "index")
    originals.folder.mkdir()
    outside = tmp_path / "outside.txt"
    outside.write_text("Mine.")
    (originals.folder / "story.txt").symlink_to(outside)
    (tmp_path / "story.txt").write_text("New.")
    (kept,) = originals.keep([tmp_path / "story.txt"])
    assert kept.name == "story-2.txt"
    assert outside.read_text() == "Mine."


def test_pasted_text_is_kept_with_what_is_known_of_it(tmp_path: Path) -> None:
    originals = Originals(tmp_path / "index")
    kept = originals.keep_text("Body.\n", title=" Title ", published="2024-05-31")
    assert json.loads(kept.read_text()) == {
        "title": "Title",
        "published": "2024-05-31",
        "text": "Body.\n",
    }
    assert originals.keep_text("Body.\n", title="Title", published="2024-05-31") == kept


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "index-originals").write_text("a file")
    with pytest.raises(BotError, match="cannot keep it"):
        Originals(tmp_path / "index").keep_text("Body.")
