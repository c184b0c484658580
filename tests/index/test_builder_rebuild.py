"""An index made anew beside the one that is asked: for another model, or another splitter."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from corpus.splitter import SplitterSettings
from index import writer
from index.builder import BuildReport, build_index
from index.embedding import batching
from index.errors import EmbedderMismatch
from index.searcher import Searcher
from index.store import dense
from tests.fakes.embedder import HashedEmbedder

Address = Path | str
WORDS = " ".join(f"Witness number {n} saw the bus leave the road near Velden." for n in range(30))


class OtherEmbedder(HashedEmbedder):
    """Another model, with longer vectors."""

    name, fingerprint, dimension = "other", hashlib.sha256(b"other").hexdigest(), 48


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    for name in ("ferry", "bridge", "school", "choir"):
        write(made, name, "was late")
    return made


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.txt").write_text(f"About the {name}\n\nThe {name} {text}.\n")


def build(paths: list[Path], index: Address, **options: Any) -> BuildReport:
    return build_index(paths, index, **{"embedder": HashedEmbedder(), **options})


def found(searcher: Searcher, question: str = "what was late") -> dict[str, float]:
    hits = searcher.search(question, 50).hits
    return {f"{hit.article.id} {hit.passage.text}": hit.dense for hit in hits}


def test_rebuild_embeds_all_articles_with_another_model(folder: Path, index: Address) -> None:
    build([folder], index)
    write(folder, "ferry", "was on time")
    build([folder], index)
    old = Searcher.open(index, HashedEmbedder())
    before = found(old)
    (folder / "choir.txt").unlink()
    with pytest.raises(EmbedderMismatch, match="--rebuild"):
        build([folder], index, embedder=OtherEmbedder())
    report = build([], index, embedder=OtherEmbedder(), rebuild=True)
    assert (report.unchanged, report.embedded, report.articles, report.passages) == (4, 4, 4, 4)
    assert report.published and not report.removed
    new = Searcher.open(index, OtherEmbedder(), old)
    assert new.status().model == "other" and new.status().dimension == 48
    assert found(new).keys() == before.keys() and found(new) != before
    assert [one.title for one in new.history("ferry.txt")] == ["About the ferry"]
    assert found(old) == before, "who has the old generation open still asks that"
    assert dict(new.snapshot.indexed()) == dict(old.snapshot.indexed())
    with pytest.raises(EmbedderMismatch, match="'other'"):
        Searcher.open(index, HashedEmbedder())
    assert build([folder], index, embedder=OtherEmbedder()).unchanged == 3


def test_rebuild_takes_changed_files_with_it(
    folder: Path, index: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "MOST_RECENT", 3)  # so that there is a base to be left behind
    build([folder], index)
    write(folder, "ferry", "was early")
    write(folder, "museum", "was shut")
    (folder / "bridge.txt").unlink()
    model = OtherEmbedder()
    report = build([folder], index, embedder=model, rebuild=True, prune=True)
    assert (report.added, report.replaced, report.removed, report.unchanged) == (1, 1, 1, 2)
    assert len(model.seen) == report.articles == report.passages == 4
    write(folder, "harbour", "was late")
    assert build([folder], index, embedder=OtherEmbedder()).added == 1
    hits = found(Searcher.open(index, OtherEmbedder()), "was late early shut")
    assert len(hits) == 5 and not any(text.startswith("bridge") for text in hits)


def test_rebuild_splits_as_is_the_rule_now(
    folder: Path, index: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "bus", WORDS)
    before = build([folder], index)
    shorter = SplitterSettings(words=20)
    monkeypatch.setattr(writer, "SplitterSettings", lambda: shorter)
    assert build([folder], index).passages == before.passages
    after = build([], index, rebuild=True)
    assert after.passages > before.passages and after.articles == before.articles == 5
    searcher = Searcher.open(index, HashedEmbedder())
    assert searcher.snapshot.manifest.splitter == shorter
    for hit in searcher.search("witness number 7 saw the bus", 50).hits:
        assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text
    write(folder, "bus", f"{WORDS} It rained.")
    build([folder], index)
    assert Searcher.open(index, HashedEmbedder()).status().passages == after.passages + 1


def test_stopped_rebuild_changes_nothing_and_is_gone_on_with(
    folder: Path, index: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "_CHUNK", 1)
    build([folder], index)
    before = found(Searcher.open(index, HashedEmbedder()))

    class Stopped(OtherEmbedder):
        def embed_passages(self, texts, on_batch=None):  # type: ignore[no-untyped-def]
            if len(self.seen) >= 3:
                raise KeyboardInterrupt
            return super().embed_passages(texts, on_batch)

    with pytest.raises(KeyboardInterrupt):
        build([], index, embedder=Stopped(), rebuild=True)
    assert found(Searcher.open(index, HashedEmbedder())) == before
    report = build([], index, embedder=OtherEmbedder(), rebuild=True)
    assert (report.embedded, report.taken_over) == (1, 3)
    assert len(found(Searcher.open(index, OtherEmbedder()))) == 4


def test_rebuild_of_what_is_not_there_or_empty(folder: Path, index: Address) -> None:
    report = build([folder], index, rebuild=True)
    assert report.added == 4 and report.published
    for file in folder.iterdir():
        file.unlink()
    build([folder], index, prune=True, even_if_empty=True)
    assert build([], index, embedder=OtherEmbedder(), rebuild=True).articles == 0
    write(folder, "ferry", "was late")
    assert build([folder], index, embedder=OtherEmbedder()).articles == 1
    assert len(found(Searcher.open(index, OtherEmbedder()))) == 1
