"""An index in PostgreSQL and Milvus: who reads it, and who may write to it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import IndexBusy, IndexCorrupt, IndexForeign, IndexMissing
from index.store.cluster.cluster_address import ClusterAddress
from index.store.cluster.cluster_snapshot import ClusterSnapshot
from index.store.cluster.cluster_writer import ClusterWriter
from index.store.cluster.ledger import VectorLedger
from index.store.cluster.manifest import ClusterManifest
from index.store.cluster.milvus import PASSAGES, MilvusCollections
from index.store.cluster.postgres import FORMAT_VERSION, SCHEMA, Database, SqlSession
from index.store.protocols import Snapshot, WholeIndex

__all__ = ["ClusterStore"]

_TOKEN = "MILVUS_TOKEN"
_LOCK_PAUSE = 0.1


class ClusterStore:
    """An index whose catalogue is in PostgreSQL and whose vectors and words are in Milvus."""

    def __init__(self, address: str) -> None:
        """Keep the index at an address; nothing is connected yet.

        Raises:
            IndexFailure: it is misspelt, or the extra is not installed.
        """
        self.address = address
        self._parts = ClusterAddress.parse(address)
        self._database = Database(self._parts.catalogue, f"newsbot_{self._parts.name}")

    def current(self) -> str:
        """Return the name of the current generation."""
        return self._current()[1]

    def open(self, previous: Snapshot | None = None) -> ClusterSnapshot:
        """Open the current generation."""
        self._check_format(self._database)
        number, name, manifest = self._current()
        collections = self._collections(manifest.collection)
        return ClusterSnapshot(self.address, self._database, collections, number, name, manifest)

    @contextmanager
    def writing(self, seconds: float) -> Iterator[ClusterWriter]:
        """Begin the next generation under the writer's lock."""
        with self._locked(seconds) as ledger:
            self._check_format(ledger)
            try:
                before = self._current()
            except IndexMissing:
                before = None
            with self._database.session() as session:
                yield ClusterWriter(session, ledger, self._collections, before)

    @contextmanager
    def held_source_paths(self, seconds: float) -> Iterator[frozenset[str]]:
        """Hold the writer's lock, and yield the source paths."""
        with self._locked(seconds) as session:
            rows = session.run("SELECT source_path FROM article_rows WHERE died IS NULL")
            yield frozenset(row[0] for row in rows)

    @contextmanager
    def ledger(self, fingerprint: str, dimension: int) -> Iterator[VectorLedger]:
        """Open the vectors that are not published yet, for a process that helps the writer."""
        with self._database.session(autocommit=True) as session:
            ledger = VectorLedger(session)
            ledger.open(fingerprint, dimension)
            yield ledger

    def verify(self) -> WholeIndex:
        """Compare every article with its hash, and count the passages in both engines."""
        snapshot = self.open()
        size = sum(len(article.text.encode()) for article in snapshot.articles())
        manifest = snapshot.manifest
        found = self._collections(manifest.collection).count(PASSAGES)
        if found < manifest.passages:
            raise IndexCorrupt(
                f"{self._parts.milvus}: {found:,} of {manifest.passages:,} passages are there"
            )
        return WholeIndex(snapshot.generation, manifest.articles, size)

    def drop(self) -> None:
        """Remove the index from both engines."""
        with self._locked(0) as session:
            for (name,) in session.run("SELECT name FROM collections"):
                self._collections(name).drop()
            session.run(f"DROP SCHEMA {self._database.schema} CASCADE")

    def _current(self) -> tuple[int, str, ClusterManifest]:
        rows = self._database.run(
            "SELECT number, name, manifest FROM generations ORDER BY number DESC LIMIT 1"
        )
        if not rows:
            raise IndexMissing(
                f'no index at {self.address}: run "newsbot index FOLDER --index ADDRESS"'
            )
        number, name, manifest = rows[0]
        return number, name, ClusterManifest.loads(manifest, self._database.where)

    def _check_format(self, session: Database | SqlSession) -> None:
        found = [row[0] for row in session.run("SELECT format FROM about")]
        if found != [FORMAT_VERSION]:
            raise IndexForeign(
                f"{self._database.where}: index format {found}, this newsbot reads {FORMAT_VERSION}"
            )

    def _collections(self, name: str) -> MilvusCollections:
        return MilvusCollections(self._parts.milvus, os.environ.get(_TOKEN, ""), name)

    @contextmanager
    def _locked(self, seconds: float) -> Iterator[SqlSession]:
        """Hold the writer's lock, an advisory one that goes with the connection."""
        schema = self._database.schema
        until = time.monotonic() + seconds
        with self._database.session(autocommit=True) as session:
            while not session.run("SELECT pg_try_advisory_lock(hashtext(?))", (schema,))[0][0]:
                if time.monotonic() >= until:
                    raise IndexBusy(f"{self.address}: another process is writing to this index")
                time.sleep(_LOCK_PAUSE)
            session.run(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            session.run(SCHEMA)
            session.run(
                "INSERT INTO about SELECT ? WHERE NOT EXISTS (SELECT 1 FROM about)",
                (FORMAT_VERSION,),
            )
            yield session
