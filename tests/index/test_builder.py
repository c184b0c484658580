"""From files to a published generation: added, replaced, left, pruned, never embedded twice."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import writer
from index.builder import build_index, remove_articles
from index.embedding.embedder import Embedder
from index.errors import EmbedderMismatch, IndexBusy, IndexFailure, IndexForeign, IndexMissing
from index.filters import filters_of
from index.searcher import Searcher
from index.store.opening import open_store

if TYPE_CHECKING:
    from numpy.typing import NDArray


class CountingEmbedder:
    """The real embedder, which counts the passages that it is given."""

    def __init__(self, inner: Embedder, fingerprint: str | None = None) -> None:
        self._inner = inner
        self.seen = 0
        self.name, self.dimension = inner.name, inner.dimension
        self.fingerprint = fingerprint or inner.fingerprint

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.seen += len(texts)
        return self._inner.embed_passages(texts, on_batch)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._inner.embed_query(text)

    def token_count(self, text: str) -> int:
        return self._inner.token_count(text)


@pytest.fixture
def counting(embedder: Embedder) -> CountingEmbedder:
    return CountingEmbedder(embedder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    write(made, "ferry", "The ferry to Lundholm was late because of fog.")
    write(made, "bridge", "The bridge at Askvik opened on Monday.")
    return made


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.txt").write_text(f"About the {name}\n\n{text}\n", encoding="utf-8")


Address = Path | str


def texts(index: Address) -> dict[str, str]:
    return {article.id: article.text for article in Searcher.open(index).articles()}


def test_second_run_adds_replaces_and_leaves(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    first = build_index([folder], index, embedder=counting)
    assert (first.added, first.articles, first.passages) == (2, 2, 2)
    write(folder, "bridge", "The bridge at Askvik is shut again.")
    write(folder, "school", "The school has a new roof.")
    second = build_index([folder], index, embedder=counting)
    assert (second.added, second.replaced, second.unchanged) == (1, 1, 1)
    assert counting.seen == 4, "the unchanged article was embedded again"
    assert second.embedded == 2
    assert texts(index).keys() == {"bridge.txt", "ferry.txt", "school.txt"}
    assert "shut again" in texts(index)["bridge.txt"]
    hits = Searcher.open(index, counting).search("Was the bridge opened on Monday?").hits
    assert not any("opened on Monday" in hit.passage.text for hit in hits)


def test_run_that_changes_nothing_publishes_nothing(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    first = build_index([folder], index, embedder=counting)
    again = build_index([folder], index)
    assert not again.published
    assert again.generation == first.generation
    assert (again.unchanged, again.articles, again.passages) == (2, 2, 2)


def test_article_of_a_deleted_file_stays_until_pruned(
    folder: Path, tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write(elsewhere, "museum", "The museum is open.")
    build_index([folder, elsewhere], index, embedder=counting)
    (folder / "ferry.txt").unlink()
    assert build_index([folder], index, embedder=counting).removed == 0
    assert "ferry.txt" in texts(index)
    assert build_index([folder], index, embedder=counting, prune=True).removed == 1
    assert texts(index).keys() == {"bridge.txt", "museum.txt"}
    hits = Searcher.open(index, counting).search("ferry Lundholm fog").hits
    assert all(hit.article.id != "ferry.txt" for hit in hits)


LINES = ['{"id": "a", "text": "The mill burned."}', '{"id": "b", "text": "The inn is shut."}']


def test_record_that_left_its_dump_is_pruned(
    tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    dump = tmp_path / "dump.jsonl"
    dump.write_text("\n".join(LINES))
    build_index([dump], index, embedder=counting)
    dump.write_text(LINES[0])
    assert build_index([dump], index, embedder=counting).removed == 0
    assert build_index([dump], index, embedder=counting, prune=True).removed == 1
    assert texts(index).keys() == {"dump.jsonl#a"}


def test_no_record_of_a_damaged_dump_is_pruned(
    tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    dump = tmp_path / "dump.jsonl"
    dump.write_text("\n".join(LINES))
    build_index([dump], index, embedder=counting)
    dump.write_text(f"{LINES[0]}\n{LINES[1][:20]}")
    assert build_index([dump], index, embedder=counting, prune=True).removed == 0


def test_page_whose_address_changed_replaces_itself(
    tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    file = tmp_path / "fare.json"
    for address in ("https://example.com/fare", "https://example.com/fares"):
        file.write_text(json.dumps({"text": "A ride costs 3 crowns.", "url": address}))
        build_index([tmp_path / "fare.json"], index, embedder=counting, prune=True)
    assert texts(index).keys() == {"https://example.com/fares"}


def test_old_entries_of_a_feed_are_pruned_only_when_told(
    tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    feed = tmp_path / "news.rss"
    items = [f"<item><guid>{n}</guid><description>About {n}.</description></item>" for n in "ab"]
    feed.write_text(f"<rss><channel>{items[0]}</channel></rss>")
    build_index([feed], index, embedder=counting)
    feed.write_text(f"<rss><channel>{items[1]}</channel></rss>")
    assert build_index([feed], index, embedder=counting, prune=True).removed == 0
    report = build_index([feed], index, embedder=counting, prune=True, prune_feeds=True)
    assert report.removed == 1
    assert texts(index).keys() == {"news.rss#b"}


def test_record_that_moved_to_another_dump_stays(
    tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    record = {"text": "The mill burned.", "url": "https://example.com/mill"}
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.json").write_text(json.dumps([record, {"text": "The inn is shut."}]))
    build_index([tmp_path / "in"], index, embedder=counting)
    (tmp_path / "in/a.json").write_text(json.dumps([{"text": "The inn is shut."}]))
    (tmp_path / "in/b.json").write_text(json.dumps([record]))
    assert build_index([tmp_path / "in"], index, embedder=counting, prune=True).removed == 1
    assert texts(index).keys() == {"https://example.com/mill", "a.json#1"}


def test_dates_are_kept_with_their_place_and_filtered_by_its_day(
    tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    dates = {
        "early": ("2024-03-01T00:30:00+01:00", "2024-03-02T08:00:00+01:00"),
        "late": ("2024-02-29T21:18:00-05:00", "2024-02-29T21:18:00-05:00"),
    }
    records = [
        {"id": name, "text": f"A boat sank {name}.", "published": published, "updated": updated}
        for name, (published, updated) in dates.items()
    ]
    (tmp_path / "a.json").write_text(json.dumps(records))
    build_index([tmp_path / "a.json"], index, embedder=counting)
    searcher = Searcher.open(index, counting)
    (hit,) = searcher.search("boat", filters=filters_of(since="2024-03-01")).hits
    assert (hit.article.published, hit.article.updated) == dates["early"]
    (hit,) = searcher.search("boat", filters=filters_of(until="2024-02-29")).hits
    assert (hit.article.published, hit.article.updated) == (dates["late"][0], None)


def test_article_of_an_unreadable_file_is_not_pruned(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    build_index([folder], index, embedder=counting)
    (folder / "ferry.txt").write_bytes(b"")
    report = build_index([folder], index, embedder=counting, prune=True)
    assert report.removed == 0
    assert [failure.path.endswith("ferry.txt") for failure in report.failures] == [True]
    assert "ferry.txt" in texts(index)


def test_empty_folder_is_pruned_only_when_it_may_be_empty(
    folder: Path, tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other, "museum", "The museum is open.")
    write(other, "mill", "The mill is shut.")
    build_index([folder, other], index, embedder=counting)
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "lost+found").mkdir()
    (other / "mill.txt").unlink()
    report = build_index([folder, other], index, embedder=counting, prune=True)
    assert report.removed == 1, "the other folder is pruned all the same"
    (failure,) = report.failures
    assert failure.path == str(folder) and "the index has 2 from it" in failure.cause
    assert texts(index).keys() == {"bridge.txt", "ferry.txt", "museum.txt"}
    report = build_index([folder], index, embedder=counting, prune=True, even_if_empty=True)
    assert (report.removed, report.failures) == (2, ())
    assert texts(index).keys() == {"museum.txt"}
    assert build_index([folder], index, embedder=counting, prune=True).failures == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look at everything")
def test_articles_of_an_unlisted_folder_are_not_pruned(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    (folder / "share").mkdir()
    write(folder / "share", "mill", "The mill is shut.")
    build_index([folder], index, embedder=counting)
    (folder / "share").chmod(0o400)  # its names can be listed, and nothing more
    try:
        report = build_index([folder], index, embedder=counting, prune=True)
    finally:
        (folder / "share").chmod(0o700)
    assert report.removed == 0 and len(report.failures) == 1
    assert "share/mill.txt" in texts(index)


def test_unreadable_paths_make_no_index(
    tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    report = build_index([tmp_path / "not there"], index, embedder=counting)
    assert (report.articles, len(report.failures), report.published) == (0, 1, False)
    with pytest.raises(IndexMissing):
        Searcher.open(index)


def test_removed_article_is_in_no_search(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    build_index([folder], index, embedder=counting)
    report = remove_articles(["ferry.txt"], index)
    assert (report.removed, report.articles, report.passages) == (1, 1, 1)
    searcher = Searcher.open(index, counting)
    assert [hit.article.id for hit in searcher.search("ferry fog Lundholm").hits] == ["bridge.txt"]


def test_unknown_id_removes_nothing(
    folder: Path, tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    build_index([folder], index, embedder=counting)
    with pytest.raises(IndexFailure, match=r"nope\.txt"):
        remove_articles(["ferry.txt", "nope.txt"], index)
    assert len(texts(index)) == 2
    with pytest.raises(IndexMissing):
        remove_articles(["a"], tmp_path / "other")


def test_index_of_another_model_is_not_added_to(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    build_index([folder], index, embedder=counting)
    other = CountingEmbedder(counting, fingerprint="0" * 64)
    with pytest.raises(EmbedderMismatch, match="--index"):
        build_index([folder], index, embedder=other)


def test_folder_of_other_files_is_not_written_to(
    folder: Path, tmp_path: Path, counting: CountingEmbedder
) -> None:
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(IndexForeign, match="other files"):
        build_index([folder], folder, embedder=counting)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_second_writer_is_a_clear_error(
    folder: Path, index: Address, counting: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index([folder], index, embedder=counting)
    monkeypatch.setattr(writer, "_LOCK_SECONDS", 0.1)
    with open_store(index).held_source_paths(0), pytest.raises(IndexBusy, match="another process"):
        build_index([folder], index, embedder=counting)


def test_failed_build_leaves_the_old_state_and_no_rubbish(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    class FailingEmbedder(CountingEmbedder):
        def embed_passages(
            self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
        ) -> NDArray[np.float32]:
            raise OSError(28, "No space left on device")

    build_index([folder], index, embedder=counting)
    write(folder, "school", "The school has a new roof.")
    with pytest.raises(IndexFailure, match="No space left"):
        build_index([folder], index, embedder=FailingEmbedder(counting))
    assert texts(index).keys() == {"bridge.txt", "ferry.txt"}
    if isinstance(index, Path):
        assert not list((index / "generations").glob(".*"))


def test_progress_counts_files_passages_and_articles(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    class Told:
        def __init__(self) -> None:
            self.of_files: list[tuple[int, int]] = []
            self.of_passages: list[tuple[int, int]] = []
            self.of_articles: list[tuple[int, int]] = []

        def files(self, done: int, total: int, name: str) -> None:
            self.of_files.append((done, total))

        def passages(self, done: int, total: int) -> None:
            self.of_passages.append((done, total))

        def articles(self, done: int, total: int) -> None:
            self.of_articles.append((done, total))

    told = Told()
    build_index([folder], index, embedder=counting, progress=told)
    assert told.of_files[-1] == (2, 2)
    assert told.of_passages[-1] == (2, 2)
    assert told.of_articles == [(0, 2), (1, 2), (2, 2)]
    write(folder, "school", "The school has a new roof.")
    again = Told()
    build_index([folder], index, embedder=counting, progress=again)
    assert again.of_articles == [(0, 1), (1, 1)], "only what is new is compared"
    third = Told()
    build_index([folder], index, embedder=counting, progress=third)
    assert third.of_files[-1] == (3, 3) and not third.of_passages and not third.of_articles


def test_open_generation_is_searched_after_newer_ones(
    folder: Path, index: Address, counting: CountingEmbedder
) -> None:
    build_index([folder], index, embedder=counting)
    old = Searcher.open(index, counting)
    for number in range(3):
        write(folder, "bridge", f"The bridge was painted {number} times.")
        build_index([folder], index, embedder=counting)
    if isinstance(index, Path):
        assert len(list((index / "generations").iterdir())) == 2
    assert any("opened on Monday" in hit.passage.text for hit in old.search("the bridge").hits)
    new = Searcher.open(index, counting)
    assert any("painted 2 times" in hit.passage.text for hit in new.search("the bridge").hits)


def test_moved_folder_is_the_same_articles(
    folder: Path, tmp_path: Path, index: Address, counting: CountingEmbedder
) -> None:
    build_index([folder], index, embedder=counting)
    shutil.move(folder, tmp_path / "moved")
    report = build_index([tmp_path / "moved"], index, embedder=counting, prune=True)
    assert (report.added, report.unchanged, report.removed) == (0, 2, 0)
    assert counting.seen == 2
