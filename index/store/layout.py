"""The index on disk: generations, the manifest of each, and the atomic switch between them.

    INDEX/
        CURRENT                    name of the generation that is asked
        write.lock                 held by the process that writes
        journal/                   vectors made for a generation that is not finished
        generations/
            00000007-3f9a2c1d/     a finished generation, never changed again
                manifest.json      what it is, with the checksum of every other file
                catalogue.sqlite   articles and passages
                dense.faiss        vectors by passage id
                base.sqlite        of a large index: most of its articles and passages
                base.faiss         and their vectors; the two files above hold what came since
                copies.sqlite      which articles are copies of which
                history.sqlite     earlier versions of articles that were corrected
                sparse/            tantivy's files, of passages
                sparse_articles/   and of whole articles
            .building-…            one being made; the next writer removes what a crash left

A generation is built aside, synced, renamed into place, and becomes current when ``CURRENT`` is
replaced, in one ``rename``. Whoever holds an older one open goes on reading it.

Files that never change once written (the two of the base, tantivy's segments) are hard links to
those of the generation before: adding an article to a large index writes what is new and little
else (a main part and a delta, as in column stores; Krueger et al. 2011). Each generation is whole
by itself all the same, and may be copied elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from corpus.splitter import SplitterSettings
from index.errors import IndexCorrupt, IndexForeign, IndexMissing

__all__ = [
    "BASE_CATALOGUE",
    "BASE_DENSE",
    "CATALOGUE",
    "COPIES",
    "CURRENT",
    "DENSE",
    "FORMAT_VERSION",
    "GENERATIONS",
    "GENERATION_NAME",
    "HISTORY",
    "JOURNAL",
    "MANIFEST",
    "SPARSE",
    "SPARSE_ARTICLES",
    "Manifest",
    "current_generation",
    "read_current",
    "sync",
    "verify_generation",
]

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
CATALOGUE = "catalogue.sqlite"
DENSE = "dense.faiss"
BASE_CATALOGUE = "base.sqlite"
BASE_DENSE = "base.faiss"
COPIES = "copies.sqlite"
HISTORY = "history.sqlite"
SPARSE = "sparse"
SPARSE_ARTICLES = "sparse_articles"
JOURNAL = "journal"
CURRENT = "CURRENT"
GENERATIONS = "generations"
GENERATION_NAME = re.compile(r"[0-9]{8,18}-[0-9a-f]{8}")

_LARGEST_MANIFEST = 1_000_000
_OWN_CHECKSUM = "checksum"  # of the other fields
_HASHED_WHEN_OPENED = 64_000_000  # bytes of a file: 30 ms; a larger one has its length checked


_REBUILD = 'run "newsbot index FOLDER" with a new --index folder to make it again'
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Manifest:
    """What a generation is.

    Attributes:
        format_version: of this layout; another one cannot be read.
        embedder: name of the embedding model.
        fingerprint: of its weights, 64 hex digits.
        dimension: length of a vector.
        splitter: how the articles were cut.
        articles: how many.
        passages: how many.
        built_at: timezone-aware ISO 8601.
        checksums: SHA-256 (64 hex digits) of each other file, by path inside the generation.
        sizes: length in bytes of the same files.
    """

    format_version: int
    embedder: str
    fingerprint: str
    dimension: int
    splitter: SplitterSettings
    articles: int
    passages: int
    built_at: str
    checksums: dict[str, str]
    sizes: dict[str, int]

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest of a generation.

        Raises:
            IndexCorrupt: it is missing, or is not the JSON that this class writes.
            IndexForeign: another version of newsbot wrote it.
        """
        path = folder / MANIFEST
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST_MANIFEST:
                raise IndexCorrupt(f"{path}: not a file, or too large to be a manifest")
            record = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise IndexCorrupt(f"{path}: cannot be read; {_REBUILD}") from error
        version = record.get("format_version") if isinstance(record, dict) else None
        if version != FORMAT_VERSION:
            raise IndexForeign(
                f"{folder}: index format {version!r}, this newsbot reads {FORMAT_VERSION}; "
                f"{_REBUILD}"
            )
        try:
            if record.pop(_OWN_CHECKSUM) != _record_checksum(record):
                raise IndexCorrupt(f"{path}: altered since it was written; {_REBUILD}")
            if set(record) != {field.name for field in fields(cls)}:
                raise KeyError("fields")
            record["splitter"] = SplitterSettings(**record["splitter"])
            manifest = cls(**record)
            for name, size in manifest.sizes.items():
                if not _safe_name(name) or not isinstance(size, int):
                    raise ValueError(name)
            if manifest.sizes.keys() != manifest.checksums.keys():
                raise ValueError("checksums")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise IndexCorrupt(f"{path}: not a manifest of newsbot; {_REBUILD}") from error
        return manifest

    @classmethod
    def describe(
        cls,
        folder: Path,
        embedder: tuple[str, str, int],
        splitter: SplitterSettings,
        counts: tuple[int, int],
        before: tuple[Path, Manifest] | None = None,
    ) -> Manifest:
        """Make the manifest of a folder whose other files are finished, and write and sync it all.

        Args:
            folder: the generation being built.
            embedder: name, fingerprint and dimension.
            splitter: how the articles were cut.
            counts: articles and passages.
            before: the generation it was begun from; files that are links to one of it are not
                read again.
        """
        for lock in folder.rglob("*.lock"):
            lock.unlink()  # tantivy's, of the writer that has finished
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        names = {path.relative_to(folder).as_posix(): path for path in files}
        linked = _linked(folder, before)
        manifest = cls(
            FORMAT_VERSION,
            *embedder,
            splitter,
            *counts,
            datetime.now(UTC).isoformat(timespec="seconds"),
            {name: linked.get(name) or _checksum(path) for name, path in names.items()},
            {name: path.stat().st_size for name, path in names.items()},
        )
        record = asdict(manifest)
        record[_OWN_CHECKSUM] = _record_checksum(record)
        (folder / MANIFEST).write_text(json.dumps(record, indent=1), encoding="utf-8")
        written = [path for name, path in names.items() if name not in linked]
        for path in [*written, folder / MANIFEST, *{folder, *(path.parent for path in files)}]:
            sync(path)
        return manifest


