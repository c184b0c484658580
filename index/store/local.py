"""The store that needs no server: a folder, as ``index.store.layout`` describes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexMissing
from index.store.catalogue import Catalogue
from index.store.generation_writer import GenerationWriter
from index.store.layout import Manifest, current_generation, read_current, verify_generation
from index.store.protocols import Snapshot, WholeIndex
from index.store.publishing import refuse_foreign_folder, writer_lock
from index.store.snapshot import LocalSnapshot

__all__ = ["LocalStore"]


class LocalStore:
    """An index in a folder, which is made where it is missing when it is written to."""

    def __init__(self, folder: Path) -> None:
        """Keep the index in a folder."""
        self._folder = folder
        self.address = str(folder)

    def current(self) -> str:
        """Return the name of the current generation."""
        return current_generation(self._folder).name

    def open(self, previous: Snapshot | None = None) -> LocalSnapshot:
        """Open the current generation."""
        opened = previous if isinstance(previous, LocalSnapshot) else None
        return read_current(self._folder, lambda folder: LocalSnapshot(folder, opened))

    @contextmanager
    def writing(self, seconds: float) -> Iterator[GenerationWriter]:
        """Begin the next generation under the writer's lock."""
        refuse_foreign_folder(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        with writer_lock(self._folder, seconds):
            writer = GenerationWriter(self._folder)
            try:
                yield writer
            finally:
                writer.abandon()

    @contextmanager
    def held_source_paths(self, seconds: float) -> Iterator[frozenset[str]]:
        """Hold the writer's lock, and yield the source paths; where there is no index, none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with writer_lock(self._folder, seconds):
            try:
                catalogue = Catalogue.open(current_generation(self._folder))
            except IndexMissing:
                paths = frozenset[str]()
            else:
                try:
                    paths = frozenset(path for _, path in catalogue.source_paths())
                finally:
                    catalogue.close()
            yield paths

    def verify(self) -> WholeIndex:
        """Compare the files of the current generation with their checksums."""

        def whole(folder: Path) -> WholeIndex:
            manifest = Manifest.read(folder)
            verify_generation(folder, manifest)
            return WholeIndex(folder.name, len(manifest.sizes), sum(manifest.sizes.values()))

        return read_current(self._folder, whole)
