"""What no reader of a cluster's index can need any more goes for good."""

from __future__ import annotations

from collections.abc import Callable

from index.store.cluster.milvus import ARTICLES, PASSAGES, MilvusCollections
from index.store.cluster.postgres import SqlSession

__all__ = ["Purge"]

_GRACE = "10 minutes"
# A generation is read until the next one has been there for some time, the current one always.
_OLDEST_READ = """(SELECT coalesce(max(number), 0) FROM generations
    WHERE number < ? AND published < now() - ?::interval)"""
_DEAD = f"died <= {_OLDEST_READ}"
_UNREAD = f"""SELECT name FROM collections WHERE name != ? AND name NOT IN
    (SELECT manifest::json ->> 'collection' FROM generations WHERE number >= {_OLDEST_READ})"""


class Purge:
    """Deletes from Milvus first, then from the catalogue: a kill leaves what to do next."""

    def __init__(
        self, session: SqlSession, collections: Callable[[str], MilvusCollections], number: int
    ) -> None:
        """Prepare.

        Args:
            session: commits each statement.
            collections: opens those of a name.
            number: of the generation that is being written, or has just been published.
        """
        self._session = session
        self._open = collections
        self._values = (number, _GRACE)

    def rows(self, collections: MilvusCollections) -> None:
        """Delete the rows that died before the oldest generation that may be read."""
        run = self._session.run
        rows = run(
            "SELECT a.number, p.id FROM article_rows AS a LEFT JOIN passages AS p "
            f"ON p.article = a.number WHERE a.{_DEAD}",
            self._values,
        )
        collections.delete(PASSAGES, [row[1] for row in rows if row[1] is not None])
        collections.delete(ARTICLES, sorted({row[0] for row in rows}))
        for table in ("article_rows", "versions", "groups"):
            run(f"DELETE FROM {table} WHERE {_DEAD}", self._values)

    def collections(self, current: str) -> None:
        """Drop those of older generations than may be read, and of builds that were stopped."""
        for (name,) in self._session.run(_UNREAD, (current, *self._values)):
            self._open(name).drop()
            self._session.run("DELETE FROM collections WHERE name = ?", (name,))
