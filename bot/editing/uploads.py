"""The folder beside the index that keeps what was uploaded or pasted, under names that are safe.

What a change brought is taken out again where the change published nothing; nothing that an article
of the index came from ever is.
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
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from bot.editing.pending import PendingUpload, left_behind
from bot.errors import BotError, RequestRefused
from corpus.errors import NewsbotError
from index.store.layout import sync
from index.store.publishing import held_source_paths

__all__ = ["Upload", "UploadFolder", "pasted_article", "safe_name"]

_UNFIT = re.compile(r"[^\w.()+, -]+")
_LONGEST_NAME = 80  # bytes, without the digits and the endings
_LONGEST_FIELD = 2_000  # code points
_PATIENCE = 1.0  # seconds to wait for another writer of the index; then it is left for later


def safe_name(name: str, digits: str) -> str:
    """Make a file name of what somebody called a file.

    Args:
        name: anything.
        digits: of the content's digest: so no file takes another's place in the index, and the
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
    """Give a pasted article as the JSON that it is kept as, with what is known of it."""
    given = {"title": title, "source": source, "published": published, "url": url}
    record = {
        name: value.strip()[:_LONGEST_FIELD] for name, value in given.items() if value.strip()
    }
    return json.dumps({**record, "text": text}).encode()


@dataclass(eq=False)
class Upload:
    """What one change brought.

    Attributes:
        paths: where each is kept: under its own name with digits of its content, as ``safe_name``
            makes it. What is kept already, byte for byte under that name, is not kept twice.
        fresh: those of them that were not kept before, and go where the change publishes nothing.
        note: what tells of them after a crash; None where there are none.
    """

    paths: list[Path]
    fresh: set[Path] = field(default_factory=set)
    note: PendingUpload | None = None


class UploadFolder:
    """Files that people brought; nothing in it is ever overwritten. Safe for threads."""

    def __init__(self, index: Path, most_bytes: int = 0) -> None:
        """Keep them beside this index, in a folder that is made for the first of them.

        Args:
            index: folder of the index.
            most_bytes: that the whole folder may hold; 0 for any amount.
        """
        self.folder = index.with_name(f"{index.name}-originals")
        self._index = index
        self._most = most_bytes
        self._lock = threading.Lock()
        self._open: list[Upload] = []

    def bring(self, files: Sequence[Path] = (), pasted: bytes = b"") -> Upload:
        """Copy in what a change brings: all of it or, where that is not possible, nothing.

        Args:
            files: where they are now; their names may be anything.
            pasted: what ``pasted_article`` gave, or nothing.

        Returns:
            What ``settle`` takes when the change is done.

        Raises:
            RequestRefused: the folder would hold too much.
            BotError: the folder cannot be written, or a file not be read.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._lock:
                self._sweep()
                return self._bring(files, pasted)
        except OSError as error:
            raise BotError(f"cannot keep it in {self.folder}: {error.strerror or error}") from error

    def settle(self, brought: Upload, published: bool) -> None:
        """Note that a change is done; a second time this does nothing.

        Args:
            brought: what it brought.
            published: whether it published anything. Where it did not, what it brought goes, but
                for what another change that is not done brought too and what the index needs.
        """
        with self._lock:
            if brought not in self._open:
                return
            self._open.remove(brought)
            if brought.note is not None:
                self._close(brought.note, set() if published else brought.fresh, _PATIENCE)

    def sweep(self) -> None:
        """Take out what changes brought that a crash ended; what cannot be is left for later."""
        with self._lock, suppress(OSError):
            self._sweep()

    def _bring(self, files: Sequence[Path], pasted: bytes) -> Upload:
        given: list[tuple[Path | bytes, str, str]] = [
            (file, file.name, _digest(file)) for file in files
        ]
        if pasted:
            digest = hashlib.sha256(pasted).hexdigest()
            given.append((pasted, "pasted.json", digest))
        planned: dict[Path, tuple[Path | bytes, str]] = {}
        brought = Upload([])
        for data, name, digest in given:
            place, is_new = self._place(name, digest, planned)
            brought.paths.append(place)
            if is_new:
                planned.setdefault(place, (data, digest))
        self._check_room(sum(_size(data) for data, _ in planned.values()))
        brought.fresh = set(planned)
        if planned:
            brought.note = PendingUpload.begin(self.folder, [place.name for place in planned])
            try:
                for place, (data, _) in planned.items():
                    self._copy(data, place, brought.note)
            except BaseException:
                self._close(brought.note, brought.fresh, _PATIENCE)
                raise
        self._open.append(brought)
        return brought

    def _place(
        self, name: str, digest: str, planned: dict[Path, tuple[Path | bytes, str]]
    ) -> tuple[Path, bool]:
        """Give where something belongs, and whether it is not there yet."""
        for digits in (8, 16, len(digest)):
            place = self.folder / safe_name(name, digest[:digits])
            if place in planned:
                if planned[place][1] == digest:
                    return place, False
            elif not os.path.lexists(place):
                return place, True
            elif place.is_file() and not place.is_symlink() and _digest(place) == digest:
                return place, False
        raise BotError(f"cannot keep it in {self.folder}: something else is in its place")

    def _copy(self, data: Path | bytes, place: Path, note: PendingUpload) -> None:
        part = self.folder / f".{note.token}.part"  # hidden: no half of a file is ever indexed
        source: BinaryIO = io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")
        try:
            with source, part.open("xb") as kept:
                shutil.copyfileobj(source, kept)
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
                f"what was added is kept beside the index, and with this it would be more than "
                f"{self._most / 1e9:g} GB: whoever runs this newsbot can make room there, or "
                f"allow more with --originals-gb"
            )

    def _sweep(self) -> None:
        own = {brought.note.token for brought in self._open if brought.note is not None}
        for note in left_behind(self.folder, own):
            (self.folder / f".{note.token}.part").unlink(missing_ok=True)
            self._close(note, {self.folder / name for name in note.names()}, 0)

    def _close(self, note: PendingUpload, doubtful: set[Path], seconds: float) -> None:
        """End a note, and take out what it names unless somebody needs it or that is not known."""
        try:
            for other in self._open:
                if shared := doubtful.intersection(other.paths):
                    self._hand_over(shared, other)
                    doubtful = doubtful - shared
            if doubtful:
                with held_source_paths(self._index, seconds) as origins:
                    # By name alone, which has digits of the content: the folder may have moved.
                    needed = {os.path.basename(origin) for origin in origins}
                    for place in doubtful:
                        if place.name not in needed:
                            place.unlink(missing_ok=True)
            note.end()
        except (NewsbotError, OSError):
            note.leave()

    def _hand_over(self, shared: Iterable[Path], other: Upload) -> None:
        other.fresh.update(shared)
        names = [place.name for place in other.fresh]
        if other.note is None:
            other.note = PendingUpload.begin(self.folder, names)
        else:
            other.note.write(names)


def _size(data: Path | bytes) -> int:
    return len(data) if isinstance(data, bytes) else data.stat().st_size


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
