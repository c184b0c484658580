"""The folder beside the index that keeps what was uploaded or pasted, under names that are safe."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from bot.errors import BotError

__all__ = ["Originals", "safe_name"]

_UNFIT = re.compile(r"[^\w.()+, -]+")
_LONGEST_NAME = 80  # bytes, without the digits and the endings
_LONGEST_FIELD = 2_000  # code points


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


class Originals:
    """Files that people brought; nothing in it is ever overwritten."""

    def __init__(self, index: Path) -> None:
        """Keep them beside this index, in a folder that is made for the first of them."""
        self.folder = index.with_name(f"{index.name}-originals")

    def keep(self, files: Iterable[Path]) -> list[Path]:
        """Copy files in.

        Args:
            files: where they are now; their names may be anything.

        Returns:
            Where each is kept: under its own name with digits of its content, as ``safe_name``
            makes it. A file that is kept already, byte for byte under that name, is not kept twice.

        Raises:
            BotError: the folder cannot be written, or a file not be read.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return [self._keep(file) for file in files]
        except OSError as error:
            raise self._failure(error) from error

    def keep_text(
        self, text: str, title: str = "", source: str = "", published: str = "", url: str = ""
    ) -> Path:
        """Keep a pasted article as JSON; raises what ``keep`` does."""
        given = {"title": title, "source": source, "published": published, "url": url}
        record = {
            name: value.strip()[:_LONGEST_FIELD] for name, value in given.items() if value.strip()
        }
        data = json.dumps({**record, "text": text}).encode()
        name = f"pasted-{hashlib.sha256(data).hexdigest()[:12]}.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            place = self.folder / name
            if not place.exists():
                with place.open("xb") as kept:
                    kept.write(data)
        except OSError as error:
            raise self._failure(error) from error
        return place

    def _keep(self, file: Path) -> Path:
        digest = _digest(file)
        for digits in (8, 16, len(digest)):
            place = self.folder / safe_name(file.name, digest[:digits])
            if place.is_file() and not place.is_symlink() and _digest(place) == digest:
                return place
            if not os.path.lexists(place):
                with file.open("rb") as given, place.open("xb") as kept:
                    shutil.copyfileobj(given, kept)
                return place
        raise BotError(f"cannot keep it in {self.folder}: something else is in its place")

    def _failure(self, error: OSError) -> BotError:
        return BotError(f"cannot keep it in {self.folder}: {error.strerror or error}")


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
