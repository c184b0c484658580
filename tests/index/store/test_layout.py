"""The layout on disk: the pointer, the switch, the pruning, and what a crash leaves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from index.builder import build_index
from index.embedding.embedder import Embedder
from index.errors import IndexCorrupt, IndexForeign, IndexMissing
from index.searcher import Searcher
from index.store.layout import Manifest, current_generation

ROOT = Path(__file__).parents[3]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("Ferry\n\nThe ferry was late.")
    return path


def test_killed_writer_leaves_the_old_state_and_is_cleaned_up(
    article: Path, tmp_path: Path, embedder: Embedder
) -> None:
    index = tmp_path / "index"
    build_index([article], index, embedder=embedder)
    before = current_generation(index).name
    article.write_text("Ferry\n\nThe ferry was early.")
    program = textwrap.dedent(
        """
        import os, signal, sys
        from index.store import generation_writer
        from index.builder import build_index

        def killed(*_):
            os.kill(os.getpid(), signal.SIGKILL)

        generation_writer.publish_generation = killed
        build_index([sys.argv[1]], sys.argv[2])
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(article), str(index)],
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert list((index / "generations").glob(".building-*"))
    assert current_generation(index).name == before
    assert [a.text for a in Searcher.open(index).articles()] == ["The ferry was late."]
    report = build_index([article], index, embedder=embedder)
    assert report.replaced == 1
    assert not list((index / "generations").glob(".building-*"))
    assert [a.text for a in Searcher.open(index).articles()] == ["The ferry was early."]


def test_generation_that_never_became_current_is_not_asked(
    article: Path, tmp_path: Path, embedder: Embedder
) -> None:
    index = tmp_path / "index"
    build_index([article], index, embedder=embedder)
    first = current_generation(index)
    shutil.copytree(first, first.with_name("00000009-deadbeef"))
    assert current_generation(index) == first
    article.write_text("Ferry\n\nThe ferry was early.")
    build_index([article], index, embedder=embedder)
    assert current_generation(index).name.startswith("00000010-")


def test_generation_that_is_a_link_is_refused(
    article: Path, tmp_path: Path, embedder: Embedder
) -> None:
    index = tmp_path / "index"
    build_index([article], index, embedder=embedder)
    folder = current_generation(index)
    folder.rename(tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", folder)
    with pytest.raises(IndexCorrupt, match="missing"):
        current_generation(index)


def test_file_or_empty_folder_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        current_generation(tmp_path)
    (tmp_path / "file").write_text("text")
    with pytest.raises(IndexForeign, match="a file"):
        current_generation(tmp_path / "file")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"format_version": 1}', "[" * 100_000, '{"format_version": 1, "x": 2}'],
)
def test_foreign_manifest_is_one_clear_line(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises((IndexCorrupt, IndexForeign)) as failure:
        Manifest.read(tmp_path)
    assert "\n" not in str(failure.value)
    assert "newsbot index" in str(failure.value)
