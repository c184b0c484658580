"""Which articles are copies, kept in step with what is added, replaced and removed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from index.store.catalogue import Catalogue
from index.store.duplicates import DuplicateTable
from tests.fakes.reports import FLOOD, FOLLOW_UP, MARKET, market

DAYS = [f"2022-02-0{day}T00:00:00+00:00" for day in range(1, 8)]
ORIGINAL = Article("gazette", "Flood", FLOOD, source="Gazette", published=DAYS[1])
REPRINT = Article("post", "410 flee", FLOOD.replace("said", "told us"), published=DAYS[2])
SHORTER = Article("courier", "Flood", FLOOD.rpartition("\n\n")[0], published=DAYS[3])
UNDATED = Article("archive", "Flood", FLOOD)
LATER = Article("later", "Dyke", FOLLOW_UP, published=DAYS[4])
FISH = Article("fish", "Fish", MARKET, published=DAYS[0])
FISH_AGAIN = Article("fish-again", "Fish", market(5, 17), published=DAYS[5])
ALL = (ORIGINAL, REPRINT, SHORTER, UNDATED, LATER, FISH, FISH_AGAIN)
FLOODS = ("gazette", "post", "courier", "archive")


@contextmanager
def catalogue() -> Iterator[Catalogue]:
    with tempfile.TemporaryDirectory() as folder:
        made = Catalogue.create(Path(folder))
        try:
            yield made
        finally:
            made.close()


def put(into: Catalogue, articles: Iterable[Article]) -> DuplicateTable:
    for article in articles:
        into.put(article, "/f", [])
    copies = DuplicateTable.create(into)
    copies.update()
    return copies


def groups(copies: DuplicateTable, of: Sequence[Article] = ALL) -> dict[str, tuple[str, ...]]:
    return {article.id: copies.group(article.id) for article in of}


def test_first_published_copy_is_the_original_of_its_group() -> None:
    with catalogue() as made:
        copies = put(made, ALL)
        assert copies.count() == 3
        assert {copies.group(name) for name in FLOODS} == {FLOODS}
        for alone in (LATER, FISH, FISH_AGAIN):
            assert copies.group(alone.id) == ()
        assert copies.group("unknown") == ()


@settings(max_examples=10)
@given(st.permutations(ALL), st.integers(1, 6))
def test_order_of_adding_does_not_matter(order: list[Article], first: int) -> None:
    with catalogue() as built, catalogue() as grown:
        put(grown, order[:first])
        assert groups(put(grown, order[first:])) == groups(put(built, ALL))


def drifting(steps: int) -> list[Article]:
    """Return reports each of which is a copy of the one before, and the last not of the first."""
    words = [f"word{place}" for place in range(100)]
    reports = []
    for step in range(steps):
        text = " ".join(words[: 8 * (steps - step)] + [f"own{n}" for n in range(8 * step)])
        text += " " + " ".join(words[8 * steps :])
        reports.append(Article(f"a{step}", "", text, published=DAYS[step]))
    return reports


def test_chain_of_small_changes_is_no_group() -> None:
    chain = drifting(6)
    with catalogue() as made:
        copies = put(made, chain)
        sizes = {copies.group(one.id)[:1] for one in chain}
        assert len(sizes) > 1, "the first and the last became copies"
        assert 0 < copies.count() < 5


@settings(max_examples=10)
@given(st.permutations(range(6)), st.integers(1, 5), st.integers(0, 5))
def test_chain_is_cut_at_the_same_places_in_any_order(
    order: list[int], first: int, gone: int
) -> None:
    chain = drifting(6)
    left = [article for place, article in enumerate(chain) if place != gone]
    with catalogue() as built, catalogue() as grown:
        put(grown, [chain[place] for place in order[:first]])
        copies = put(grown, [chain[place] for place in order[first:]])
        assert groups(copies, chain) == groups(put(built, chain), chain)
        grown.delete([f"a{gone}"])
        built.delete([article.id for article in chain])
        assert groups(put(grown, ()), chain) == groups(put(built, left), chain)


def test_copy_with_a_new_text_leaves_its_group() -> None:
    with catalogue() as made:
        copies = put(made, ALL)
        copies = put(made, [replace(REPRINT, text=MARKET.replace("Cod", "Ling"))])
        assert copies.group("gazette") == ("gazette", "courier", "archive")
        assert copies.group("post") == ("fish", "post")
        put(made, [REPRINT])
        assert copies.group("post") == FLOODS and copies.group("fish") == ()


def test_group_without_its_original_has_the_next_one() -> None:
    with catalogue() as made:
        copies = put(made, ALL)
        made.delete(["gazette"])
        copies.update()
        assert copies.group("archive") == ("post", "courier", "archive")
        assert copies.count() == 2
        made.delete(["post", "courier"])
        copies.update()
        assert copies.group("archive") == () and copies.count() == 0


def test_copy_with_an_earlier_date_becomes_the_original() -> None:
    with catalogue() as made:
        copies = put(made, ALL)
        put(made, [replace(SHORTER, published=DAYS[0])])
        assert copies.group("gazette")[0] == "courier"


def test_tables_are_empty_once_all_articles_are_deleted() -> None:
    with catalogue() as made:
        put(made, ALL)
        made.delete([article.id for article in ALL])
        put(made, ())
        assert made.run("SELECT count(*) FROM signatures") == [(0,)]
        assert made.run("SELECT count(*) FROM bands") == [(0,)]


def test_added_article_is_compared_with_few_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [
        Article(f"m{n}", "", " ".join(f"w{n * 7 + place * place}" for place in range(60)))
        for n in range(60)
    ]
    with catalogue() as made:
        put(made, [*others, ORIGINAL])
        read: list[str] = []
        article = made.article
        monkeypatch.setattr(made, "article", lambda name: read.append(name) or article(name))
        assert put(made, [REPRINT]).group("post") == ("gazette", "post")
        assert set(read) == {"gazette", "post"}
