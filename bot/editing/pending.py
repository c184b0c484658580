"""Uploads whose job is not done, written down so that they are known after a crash.

Beside the uploads, for as long as such a job waits or runs:

    .TOKEN.lock    held by the process whose job it is; the system releases it in a crash
    .TOKEN.staged  names of the uploads that the job staged, one on each line
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from index.store.layout import sync

__all__ = ["PendingUpload", "abandoned_uploads"]


class PendingUpload:
    """The list of what one job staged; whoever has it holds its lock."""

    def __init__(self, folder: Path, token: str) -> None:
        """Take the lock of a list; it need not exist yet.

        Raises:
            Timeout: another process holds it.
            OSError: the folder cannot be written.
        """
        self.token = token
        self._list = folder / f".{token}.staged"
        # Jobs begin in one thread and end in another.
        self._lock = FileLock(folder / f".{token}.lock", timeout=0, thread_local=False)
        self._lock.acquire()

    @classmethod
    def create(cls, folder: Path, names: Iterable[str]) -> PendingUpload:
        """Write down what is about to be staged in a folder; raises ``OSError``."""
        pending = cls(folder, secrets.token_hex(8))
        pending.write(names)
        return pending

    def names(self) -> set[str]:
        """Return the listed names of files; whatever else the list holds is passed over."""
        try:
            lines = self._list.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return set()
        return {name for name in lines if name and name == Path(name).name and name[0] != "."}

    def write(self, names: Iterable[str]) -> None:
        """Replace the list; a crash leaves the old one or the new one. Raises ``OSError``."""
        new = self._list.with_suffix(".new")
        new.write_text("\n".join(sorted(names)), encoding="utf-8")
        sync(new)
        new.replace(self._list)

    def release(self) -> None:
        """Release the lock and keep the list, so that garbage collection looks at it again."""
        self._lock.release()

    def remove(self) -> None:
        """Remove the list, because none of its files is in question any more."""
        self._list.unlink(missing_ok=True)
        self._list.with_suffix(".new").unlink(missing_ok=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)


def abandoned_uploads(folder: Path, own: Collection[str]) -> Iterator[PendingUpload]:
    """Yield the lists of jobs that a crash ended: nobody holds them, nor are they our ``own``."""
    for path in sorted(folder.glob(".*.lock")):
        token = path.name[1 : -len(".lock")]
        if token in own:
            continue
        try:
            yield PendingUpload(folder, token)
        except Timeout:
            continue
