"""Vectors that were made and are not published yet: what a killed build leaves for the next one.

Embedding is what takes long. Each batch of vectors is kept in a file of its own as soon as it is
made, under the hash of the text that it is of; a build that is started again finds them there.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["VectorJournal"]

_KEY = 32  # bytes of a SHA-256
_SUFFIX = ".vectors"


class VectorJournal:
    """A folder of vectors by the text they are of. One process writes to it at a time.

    A file is the SHA-256 of what follows, then a row for each text: the SHA-256 of model and text,
    and the vector in float32. A file that was cut short or altered is passed over.
    """

    def __init__(self, folder: Path, fingerprint: str, dimension: int) -> None:
        """Open the folder, which need not exist.

        Args:
            folder: of the journal alone.
            fingerprint: of the model; vectors of another one are not found.
            dimension: length of a vector.
        """
        self._folder = folder
        self._fingerprint = fingerprint
        self._row = np.dtype([("key", np.uint8, _KEY), ("vector", np.float32, dimension)])
        self._rows: dict[bytes, tuple[NDArray[np.void], int]] = {}
        self._files = 0
        for file in sorted(folder.glob(f"*{_SUFFIX}")):
            self._files = max(self._files, int(file.stem) if file.stem.isdecimal() else 0)
            self._take(file)

    def __len__(self) -> int:
        """Count the texts whose vectors are kept."""
        return len(self._rows)

    def find(self, texts: Sequence[str]) -> dict[int, NDArray[np.float32]]:
        """Return the vectors that are kept, by the place of their text in ``texts``."""
        found: dict[int, NDArray[np.float32]] = {}
        for place, text in enumerate(texts):
            kept = self._rows.get(self._key(text))
            if kept is not None:
                rows, number = kept
                found[place] = np.asarray(rows["vector"][number], dtype=np.float32)
        return found

    def append(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors, shape (len(texts), dimension).

        Raises:
            OSError: they cannot be written, as on a full disk.
        """
        if not texts:
            return
        rows = np.zeros(len(texts), self._row)
        rows["key"] = np.array([np.frombuffer(self._key(text), np.uint8) for text in texts])
        rows["vector"] = vectors
        data = rows.tobytes()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._files += 1
        file = self._folder / f"{self._files:08d}{_SUFFIX}"
        part = file.with_suffix(".part")
        part.write_bytes(hashlib.sha256(data).digest() + data)
        part.replace(file)

    def clear(self) -> None:
        """Forget everything, once it is published."""
        self._rows.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _take(self, file: Path) -> None:
        try:
            with file.open("rb") as opened:
                checksum = opened.read(_KEY)
                whole = hashlib.file_digest(opened, "sha256").digest() == checksum
            count, rest = divmod(file.stat().st_size - _KEY, self._row.itemsize)
            if not whole or rest or count < 1:
                return
            rows = np.memmap(file, self._row, mode="r", offset=_KEY, shape=(count,))
        except (OSError, ValueError):
            return
        for number, key in enumerate(np.asarray(rows["key"])):
            self._rows[key.tobytes()] = (rows, number)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._fingerprint}\0{text}".encode()).digest()
