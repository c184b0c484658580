"""The catalogue: every article and every passage of a generation, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus.article import Article, Passage
from index.errors import IndexCorrupt
from index.sparse import Filters

__all__ = ["Catalogue", "epoch_seconds"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, url TEXT, source TEXT,
    author TEXT, published TEXT, language TEXT,
    epoch INTEGER, source_key TEXT NOT NULL, hash TEXT NOT NULL, origin TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL, number INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passages_of ON passages (article_id);
CREATE INDEX IF NOT EXISTS articles_by_date ON articles (epoch);
"""
_FIELDS = "id, title, text, url, source, author, published, language"
_CHUNK = 500


def epoch_seconds(published: str | None) -> int | None:
    """Turn an article's date into seconds since 1970, or None where there is none."""
    return None if published is None else int(datetime.fromisoformat(published).timestamp())


class Catalogue:
    """Rows of articles and passages. Passage ids are never used twice in an index's life.

    Safe to read from several threads: they share one connection, one at a time.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Wrap a connection; use ``create`` or ``open``."""
        self._connection = connection
        self._lock = threading.Lock()
        self._path = path

    @classmethod
    def create(cls, path: Path) -> Catalogue:
        """Open a file for writing and make what tables are missing."""
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = OFF")  # the builder syncs the finished file
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        return cls(connection, path)

    @classmethod
    def open(cls, path: Path) -> Catalogue:
        """Open a finished file to read; it is never written to.

        Raises:
            IndexCorrupt: SQLite cannot read it.
        """
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            connection.execute("SELECT count(*) FROM articles").fetchone()
        except sqlite3.Error as error:
            raise IndexCorrupt(f"{path}: SQLite cannot read it ({error})") from error
        return cls(connection, path)

    def close(self) -> None:
        """Commit what was written and close the file."""
        with self._lock:
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
            self._connection.close()

    # -- writing ---------------------------------------------------------------------------------

    def put(self, article: Article, origin: str, passages: Sequence[Passage]) -> None:
        """Insert an article with its passages, in place of what its id had before.

        Args:
            article: the article.
            origin: absolute path of the file it came from.
            passages: its passages.
        """
        self.delete([article.id])
        self.run(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.id,
                article.title,
                article.text,
                article.url,
                article.source,
                article.author,
                article.published,
                article.language,
                epoch_seconds(article.published),
                (article.source or "").casefold(),
                article.content_hash,
                origin,
            ),
        )
        for passage in passages:
            self.run(
                "INSERT INTO passages (article_id, number, start, end, sentences) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    passage.article_id,
                    passage.number,
                    passage.start,
                    passage.end,
                    json.dumps(passage.sentences),
                ),
            )

    def move(self, article_id: str, origin: str) -> None:
        """Note that an article comes from another file now."""
        self.run("UPDATE articles SET origin = ? WHERE id = ?", (origin, article_id))

    def delete(self, article_ids: Iterable[str]) -> None:
        """Delete articles and their passages; unknown ids are passed over."""
        for article_id in article_ids:
            self.run("DELETE FROM passages WHERE article_id = ?", (article_id,))
            self.run("DELETE FROM articles WHERE id = ?", (article_id,))

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

    def hashes(self) -> dict[str, str]:
        """Give the content hash of each article, by id."""
        return dict(self.run("SELECT id, hash FROM articles"))

    def origins(self) -> dict[str, str]:
        """Give the file that each article came from, by id."""
        return dict(self.run("SELECT id, origin FROM articles"))

    def ids(self) -> list[str]:
        """Give every article's id, in order."""
        return [row[0] for row in self.run("SELECT id FROM articles ORDER BY id")]

    def article(self, article_id: str) -> Article | None:
        """Give one article as it was indexed, or None where there is none of that id."""
        rows = self.run(f"SELECT {_FIELDS} FROM articles WHERE id = ?", (article_id,))
        return Article(*rows[0]) if rows else None

    def articles(self) -> Iterator[Article]:
        """Give every article, in the order of their ids, one at a time."""
        for article_id in self.ids():
            article = self.article(article_id)
            if article is not None:
                yield article

    def all_passage_ids(self) -> list[int]:
        """Give the ids of all passages."""
        return [row[0] for row in self.run("SELECT id FROM passages")]

    def articles_of(self, passage_ids: Iterable[int]) -> set[str]:
        """Give the ids of the articles that these passages are of."""
        wanted = set(passage_ids)
        rows = self.run("SELECT id, article_id FROM passages") if wanted else []
        return {article_id for number, article_id in rows if number in wanted}

    def passages_of(self, article: Article) -> list[tuple[int, Passage]]:
        """Give an article's passages with their ids, in reading order."""
        rows = self.run(
            "SELECT id, article_id, number, start, end, sentences FROM passages "
            "WHERE article_id = ? ORDER BY number",
            (article.id,),
        )
        return [(row[0], _passage(row[1:], article)) for row in rows]

    def resolve(self, passage_ids: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Give the passages of these ids, each with its article; unknown ids are left out."""
        rows: list[tuple[Any, ...]] = []
        for begin in range(0, len(passage_ids), _CHUNK):
            some = passage_ids[begin : begin + _CHUNK]
            marks = ",".join("?" * len(some))
            rows += self.run(
                "SELECT id, article_id, number, start, end, sentences FROM passages "
                f"WHERE id IN ({marks})",
                tuple(some),
            )
        articles: dict[str, Article | None] = {}
        found: dict[int, tuple[Passage, Article]] = {}
        for row in rows:
            article_id = row[1]
            if article_id not in articles:
                articles[article_id] = self.article(article_id)
            article = articles[article_id]
            if article is not None:
                found[row[0]] = (_passage(row[1:], article), article)
        return found

    def allowed(self, filters: Filters) -> list[int]:
        """Give the ids of the passages whose articles pass the filters."""
        clauses: list[str] = []
        values: list[object] = []
        if filters.since is not None:
            clauses.append("articles.epoch >= ?")
            values.append(filters.since)
        if filters.until is not None:
            clauses.append("articles.epoch <= ?")
            values.append(filters.until)
        if filters.source is not None:
            clauses.append("articles.source_key = ?")
            values.append(filters.source.casefold())
        where = " AND ".join(clauses) or "1"
        rows = self.run(
            "SELECT passages.id FROM passages JOIN articles ON articles.id = passages.article_id "
            f"WHERE {where} ORDER BY passages.id",
            tuple(values),
        )
        return [row[0] for row in rows]

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement of SQL, and give its rows.

        For the modules that keep tables of their own in this file.

        Raises:
            IndexCorrupt: SQLite cannot do it with this file.
            OSError: the disk is full.
        """
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
                    raise OSError(f"{self._path}: {error}") from error
                raise IndexCorrupt(f"{self._path}: {error}") from error


def _passage(row: Sequence[Any], article: Article) -> Passage:
    _, number, start, end, sentences = row
    spans = tuple((int(low), int(high)) for low, high in json.loads(sentences))
    return Passage(article.id, number, start, end, article.text[start:end], spans)
