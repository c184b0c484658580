"""The folder beside the index that keeps what was uploaded or pasted, under safe names.

What a job staged is deleted again if the job publishes nothing. Nothing that an article of the
index came from is ever deleted.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from bot.editing.pending import PendingUpload, abandoned_uploads
from bot.errors import BotError, RequestRefused
from corpus.errors import NewsbotError
from index.address import IndexAddress, beside
from index.store.layout import sync
from index.store.opening import open_store

__all__ = ["Upload", "UploadFolder", "pasted_article", "safe_name"]

_UNFIT = re.compile(r"[^\w.()+, -]+")
_LONGEST_NAME = 80  # bytes, without the digits and the endings
_LONGEST_FIELD = 2_000  # code points
_PATIENCE = 1.0  # seconds to wait for another writer of the index


def safe_name(name: str, digits: str) -> str:
    """Return a file name made of what somebody called a file.

    Args:
        name: anything.
        digits: of the content's digest, so that no file takes another's place in the index and the
            same file twice is one article.

    Returns:
        A single part of a path, without a leading dot, of letters, digits and a few signs, with
        ``digits`` before its endings; beside them it has at most 100 bytes.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = _UNFIT.sub("-", plain).strip(" .-")
    packed = ".gz" if plain.lower().endswith(".gz") else ""
    stem, ending = os.path.splitext(plain[: len(plain) - len(packed)])
    if len(ending.encode()) > 12:
        stem, ending = stem + ending, ""
    # Cut in bytes, which are what a file system counts, and not inside a character.
    stem = stem.encode()[:_LONGEST_NAME].decode(errors="ignore").strip(" .-") or "article"
    return f"{stem}-{digits}{ending}{packed}"


def pasted_article(
    text: str, title: str = "", source: str = "", published: str = "", url: str = ""
) -> bytes:
    """Return a pasted article as the JSON that is kept."""
    given = {"title": title, "source": source, "published": published, "url": url}
    record = {
        name: value.strip()[:_LONGEST_FIELD] for name, value in given.items() if value.strip()
    }
    return json.dumps({**record, "text": text}).encode()


@dataclass(eq=False)
class Upload:
    """What one job stages.

    Attributes:
        paths: where each file is kept; the same file is not kept twice.
        new: those that were not kept before, and are deleted if the job publishes nothing.
        pending: lists the new ones in case of a crash; None if there are none.
    """

    paths: list[Path]
    new: set[Path] = field(default_factory=set)
    pending: PendingUpload | None = None


@dataclass(frozen=True)
class _Source:
    """Bytes to be kept: a file's or pasted ones."""

    data: Path | bytes
    name: str
    digest: str

    @property
    def size(self) -> int:
        return len(self.data) if isinstance(self.data, bytes) else self.data.stat().st_size

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data) if isinstance(self.data, bytes) else self.data.open("rb")


