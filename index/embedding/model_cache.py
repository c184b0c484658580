"""Models that are made on this machine, and kept in the user's cache."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from index.errors import EmbedderFailure

__all__ = ["cached_onnx"]

_MODEL_FILE = "model.onnx"
_CHECKSUM_FILE = "model.onnx.sha256"
_LOCK_SECONDS = 300.0


def cached_onnx(name: str, make: Callable[[Path], None], cache: Path | None = None) -> Path:
    """Return a model's file, made first where it is missing or damaged.

    Args:
        name: of its folder in the cache, another one for other weights or another way.
        make: writes the model to a path, in a folder that is removed afterwards.
        cache: folder of all; ``newsbot`` in the platform's folder for caches where None.

    Raises:
        EmbedderFailure: the cache cannot be written, or ``make`` raises it.
    """
    if cache is None:
        import platformdirs

        cache = Path(platformdirs.user_cache_dir("newsbot", appauthor=False))
    folder = cache / name
    file = folder / _MODEL_FILE
    if _is_whole(folder):
        return file
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "write.lock", timeout=_LOCK_SECONDS):
            if not _is_whole(folder):  # somebody else may have made it meanwhile
                _make(folder, make)
    except Timeout as error:
        raise EmbedderFailure(f"{folder}: another process is making the model there") from error
    except OSError as error:
        raise EmbedderFailure(
            f"cannot keep a model in {folder}: {error.strerror or error}; "
            "set XDG_CACHE_HOME to a folder that can be written"
        ) from error
    return file


_whole: set[Path] = set()
_whole_lock = threading.Lock()


def _is_whole(folder: Path) -> bool:
    """Whether the file is there and is what was written; it is hashed once."""
    with _whole_lock:
        if folder in _whole and (folder / _MODEL_FILE).is_file():
            return True
        try:
            expected = (folder / _CHECKSUM_FILE).read_text(encoding="ascii").strip()
            with (folder / _MODEL_FILE).open("rb") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest() == expected
        except (OSError, ValueError):
            return False
        if whole:
            _whole.add(folder)
        return whole


def _make(folder: Path, make: Callable[[Path], None]) -> None:
    """Make the model, and put the files into place: the checksum last."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made, checksum = Path(scratch) / _MODEL_FILE, Path(scratch) / _CHECKSUM_FILE
        make(made)
        with made.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        checksum.write_text(digest, encoding="ascii")
        (folder / _CHECKSUM_FILE).unlink(missing_ok=True)
        made.replace(folder / _MODEL_FILE)
        checksum.replace(folder / _CHECKSUM_FILE)
