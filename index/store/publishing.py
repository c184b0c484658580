"""How a generation comes to be: begun aside from the one before, and published in one rename."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexBusy, IndexForeign, IndexMissing
from index.store.layout import (
    BASE_CATALOGUE,
    BASE_DENSE,
    CURRENT,
    GENERATION_NAME,
    GENERATIONS,
    JOURNAL,
    MANIFEST,
    SPARSE,
    SPARSE_ARTICLES,
    current_generation,
    sync,
)

__all__ = [
    "begin_generation",
    "discard_generation",
    "publish_generation",
    "refuse_foreign_folder",
    "writer_lock",
]

_LOCK = "write.lock"
_BUILDING = ".building-"
_KEPT = 2  # the current one, and the one before it for readers that are just opening it


def begin_generation(index_dir: Path, before: Path | None) -> Path:
    """Make the folder in which the next generation is built. The writer's lock must be held.

    Args:
        index_dir: the index.
        before: generation to start from: what never changes is linked, the other files but the
            manifest are copied. None for an empty one.
    """
    generations = index_dir / GENERATIONS
    generations.mkdir(parents=True, exist_ok=True)
    for left in generations.glob(f"{_BUILDING}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = generations / f"{_BUILDING}{secrets.token_hex(4)}"
    folder.mkdir()
    if before is not None:
        for file in sorted(path for path in before.rglob("*") if path.is_file()):
            if file.name != MANIFEST and file.suffix != ".lock":
                target = folder / file.relative_to(before)
                target.parent.mkdir(exist_ok=True)
                _take_over(file, target)
    return folder


def _take_over(source: Path, target: Path) -> None:
    # tantivy replaces its JSON files, and writes each other one once.
    segment = source.parent.name in (SPARSE, SPARSE_ARTICLES) and source.suffix != ".json"
    if segment or source.name in (BASE_CATALOGUE, BASE_DENSE):
        try:
            os.link(source, target)
            return
        except OSError:
            pass  # a file system without links, such as a memory stick's
    shutil.copyfile(source, target)


def discard_generation(building: Path) -> None:
    """Remove a folder that ``begin_generation`` made; one that was published stays."""
    if building.name.startswith(_BUILDING):
        shutil.rmtree(building, ignore_errors=True)


def publish_generation(index_dir: Path, building: Path) -> Path:
    """Make a finished folder the current generation, in one rename, and prune the oldest.

    Returns:
        Where the generation is now.
    """
    generations = index_dir / GENERATIONS
    number = 1 + max((_number(path) for path in _finished(generations)), default=0)
    final = generations / f"{number:08d}-{building.name.removeprefix(_BUILDING)}"
    building.rename(final)
    sync(generations)
    pointer = index_dir / f"{CURRENT}.new"
    pointer.unlink(missing_ok=True)  # what a crash left, or a link that leads elsewhere
    with pointer.open("x", encoding="ascii") as file:
        file.write(f"{final.name}\n")
    sync(pointer)
    pointer.replace(index_dir / CURRENT)
    sync(index_dir)
    for old in sorted(_finished(generations), key=_number)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def _finished(generations: Path) -> list[Path]:
    return [path for path in generations.iterdir() if GENERATION_NAME.fullmatch(path.name)]


def _number(generation: Path) -> int:
    return int(generation.name.partition("-")[0])


def refuse_foreign_folder(index_dir: Path) -> None:
    """Refuse to build in a folder that holds files of something else.

    Raises:
        IndexForeign: it does.
    """
    try:
        current_generation(index_dir)
    except IndexMissing:
        ours = {_LOCK, GENERATIONS, f"{CURRENT}.new", JOURNAL}
        if index_dir.is_dir() and {path.name for path in index_dir.iterdir()} - ours:
            raise IndexForeign(
                f"{index_dir} holds other files and no index: give an empty or a new folder"
            ) from None


@contextmanager
def writer_lock(index_dir: Path, seconds: float) -> Iterator[None]:
    """Be the only one that writes to an index.

    Args:
        index_dir: folder of the index, which must be there.
        seconds: how long to wait for another writer to be done.

    Raises:
        IndexBusy: one goes on writing.
        OSError: the folder cannot be written.
    """
    try:
        with FileLock(index_dir / _LOCK, timeout=seconds):
            yield
    except Timeout as error:
        raise IndexBusy(f"{index_dir}: another process is writing to this index") from error
