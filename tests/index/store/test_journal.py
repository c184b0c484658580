"""Vectors that wait to be published: found by their text and model, never from a damaged file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.store.journal import VectorJournal
from tests.fakes.embedder import HashedEmbedder

TEXTS = ["The ferry was late.", "The bridge is shut.", "Grelle – Ærø ⛴", ""]


def journal(folder: Path, model: str = "a" * 64) -> VectorJournal:
    return VectorJournal(folder, model, HashedEmbedder.dimension)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "journal"
    writing = journal(folder)
    writing.append(TEXTS[:2], HashedEmbedder().embed_passages(TEXTS[:2]))
    writing.append(TEXTS[2:], HashedEmbedder().embed_passages(TEXTS[2:]))
    return folder


def test_vectors_are_found_by_their_text(kept: Path) -> None:
    found = journal(kept).find(["unknown", *reversed(TEXTS)])
    assert sorted(found) == [1, 2, 3, 4]
    expected = HashedEmbedder().embed_passages(list(reversed(TEXTS)))
    assert np.array([found[place] for place in (1, 2, 3, 4)]) == pytest.approx(expected)
    assert len(journal(kept)) == 4


def test_vectors_of_another_model_are_not_found(kept: Path) -> None:
    assert journal(kept, "b" * 64).find(TEXTS) == {}
    assert VectorJournal(kept, "a" * 64, 7).find(TEXTS) == {}


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "removed"])
def test_damaged_file_is_passed_over(kept: Path, damage: str) -> None:
    first, _ = sorted(kept.iterdir())
    whole = first.read_bytes()
    if damage == "removed":
        first.unlink()
    else:
        first.write_bytes(
            {"cut": whole[:-3], "flipped": whole[:50] + b"\x99" + whole[51:], "emptied": b""}[
                damage
            ]
        )
    again = journal(kept)
    assert sorted(again.find(TEXTS)) == [2, 3]
    again.append(TEXTS[:2], HashedEmbedder().embed_passages(TEXTS[:2]))
    assert sorted(journal(kept).find(TEXTS)) == [0, 1, 2, 3]


def test_cleared_journal_leaves_nothing(kept: Path) -> None:
    cleared = journal(kept)
    cleared.clear()
    assert not kept.exists()
    assert cleared.find(TEXTS) == {}


def test_nothing_is_written_for_no_texts(tmp_path: Path) -> None:
    journal(tmp_path / "journal").append([], np.zeros((0, HashedEmbedder.dimension), np.float32))
    assert not (tmp_path / "journal").exists()
