"""The names of an index, in each store: listed, merged by hand, quoted, and searched by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.address import address_of
from index.builder import build_index, remove_articles
from index.copying import copy_index
from index.errors import NamesFailure
from index.filters import filters_of
from index.names.merges import merges_beside
from index.searcher import Searcher
from tests.fakes.embedder import HashedEmbedder

Address = Path | str
TEXTS = {
    "pact": "The British Broadcasting Corporation (BBC) said on Monday that Angela Merkel "
    "would sign the pact in Geneva. On Friday Merkel thanked it for the work of many years.",
    "visit": "On Tuesday Angela Merkel went to Paris with Emmanuel Macron, and the two of them "
    "talked about the pact, as the BBC has reported.",
    "strike": "The trains of Paris stood still on Wednesday, and Emmanuel Macron asked the unions "
    "to talk with the government about the strike.",
}


def searcher(index: Address) -> Searcher:
    return Searcher.open(index, HashedEmbedder())


def found(index: Address, **filters: str | list[str]) -> list[str]:
    result = searcher(index).search("who talked about the pact", 10, filters_of(**filters))
    return sorted({hit.article.id for hit in result.hits})


@pytest.fixture
def named(index: Address, tmp_path: Path) -> Address:
    """An index of three articles, of the first, second and third of May."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for day, (name, text) in enumerate(TEXTS.items(), start=1):
        record = {"text": text, "title": name, "published": f"2024-05-0{day}", "id": name}
        (folder / f"{name}.json").write_text(json.dumps(record))
    build_index([folder], index, embedder=HashedEmbedder())
    return index


def test_names_are_counted_narrow_a_search_and_are_quoted(named: Address, tmp_path: Path) -> None:
    names = searcher(named).names
    counts = {one.name: (one.kind, one.articles) for one in names.counts()}
    assert counts["Angela Merkel"] == ("person", 2)
    assert counts["Paris"] == ("place", 2)
    assert [one.name for one in names.counts("merk")] == ["Angela Merkel"]
    ids = [article.title for article in searcher(named).articles()]
    assert sorted(ids) == ["pact", "strike", "visit"]

    by_title = {article.title: article.id for article in searcher(named).articles()}
    pact, visit, strike = (by_title[name] for name in TEXTS)
    assert found(named, name="angela merkel") == sorted([pact, visit])
    assert found(named, name=["Angela Merkel", "Paris"]) == [visit]
    assert found(named, name="Paris", until="2024-05-02") == [visit]
    in_visit = names.counts(article_ids=[visit])
    assert {one.name for one in in_visit} >= {"Angela Merkel", "Paris", "Emmanuel Macron"}
    assert all(one.articles == 1 for one in in_visit)

    entry = names.entry("Angela Merkel")
    assert [quote.article.id for quote in entry.quotes] == [visit, pact, pact], "the newest first"
    for quote in entry.quotes:
        assert quote.text == quote.article.text[quote.start : quote.end]
        for start, end in quote.mentions:
            assert "Merkel" in quote.article.text[start:end]

    result = searcher(named).search("who", 3, filters_of(name="Merkel"))
    assert not result.hits
    assert result.notes == ("No article names 'Merkel'; there is Angela Merkel.",)

    # What a copy holds, and what stays of a removed article.
    there = tmp_path / "copy"
    copy_index(named, there)
    assert searcher(there).names.counts() == names.counts()
    assert found(there, name=["Angela Merkel", "Paris"]) == [visit]
    remove_articles([visit], named)
    assert found(named, name="Angela Merkel") == [pact]
    assert searcher(named).names.counts("macron")[0].articles == 1


def test_short_forms_and_merges_by_hand_are_one_name(named: Address) -> None:
    names = searcher(named).names
    broadcaster = names.counts("british broadcasting")[0]
    assert broadcaster.articles == 2, "BBC, too, which only the other article spells out"
    assert len(found(named, name="BBC")) == 2
    assert found(named, name="BBC") == found(named, name="British Broadcasting Corporation")

    names.merge("Emmanuel Macron", "Angela Merkel")
    both = names.counts("angela merkel")[0]
    assert (both.name, both.articles) == ("Angela Merkel", 3)
    assert len(found(named, name="Emmanuel Macron")) == 3
    assert names.entry("Angela Merkel").others == ("Emmanuel Macron",)
    with pytest.raises(NamesFailure, match="one name already"):
        names.merge("Angela Merkel", "Emmanuel Macron")
    with pytest.raises(NamesFailure, match="No article names 'Nobody'"):
        names.merge("Nobody", "Angela Merkel")

    build_index([], named, embedder=HashedEmbedder())
    address = address_of(searcher(named).status().path)
    assert [one.name for one in merges_beside(address).all()] == ["Emmanuel Macron"]
    searcher(named).names.merges.split("Emmanuel Macron")
    assert searcher(named).names.counts("angela merkel")[0].articles == 2
    with pytest.raises(NamesFailure, match="was not merged"):
        names.merges.split("Emmanuel Macron")
