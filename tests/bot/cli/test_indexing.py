"""newsbot index, remove and copy: what changes, what is said of it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from bot.newsbot import NewsBot
from tests.fakes.running import ESCAPE, Capture, output_of, write_articles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_articles(tmp_path / "articles")


@pytest.fixture
def own_index(samples_index: Path, tmp_path: Path) -> Path:
    """A copy of the samples' index, to be changed."""
    return Path(shutil.copytree(samples_index, tmp_path / "own"))


def test_index_ends_with_one_line_of_counts(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ("index", folder, "--index", tmp_path / "x")
    status, out, err = output_of(capsys, *words)
    assert (status, err, out.count("\n")) == (0, "", 1)
    assert "2 added" in out and "2 articles in 2 passages" in out
    (folder / "arlen.txt").write_text("Flood in Arlen\n\nThe river fell again.\n")
    (folder / "new.txt").write_text("Fair\n\nThe fair opened.\n")
    assert "1 added, 1 replaced, 1 unchanged" in output_of(capsys, *words)[1]
    status, out, _ = output_of(capsys, *words)
    assert status == 0 and "0 added, 0 replaced, 3 unchanged" in out


def test_empty_folder_is_pruned_only_when_told(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    words = ("index", folder, "--index", tmp_path / "x")
    output_of(capsys, *words)
    for file in folder.iterdir():
        file.unlink()
    status, out, err = output_of(capsys, *words, "--prune")
    assert status == 1 and "0 removed" in out and "2 articles" in out
    assert err.startswith(f"could not read {folder}: no file of articles") and err.count("\n") == 1
    assert "--prune --even-if-empty" in err
    assert output_of(capsys, *words, "--even-if-empty")[0] == 2
    status, out, err = output_of(capsys, *words, "--prune", "--even-if-empty")
    assert (status, err) == (0, "") and "2 removed" in out


def test_unreadable_file_is_named_and_others_indexed(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    (folder / "bad.json").write_text('{"title": "cut sho')
    (folder / "empty.txt").touch()
    status, out, err = output_of(capsys, "index", folder, "--index", tmp_path / "x")
    assert status == 0
    assert "2 added" in out and "2 could not be read" in out
    named = [line for line in err.splitlines() if line.startswith("could not read ")]
    assert len(named) == 2
    assert "bad.json: " in named[0] and "empty.txt: " in named[1]


def test_nothing_indexed_is_status_1(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty.txt").touch()
    words = ("index", tmp_path / "empty.txt", tmp_path / "absent", "--index", tmp_path / "x")
    status, out, err = output_of(capsys, *words)
    assert status == 1
    assert "0 added" in out and out.count("\n") == 1
    assert len(err.splitlines()) == 2 and "absent" in err
    (tmp_path / "folder").mkdir()
    status, _, err = output_of(capsys, "index", tmp_path / "folder", "--index", tmp_path / "x")
    assert (status, err) == (1, f"newsbot: no file of articles in {tmp_path / 'folder'}\n")


def test_skipped_files_are_one_line_unless_verbose(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    for number in range(5):
        (folder / f".hidden{number}.txt").write_text("Hidden\n\nText.")
    words = ("index", folder, "--index", tmp_path / "x")
    err = output_of(capsys, *words)[2]
    assert re.fullmatch(r"passed over 5: .*\n", err)
    told = output_of(capsys, *words, "-v")[2].splitlines()
    assert len(told) == 5 and all(re.match(r"passed over .*: .+", line) for line in told)


def test_rebuild_needs_no_path(own_index: Path, capsys: Capture) -> None:
    generation = NewsBot(own_index).status().generation
    articles = NewsBot(own_index).status().articles
    assert output_of(capsys, "index", "--index", own_index)[0] == 2
    status, out, err = output_of(capsys, "index", "--rebuild", "--index", own_index)
    assert (status, err) == (0, "") and f"0 replaced, {articles} unchanged, 0 removed" in out
    assert NewsBot(own_index).status().generation != generation


def test_history_shows_what_was_corrected(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ("--index", tmp_path / "x")
    output_of(capsys, "index", folder, *words)
    assert output_of(capsys, "history", "arlen.txt", *words)[1] == "no earlier version\n"
    file = folder / "arlen.txt"
    before = file.read_text()
    file.write_text(before.replace("rose", "fell \x1b[31m"))
    output_of(capsys, "index", folder, *words)
    status, out, _ = output_of(capsys, "history", "arlen.txt", *words)
    signs = [line.strip()[:1] for line in out.splitlines() if line.strip()[:1] in "-+"]
    assert status == 0 and signs == ["-", "+"] and ESCAPE not in out
    (one,) = json.loads(output_of(capsys, "history", "arlen.txt", "--json", *words)[1])
    assert "rose" in one["changes"][0]["earlier"] and "fell" in one["changes"][0]["later"]
    status, _, err = output_of(capsys, "history", "no-such.txt", *words)
    assert status == 1 and "no-such.txt" in err


def test_copy_ends_with_one_line_of_counts(
    own_index: Path, tmp_path: Path, capsys: Capture
) -> None:
    words = ("copy", own_index, tmp_path / "there")
    status, out, err = output_of(capsys, *words)
    assert (status, err, out.count("\n")) == (0, "", 1)
    copied = int(out.partition(" ")[0])
    assert f"{copied} articles copied: {copied} added, 0 replaced, 0 unchanged" in out
    assert f"0 added, 0 replaced, {copied} unchanged" in output_of(capsys, *words)[1]
    status, _, err = output_of(capsys, "copy", tmp_path / "nowhere", tmp_path / "there")
    assert status == 1 and str(tmp_path / "nowhere") in err and err.count("\n") == 1
