"""An index in another store: the same answers, no model, gone on with after a stop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index import copying
from index.builder import build_index, remove_articles
from index.copying import copy_index
from index.errors import EmbedderMismatch, IndexFailure, IndexMissing
from index.filters import filters_of
from index.searcher import Searcher
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.servers import ClusterServers

Address = Path | str
TEXT = " ".join(f"Witness number {n} saw the bus leave the road near Velden." for n in range(12))
CLUSTER = pytest.mark.cluster


@pytest.fixture(
    params=[
        "folder to folder",
        pytest.param("folder to cluster", marks=CLUSTER),
        pytest.param("cluster to folder", marks=CLUSTER),
    ]
)
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Address, Address]]:
    """The address of an index, and of one to copy it to; neither is there yet."""
    kinds = str(request.param).split(" to ")
    if "cluster" not in kinds:
        yield tmp_path / "from", tmp_path / "to"
        return
    servers: ClusterServers = request.getfixturevalue("cluster")
    with servers.address() as address:
        source, target = (
            address if kind == "cluster" else tmp_path / name
            for kind, name in zip(kinds, ("from", "to"), strict=True)
        )
        yield source, target


def publish(folder: Path, index: Address, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        record = {
            "title": f"Bus crash {name}",
            "text": text,
            "source": f"The {name[:1].upper()} Post",
            "published": f"2024-05-{len(name) + 10}",
        }
        (folder / f"{name}.json").write_text(json.dumps(record))
    build_index([folder], index, embedder=HashedEmbedder())


def hits(index: Address, question: str = "who saw the bus", **filters: Any) -> list[object]:
    found = Searcher.open(index, HashedEmbedder()).search(question, 20, filters_of(**filters)).hits
    return [
        (hit.article, hit.passage, pytest.approx(hit.dense, abs=0.02), hit.copies) for hit in found
    ]


def held(index: Address) -> object:
    snapshot = Searcher.open(index, HashedEmbedder()).snapshot
    indexed = dict(snapshot.indexed())
    status = snapshot.status()
    return indexed, snapshot.versions(indexed), status.articles, status.passages, status.copies


def test_copy_gives_the_same_hits(tmp_path: Path, places: tuple[Address, Address]) -> None:
    source, target = places
    folder = tmp_path / "articles"
    publish(folder, source, a=f"{TEXT} Nine people died.", bb=f"{TEXT} A barge sank.", ccc="Fair.")
    publish(folder, source, a=f"{TEXT} Ten people died.", dddd=f"{TEXT} Ten people died.")
    told = list[tuple[int, int]]()
    report = copy_index(source, target, progress=lambda *counts: told.append(counts))
    assert (report.added, report.embedded, report.copies, told[-1]) == (4, 0, 2, (4, 4))
    assert held(target) == held(source)
    for question in ("who saw the bus", "how many people died?", "barge", "fair"):
        assert hits(target, question) == hits(source, question)
    assert hits(target, source=["the b post"]) == hits(source, source=["the b post"]) != []
    assert hits(target, until="2024-05-12") == hits(source, until="2024-05-12") != []
    again = copy_index(source, target)
    assert (again.unchanged, again.published) == (4, False)
    assert again.generation == report.generation


def test_copy_brings_an_index_up_to_date(tmp_path: Path, places: tuple[Address, Address]) -> None:
    source, target = places
    folder = tmp_path / "articles"
    publish(folder, source, a=f"{TEXT} Nine died.", bb="Fair.")
    copy_index(source, target)
    publish(folder, source, a=f"{TEXT} Ten died.", ccc="The ferry was late.")
    remove_articles(["bb.json"], source)
    report = copy_index(source, target)
    assert (report.added, report.replaced, report.unchanged, report.removed) == (1, 1, 0, 0)
    assert report.articles == 3, "what only the target has stays"
    report = copy_index(source, target, prune=True)
    assert (report.unchanged, report.removed) == (2, 1)
    assert held(target) == held(source)


def test_stopped_copy_goes_on(
    tmp_path: Path, places: tuple[Address, Address], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = places
    publish(tmp_path / "articles", source, **{f"n{n}": f"Ferry {n} was late." for n in range(8)})
    monkeypatch.setattr(copying, "_PAGE", 2)
    monkeypatch.setattr(copying, "_STAGE", 4)

    def stop(done: int, total: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_index(source, target, progress=stop)
    assert len(hits(target, "ferry")) == 4, "one stage was published"
    report = copy_index(source, target)
    assert (report.added, report.unchanged) == (4, 4)
    assert held(target) == held(source)


def test_copy_needs_one_model_and_two_places(tmp_path: Path) -> None:
    class Other(HashedEmbedder):
        name, fingerprint = "other", "0" * 64

    folder, source, target = (tmp_path / name for name in ("articles", "from", "to"))
    with pytest.raises(IndexMissing, match="from"):
        copy_index(source, target)
    publish(folder, source, a="The ferry was late.")
    build_index([folder], target, embedder=Other())
    with pytest.raises(EmbedderMismatch, match="'other', .* 'hashed'"):
        copy_index(source, target)
    with pytest.raises(IndexFailure, match="itself"):
        copy_index(source, tmp_path / "to" / ".." / "from")
    for inside, outside in ((source / "in", source), (tmp_path, source)):
        with pytest.raises(IndexFailure, match="one index lies in the other"):
            copy_index(outside, inside)
    assert not (target / "journal").exists()


def test_empty_index_is_copied(tmp_path: Path) -> None:
    folder, source, target = (tmp_path / name for name in ("articles", "from", "to"))
    publish(folder, source, a="The ferry was late.")
    remove_articles(["a.json"], source)
    assert copy_index(source, target).articles == 0
    assert Searcher.open(target, HashedEmbedder()).status().articles == 0
