"""Uploaded and pasted originals: kept whole, under names that stay in their folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import example, given
from hypothesis import strategies as st

from bot.editing.uploads import UploadFolder, pasted_article, safe_name
from bot.errors import BotError, RequestRefused
from index.builder import build_index
from tests.fakes.embedder import HashedEmbedder

ROOT = Path(__file__).parents[3]


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
    originals = UploadFolder(tmp_path / "index")
    for folder, text in (("one", "First."), ("two", "Second."), ("three", "First.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "story.txt").write_text(text)
    given_files = [tmp_path / folder / "story.txt" for folder in ("one", "two", "three")]
    kept = originals.bring(given_files).paths
    assert kept[0] == kept[2] != kept[1]
    assert all(file.name.startswith("story-") and file.suffix == ".txt" for file in kept)
    assert [file.read_text() for file in kept] == ["First.", "Second.", "First."]
    assert originals.folder == tmp_path / "index-originals"


def test_a_link_in_the_folder_is_never_followed(tmp_path: Path) -> None:
    originals = UploadFolder(tmp_path / "index")
    (tmp_path / "story.txt").write_text("New.")
    (first,) = originals.bring([tmp_path / "story.txt"]).paths
    first.unlink()
    outside = tmp_path / "outside.txt"
    outside.write_text("Mine.")
    first.symlink_to(outside)
    (second,) = originals.bring([tmp_path / "story.txt"]).paths
    assert second != first and second.read_text() == "New."
    assert outside.read_text() == "Mine."


def test_pasted_text_is_kept_with_what_is_known_of_it(tmp_path: Path) -> None:
    originals = UploadFolder(tmp_path / "index")
    pasted = pasted_article("Body.\n", " Title ", published="2024-05-31")
    (kept,) = originals.bring(pasted=pasted).paths
    assert json.loads(kept.read_text()) == {
        "title": "Title",
        "published": "2024-05-31",
        "text": "Body.\n",
    }
    assert kept.name.startswith("pasted-")
    assert originals.bring(pasted=pasted).paths == [kept]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "index-originals").write_text("a file")
    with pytest.raises(BotError, match="cannot keep it"):
        UploadFolder(tmp_path / "index").bring(pasted=b"{}")


def names(originals: UploadFolder) -> list[str]:
    """What the folder holds, without the endings that ``safe_name`` adds."""
    return sorted(path.name.partition("-")[0] for path in originals.folder.iterdir())


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_no_more_is_kept_than_there_is_room_for_and_then_nothing_of_it(tmp_path: Path) -> None:
    originals = UploadFolder(tmp_path / "index", most_bytes=1_000)
    first = written(tmp_path, "first.txt", "a" * 600)
    second, third = (written(tmp_path, f"{name}.txt", name * 50) for name in ("later", "last"))
    originals.settle(originals.bring([first]), published=True)
    with pytest.raises(RequestRefused, match="more than 1e-06 GB.*make room there.*--originals-gb"):
        originals.bring([second, third])
    assert names(originals) == ["first"]
    originals.settle(originals.bring([second, first]), published=True)  # one of them is there
    assert names(originals) == ["first", "later"]
    with pytest.raises(RequestRefused, match="make room"):
        originals.bring(pasted=b"x" * 200)
    UploadFolder(tmp_path / "index", most_bytes=0).bring([third])


def test_what_a_change_brought_goes_with_it_and_what_was_there_before_stays(
    tmp_path: Path,
) -> None:
    originals = UploadFolder(tmp_path / "index")
    old, new = (written(tmp_path, f"{name}.txt", name) for name in ("old", "new"))
    originals.settle(originals.bring([old]), published=True)
    brought = originals.bring([old, new], b"{}")
    assert len(brought.paths) == 3 and all(path.exists() for path in brought.paths)
    originals.settle(brought, published=False)
    originals.settle(brought, published=False)
    assert names(originals) == ["old"]


@pytest.mark.parametrize("second_published", [True, False])
def test_what_two_changes_brought_goes_with_the_last_of_them(
    tmp_path: Path, second_published: bool
) -> None:
    originals = UploadFolder(tmp_path / "index")
    both, one = (written(tmp_path, f"{name}.txt", name) for name in ("both", "one"))
    first, second = originals.bring([both, one]), originals.bring([both])
    assert first.paths[0] == second.paths[0]
    originals.settle(first, published=False)
    assert second.paths[0].read_text() == "both" and not first.paths[1].exists()
    originals.settle(second, published=second_published)
    assert names(originals) == (["both"] if second_published else [])


def test_what_an_article_came_from_stays_whatever_became_of_the_change(tmp_path: Path) -> None:
    originals = UploadFolder(tmp_path / "index")
    story = written(tmp_path, "story.txt", "Title\n\nThe ferry carried nine goats.\n")
    brought = originals.bring([story])
    build_index(brought.paths, tmp_path / "index", embedder=HashedEmbedder())
    originals.settle(brought, published=False)  # it failed just after it had published
    assert names(originals) == ["story"]


def test_what_is_not_known_to_be_needless_waits_until_it_is(tmp_path: Path) -> None:
    index = tmp_path / "index"
    originals = UploadFolder(index)
    brought = originals.bring([written(tmp_path, "story.txt", "Text.")])
    index.mkdir()
    with FileLock(index / "write.lock"):  # somebody may be reading it
        originals.settle(brought, published=False)
        assert brought.paths[0].exists()
    originals.bring([written(tmp_path, "other.txt", "Other.")])
    assert not brought.paths[0].exists()


def test_a_crash_leaves_nothing_that_no_article_came_from(tmp_path: Path) -> None:
    index = tmp_path / "index"
    (tmp_path / "kept.txt").write_text("Kept\n\nThe ferry carried nine goats.\n")
    (tmp_path / "lost.txt").write_text("Lost\n\nThe ferry carried ten goats.\n")
    crash = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from bot.editing.uploads import Originals\n"
        "from index.builder import build_index\n"
        "from tests.fakes.embedder import HashedEmbedder\n"
        "folder = Path(sys.argv[1])\n"
        "originals = Originals(folder / 'index')\n"
        "done = originals.bring([folder / 'kept.txt'])\n"
        "build_index(done.paths, folder / 'index', embedder=HashedEmbedder())\n"
        "waiting = originals.bring([folder / 'lost.txt'])\n"
        "(originals.folder / f'.{waiting.note.token}.part').write_text('half of ano')\n"
        "os._exit(9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", crash, tmp_path], cwd=ROOT, check=False)
    assert ended.returncode == 9
    originals = UploadFolder(index)
    assert "lost" in names(originals)
    originals.sweep()
    assert names(originals) == ["kept"]


def test_what_another_server_s_change_brought_is_left_to_it(tmp_path: Path) -> None:
    theirs, ours = UploadFolder(tmp_path / "index"), UploadFolder(tmp_path / "index")
    brought = theirs.bring([written(tmp_path, "story.txt", "Text.")])
    ours.sweep()
    assert brought.paths[0].exists()
    theirs.settle(brought, published=False)
    assert names(theirs) == []


def test_a_note_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    originals = UploadFolder(tmp_path / "index")
    mine = written(tmp_path, "mine.txt", "Mine.")
    brought = originals.bring([written(tmp_path, "story.txt", "Text.")])
    (originals.folder / ".0123.lock").touch()
    listed = f"../mine.txt\n{mine}\n..\n\n.\n{brought.paths[0].name}"
    (originals.folder / ".0123.brought").write_text(listed)
    originals.sweep()
    assert mine.exists() and brought.paths[0].exists()
    assert not (originals.folder / ".0123.lock").exists()
