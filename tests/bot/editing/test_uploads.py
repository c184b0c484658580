"""Uploaded and pasted articles: kept whole, under names that stay in their folder."""

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


@pytest.fixture
def uploads(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path / "index")


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
def test_safe_name_stays_in_its_folder(name: str) -> None:
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
def test_safe_name_is_one_path_part_with_its_endings(name: str, safe: str) -> None:
    assert safe_name(name, "01234567") == safe


def test_files_are_neither_overwritten_nor_kept_twice(
    uploads: UploadFolder, tmp_path: Path
) -> None:
    for folder, text in (("one", "First."), ("two", "Second."), ("three", "First.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "story.txt").write_text(text)
    given_files = [tmp_path / folder / "story.txt" for folder in ("one", "two", "three")]
    kept = uploads.stage(given_files).paths
    assert kept[0] == kept[2] != kept[1]
    assert all(file.name.startswith("story-") and file.suffix == ".txt" for file in kept)
    assert [file.read_text() for file in kept] == ["First.", "Second.", "First."]
    assert uploads.folder == tmp_path / "index-originals"


def test_link_in_the_folder_is_never_followed(uploads: UploadFolder, tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text("New.")
    (first,) = uploads.stage([tmp_path / "story.txt"]).paths
    first.unlink()
    outside = tmp_path / "outside.txt"
    outside.write_text("Mine.")
    first.symlink_to(outside)
    (second,) = uploads.stage([tmp_path / "story.txt"]).paths
    assert second != first and second.read_text() == "New."
    assert outside.read_text() == "Mine."


def test_pasted_text_is_kept_with_its_fields(uploads: UploadFolder, tmp_path: Path) -> None:
    pasted = pasted_article("Body.\n", " Title ", published="2024-05-31")
    (kept,) = uploads.stage(pasted=pasted).paths
    assert json.loads(kept.read_text()) == {
        "title": "Title",
        "published": "2024-05-31",
        "text": "Body.\n",
    }
    assert kept.name.startswith("pasted-")
    assert uploads.stage(pasted=pasted).paths == [kept]


def test_folder_that_cannot_be_made_is_an_error(uploads: UploadFolder, tmp_path: Path) -> None:
    (tmp_path / "index-originals").write_text("a file")
    with pytest.raises(BotError, match="cannot keep it"):
        uploads.stage(pasted=b"{}")


def names(uploads: UploadFolder) -> list[str]:
    """What the folder holds, without the endings that ``safe_name`` adds."""
    return sorted(path.name.partition("-")[0] for path in uploads.folder.iterdir())


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_upload_that_exceeds_the_limit_is_refused_whole(tmp_path: Path) -> None:
    uploads = UploadFolder(tmp_path / "index", most_bytes=1_000)
    first = written(tmp_path, "first.txt", "a" * 600)
    second, third = (written(tmp_path, f"{name}.txt", name * 50) for name in ("later", "last"))
    uploads.commit(uploads.stage([first]))
    with pytest.raises(RequestRefused, match="more than 1e-06 GB.*make room there.*--originals-gb"):
        uploads.stage([second, third])
    assert names(uploads) == ["first"]
    uploads.commit(uploads.stage([second, first]))  # one of them is there
    assert names(uploads) == ["first", "later"]
    with pytest.raises(RequestRefused, match="make room"):
        uploads.stage(pasted=b"x" * 200)
    UploadFolder(tmp_path / "index", most_bytes=0).stage([third])


def test_discarded_upload_goes_and_older_files_stay(uploads: UploadFolder, tmp_path: Path) -> None:
    old, new = (written(tmp_path, f"{name}.txt", name) for name in ("old", "new"))
    uploads.commit(uploads.stage([old]))
    upload = uploads.stage([old, new], b"{}")
    assert len(upload.paths) == 3 and all(path.exists() for path in upload.paths)
    uploads.discard(upload)
    uploads.discard(upload)
    assert names(uploads) == ["old"]


@pytest.mark.parametrize("second_published", [True, False])
def test_shared_upload_goes_with_the_last_job(
    uploads: UploadFolder, tmp_path: Path, second_published: bool
) -> None:
    both, one = (written(tmp_path, f"{name}.txt", name) for name in ("both", "one"))
    first, second = uploads.stage([both, one]), uploads.stage([both])
    assert first.paths[0] == second.paths[0]
    uploads.discard(first)
    assert second.paths[0].read_text() == "both" and not first.paths[1].exists()
    (uploads.commit if second_published else uploads.discard)(second)
    assert names(uploads) == (["both"] if second_published else [])


def test_indexed_file_stays_when_its_upload_is_discarded(
    uploads: UploadFolder, tmp_path: Path
) -> None:
    story = written(tmp_path, "story.txt", "Title\n\nThe ferry carried nine goats.\n")
    upload = uploads.stage([story])
    build_index(upload.paths, tmp_path / "index", embedder=HashedEmbedder())
    uploads.discard(upload)  # it failed just after it had published
    assert names(uploads) == ["story"]


def test_discarded_upload_waits_for_a_writer_of_the_index(
    uploads: UploadFolder, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    upload = uploads.stage([written(tmp_path, "story.txt", "Text.")])
    index.mkdir()
    with FileLock(index / "write.lock"):  # somebody may be reading it
        uploads.discard(upload)
        assert upload.paths[0].exists()
    uploads.stage([written(tmp_path, "other.txt", "Other.")])
    assert not upload.paths[0].exists()


def test_uploads_of_a_crashed_process_are_collected(uploads: UploadFolder, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("Kept\n\nThe ferry carried nine goats.\n")
    (tmp_path / "lost.txt").write_text("Lost\n\nThe ferry carried ten goats.\n")
    crash = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from bot.editing.uploads import UploadFolder\n"
        "from index.builder import build_index\n"
        "from tests.fakes.embedder import HashedEmbedder\n"
        "folder = Path(sys.argv[1])\n"
        "uploads = UploadFolder(folder / 'index')\n"
        "done = uploads.stage([folder / 'kept.txt'])\n"
        "build_index(done.paths, folder / 'index', embedder=HashedEmbedder())\n"
        "waiting = uploads.stage([folder / 'lost.txt'])\n"
        "(uploads.folder / f'.{waiting.pending.token}.part').write_text('half of ano')\n"
        "os._exit(9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", crash, tmp_path], cwd=ROOT, check=False)
    assert ended.returncode == 9
    assert "lost" in names(uploads)
    uploads.collect_garbage()
    assert names(uploads) == ["kept"]


def test_upload_of_another_server_is_not_collected(tmp_path: Path) -> None:
    theirs, ours = UploadFolder(tmp_path / "index"), UploadFolder(tmp_path / "index")
    upload = theirs.stage([written(tmp_path, "story.txt", "Text.")])
    ours.collect_garbage()
    assert upload.paths[0].exists()
    theirs.discard(upload)
    assert names(theirs) == []


def test_forged_list_cannot_lead_out_of_the_folder(uploads: UploadFolder, tmp_path: Path) -> None:
    mine = written(tmp_path, "mine.txt", "Mine.")
    upload = uploads.stage([written(tmp_path, "story.txt", "Text.")])
    (uploads.folder / ".0123.lock").touch()
    listed = f"../mine.txt\n{mine}\n..\n\n.\n{upload.paths[0].name}"
    (uploads.folder / ".0123.staged").write_text(listed)
    uploads.collect_garbage()
    assert mine.exists() and upload.paths[0].exists()
    assert not (uploads.folder / ".0123.lock").exists()
