"""Connections to PostgreSQL, and the tables that a catalogue has there.

A row of an article, of a group of copies or of an earlier version carries the number of the
generation that was the first to have it (``born``) and of the first that no longer does (``died``).
A reader of one generation sees the same rows in every statement, with no transaction kept open.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from index.errors import IndexCorrupt, IndexFailure, IndexMissing, one_line

try:
    import psycopg
    from psycopg.conninfo import make_conninfo
    from psycopg_pool import ConnectionPool, PoolTimeout
except ImportError as error:
    raise IndexFailure(
        'an index in Milvus and PostgreSQL needs the extra: pip install "newsbot-qa[cluster]"'
    ) from error

__all__ = ["FORMAT_VERSION", "SCHEMA", "Database", "SqlSession", "storable", "translated_errors"]

FORMAT_VERSION = 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS about (format INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS collections (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS generations (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, manifest TEXT NOT NULL,
    published TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS article_rows (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id TEXT COLLATE "C" NOT NULL,
    born BIGINT NOT NULL, died BIGINT, hash TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    url TEXT, source TEXT, author TEXT, published TEXT, language TEXT, updated TEXT, pages TEXT,
    epoch BIGINT, source_key TEXT NOT NULL, source_path TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS articles_by_id ON article_rows (id);
CREATE INDEX IF NOT EXISTS articles_by_hash ON article_rows (hash);
CREATE INDEX IF NOT EXISTS articles_by_epoch ON article_rows (epoch);
CREATE INDEX IF NOT EXISTS articles_that_died ON article_rows (died) WHERE died IS NOT NULL;
CREATE TABLE IF NOT EXISTS passages (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article BIGINT NOT NULL REFERENCES article_rows ON DELETE CASCADE,
    number INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    sentences TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passages_of ON passages (article);
CREATE TABLE IF NOT EXISTS names (
    article BIGINT NOT NULL REFERENCES article_rows ON DELETE CASCADE, place INTEGER NOT NULL,
    key TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, kind TEXT NOT NULL,
    short TEXT NOT NULL, spans TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS names_of ON names (article);
CREATE INDEX IF NOT EXISTS names_by_key ON names (key, article);
CREATE TABLE IF NOT EXISTS frequencies (
    stem TEXT COLLATE "C" PRIMARY KEY, passages BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS versions (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, article_id TEXT COLLATE "C" NOT NULL,
    born BIGINT NOT NULL, died BIGINT, title TEXT NOT NULL, text TEXT NOT NULL, published TEXT,
    updated TEXT, replaced TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS versions_of ON versions (article_id);
CREATE TABLE IF NOT EXISTS groups (
    article_id TEXT COLLATE "C" NOT NULL, original TEXT COLLATE "C" NOT NULL,
    moment BIGINT NOT NULL, born BIGINT NOT NULL, died BIGINT);
CREATE INDEX IF NOT EXISTS groups_of ON groups (article_id);
CREATE INDEX IF NOT EXISTS groups_by_original ON groups (original);
CREATE TABLE IF NOT EXISTS signatures (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, article_id TEXT COLLATE "C" UNIQUE,
    content TEXT NOT NULL, moment BIGINT NOT NULL, signature BYTEA NOT NULL, original BIGINT);
CREATE INDEX IF NOT EXISTS signatures_by_original ON signatures (original);
CREATE TABLE IF NOT EXISTS bands (
    band INTEGER NOT NULL, hash BIGINT NOT NULL, number BIGINT NOT NULL,
    PRIMARY KEY (band, hash, number));
CREATE TABLE IF NOT EXISTS ledger (key BYTEA PRIMARY KEY, vector BYTEA NOT NULL);
"""

_MOST_CONNECTIONS = 16
_PATIENCE = 10  # seconds to wait for a connection
_again = retry(
    retry=retry_if_exception(
        lambda error: (
            isinstance(error, psycopg.OperationalError) and not isinstance(error, PoolTimeout)
        )
    ),
    stop=stop_after_attempt(3),
    wait=wait_exponential_jitter(multiplier=0.1, max=1.0, jitter=0.1),
    reraise=True,
)


class SqlSession:
    """One connection. Statements are written with ``?``, as SQLite has them."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], where: str) -> None:
        """Run statements on a connection to a place."""
        self.connection = connection
        self._where = where

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement, and return its rows.

        Raises:
            IndexFailure: PostgreSQL is away or refuses it.
        """
        with translated_errors(self._where):
            cursor = self.connection.execute(statement.replace("?", "%s"), values or None)
            return cursor.fetchall() if cursor.description else []

    def run_many(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """Run one statement for each row of values."""
        if rows:
            with translated_errors(self._where), self.connection.cursor() as cursor:
                cursor.executemany(statement.replace("?", "%s"), rows)

    def commit(self) -> None:
        """Make what was written visible."""
        with translated_errors(self._where):
            self.connection.commit()


class Database:
    """A schema of a PostgreSQL database, with connections that are used again. Safe for threads."""

    def __init__(self, url: str, schema: str) -> None:
        """Prepare; the first statement connects."""
        parts = urlsplit(url)
        self.where = f"PostgreSQL at {parts.hostname or 'this machine'}{parts.path}"
        self.schema = schema
        self._conninfo = make_conninfo(
            url,
            options=f"-c search_path={schema} -c timezone=UTC "
            "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0",
            connect_timeout=_PATIENCE,
            application_name="newsbot",
            client_encoding="UTF8",
        )

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Read in a transaction of its own; tried again where the connection breaks."""
        with translated_errors(self.where):
            return self._read(statement.replace("?", "%s"), values)

    @_again
    def _read(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with _pool(self._conninfo).connection(timeout=_PATIENCE) as connection:
            return connection.execute(statement, values or None).fetchall()

    @contextmanager
    def session(self, autocommit: bool = False) -> Iterator[SqlSession]:
        """Open a connection of its own; what is not committed is undone."""
        with translated_errors(self.where):
            connection = _connect(self._conninfo, autocommit)
        try:
            yield SqlSession(connection, self.where)
        finally:
            connection.close()


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold a text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


@_again
def _connect(conninfo: str, autocommit: bool) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(conninfo, autocommit=autocommit)


@lru_cache(maxsize=8)
def _pool(conninfo: str) -> ConnectionPool[psycopg.Connection[tuple[Any, ...]]]:
    _connect(conninfo, True).close()  # says why not, which the pool does not
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # what fails is raised
    return ConnectionPool(
        conninfo,
        min_size=0,
        max_size=_MOST_CONNECTIONS,
        kwargs={"autocommit": True},
        check=ConnectionPool.check_connection,
        open=True,
        reconnect_timeout=_PATIENCE,
    )


@contextmanager
def translated_errors(where: str) -> Iterator[None]:
    """Make one clear line of what PostgreSQL says."""
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise IndexMissing(
            f'no index in {where}: run "newsbot index FOLDER --index ADDRESS" first'
        ) from error
    except (psycopg.OperationalError, PoolTimeout) as error:
        raise IndexFailure(f"{where} cannot be reached: {one_line(error)}") from error
    except psycopg.Error as error:
        raise IndexCorrupt(f"{where}: {one_line(error)}") from error