class UploadFolder:
    """Files that people added; nothing in it is ever overwritten. Safe for threads."""

    def __init__(self, index: IndexAddress, most_bytes: int = 0) -> None:
        """Keep at most so many bytes, 0 for any number, in a folder beside an index."""
        self.folder = beside(index, "-originals")
        self._index = index
        self._most = most_bytes
        self._lock = threading.Lock()
        self._open: list[Upload] = []

    def stage(self, files: Sequence[Path] = (), pasted: bytes = b"") -> Upload:
        """Copy in what a job is to index: all of it or, if that is not possible, nothing.

        Args:
            files: where they are now; their names may be anything.
            pasted: what ``pasted_article`` returned, or nothing.

        Returns:
            What ``commit`` or ``discard`` takes when the job is done.

        Raises:
            RequestRefused: the folder would hold too much.
            BotError: the folder cannot be written, or a file cannot be read.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._lock:
                self._collect_garbage()
                return self._stage(files, pasted)
        except OSError as error:
            raise BotError(f"cannot keep it in {self.folder}: {error.strerror or error}") from error

    def commit(self, upload: Upload) -> None:
        """Keep what a job staged, because it published it; a second time this does nothing."""
        self._end(upload, set())

    def discard(self, upload: Upload) -> None:
        """Delete what a job staged, because it published nothing.

        What another open job staged too and what the index needs stays. A second time, and after
        ``commit``, this does nothing.
        """
        self._end(upload, upload.new)

    def collect_garbage(self) -> None:
        """Delete what jobs staged that a crash ended; what cannot be deleted waits for later."""
        with self._lock, suppress(OSError):
            self._collect_garbage()

    def _stage(self, files: Sequence[Path], pasted: bytes) -> Upload:
        sources = [_Source(file, file.name, _digest(file)) for file in files]
        if pasted:
            sources.append(_Source(pasted, "pasted.json", hashlib.sha256(pasted).hexdigest()))
        planned: dict[Path, _Source] = {}
        upload = Upload([])
        for source in sources:
            place, is_new = self._place(source, planned)
            upload.paths.append(place)
            if is_new:
                planned[place] = source
        self._check_room(sum(source.size for source in planned.values()))
        upload.new = set(planned)
        if planned:
            upload.pending = PendingUpload.create(self.folder, [place.name for place in planned])
            try:
                for place, source in planned.items():
                    self._copy(source, place, upload.pending)
            except BaseException:
                self._close(upload.pending, upload.new, _PATIENCE)
                raise
        self._open.append(upload)
        return upload

    def _place(self, source: _Source, planned: dict[Path, _Source]) -> tuple[Path, bool]:
        """Return where something belongs, and whether it is not there yet."""
        for digits in (8, 16, len(source.digest)):
            place = self.folder / safe_name(source.name, source.digest[:digits])
            if place in planned:
                if planned[place].digest == source.digest:
                    return place, False
            elif not os.path.lexists(place):
                return place, True
            elif place.is_file() and not place.is_symlink() and _digest(place) == source.digest:
                return place, False
        raise BotError(f"cannot keep it in {self.folder}: something else is in its place")

    def _copy(self, source: _Source, place: Path, pending: PendingUpload) -> None:
        part = self.folder / f".{pending.token}.part"  # hidden: no half of a file is ever indexed
        try:
            with source.open() as data, part.open("xb") as kept:
                shutil.copyfileobj(data, kept)
            sync(part)
            part.rename(place)
        finally:
            part.unlink(missing_ok=True)

    def _check_room(self, more: int) -> None:
        if not (self._most and more):
            return
        with os.scandir(self.folder) as entries:
            held = sum(
                entry.stat(follow_symlinks=False).st_size
                for entry in entries
                if entry.is_file(follow_symlinks=False)
            )
        if held + more > self._most:
            raise RequestRefused(
                f"this would bring what is kept beside the index to more than {self._most / 1e9:g} "
                "GB: whoever runs this newsbot can make room there, or allow more with "
                "--originals-gb"
            )

    def _end(self, upload: Upload, doubtful: set[Path]) -> None:
        with self._lock:
            if upload not in self._open:
                return
            self._open.remove(upload)
            if upload.pending is not None:
                self._close(upload.pending, doubtful, _PATIENCE)

    def _collect_garbage(self) -> None:
        own = {upload.pending.token for upload in self._open if upload.pending is not None}
        for pending in abandoned_uploads(self.folder, own):
            (self.folder / f".{pending.token}.part").unlink(missing_ok=True)
            self._close(pending, {self.folder / name for name in pending.names()}, 0)

    def _close(self, pending: PendingUpload, doubtful: set[Path], seconds: float) -> None:
        """End a list; delete its doubtful files unless they are, or may be, needed."""
        try:
            for other in self._open:
                if shared := doubtful.intersection(other.paths):
                    self._hand_over(shared, other)
                    doubtful = doubtful - shared
            if doubtful:
                with open_store(self._index).held_source_paths(seconds) as needed:
                    # By name alone, which has digits of the content: the folder may have moved.
                    names = {os.path.basename(path) for path in needed}
                    for place in doubtful:
                        if place.name not in names:
                            place.unlink(missing_ok=True)
            pending.remove()
        except (NewsbotError, OSError):
            pending.release()

    def _hand_over(self, shared: set[Path], other: Upload) -> None:
        other.new.update(shared)
        names = [place.name for place in other.new]
        if other.pending is None:
            other.pending = PendingUpload.create(self.folder, names)
        else:
            other.pending.write(names)


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
