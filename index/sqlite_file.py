"""A SQLite file beside an index: made with the first change, empty until then."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import NewsbotError

__all__ = ["SqliteFile"]

_WAIT = 10.0  # seconds for another writer


@dataclass(frozen=True)
class SqliteFile:
    """A file that several processes read and write.

    Attributes:
        path: of it.
        schema: statements that make its tables where they are missing.
        failure: raised where it cannot be read or written, naming the file and the cause.
    """

    path: Path
    schema: str
    failure: type[NewsbotError]

    def rows(self, query: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Return what a query finds; nothing where there is no file."""
        if not self.path.exists():
            return []
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as connection:
                connection.row_factory = sqlite3.Row
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self.failure(f"{self.path}: cannot be read ({error})") from error

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in a transaction, which no other writer comes between."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as connection, connection:
                connection.row_factory = sqlite3.Row
                connection.executescript(self.schema)
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise self.failure(f"{self.path}: cannot be written ({error})") from error
