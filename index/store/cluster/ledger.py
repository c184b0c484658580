"""Vectors that were made and are not published yet: what a killed build leaves for the next one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from index.store.cluster.postgres import SqlSession

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["VectorLedger"]


class VectorLedger:
    """Vectors by the text that they are of, kept as soon as they are made."""

    def __init__(self, session: SqlSession) -> None:
        """Keep them through a session that commits each statement."""
        self._session = session
        self._fingerprint = ""
        self._dimension = 0

    def open(self, fingerprint: str, dimension: int) -> None:
        """Go on with the vectors of a model; those of another one are not found."""
        self._fingerprint, self._dimension = fingerprint, dimension

    def __len__(self) -> int:
        """Count the texts whose vectors are kept."""
        return int(self._session.run("SELECT count(*) FROM ledger")[0][0])

    def published(self, content_hashes: Sequence[str]) -> set[str]:
        """Return those of the hashes that articles of the index have: these need no vectors."""
        rows = self._session.run(
            "SELECT hash FROM article_rows WHERE hash = ANY(?) AND died IS NULL",
            (list(content_hashes),),
        )
        return {row[0] for row in rows}

    def find(self, texts: Sequence[str]) -> dict[int, NDArray[np.float32]]:
        """Return the vectors that are kept, by the place of their text in ``texts``."""
        keys = [self._key(text) for text in texts]
        kept = dict(self._session.run("SELECT key, vector FROM ledger WHERE key = ANY(?)", (keys,)))
        found = {
            place: np.frombuffer(kept[key], "<f4") for place, key in enumerate(keys) if key in kept
        }
        return {place: row for place, row in found.items() if len(row) == self._dimension}

    def append(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors, shape (len(texts), dimension)."""
        self._session.run(
            "INSERT INTO ledger SELECT * FROM unnest(?::bytea[], ?::bytea[]) "
            "ON CONFLICT DO NOTHING",
            (list(map(self._key, texts)), [np.asarray(row, "<f4").tobytes() for row in vectors]),
        )

    def clear(self) -> None:
        """Forget everything, once it is published."""
        self._session.run("TRUNCATE ledger")

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._fingerprint}\0{text}".encode()).digest()
