"""Which names each article of a generation in PostgreSQL has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from index.names.records import ArticleName, NameCount
from index.store.cluster.postgres import Database, SqlSession, storable
from index.store.name_table import COUNTED, counted_names, name_of, short_forms_of
from index.store.rows import NAME_COLUMNS, name_values

__all__ = ["NAME_KEYS", "GenerationNames", "alive_in", "insert_names", "listed", "name_keys"]

NAME_KEYS = "ARRAY(SELECT n.key FROM names AS n WHERE n.article = a.number ORDER BY n.place)"
"""The keys of the names of the article a."""


class GenerationNames:
    """The names of one generation, and the queries of which only its rows count."""

    def __init__(self, database: Database, number: int) -> None:
        """Read the generation of a number."""
        self._database = database
        self._number = number

    def names(self, article_ids: Collection[str]) -> dict[str, list[ArticleName]]:
        """Return the names of articles that have some, by id, in the order of the text."""
        found: dict[str, list[ArticleName]] = {}
        for article_id, *values in self._alive(
            "SELECT a.id, n.name, n.kind, n.short, n.spans FROM names AS n "
            "JOIN article_rows AS a ON a.number = n.article WHERE a.id = ANY(?) AND ",
            listed(article_ids),
            table="a",
            after="ORDER BY a.id, n.place",
        ):
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
        match = match.replace("\0", "")
        known = {key: value for key, value in same.items() if storable(key) and storable(value)}
        rows = self._alive(
            f"SELECT {COUNTED} FROM names AS n JOIN article_rows AS a ON a.number = n.article "
            "LEFT JOIN unnest(?::text[], ?::text[]) AS m(key, value) ON m.key = n.key "
            "WHERE (?::text[] IS NULL OR a.id = ANY(?)) "
            "AND strpos(coalesce(m.value, n.key), ?) > 0 AND ",
            list(known),
            list(known.values()),
            *2 * [listed(article_ids)],
            match,
            table="a",
            after="GROUP BY same",
        )
        rows.sort(key=lambda row: (row[0] != match, -row[2], row[0]))
        return counted_names(rows[:limit])

    def naming(self, keys: Collection[str], limit: int) -> list[str]:
        """Return the ids of the articles that have one of the names, the newest first."""
        rows = self._alive(
            "SELECT id FROM article_rows AS a WHERE EXISTS "
            "(SELECT 1 FROM names AS n WHERE n.article = a.number AND n.key = ANY(?)) AND ",
            listed(keys),
            table="a",
            after=f"ORDER BY epoch DESC NULLS LAST, id LIMIT {limit:d}",
        )
        return [row[0] for row in rows]

    def short_forms(self) -> dict[str, str]:
        """Return the keys of names by those of their short forms, where articles agree on one."""
        return short_forms_of(
            self._alive(
                "SELECT DISTINCT n.short, n.key FROM names AS n "
                "JOIN article_rows AS a ON a.number = n.article WHERE n.short != '' AND ",
                table="a",
            )
        )

    def _alive(
        self, query: str, *values: object, table: str = "", after: str = ""
    ) -> list[tuple[Any, ...]]:
        """Run a query of which only the rows of this generation count."""
        return self._database.run(
            f"{query}{alive_in(table)} {after}", (*values, self._number, self._number)
        )


def insert_names(session: SqlSession, article_id: str, names: Sequence[ArticleName]) -> None:
    """Insert the names of an article of which they are not there yet."""
    ((number,),) = session.run(
        "SELECT number FROM article_rows WHERE id = ? AND died IS NULL", (article_id,)
    )
    session.run_many(
        f"INSERT INTO names ({NAME_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        list(name_values(number, names)),
    )


def name_keys(session: SqlSession, number: int) -> list[str]:
    """Return the keys of the names of the article of a number."""
    rows = session.run("SELECT key FROM names WHERE article = ? ORDER BY place", (number,))
    return [row[0] for row in rows]


def listed(names: Iterable[str] | None) -> list[str] | None:
    """Return names as PostgreSQL takes them, without those that it cannot have."""
    return None if names is None else sorted(filter(storable, names))


def alive_in(table: str) -> str:
    """Return the condition for rows of a generation, whose number is given twice."""
    prefix = f"{table}." if table else ""
    return f"{prefix}born <= ? AND ({prefix}died IS NULL OR {prefix}died > ?)"
