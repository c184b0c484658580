"""An index in Milvus and PostgreSQL: the switch, what crashes leave, and engines that are away."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.newsbot import NewsBot
from corpus.samples import samples_folder
from index.builder import build_index, remove_articles
from index.errors import IndexBusy, IndexCorrupt, IndexFailure, IndexForeign, IndexMissing
from index.searcher import Searcher
from index.store.cluster import cluster_writer, purging
from index.store.cluster.cluster_address import ClusterAddress
from index.store.cluster.cluster_store import ClusterStore
from index.store.cluster.milvus import ARTICLES, PASSAGES, MilvusCollections
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.servers import ClusterServers

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).parents[4]


@pytest.fixture
def address(cluster: ClusterServers) -> Iterator[str]:
    with cluster.address() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    for number in range(6):
        write(made, number, "was late because of fog")
    return made


def write(folder: Path, number: int, text: str) -> None:
    (folder / f"{number}.txt").write_text(f"Ferry {number}\n\nThe ferry number {number} {text}.\n")


def build(folder: Path, address: str) -> None:
    build_index([folder], address, embedder=HashedEmbedder())


def found(address: str, question: str = "ferry number") -> dict[str, str]:
    hits = Searcher.open(address, HashedEmbedder()).search(question, 50).hits
    return {hit.article.id: hit.passage.text for hit in hits}


def sql(address: str, statement: str) -> list[tuple[object, ...]]:
    parts = ClusterAddress.parse(address)
    with psycopg.connect(
        parts.catalogue, options=f"-c search_path=newsbot_{parts.name}", autocommit=True
    ) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def collections(address: str) -> MilvusCollections:
    rows = sql(address, "SELECT manifest::json ->> 'collection' FROM generations ORDER BY number")
    (name,) = rows[-1]
    return MilvusCollections(ClusterAddress.parse(address).milvus, "", str(name))


def test_passages_that_are_not_committed_are_found_by_nobody(folder: Path, address: str) -> None:
    build(folder, address)
    before = found(address)
    for number in range(6):
        write(folder, number, "is painted green")

    class Asking(HashedEmbedder):
        during: dict[str, str] = {}

        def embed_passages(self, texts, on_batch=None):  # type: ignore[no-untyped-def]
            Asking.during = found(address)
            return super().embed_passages(texts, on_batch)

    store = ClusterStore(address)
    original = cluster_writer.ClusterWriter._count_stems

    def looked_at(self: cluster_writer.ClusterWriter, condition: str, sign: int) -> None:
        original(self, condition, sign)
        assert self._collections.count(PASSAGES) == 12, "both generations are in Milvus"
        assert found(address) == before

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster_writer.ClusterWriter, "_count_stems", looked_at)
        build_index([folder], address, embedder=Asking())
    assert Asking.during == before
    assert all("green" in text for text in found(address).values())
    assert store.verify().files == 6


def test_killed_writer_leaves_the_old_state_and_its_rest_goes(folder: Path, address: str) -> None:
    build(folder, address)
    before = found(address)
    write(folder, 6, "is new")
    program = (
        "import os, signal, sys\n"
        "from index.builder import build_index\n"
        "from index.store.cluster import cluster_writer\n"
        "from tests.fakes.embedder import HashedEmbedder\n"
        "def kill(self): os.kill(os.getpid(), signal.SIGKILL)\n"
        "cluster_writer.ClusterWriter._update_groups = kill\n"
        "build_index([sys.argv[1]], sys.argv[2], embedder=HashedEmbedder())\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, folder, address], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert collections(address).count(PASSAGES) == 7
    assert found(address) == before
    report = build_index([folder], address, embedder=HashedEmbedder())
    assert (report.added, report.embedded, report.taken_over) == (1, 0, 1)
    assert collections(address).count(PASSAGES) == collections(address).count(ARTICLES) == 7
    assert len(found(address)) == 7


def test_readers_during_rebuilds_see_one_generation_each(folder: Path, address: str) -> None:
    build(folder, address)
    stop, seen, wrong = threading.Event(), [0], list[str]()

    def read() -> None:
        while not stop.is_set():
            texts = {text.rpartition("number ")[2][2:] for text in found(address).values()}
            seen[0] += 1
            if len(texts) != 1:
                wrong.append(str(texts))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    try:
        for turn in range(6):
            for number in range(6):
                write(folder, number, f"was painted {turn} times")
            build(folder, address)
    finally:
        stop.set()
        for one in readers:
            one.join()
    assert wrong == [] and seen[0] > 6


def test_rows_that_no_reader_needs_go(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "_GRACE", "0 seconds")
    for turn in range(4):
        write(folder, 0, f"was painted {turn} times")
        build(folder, address)
    assert sql(address, "SELECT count(*) FROM article_rows") == [(7,)]
    assert collections(address).count(PASSAGES) == collections(address).count(ARTICLES) == 7
    remove_articles(["0.txt"], address)
    remove_articles(["1.txt"], address)
    assert sql(address, "SELECT count(*) FROM article_rows") == [(5,)]
    (counted,) = sql(address, "SELECT sum(passages) FROM frequencies WHERE stem = 'ferri'")
    assert counted == (4,), "what was replaced or removed is no longer counted"


def test_stopped_rebuild_leaves_one_index_and_no_collections(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(HashedEmbedder):
        name, fingerprint, dimension = "other", "0" * 64, 48

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    def rebuild() -> None:
        build_index([], address, embedder=Other(), rebuild=True)

    build(folder, address)
    before, old = found(address), Searcher.open(address, HashedEmbedder())
    writer = cluster_writer.ClusterWriter
    points = [(MilvusCollections, "insert"), (writer, "_insert_articles"), (writer, "_last")]
    for place, name in [*points, (writer, "_update_groups"), (cluster_writer.SqlSession, "commit")]:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(place, name, stop)
            rebuild()
        assert found(address) == before, name
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(purging.Purge, "rows", stop)  # after the switch
        rebuild()
    assert Searcher.open(address, Other()).search("ferry number", 50).hits
    assert {hit.article.id for hit in old.search("ferry number", 50).hits} == before.keys()
    assert len(sql(address, "SELECT name FROM collections")) == 2
    monkeypatch.setattr(purging, "_GRACE", "0 seconds")
    write(folder, 0, "was painted")
    build_index([folder], address, embedder=Other())
    ((kept,),) = sql(address, "SELECT name FROM collections")
    from pymilvus import MilvusClient

    there = MilvusClient(uri=ClusterAddress.parse(address).milvus).list_collections()
    ours = {name for name in there if name.startswith(str(kept).rpartition("_")[0])}
    assert ours == {f"{kept}_{ARTICLES}", f"{kept}_{PASSAGES}"}
    assert ClusterStore(address).verify().files == 6


def test_altered_article_is_not_cited(folder: Path, address: str) -> None:
    build(folder, address)
    sql(address, "UPDATE article_rows SET text = replace(text, 'fog', 'ice') WHERE id = '3.txt'")
    with pytest.raises(IndexCorrupt, match=r"3\.txt"):
        found(address)
    with pytest.raises(IndexCorrupt, match=r"3\.txt"):
        ClusterStore(address).verify()


def test_missing_passages_in_milvus_are_found_by_verify(folder: Path, address: str) -> None:
    build(folder, address)
    ((number,),) = sql(address, "SELECT min(id) FROM passages")
    collections(address).delete(PASSAGES, [int(str(number))])
    with pytest.raises(IndexCorrupt, match="5 of 6 passages"):
        ClusterStore(address).verify()


def test_milvus_that_lost_a_passage_stops_the_switch(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(folder, address)
    before = found(address)
    write(folder, 6, "is new")
    monkeypatch.setattr(MilvusCollections, "insert", lambda *_: None)
    with pytest.raises(IndexFailure, match="0 of 1 new passages"):
        build(folder, address)
    assert found(address) == before


def test_engine_that_is_away_is_named_in_one_line(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.cluster.milvus._TIMEOUT", 1.0)
    build(folder, address)
    nowhere = "milvus://127.0.0.1:9/news?catalogue=postgresql://127.0.0.1:9/newsbot"
    with pytest.raises(IndexFailure, match=r"^PostgreSQL at 127\.0\.0\.1/newsbot") as raised:
        Searcher.open(nowhere)
    assert "\n" not in str(raised.value)
    searcher = Searcher.open(address, HashedEmbedder())
    assert searcher.snapshot.ailing() == {}
    searcher.snapshot._collections = MilvusCollections("http://127.0.0.1:9", "", "x")  # type: ignore[attr-defined]
    with pytest.raises(IndexFailure, match=r"^Milvus at http://127\.0\.0\.1:9: ") as raised:
        searcher.search("ferry")
    assert "\n" not in str(raised.value)
    (cause,) = searcher.snapshot.ailing().values()
    assert cause.startswith("Milvus at http://127.0.0.1:9: ")
    article = searcher.article("0.txt")
    assert article is not None and "fog" in article.text, "the catalogue still answers"


def test_broken_connection_is_made_anew(folder: Path, address: str) -> None:
    build(folder, address)
    searcher = Searcher.open(address, HashedEmbedder())
    assert searcher.article("0.txt")
    sql(
        address,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'newsbot' AND pid != pg_backend_pid()",
    )
    assert searcher.article("0.txt")


def test_index_of_another_version_is_foreign(folder: Path, address: str) -> None:
    with pytest.raises(IndexMissing, match="newsbot index"):
        Searcher.open(address)
    build(folder, address)
    sql(address, "UPDATE about SET format = 99")
    with pytest.raises(IndexForeign, match="99"):
        Searcher.open(address)
    with pytest.raises(IndexForeign, match="99"):
        build(folder, address)


def test_second_writer_waits_and_then_is_refused(address: str) -> None:
    store = ClusterStore(address)
    with store.held_source_paths(0) as paths, pytest.raises(IndexBusy), store.writing(0.3):
        assert paths == frozenset()
    with store.writing(0):
        pass


def test_answer_from_a_cluster_is_that_of_a_folder(
    address: str, samples_index: Path, cluster: ClusterServers
) -> None:
    local = NewsBot(samples_index)
    build_index([samples_folder()], address, embedder=local.searcher().embedder)
    remote = NewsBot(address, embedder=local.searcher().embedder)
    question = "who denied the missile attack?"
    ours, theirs = local.answer(question), remote.answer(question)
    assert ours.short_answer == theirs.short_answer
    assert [one.quote for one in ours.citations] == [one.quote for one in theirs.citations]
    for citation in theirs.citations:
        article = remote.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote
    same = 0
    questions = [article.title for article in local.searcher().articles()][:40]
    for one in questions:
        left = [hit.passage for hit in local.searcher().search(one, 10).hits]
        right = [hit.passage for hit in remote.searcher().search(one, 10).hits]
        same += left[0] == right[0]
    assert same >= 0.9 * len(questions)
