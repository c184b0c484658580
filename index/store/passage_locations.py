"""Which article a passage is of, and whether it begins it; by the numbers of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from corpus.article import Article, Passage
from index.store.catalogue import Catalogue

__all__ = ["PassageLocation", "article_number", "as_one", "passage_locations"]


class PassageLocation(NamedTuple):
    """Where a passage stands.

    Attributes:
        article: number of its article.
        leads: whether it is the article's first.
    """

    article: int
    leads: bool


def passage_locations(
    catalogue: Catalogue, passage_ids: Iterable[int]
) -> dict[int, PassageLocation]:
    """Give where the passages of these ids stand; unknown ids are left out."""
    rows = catalogue.run(
        "SELECT id, article, number FROM passages WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(passage_ids)),),
    )
    return {row[0]: PassageLocation(row[1], row[2] == 0) for row in rows}


def article_number(catalogue: Catalogue, article_id: str) -> int:
    """Give the number of an article that is there."""
    ((number,),) = catalogue.run("SELECT number FROM articles WHERE id = ?", (article_id,))
    return int(number)


def as_one(article: Article) -> tuple[Article, Passage]:
    """Give an article as one untitled passage, its headline before its text.

    In a field of its own a headline would weigh as much as all of the text.
    """
    whole = f"{article.title}\n\n{article.text}"
    return replace(article, title=""), Passage(article.id, 0, 0, len(whole), whole, ())
