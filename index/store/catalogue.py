"""The catalogue: every article and every passage of a generation, in SQLite files."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.article import Article, Passage
from index.errors import IndexCorrupt
from index.filters import Filters
from index.names.records import ArticleName
from index.store.catalogue_files import connect_to_read, connect_to_write
from index.store.layout import BASE_CATALOGUE, CATALOGUE
from index.store.protocols import IndexedArticle, PassageLocation
from index.store.rows import (
    ARTICLE_COLUMNS,
    ARTICLE_FIELDS,
    NAME_COLUMNS,
    PASSAGE_FIELDS,
    article_values,
    name_values,
    passage_of,
    whole_article,
)

__all__ = ["Catalogue"]


class Catalogue:
    """Rows of articles and passages. Their numbers are never used twice in an index's life.

    A large catalogue has a base file, which never changes; the main one then holds the articles
    that came since and the numbers of those that were deleted. Beside them, as ``copied``, is the
    file of the duplicates. Safe to read from several threads: they share one connection, one at a
    time. An article that is read has the hash that it had when it was written, or is refused.
    """

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        """Wrap a connection; use ``create`` or ``open``."""
        self._connection = connection
        self._lock = threading.Lock()
        self._folder = folder
        self.has_base = (folder / BASE_CATALOGUE).exists()
        self.deleted_passages: set[int] = set()
        """Ids of the passages that were deleted since it was opened."""

    @classmethod
    def create(cls, folder: Path) -> Catalogue:
        """Open a generation's files for writing, and make what is missing."""
        return cls(connect_to_write(folder), folder)

    @classmethod
    def open(cls, folder: Path) -> Catalogue:
        """Open a finished generation's files to read; they are never written to.

        Raises:
            IndexCorrupt: SQLite cannot read them.
        """
        opened = cls(connect_to_read(folder), folder)
        try:
            opened.passages_of(Article("", "", ""))  # a look into both tables
        except IndexCorrupt:
            opened.close()
            raise
        return opened

    def close(self) -> None:
        """Commit what was written and close the files."""
        with self._lock:
            try:
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise OSError(f"{self._folder / CATALOGUE}: {error}") from error
            finally:
                self._connection.close()

    # -- writing ---------------------------------------------------------------------------------

    def put(self, article: Article, source_path: str, passages: Sequence[Passage]) -> None:
        """Insert an article with its passages, in place of what its id had before.

        Args:
            article: the article.
            source_path: absolute path of the file, or the address, that it came from.
            passages: its passages.
        """
        self.delete([article.id])
        ((number,),) = self.run(
            f"INSERT INTO main.articles ({ARTICLE_COLUMNS}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            article_values(article, source_path),
        )
        for passage in passages:
            self.run(
                "INSERT INTO main.passages (article, number, start, end, sentences) "
                "VALUES (?, ?, ?, ?, ?)",
                (number, passage.number, passage.start, passage.end, json.dumps(passage.sentences)),
            )

    def put_names(self, article_id: str, names: Sequence[ArticleName]) -> None:
        """Insert the names of an article that has been put."""
        insert = f"INSERT INTO main.names ({NAME_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        for (number,) in self.run("SELECT number FROM main.articles WHERE id = ?", (article_id,)):
            for values in name_values(number, names):
                self.run(insert, values)

    def move(self, article_id: str, source_path: str) -> None:
        """Note that an article comes from another file now."""
        for (number,) in self.run("SELECT number FROM articles WHERE id = ?", (article_id,)):
            if self.has_base and not self.run(
                "SELECT 1 FROM main.articles WHERE number = ?", (number,)
            ):
                for table, column in (
                    ("articles", "number"),
                    ("passages", "article"),
                    ("names", "article"),
                ):
                    self.run(
                        f"INSERT INTO main.{table} SELECT * FROM base.{table} WHERE {column} = ?",
                        (number,),
                    )
                self.run("INSERT INTO main.deleted VALUES (?)", (number,))
            self.run(
                "UPDATE main.articles SET source_path = ? WHERE number = ?", (source_path, number)
            )

    def delete(self, article_ids: Iterable[str]) -> None:
        """Delete articles and their passages; unknown ids are passed over."""
        for article_id in article_ids:
            for (number,) in self.run("SELECT number FROM articles WHERE id = ?", (article_id,)):
                rows = self.run("SELECT id FROM passages WHERE article = ?", (number,))
                self.deleted_passages.update(row[0] for row in rows)
                for table in ("passages", "names"):
                    self.run(f"DELETE FROM main.{table} WHERE article = ?", (number,))
                self.run("DELETE FROM main.articles WHERE number = ?", (number,))
                if self.has_base:
                    self.run(
                        "INSERT OR IGNORE INTO main.deleted "
                        "SELECT number FROM base.articles WHERE number = ?",
                        (number,),
                    )

    # -- reading ---------------------------------------------------------------------------------

    def counts(self) -> tuple[int, int]:
        """Count the articles and the passages."""
        ((articles, passages),) = self.run(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
        )
        return articles, passages

    def undated(self) -> int:
        """Count the articles without a date."""
        return int(self.run("SELECT count(*) FROM articles WHERE epoch IS NULL")[0][0])

    def languages(self) -> dict[str, int]:
        """Count the articles of each language, the most common first; "unknown" is one."""
        return dict(
            self.run(
                "SELECT coalesce(language, 'unknown') AS name, count(*) AS articles FROM articles "
                "GROUP BY name ORDER BY articles DESC, name"
            )
        )

    def hashes(self) -> dict[str, str]:
        """Return the content hash of each article, by id."""
        return dict(self.run("SELECT id, hash FROM articles"))

    def known(self, article_ids: Iterable[str]) -> dict[str, IndexedArticle]:
        """Return the hash and source path of articles, by id; unknown ids are left out."""
        rows = self._rows_of("SELECT id, hash, source_path FROM articles WHERE id", article_ids)
        return {row[0]: IndexedArticle(*row[1:]) for row in rows}

    def source_paths(self) -> list[tuple[str, str]]:
        """Return every article's id and the file that it came from."""
        return self.run("SELECT id, source_path FROM articles")

    def ids(self) -> list[str]:
        """Return every article's id, in order."""
        return [row[0] for row in self.run("SELECT id FROM articles ORDER BY id")]

    def article_number(self, article_id: str) -> int:
        """Return the number of an article that is there, as ``PassageLocation`` has it."""
        ((number,),) = self.run("SELECT number FROM articles WHERE id = ?", (article_id,))
        return int(number)

    def article(self, article_id: str) -> Article | None:
        """Return one article as it was indexed, or None where there is none of that id.

        Raises:
            IndexCorrupt: it is not what was written.
        """
        rows = self.run(f"SELECT {ARTICLE_FIELDS} FROM articles WHERE id = ?", (article_id,))
        return self._whole(rows[0]) if rows else None

    def articles(self) -> Iterator[Article]:
        """Return every article, in the order of their ids, one at a time."""
        for article_id in self.ids():
            article = self.article(article_id)
            if article is not None:
                yield article

    def indexed(self) -> Iterator[tuple[str, IndexedArticle]]:
        """Return every article's id, in order, with its hash and source path."""
        after = ""
        while True:
            rows = self.run(
                "SELECT id, hash, source_path FROM articles WHERE id > ? ORDER BY id LIMIT 1000",
                (after,),
            )
            for after, *values in rows:
                yield after, IndexedArticle(*values)
            if not rows:
                return

    def last_passage_id(self) -> int:
        """Return the highest id that a passage has had, 0 before the first."""
        rows = self.run("SELECT seq FROM main.sqlite_sequence WHERE name = 'passages'")
        return int(rows[0][0]) if rows else 0

    def articles_since(self, passage_id: int) -> list[str]:
        """Return the ids of the articles whose passages came after this one, in order."""
        rows = self.run(
            "SELECT id FROM main.articles WHERE number IN "
            "(SELECT article FROM main.passages WHERE id > ?) ORDER BY id",
            (passage_id,),
        )
        return [row[0] for row in rows]

    def passages_since(self, passage_id: int) -> int:
        """Count the passages that came after this one."""
        ((count,),) = self.run("SELECT count(*) FROM main.passages WHERE id > ?", (passage_id,))
        return int(count)

    def deleted_from_base(self) -> list[int]:
        """Return the ids of the base's passages that are no longer in the catalogue."""
        if not self.has_base:
            return []
        rows = self.run(
            "SELECT id FROM base.passages WHERE article IN (SELECT article FROM main.deleted) "
            "AND id NOT IN (SELECT id FROM main.passages)"
        )
        return [row[0] for row in rows]

    def passages_of(self, article: Article) -> list[tuple[int, Passage]]:
        """Return an article's passages with their ids, in reading order."""
        rows = self.run(
            f"SELECT id, {PASSAGE_FIELDS} FROM passages WHERE article = "
            "(SELECT number FROM articles WHERE id = ?) ORDER BY number",
            (article.id,),
        )
        return [(row[0], passage_of(row[1:], article)) for row in rows]

    def locations(self, passage_ids: Iterable[int]) -> dict[int, PassageLocation]:
        """Return where the passages of these ids stand; unknown ids are left out."""
        rows = self._rows_of("SELECT id, article, number FROM passages WHERE id", passage_ids)
        return {row[0]: PassageLocation(row[1], row[2] == 0) for row in rows}

    def resolve(self, passage_ids: Iterable[int]) -> dict[int, tuple[Passage, Article]]:
        """Return the passages of these ids, each with its article; unknown ids are left out."""
        rows = self._rows_of(
            f"SELECT article, id, {PASSAGE_FIELDS} FROM passages WHERE id", passage_ids
        )
        numbers = list(dict.fromkeys(row[0] for row in rows))
        found = self._rows_of(
            f"SELECT number, {ARTICLE_FIELDS} FROM articles WHERE number", numbers
        )
        articles = {row[0]: self._whole(row[1:]) for row in found}
        return {
            row[1]: (passage_of(row[2:], articles[row[0]]), articles[row[0]])
            for row in rows
            if row[0] in articles
        }

    def allowed(self, filters: Filters) -> list[int]:
        """Return the ids of the passages whose articles pass the filters, ascending."""
        tests = {
            "epoch >= ?": filters.since,
            "epoch <= ?": filters.until,
            "source_key IN (SELECT value FROM json_each(?))": _listed(filters.sources),
            "id IN (SELECT value FROM json_each(?))": _listed(filters.articles),
        }
        wanted: list[tuple[str, object]] = [one for one in tests.items() if one[1] is not None]
        named = (
            "number IN (SELECT article FROM names WHERE key IN (SELECT value FROM json_each(?)))"
        )
        wanted += [(named, _listed(keys)) for keys in filters.names]
        rows = self.run(
            "SELECT id FROM passages WHERE article IN (SELECT number FROM articles WHERE "
            f"{' AND '.join(test for test, _ in wanted) or '1'}) ORDER BY id",
            tuple(value for _, value in wanted),
        )
        return [row[0] for row in rows]

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement of SQL, and return its rows.

        For the modules that keep tables of their own in this folder.

        Raises:
            IndexCorrupt: SQLite cannot do it with these files.
            OSError: the disk is full.
        """
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and _is_of_the_disk(error):
                    raise OSError(f"{self._folder / CATALOGUE}: {error}") from error
                raise IndexCorrupt(f"{self._folder / CATALOGUE}: {error}") from error

    def _rows_of(self, query: str, keys: Iterable[int] | Iterable[str]) -> list[tuple[Any, ...]]:
        return self.run(f"{query} IN (SELECT value FROM json_each(?))", (json.dumps(list(keys)),))

    def _whole(self, row: Sequence[Any]) -> Article:
        return whole_article(row, self._folder / CATALOGUE)


def _listed(names: Iterable[str] | None) -> str | None:
    return None if names is None else json.dumps(sorted(names))


def _is_of_the_disk(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
