"""Copies in the results of a search: one hit, which says where else it ran."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from index.builder import BuildReport, build_index, remove_articles
from index.filters import filters_of
from index.results import Hit
from index.searcher import Searcher
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.reports import FLOOD, FOLLOW_UP, MARKET, market

QUESTION = "Who had to leave their homes in Merrowford?"
TEXTS = {
    "gazette": ("Gazette", "2022-02-02", FLOOD),
    "post": ("Post", "2022-02-03", FLOOD.replace("large part", "big part")),
    "wire": ("Wire", "2022-02-01", f"{FLOOD}\n\nReporting by Ida Holt; editing by Per Lund."),
    "wrong": ("Echo", "2022-02-04", FLOOD.replace("410", "430")),
    "dyke": ("Gazette", "2022-02-06", FOLLOW_UP),
    "fish": ("Gazette", "2022-01-28", MARKET),
    "fish-again": ("Gazette", "2022-02-05", market(5, 17)),
}
Address = Path | str
Build = Callable[..., BuildReport]


@pytest.fixture
def build(tmp_path: Path, index: Address) -> Build:
    folder = tmp_path / "articles"
    folder.mkdir()

    def built(**texts: tuple[str, str, str]) -> BuildReport:
        for name, (source, day, text) in texts.items():
            record = {"url": f"https://example.org/{name}", "title": "Flood", "text": text}
            record |= {"source": source, "published": f"{day}T08:00:00+00:00"}
            (folder / f"{name}.json").write_text(json.dumps(record))
        return build_index([folder], index, embedder=HashedEmbedder())

    return built


@pytest.fixture
def searcher(build: Build, index: Address) -> Searcher:
    build(**{name.replace("-", "_"): given for name, given in TEXTS.items()})
    return opened(index)


def opened(index: Address) -> Searcher:
    return Searcher.open(index, HashedEmbedder())


def name(article_id: str) -> str:
    return article_id.rpartition("/")[2]


def about_homes(hits: tuple[Hit, ...]) -> list[Hit]:
    return [hit for hit in hits if "had to leave their homes" in hit.passage.text]


def also(hit: Hit) -> list[str]:
    return [name(copy.article_id) for copy in hit.copies]


def test_copies_are_one_hit_that_names_the_others(searcher: Searcher) -> None:
    hits = searcher.search(QUESTION, 20).hits
    found = {name(hit.article.id): also(hit) for hit in about_homes(hits)}
    assert found == {"wire": ["gazette", "post"], "wrong": [], "dyke": []}
    assert len(about_homes(hits)) == 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_every_copy_is_still_an_article(searcher: Searcher) -> None:
    assert {name(article.id) for article in searcher.articles()} == {
        one.replace("-", "_") for one in TEXTS
    }
    for article in searcher.articles():
        assert searcher.article(article.id) == article


def test_hit_as_json_names_its_copies(searcher: Searcher) -> None:
    hits = about_homes(searcher.search(QUESTION, 20).hits)
    (record,) = (hit.to_dict() for hit in hits if hit.copies)
    assert json.loads(json.dumps(record)) == record
    assert [one["source"] for one in record["copies"]] == ["Gazette", "Post"]
    assert record["copies"][0].keys() == {"article_id", "title", "url", "source", "published"}


def test_filtered_out_copy_is_neither_a_hit_nor_named(searcher: Searcher) -> None:
    (copy,) = about_homes(searcher.search(QUESTION, 20, filters_of(source="post")).hits)
    assert (name(copy.article.id), also(copy)) == ("post", [])
    late = about_homes(
        searcher.search(QUESTION, 20, filters_of(since="2022-02-02", until="2022-02-03")).hits
    )
    assert [(name(hit.article.id), also(hit)) for hit in late] == [("gazette", ["post"])]


def test_collapsing_leaves_as_many_hits_as_were_asked_for(build: Build, index: Address) -> None:
    copies = {f"c{n:03d}": ("Post", "2022-02-03", FLOOD) for n in range(130)}
    report = build(dyke=TEXTS["dyke"], fish=TEXTS["fish"], **copies)
    assert report.copies == 129
    hits = opened(index).search(QUESTION, 5).hits
    assert len(hits) == 5
    assert len({(hit.article.id, hit.passage.start) for hit in hits}) == 5
    assert {"dyke", "c000"} <= {name(hit.article.id) for hit in hits}
    assert len(about_homes(hits)) == 2


def test_copy_with_a_new_text_is_a_hit_again(build: Build, index: Address) -> None:
    first = build(gazette=TEXTS["gazette"], post=TEXTS["post"])
    assert first.copies == opened(index).status().copies == 1
    second = build(post=("Post", "2022-02-03", FOLLOW_UP))
    assert second.copies == opened(index).status().copies == 0
    hits = about_homes(opened(index).search(QUESTION, 20).hits)
    assert {name(hit.article.id) for hit in hits} == {"gazette", "post"}
    assert not any(hit.copies for hit in hits)


def test_removed_article_is_no_longer_named_as_a_copy(build: Build, index: Address) -> None:
    build(gazette=TEXTS["gazette"], post=TEXTS["post"], wire=TEXTS["wire"])
    report = remove_articles(["https://example.org/wire"], index)
    assert report.copies == 1
    (hit,) = about_homes(opened(index).search(QUESTION, 20).hits)
    assert (name(hit.article.id), also(hit)) == ("gazette", ["post"])
