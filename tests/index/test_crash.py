"""Nothing is lost under a crash: killed writers, flipped bits, and a stopped build taken up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.builder import build_index
from index.embedding import batching
from index.searcher import Searcher
from tests.fakes.embedder import HashedEmbedder

Address = Path | str
ROOT = Path(__file__).parents[2]
POINTS = 140


def test_writers_killed_at_random_leave_the_old_state_or_the_new(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fakes.crash_writer", str(tmp_path), "7", str(POINTS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["wrong"] == []
    assert sum(told["kinds"].values()) == sum(told["outcomes"].values()) == POINTS
    assert min(told["kinds"].values()) > 20
    assert min(told["outcomes"].values()) > 10, "killed always before, or always after the switch"
    assert told["failed"] == 0 and told["asked"] > 10


def test_stopped_build_is_taken_up_where_it_was(
    tmp_path: Path, index: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "_CHUNK", 4)
    articles = tmp_path / "articles"
    articles.mkdir()
    for number in range(20):
        text = f"Paper {number}\n\nIn paper {number} the ferry was late."
        (articles / f"{number:02d}.txt").write_text(text)

    class Stopped(HashedEmbedder):
        def embed_passages(self, texts, on_batch=None):  # type: ignore[no-untyped-def]
            if len(self.seen) >= 12:
                raise KeyboardInterrupt
            return super().embed_passages(texts, on_batch)

    first, second = Stopped(), HashedEmbedder()
    with pytest.raises(KeyboardInterrupt):
        build_index([articles], index, embedder=first)
    report = build_index([articles], index, embedder=second)
    assert len(first.seen) == report.taken_over == 12
    assert len(second.seen) == report.embedded == 8
    assert not set(first.seen) & set(second.seen), "a passage was embedded twice"
    if isinstance(index, Path):
        assert not (index / "journal").exists()
    searcher = Searcher.open(index, HashedEmbedder())
    for number in (0, 11, 12, 19):
        text = f"Paper {number}\nIn paper {number} the ferry was late."
        hits = searcher.search(f"ferry in paper {number}", 20).hits
        expected = float(HashedEmbedder().embed_query(text) @ HashedEmbedder().embed_query(
            f"ferry in paper {number}"))  # fmt: skip
        (found,) = [hit.dense for hit in hits if hit.article.id == f"{number:02d}.txt"]
        assert found == pytest.approx(expected, abs=1e-5)
    assert np.isfinite([hit.score for hit in hits]).all()
