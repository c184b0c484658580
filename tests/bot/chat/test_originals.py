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
    safe = safe_name(name, "01234567")
    assert safe == Path(safe).name
    assert safe not in ("", ".", "..") and not safe.startswith(".")
    assert not set(safe) & set('/\\\x00\u202e:*?"<>|\n')
    assert "-01234567" in safe and safe.isprintable() and len(safe.encode()) <= 120
    assert (Path("/top") / safe).resolve().parent == Path("/top")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("flood.txt", "flood-01234567.txt"),
        ("flood.txt.gz", "flood-01234567.txt.gz"),
        ("news 2024.jsonl.gz", "news 2024-01234567.jsonl.gz"),
        ("../../etc/passwd", "passwd-01234567"),
        ("C:\\papers\\flood.pdf", "flood-01234567.pdf"),
        (".hidden.md", "hidden-01234567.md"),
        ("", "article-01234567"),
        ("..", "article-01234567"),
        ("<b onload=x>.txt", "b onload-x-01234567.txt"),
        ("a\u202etxt.exe", "a-txt-01234567.exe"),
        ("Überschwemmung.txt", "Überschwemmung-01234567.txt"),
    ],
)
def test_a_name_becomes_one_plain_part_of_a_path_and_keeps_its_endings(
    name: str, safe: str
) -> None:
    assert safe_name(name, "01234567") == safe


def test_nothing_is_overwritten_and_nothing_is_kept_twice(tmp_path: Path) -> None:
    originals = Originals(tmp_path / "index")
    for folder, text in (("one", "First."), ("two", "Second."), ("three", "First.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "story.txt").write_text(text)
    given_files = [tmp_path / folder / "story.txt" for folder in ("one", "two", "three")]
    kept = originals.keep(given_files)
    assert kept[0] == kept[2] != kept[1]
    assert all(file.name.startswith("story-") and file.suffix == ".txt" for file in kept)
    assert [file.read_text() for file in kept] == ["First.", "Second.", "First."]
    assert originals.folder == tmp_path / "index-originals"


def test_a_link_in_the_folder_is_never_followed(tmp_path: Path) -> None:
    originals = Originals(tmp_path / "index")
    (tmp_path / "story.txt").write_text("New.")
    (first,) = originals.keep([tmp_path / "story.txt"])
    first.unlink()
    outside = tmp_path / "outside.txt"
    outside.write_text("Mine.")
    first.symlink_to(outside)
    (second,) = originals.keep([tmp_path / "story.txt"])
    assert second != first and second.read_text() == "New."
    assert outside.read_text() == "Mine."


def test_pasted_text_is_kept_with_what_is_known_of_it(tmp_path: Path) -> None:
    originals = Originals(tmp_path / "index")
    kept = originals.keep_text("Body.\n", " Title ", published="2024-05-31")
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
