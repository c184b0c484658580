"""Where articles came from, while nobody can change the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.builder import build_index
from index.errors import IndexBusy, IndexCorrupt
from index.store.layout import CATALOGUE, current_generation
from index.store.opening import open_store
from tests.fakes.embedder import HashedEmbedder


def test_source_paths_are_held_against_writers(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with open_store(index).held_source_paths(0) as origins:
        assert origins == frozenset()
    story = tmp_path / "story.txt"
    story.write_text("Title\n\nThe ferry carried nine goats.\n")
    build_index([story], index, embedder=HashedEmbedder())
    with open_store(index).held_source_paths(0) as origins:
        assert origins == {str(story.resolve())}
        with pytest.raises(IndexBusy), open_store(index).held_source_paths(0):
            pass
    with open_store(index).held_source_paths(0):
        pass


def test_source_paths_of_a_corrupt_index_are_an_error(tmp_path: Path) -> None:
    index = tmp_path / "index"
    (tmp_path / "story.txt").write_text("Title\n\nThe ferry carried nine goats.\n")
    build_index([tmp_path / "story.txt"], index, embedder=HashedEmbedder())
    (current_generation(index) / CATALOGUE).write_bytes(b"no database at all")
    with pytest.raises(IndexCorrupt), open_store(index).held_source_paths(0):
        pass
