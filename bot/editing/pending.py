"""What changes that are not done have brought, noted so that it is known after a crash.

Beside the originals, for as long as such a change waits or goes on:

    .TOKEN.lock     held by the process whose change it is; the system lets go of it in a crash
    .TOKEN.brought  names of the originals that the change brought, one on each line
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from index.store.layout import sync

__all__ = ["PendingUpload", "left_behind"]


class PendingUpload:
    """The note of one change; whoever has it holds its lock."""

    def __init__(self, folder: Path, token: str) -> None:
        """Take a note's lock, and make it where it is not there.

        Raises:
            Timeout: another process holds it.
            OSError: the folder cannot be written.
        """
        self.token = token
        self._list = folder / f".{token}.brought"
        # Changes begin in one thread and end in another.
        self._lock = FileLock(folder / f".{token}.lock", timeout=0, thread_local=False)
        self._lock.acquire()

    @classmethod
    def begin(cls, folder: Path, names: Iterable[str]) -> PendingUpload:
        """Note what is about to be brought into a folder; raises ``OSError``."""
        note = cls(folder, secrets.token_hex(8))
        note.write(names)
        return note

    def names(self) -> set[str]:
        """Give the names that are noted; whatever else the file may hold is passed over."""
        try:
            lines = self._list.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return set()
        return {one for one in lines if one and one == Path(one).name and one[0] != "."}

    def write(self, names: Iterable[str]) -> None:
        """Note other names; a crash leaves the old list or the new one. Raises ``OSError``."""
        new = self._list.with_suffix(".new")
        new.write_text("\n".join(sorted(names)), encoding="utf-8")
        sync(new)
        new.replace(self._list)

    def leave(self) -> None:
        """Let go of it as it is: what it names is looked at again later."""
        self._lock.release()

    def end(self) -> None:
        """Remove it, because nothing that it names is in question any more."""
        self._list.unlink(missing_ok=True)
        self._list.with_suffix(".new").unlink(missing_ok=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)


def left_behind(folder: Path, own: Collection[str]) -> Iterator[PendingUpload]:
    """Give the notes that nobody holds any more: of changes that a crash ended.

    Args:
        folder: of the originals.
        own: tokens of the notes that this process holds.
    """
    for path in sorted(folder.glob(".*.lock")):
        token = path.name[1 : -len(".lock")]
        if token in own:
            continue
        try:
            yield PendingUpload(folder, token)
        except Timeout:
            continue
