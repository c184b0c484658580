"""The folder beside the index that keeps what was uploaded or pasted, under names that are safe."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from bot.errors import BotError
from bot.terminal import one_line

__all__ = ["Originals", "safe_name"]

_LONGEST_NAME = 120  # bytes, so that a number fits behind it on every file system
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
# Names that Windows keeps for devices, with any ending.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def safe_name(name: str) -> str:
    """Make of any file name one that stays in its folder, and is none of the hidden ones.

    What stands before the last slash or backslash is left out, and so are control characters and
    those that turn the writing direction. The endings stay.
    """
    plain = _UNSAFE.sub("_", one_line(re.split(r"[/\\]", name)[-1])).strip(" .")
    if not plain or _DEVICE.match(plain):
        plain = f"file_{plain}".rstrip("_ .")
    ending = "".join(Path(plain).suffixes[-2:])[-20:]
    stem = plain.removesuffix(ending).encode()[: _LONGEST_NAME - len(ending.encode())]
    return (stem.decode(errors="ignore").rstrip(" .") or "file") + ending


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
            Where each is kept: under its own name, with a number where another file has that name
            already. A file that is kept already, byte for byte under that name, is not kept twice.

        Raises:
            BotError: the folder cannot be written, or a file not be read.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return [self._keep(file, safe_name(file.name)) for file in files]
        except OSError as error:
            raise self._failure(error) from error

    def keep_text(
        self, text: str, *, title: str = "", source: str = "", published: str = "", url: str = ""
    ) -> Path:
        """Keep a pasted article as JSON; raises what ``keep`` does."""
        given = {"title": title, "source": source, "published": published, "url": url}
        record = {name: value.strip() for name, value in given.items() if value.strip()}
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

    def _keep(self, file: Path, name: str) -> Path:
        ending = "".join(Path(name).suffixes[-2:])
        stem = name.removesuffix(ending)
        digest = _digest(file)
        number = 1
        while True:
            place = self.folder / (name if number == 1 else f"{stem}-{number}{ending}")
            if place.is_file() and not place.is_symlink() and _digest(place) == digest:
                return place
            if not os.path.lexists(place):
                with file.open("rb") as given, place.open("xb") as kept:
                    shutil.copyfileobj(given, kept)
                return place
            number += 1

    def _failure(self, error: OSError) -> BotError:
        return BotError(f"cannot keep it in {self.folder}: {error.strerror or error}")


def _digest(file: Path) -> bytes:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").digest()
