"""Writers that may not write: ``python -m tests.fakes.limited_writer KIND FOLDER``.

A process of its own, because it forks, like tests.fakes.crash_writer. Each writer is a fork under a
limit; what it met is printed as a JSON list, with what the index held after it, and what it held
when the limit had gone and the same writer had run again. The kinds that mount something need a
mount namespace of their own: ``unshare --mount``, with ``--map-root-user`` where one is not root.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus.errors import NewsbotError
from index.builder import remove_articles
from index.names.tagger import shipped_tagger
from index.store.layout import Manifest, current_generation, verify_generation
from tests.fakes.crash_writer import build, fork, held, look, whole, write

ARTICLES = 12
NOBODY = 65_534
PARTS = (0.0, 0.05, 0.3, 0.6, 0.8, 0.9, 0.97, 9.0)
"""Of the room that a whole index takes, what a writer is left with."""


Limit = Callable[[], None]


def main(kind: str, folder: Path) -> None:
    shipped_tagger()  # or each fork would load it
    articles, index = folder / "articles", folder / "index"
    articles.mkdir()
    index.mkdir()
    print(json.dumps(list(KINDS[kind](articles, index))))


def small_files(articles: Path, index: Path) -> Iterator[dict[str, Any]]:
    """Let no file grow over a size, in a first build and in later ones."""
    later = index / "later"
    write_all(articles, 0)
    whole(lambda: build(articles, later))
    largest = max(path.stat().st_size for path in files(later))
    sizes = [int(part * largest) for part in PARTS]
    for place, size in enumerate(sizes):
        first = index / f"first{place}"
        first.mkdir()
        yield attempt(articles, first, 0, lambda size=size: limit_files(size))
    for turn, size in enumerate(sizes, start=1):
        yield attempt(articles, later, turn, lambda size=size: limit_files(size))
    yield attempt(articles, later, None, lambda: limit_files(largest // 2), remove=True)


def full_disk(articles: Path, index: Path) -> Iterator[dict[str, Any]]:
    """Fill a small disk up to a little, before a first build and before later ones."""
    disk = index / "disk"
    write_all(articles, 0)
    whole(lambda: build(articles, index / "measured"))
    block = os.sysconf("SC_PAGE_SIZE")
    size = sum(-(-path.stat().st_size // block) * block for path in files(index / "measured"))
    for later in (False, True):
        for turn, part in enumerate(PARTS):
            with small_disk(disk, 12 * size):
                path = disk / "index"
                path.mkdir()
                if later:
                    write_all(articles, 0)
                    whole(lambda path=path: build(articles, path))
                with filled(disk, int(part * size)):
                    outcome = attempt(articles, path, turn + later, None, then=False)
                yield {**outcome, "again": again(articles, path)}


def read_only_mount(articles: Path, index: Path) -> Iterator[dict[str, Any]]:
    """Mount the folder of a whole index to be read and not written."""
    write_all(articles, 0)
    whole(lambda: build(articles, index))
    built = held(articles)
    subprocess.run(["mount", "--bind", index, index], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", index], check=True)
    for remove in (False, True):
        yield attempt(articles, index, 1, None, remove=remove, then=False)
    yield {**tell(lambda: check(index)), "asked": look(index) == built}


def other_owner(articles: Path, index: Path) -> Iterator[dict[str, Any]]:
    """Take every right to write from the folder, and from root its privilege."""
    write_all(articles, 0)
    whole(lambda: build(articles, index))
    for path in [index, *index.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    become_nobody()  # this process too: what comes can only read
    for remove in (False, True):
        yield attempt(articles, index, None, None, remove=remove, then=False)
    yield {**tell(lambda: check(index)), "asked": look(index) == held(articles)}


def attempt(
    articles: Path,
    index: Path,
    turn: int | None,
    limit: Limit | None,
    *,
    remove: bool = False,
    then: bool = True,
) -> dict[str, Any]:
    """Run a writer under a limit, and tell what it met and what the index holds before and after.

    Args:
        turn: what the articles are to say now; None for what they say.
        limit: set in the writer alone.
        remove: whether it removes an article rather than building.
        then: whether to run it once more without the limit.
    """
    before = look(index) if (index / "CURRENT").exists() else {}
    if turn is not None:
        write_all(articles, turn)
    after = held(articles)

    def work() -> None:
        remove_articles(["paper0.txt"], index) if remove else build(articles, index)

    if remove:
        after = {name: text for name, text in before.items() if name != "paper0.txt"}
    outcome = tell(work, limit)
    left = look(index) if (index / "CURRENT").exists() else {}
    outcome["held"] = "after" if left == after else "before" if left == before else sorted(left)
    if then:
        if left != after:
            whole(work)
        outcome["again"] = look(index) == after
    return outcome


def again(articles: Path, index: Path) -> bool:
    """Build without a limit, and tell whether the index holds what the files say."""
    whole(lambda: build(articles, index))
    return look(index) == held(articles)


def tell(work: Callable[[], object], limit: Limit | None = None) -> dict[str, Any]:
    """Run something in a fork, and tell the error that it ended with, if it did."""
    reading, writing = os.pipe()

    def limited() -> None:
        os.close(reading)
        found: dict[str, Any] = {"error": None, "ours": True, "message": ""}
        try:
            if limit is not None:
                limit()
            work()
        except BaseException as error:
            ours = isinstance(error, NewsbotError)
            found = {"error": type(error).__name__, "ours": ours, "message": str(error)}
        os.write(writing, json.dumps(found).encode())

    child = fork(limited)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    outcome: dict[str, Any] = json.loads(text)
    return outcome


def check(index: Path) -> None:
    folder = current_generation(index)
    verify_generation(folder, Manifest.read(folder))


def write_all(articles: Path, turn: int) -> None:
    for number in range(ARTICLES):
        write(articles, f"paper{number}", 100 * turn + number)


def files(index: Path) -> list[Path]:
    return [path for path in current_generation(index).rglob("*") if path.is_file()]


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def become_nobody() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[None]:
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place]
    subprocess.run(command, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@contextmanager
def filled(place: Path, free: int) -> Iterator[None]:
    """Fill a disk up to some bytes, and free it at the end."""
    state = os.statvfs(place)
    filler = place / "filler"
    filler.write_bytes(bytes(max(0, state.f_bavail * state.f_bsize - free)))
    try:
        yield
    finally:
        filler.unlink()


KINDS: dict[str, Callable[[Path, Path], Iterator[dict[str, Any]]]] = {
    "small-files": small_files,
    "full-disk": full_disk,
    "read-only-mount": read_only_mount,
    "other-owner": other_owner,
}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