def current_generation(index_dir: Path) -> Path:
    """Find the generation that is asked now.

    Raises:
        IndexMissing: there is no index in the folder.
        IndexForeign: the folder is something else.
        IndexCorrupt: the current generation is gone.
    """
    pointer = index_dir / CURRENT
    try:
        if not stat.S_ISREG(pointer.stat().st_mode):
            raise IndexForeign(f"{pointer}: not a file; {_REBUILD}")
        with pointer.open("rb") as file:
            name = file.read(64).decode("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        if index_dir.exists() and not index_dir.is_dir():
            raise IndexForeign(f"{index_dir}: a file, not an index folder") from error
        raise IndexMissing(
            f'no index at {index_dir}: run "newsbot index FOLDER --index {index_dir}", '
            f'then "newsbot ask QUESTION --index {index_dir}"'
        ) from error
    except OSError as error:
        raise IndexCorrupt(f"{pointer}: {error.strerror or error}") from error
    if not GENERATION_NAME.fullmatch(name):
        raise IndexForeign(f"{pointer}: not written by newsbot; {_REBUILD}")
    folder = index_dir / GENERATIONS / name
    if not folder.is_dir() or folder.is_symlink():
        raise IndexCorrupt(f"{folder}: the current generation is missing; {_REBUILD}")
    return folder


def read_current(index_dir: Path, read: Callable[[Path], _Result]) -> _Result:
    """Return what ``read`` makes of the folder of the current generation.

    Where a writer has pruned that folder meanwhile, the newer one is read.

    Args:
        index_dir: folder of the index.
        read: takes the generation's folder; raises ``IndexCorrupt`` where a file of it is missing.

    Raises:
        IndexMissing: there is no index there.
        IndexForeign: the folder is something else.
        IndexCorrupt: the generation is not whole, and it is still the current one.
    """
    while True:
        folder = current_generation(index_dir)
        try:
            return read(folder)
        except IndexCorrupt:
            if current_generation(index_dir) == folder:
                raise


def verify_generation(
    folder: Path,
    manifest: Manifest,
    *,
    opening: bool = False,
    trusted: tuple[Path, Manifest] | None = None,
) -> None:
    """Check that every file of a generation is what its manifest says.

    Args:
        folder: of the generation.
        manifest: of it.
        opening: leave the checksum of very large files to a check that somebody asks for. What is
            cited of them is checked by itself: ``Catalogue`` knows each article's hash.
        trusted: a generation that was checked before; files that are links to one of it are not
            read again.

    Raises:
        IndexCorrupt: a file is missing, cut short or altered.
    """
    linked = _linked(folder, trusted)
    for name, size in manifest.sizes.items():
        path = folder / name
        try:
            if path.is_symlink() or path.stat().st_size != size:
                raise IndexCorrupt(f"{path}: not as long as when it was written; {_REBUILD}")
            if linked.get(name) == manifest.checksums[name]:
                continue
            if opening and size > _HASHED_WHEN_OPENED:
                continue
            if _checksum(path) != manifest.checksums[name]:
                raise IndexCorrupt(f"{path}: altered since it was written; {_REBUILD}")
        except OSError as error:
            raise IndexCorrupt(f"{path}: {error.strerror or error}; {_REBUILD}") from error


def sync(path: Path) -> None:
    """Write a file, or a folder's list of names, through to the disk."""
    writable = os.name == "nt"  # Windows flushes only what may be written, and no folder
    if writable and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if writable else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _linked(folder: Path, before: tuple[Path, Manifest] | None) -> dict[str, str]:
    """Return the checksums of the files that are the very same ones in another generation."""
    if before is None:
        return {}
    other, manifest = before
    return {
        name: checksum
        for name, checksum in manifest.checksums.items()
        if (folder / name).exists()
        and (other / name).exists()
        and (folder / name).samefile(other / name)
    }


def _record_checksum(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _safe_name(name: str) -> bool:
    parts = Path(name).parts
    return bool(parts) and not Path(name).is_absolute() and ".." not in parts


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
