"""Which names each article has, kept in the catalogue."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from index.names.records import KINDS, ArticleName, NameCount
from index.store.catalogue import Catalogue

__all__ = ["COUNTED", "NameTable", "counted_names", "name_of", "short_forms_of"]

COUNTED = ", ".join(
    [
        "coalesce(m.value, n.key) AS same",
        "coalesce(max(CASE WHEN n.key = coalesce(m.value, n.key) THEN n.name END), max(n.name))",
        "count(DISTINCT n.article) AS articles",
        *(f"sum(CASE WHEN n.kind = '{kind}' THEN 1 ELSE 0 END)" for kind in KINDS),
    ]
)
"""What ``counted_names`` reads of the names n and the map m of keys; it is grouped by ``same``."""


class NameTable:
    """The names in a catalogue, as a ``Snapshot`` gives them. Safe to read from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read the table of a catalogue."""
        self._catalogue = catalogue

    def names(self, article_ids: Collection[str]) -> dict[str, list[ArticleName]]:
        """Return the names of articles that have some, by id, in the order of the text."""
        found: dict[str, list[ArticleName]] = {}
        rows = self._catalogue.run(
            "SELECT a.id, n.name, n.kind, n.short, n.spans FROM names AS n "
            "JOIN articles AS a ON a.number = n.article "
            "WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id, n.place",
            (json.dumps(list(article_ids)),),
        )
        for article_id, *values in rows:
            found.setdefault(article_id, []).append(name_of(values))
        return found

    def name_counts(
        self,
        same: Mapping[str, str],
        match: str,
        limit: int,
        article_ids: Collection[str] | None = None,
    ) -> list[NameCount]:
        """Count the articles of each name."""
        within = ""
        if article_ids is not None:
            within = (
                "WHERE n.article IN (SELECT number FROM articles WHERE id IN "
                "(SELECT value FROM json_each(?))) "
            )
        rows = self._catalogue.run(
            f"SELECT {COUNTED} FROM names AS n LEFT JOIN json_each(?) AS m ON m.key = n.key "
            f"{within}GROUP BY same HAVING instr(same, ?) > 0 "
            "ORDER BY same = ? DESC, articles DESC, same LIMIT ?",
            (
                json.dumps(dict(same)),
                *([json.dumps(list(article_ids))] if article_ids is not None else []),
                match,
                match,
                limit,
            ),
        )
        return counted_names(rows)

    def naming(self, keys: Collection[str], limit: int) -> list[str]:
        """Return the ids of the articles that have one of the names, the newest first."""
        rows = self._catalogue.run(
            "SELECT id FROM articles WHERE number IN (SELECT article FROM names WHERE key IN "
            "(SELECT value FROM json_each(?))) ORDER BY epoch IS NULL, epoch DESC, id LIMIT ?",
            (json.dumps(list(keys)), limit),
        )
        return [row[0] for row in rows]

    def short_forms(self) -> dict[str, str]:
        """Return the keys of names by those of their short forms, where articles agree on one."""
        return short_forms_of(
            self._catalogue.run("SELECT DISTINCT short, key FROM names WHERE short != ''")
        )


def name_of(row: Sequence[Any]) -> ArticleName:
    """Return the name of a row of name, kind, short form and spans."""
    name, kind, short, spans = row
    return ArticleName(name, kind, tuple((int(a), int(b)) for a, b in json.loads(spans)), short)


def counted_names(rows: Sequence[Sequence[Any]]) -> list[NameCount]:
    """Return what rows of ``COUNTED`` say."""
    return [
        NameCount(key, name, KINDS[kinds.index(max(kinds))], int(articles))
        for key, name, articles, *kinds in rows
    ]


def short_forms_of(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return keys by their short forms; a form that stands for two is left out."""
    found: dict[str, set[str]] = {}
    for short, key in rows:
        found.setdefault(short, set()).add(key)
    return {short: keys.pop() for short, keys in found.items() if len(keys) == 1}
