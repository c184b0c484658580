"""The index on disk: generations, the manifest of each, and the atomic switch between them.

    INDEX/
        CURRENT                    name of the generation that is asked
        write.lock                 held by the process that writes
        journal/                   vectors made for a generation that is not finished
        generations/
            00000007-3f9a2c1d/     a finished generation, never changed again
                manifest.json      what it is, with the checksum of every other file
                dense.faiss        vectors by passage id
                sparse/            tantivy's files
                catalogue.sqlite   articles and passages
            .building-…            one being made; the next writer removes what a crash left

A generation is built aside, synced, renamed into place, and becomes current when ``CURRENT`` is
replaced, in one ``rename``. Whoever holds an older one open goes on reading it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from corpus.splitter import SplitterSettings
from index.errors import IndexCorrupt, IndexForeign, IndexMissing

__all__ = [
    "CATALOGUE",
    "DENSE",
    "FORMAT_VERSION",
    "JOURNAL",
    "SPARSE",
    "Manifest",
    "begin_generation",
    "current_generation",
    "discard_generation",
    "publish_generation",
    "verify_generation",
]

FORMAT_VERSION = 1
DENSE = "dense.faiss"
SPARSE = "sparse"
CATALOGUE = "catalogue.sqlite"
JOURNAL = "journal"

_MANIFEST = "manifest.json"
_CURRENT = "CURRENT"
_GENERATIONS = "generations"
_BUILDING = ".building-"
_NAME = re.compile(r"[0-9]{8}-[0-9a-f]{8}")
_LARGEST_MANIFEST = 1_000_000
_KEPT = 2  # the current one, and the one before it for readers that are just opening it


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
        path = folder / _MANIFEST
        try:
            if path.stat().st_size > _LARGEST_MANIFEST:
                raise IndexCorrupt(f"{path}: too large to be a manifest")
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
    ) -> Manifest:
        """Make the manifest of a folder whose other files are finished, and write and sync it all.

        Args:
            folder: the generation being built.
            embedder: name, fingerprint and dimension.
            splitter: how the articles were cut.
            counts: articles and passages.
        """
        for lock in folder.rglob("*.lock"):
            lock.unlink()  # tantivy's, of the writer that has finished
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        names = {path.relative_to(folder).as_posix(): path for path in files}
        manifest = cls(
            FORMAT_VERSION,
            *embedder,
            splitter,
            *counts,
            datetime.now(UTC).isoformat(timespec="seconds"),
            {name: _checksum(path) for name, path in names.items()},
            {name: path.stat().st_size for name, path in names.items()},
        )
        (folder / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        for path in [*files, folder / _MANIFEST, folder / SPARSE, folder]:
            _sync(path)
        return manifest


_REBUILD = 'run "newsbot index FOLDER" with a new --index folder to make it again'


def current_generation(index_dir: Path) -> Path:
    """Find the generation that is asked now.

    Raises:
        IndexMissing: there is no index in the folder.
        IndexForeign: the folder is something else.
        IndexCorrupt: the current generation is gone.
    """
    pointer = index_dir / _CURRENT
    try:
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
    if not _NAME.fullmatch(name):
        raise IndexForeign(f"{pointer}: not written by newsbot; {_REBUILD}")
    folder = index_dir / _GENERATIONS / name
    if not folder.is_dir() or folder.is_symlink():
        raise IndexCorrupt(f"{folder}: the current generation is missing; {_REBUILD}")
    return folder


def verify_generation(folder: Path, manifest: Manifest) -> None:
    """Check that every file of a generation is what its manifest says.

    Raises:
        IndexCorrupt: a file is missing, cut short or altered.
    """
    for name, size in manifest.sizes.items():
        path = folder / name
        try:
            if path.is_symlink() or path.stat().st_size != size:
                raise IndexCorrupt(f"{path}: not as long as when it was written; {_REBUILD}")
            if _checksum(path) != manifest.checksums[name]:
                raise IndexCorrupt(f"{path}: altered since it was written; {_REBUILD}")
        except OSError as error:
            raise IndexCorrupt(f"{path}: {error.strerror or error}; {_REBUILD}") from error


def begin_generation(index_dir: Path, base: Path | None) -> Path:
    """Make the folder in which the next generation is built. The writer's lock must be held.

    Args:
        index_dir: the index.
        base: generation to start from; its files but the manifest are copied. None for an empty
            one.
    """
    generations = index_dir / _GENERATIONS
    generations.mkdir(parents=True, exist_ok=True)
    for left in generations.glob(f"{_BUILDING}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = generations / f"{_BUILDING}{secrets.token_hex(4)}"
    if base is None:
        folder.mkdir()
    else:
        shutil.copytree(base, folder, ignore=shutil.ignore_patterns(_MANIFEST))
    return folder


def discard_generation(building: Path) -> None:
    """Remove a folder that ``begin_generation`` made; one that was published stays."""
    if building.name.startswith(_BUILDING):
        shutil.rmtree(building, ignore_errors=True)


def publish_generation(index_dir: Path, building: Path) -> Path:
    """Make a finished folder the current generation, in one rename, and prune the oldest.

    Returns:
        Where the generation is now.
    """
    generations = index_dir / _GENERATIONS
    number = 1 + max((int(path.name[:8]) for path in _finished(generations)), default=0)
    final = generations / f"{number:08d}-{building.name.removeprefix(_BUILDING)}"
    building.rename(final)
    _sync(generations)
    pointer = index_dir / f"{_CURRENT}.new"
    pointer.write_text(f"{final.name}\n", encoding="ascii")
    _sync(pointer)
    pointer.replace(index_dir / _CURRENT)
    _sync(index_dir)
    for old in sorted(_finished(generations))[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def _finished(generations: Path) -> list[Path]:
    return [path for path in generations.iterdir() if _NAME.fullmatch(path.name)]


def _safe_name(name: str) -> bool:
    parts = Path(name).parts
    return bool(parts) and not Path(name).is_absolute() and ".." not in parts


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
