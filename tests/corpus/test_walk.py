"""Which files of a folder are read, and which are passed over."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.corpus.test_loader import failures, ids, load, write


def test_hidden_and_odd_entries_and_links_out_are_skipped(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside/secret.txt", "Secret.")
    folder = tmp_path / "in"
    write(folder / "a.txt", "One.")
    write(folder / ".hidden.txt", "Hidden.")
    write(folder / ".git/b.txt", "Hidden.")
    write(folder / "c.png", "x")
    (folder / "out.txt").symlink_to(outside)
    (folder / "out").symlink_to(outside.parent)
    write(folder / "sub/b.txt", "Two.")
    (folder / "sub/up").symlink_to(folder)
    (folder / "down").symlink_to(folder / "sub")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "again.txt").symlink_to(folder / "a.txt")
    os.mkfifo(folder / "pipe.txt")
    articles, report = load(folder)
    assert ids(articles) == ["a.txt", "sub/b.txt"]
    skipped = {one.path.removeprefix(f"{folder}/"): one.cause for one in report.skipped}
    assert skipped.pop("c.png").startswith("format .png is not one of .txt")
    assert skipped == {
        ".hidden.txt": "hidden",
        ".git": "hidden",
        "out.txt": "a link that leads out of the folder",
        "out": "a link that leads out of the folder",
        "down": "a link to a folder that is read where it lies",
        "sub/up": "a link to a folder that is read where it lies",
        "gone.txt": "a link that leads nowhere",
        "self.txt": "a link that leads nowhere",
        "pipe.txt": "not a file",
    }
    assert report.failures == []


def test_given_link_is_followed_and_a_pipe_is_not_opened(tmp_path: Path) -> None:
    write(tmp_path / "real/a.txt", "One.")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe.txt")
    articles, report = load(tmp_path / "link", tmp_path / "pipe.txt", "/dev/null")
    assert ids(articles) == ["a.txt"]
    assert report.origins == {"a.txt": str(tmp_path / "real/a.txt")}
    assert [one.cause for one in report.skipped] == ["not a file", "not a file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_gets_one_line(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "One.").chmod(0)
    write(tmp_path / "sub/b.txt", "Two.").parent.chmod(0)
    try:
        articles, report = load(tmp_path)
    finally:
        (tmp_path / "sub").chmod(0o700)
    assert articles == []
    assert failures(report, tmp_path) == {"a.txt": "permission denied", "sub": "permission denied"}
    assert report.unlisted == [str(tmp_path / "sub")]


def test_names_with_odd_bytes_are_read_and_shown_safely(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff\n\x1b[31m.txt"
    try:
        with open(odd, "wb") as file:
            file.write(b"One.")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    articles, report = load(tmp_path)
    assert ids(articles) == ["\\xff\\n\\x1b[31m.txt"]
    json.dumps([*report.origins.values(), *report.seen_files]).encode()


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path / "sub/a.txt", "One.")
    articles, report = load(tmp_path, tmp_path / "sub", tmp_path / "sub/a.txt")
    assert ids(articles) == ["sub/a.txt"]
    assert report.files == 1
