"""Names that somebody says are one: kept beside the index, whatever becomes of its articles."""

from __future__ import annotations

from dataclasses import dataclass

from index.address import IndexAddress, beside
from index.errors import NamesFailure
from index.names.records import name_key
from index.sqlite_file import SqliteFile

__all__ = ["MergedName", "NameMerges", "merges_beside"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS merges (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, into_key TEXT NOT NULL, into_name TEXT NOT NULL);
"""


@dataclass(frozen=True)
class MergedName:
    """A name that is read as another.

    Attributes:
        name: the one.
        into: the other, as it was given.
    """

    name: str
    into: str


class NameMerges:
    """What was merged by hand. Safe for threads and processes."""

    def __init__(self, stored: SqliteFile) -> None:
        """Keep the merges in a file, made with the first."""
        self._stored = stored

    def all(self) -> list[MergedName]:
        """Return every merge, in the order of names."""
        rows = self._stored.rows("SELECT name, into_name FROM merges ORDER BY key")
        return [MergedName(*row) for row in rows]

    def keys(self) -> dict[str, str]:
        """Map each merged key to the key at the end of its chain."""
        into = dict(map(tuple, self._stored.rows("SELECT key, into_key FROM merges")))
        return {key: _end(into, key) for key in into}

    def merge(self, name: str, into: str) -> None:
        """Treat a name as another from now on.

        Raises:
            NamesFailure: they are one already, or the file cannot be written.
        """
        key, goal = name_key(name), name_key(into)
        with self._stored.changing() as connection:
            known = dict(map(tuple, connection.execute("SELECT key, into_key FROM merges")))
            if _end(known, goal) == _end(known, key):
                raise NamesFailure(f"{name!r} and {into!r} are one name already")
            connection.execute(
                "INSERT OR REPLACE INTO merges VALUES (?, ?, ?, ?)", (key, name, goal, into)
            )

    def split(self, name: str) -> None:
        """Undo the merge of a name into another.

        Raises:
            NamesFailure: it was not merged, or the file cannot be written.
        """
        with self._stored.changing() as connection:
            gone = connection.execute("DELETE FROM merges WHERE key = ?", (name_key(name),))
            if not gone.rowcount:
                raise NamesFailure(f"{name!r} was not merged into another name")


def merges_beside(index: IndexAddress) -> NameMerges:
    """Return the merges that belong to an index."""
    return NameMerges(SqliteFile(beside(index, "-names.sqlite"), _SCHEMA, NamesFailure))


def _end(into: dict[str, str], key: str) -> str:
    seen = {key}
    while (following := into.get(key)) is not None and following not in seen:
        seen.add(following)
        key = following
    return key
