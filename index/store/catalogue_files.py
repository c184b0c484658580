"""The SQLite files of a catalogue: how they are opened together, and how a base is made of them."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from index.errors import IndexCorrupt
from index.store.layout import BASE_CATALOGUE, CATALOGUE, COPIES, HISTORY

__all__ = ["connect_to_read", "connect_to_write", "move_into_base"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS main.articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    url TEXT, source TEXT, author TEXT, published TEXT, language TEXT, updated TEXT,
    pages TEXT,
    epoch INTEGER, source_key TEXT NOT NULL, hash TEXT NOT NULL, source_path TEXT NOT NULL,
    text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS main.passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, article INTEGER NOT NULL, number INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS main.passages_of ON passages (article);
CREATE TABLE IF NOT EXISTS main.names (
    article INTEGER NOT NULL, place INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
    kind TEXT NOT NULL, short TEXT NOT NULL, spans TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS main.names_of ON names (article);
CREATE INDEX IF NOT EXISTS main.names_by_key ON names (key, article);
CREATE INDEX IF NOT EXISTS main.names_by_short ON names (short, key) WHERE short != '';
CREATE INDEX IF NOT EXISTS main.articles_by_date ON articles (epoch);
CREATE TABLE IF NOT EXISTS main.deleted (article INTEGER PRIMARY KEY);
"""
# What is asked, where there is a base: its rows but the deleted ones, and the newer ones.
_VIEWS = """
CREATE TEMP VIEW articles AS SELECT * FROM main.articles UNION ALL
    SELECT * FROM base.articles WHERE number NOT IN (SELECT article FROM main.deleted);
CREATE TEMP VIEW passages AS SELECT * FROM main.passages UNION ALL
    SELECT * FROM base.passages WHERE article NOT IN (SELECT article FROM main.deleted);
CREATE TEMP VIEW names AS SELECT * FROM main.names UNION ALL
    SELECT * FROM base.names WHERE article NOT IN (SELECT article FROM main.deleted);
"""
# A base has the same tables as the main file; numbers go on where it stopped.
_SEQUENCES = """
INSERT INTO main.sqlite_sequence SELECT name, seq FROM base.sqlite_sequence
    WHERE name NOT IN (SELECT name FROM main.sqlite_sequence);
"""
_MOVE = """
DELETE FROM passages WHERE article IN (SELECT article FROM newer.deleted);
DELETE FROM names WHERE article IN (SELECT article FROM newer.deleted);
DELETE FROM articles WHERE number IN (SELECT article FROM newer.deleted);
INSERT INTO articles SELECT * FROM newer.articles;
INSERT INTO passages SELECT * FROM newer.passages;
INSERT INTO names SELECT * FROM newer.names;
UPDATE sqlite_sequence SET seq = (
    SELECT max(seq) FROM newer.sqlite_sequence AS later WHERE later.name = sqlite_sequence.name
) WHERE name IN (SELECT name FROM newer.sqlite_sequence);
"""
_FINISHED = "?mode=ro&immutable=1"


def connect_to_write(folder: Path) -> sqlite3.Connection:
    """Open a generation's files in a transaction, make what is missing, and leave the base alone.

    The main file is ``main``, the base ``base``, the file of the duplicates ``copied`` and that of
    earlier versions ``history``.

    Raises:
        IndexCorrupt: SQLite cannot read them.
        OSError: they cannot be written, as on a full disk.
    """
    try:
        return _connect_to_write(folder)
    except sqlite3.OperationalError as error:
        raise OSError(f"{folder / CATALOGUE}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise IndexCorrupt(f"{folder / CATALOGUE}: SQLite cannot read it ({error})") from error


def _connect_to_write(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        (folder / CATALOGUE).absolute().as_uri(),
        uri=True,
        check_same_thread=False,
        isolation_level=None,
    )
    _attach(connection, folder / COPIES, "copied", "")
    _attach(connection, folder / HISTORY, "history", "")
    for schema in ("main", "copied", "history"):
        connection.execute(f"PRAGMA {schema}.journal_mode = DELETE")
        # The builder syncs the finished file.
        connection.execute(f"PRAGMA {schema}.synchronous = OFF")
    connection.executescript(_SCHEMA)
    if (folder / BASE_CATALOGUE).exists():
        _attach(connection, folder / BASE_CATALOGUE, "base", _FINISHED)
        connection.executescript(_SEQUENCES + _VIEWS)
    connection.execute("BEGIN")
    return connection


def connect_to_read(folder: Path) -> sqlite3.Connection:
    """Open a finished generation's files, which nobody writes to.

    Raises:
        IndexCorrupt: SQLite cannot read them.
    """
    path = folder / CATALOGUE
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}{_FINISHED}", uri=True, check_same_thread=False
        )
        try:
            _attach(connection, folder / COPIES, "copied", _FINISHED)
            _attach(connection, folder / HISTORY, "history", _FINISHED)
            if (folder / BASE_CATALOGUE).exists():
                _attach(connection, folder / BASE_CATALOGUE, "base", _FINISHED)
                connection.executescript(_VIEWS)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise IndexCorrupt(f"{path}: SQLite cannot read it ({error})") from error
    return connection


def move_into_base(folder: Path) -> None:
    """Put all that the main file holds into the base, and begin the main file anew.

    The base that is there stays as it is for the generations that link to it. No connection may be
    open.

    Raises:
        OSError: the disk is full.
    """
    base, main = folder / BASE_CATALOGUE, folder / CATALOGUE
    if base.exists():
        made = folder / f"{BASE_CATALOGUE}.new"
        shutil.copyfile(base, made)
        connection = sqlite3.connect(made.absolute().as_uri(), uri=True, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = OFF")
            _attach(connection, main, "newer", "")
            connection.executescript(f"BEGIN;{_MOVE}COMMIT;")
        except sqlite3.OperationalError as error:
            raise OSError(f"{made}: {error}") from error
        finally:
            connection.close()
        made.replace(base)
        main.unlink()
    else:
        main.replace(base)
    connection = connect_to_write(folder)
    connection.execute("COMMIT")
    connection.close()


def _attach(connection: sqlite3.Connection, path: Path, schema: str, parameters: str) -> None:
    connection.execute(f"ATTACH ? AS {schema}", (f"{path.absolute().as_uri()}{parameters}",))
