"""Earlier versions of articles that were corrected, kept beside the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple

from index.store.catalogue import Catalogue
from index.store.protocols import ArticleVersion

__all__ = ["MOST_CHARACTERS", "MOST_VERSIONS", "VersionTable"]

MOST_VERSIONS = 20
"""Earlier versions of an article that are kept, the latest of them."""

MOST_CHARACTERS = 5_000_000
"""Characters of an article's earlier versions in all; the oldest go first."""

_SCHEMA = """CREATE TABLE IF NOT EXISTS history.versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, published TEXT, updated TEXT, replaced TEXT NOT NULL)"""
_INDEX = "CREATE INDEX IF NOT EXISTS history.versions_of ON versions (article_id)"
_OVER = """DELETE FROM history.versions WHERE number IN (
    SELECT number FROM (
        SELECT number, row_number() OVER newest AS place, sum(length(text)) OVER newest AS size
        FROM history.versions WHERE article_id = ?
        WINDOW newest AS (ORDER BY number DESC)
    ) WHERE place > ? OR size > ?)"""


class VersionTable:
    """The earlier versions in a catalogue. Reading is safe from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read the table of a catalogue, which ``create`` has made."""
        self._catalogue = catalogue

    @classmethod
    def create(cls, catalogue: Catalogue) -> VersionTable:
        """Make the table, where it is missing, in a catalogue that is open for writing."""
        for statement in (_SCHEMA, _INDEX):
            catalogue.run(statement)
        return cls(catalogue)

    def of(self, article_ids: Iterable[str]) -> dict[str, list[ArticleVersion]]:
        """Return the earlier versions of articles that have some, by id, the oldest first."""
        found: dict[str, list[ArticleVersion]] = {}
        rows = self._catalogue.run(
            "SELECT article_id, title, text, published, updated, replaced FROM history.versions "
            "WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY number",
            (json.dumps(list(article_ids)),),
        )
        for article_id, *values in rows:
            found.setdefault(article_id, []).append(ArticleVersion(*values))
        return found

    def keep(self, article_id: str, version: ArticleVersion) -> None:
        """Keep an article as it was before a later version replaced it, and drop the oldest."""
        self._catalogue.run(
            "INSERT INTO history.versions (article_id, title, text, published, updated, replaced) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (article_id, *astuple(version)),
        )
        self._catalogue.run(_OVER, (article_id, MOST_VERSIONS, MOST_CHARACTERS))

    def forget(self, article_ids: Iterable[str]) -> None:
        """Drop the versions of articles that are removed."""
        self._catalogue.run(
            "DELETE FROM history.versions WHERE article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        )
