"""The files that paths lead to, in a fixed order, with what was passed over and why.

Everything is decided by looking at names and kinds: no file is opened here, and one that would
never end or never begin (a device, a pipe, a socket) is not opened at all.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from corpus.formats.registry import FORMATS, format_of
from corpus.packed import split_packing

__all__ = ["FoundFile", "LoadFailure", "Walk", "cause_of", "find_files", "shown", "stored"]

_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class LoadFailure:
    """Something that was not read, and why.

    Attributes:
        path: the file as it was reached from the path given, and the place of a record in it.
        cause: a few words, without the path.
        later: the file's path, absolute and all links resolved, where the system did not give it
            and may do so later; empty where another try would change nothing.
    """

    path: str
    cause: str
    later: str = ""

    def __str__(self) -> str:
        """Both in one line."""
        return f"{self.path}: {self.cause}"


@dataclass(frozen=True)
class FoundFile:
    """A file to read.

    Attributes:
        path: as reached from the path given.
        real: absolute, all links resolved: tells one file from another.
        name: relative to the folder given, ``/`` between its parts; a file's name if the path
            given is the file itself.
        size: bytes, when it was found.
    """

    path: Path
    real: str
    name: str
    size: int


@dataclass
class Walk:
    """What paths lead to; see ``find_files``."""

    files: list[FoundFile] = field(default_factory=list)
    failures: list[LoadFailure] = field(default_factory=list)
    skipped: list[LoadFailure] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)


def find_files(paths: Iterable[str | Path]) -> Walk:
    """Find the files of the formats known, before any is opened.

    Args:
        paths: files and folders, in the order in which they are to be read.

    Returns:
        ``files``, those of a folder sorted by name, each once; ``failures`` for paths that are
        not there or cannot be entered; ``skipped`` for hidden entries, links out of the folder,
        links to folders, files of other formats and what is no file; ``roots``, the real paths of
        what was given; ``unlisted``, the real paths of folders that could not be listed, and of
        entries that could not be looked at.
    """
    walk = Walk()
    for given in paths:
        path = Path(given)
        try:
            status = path.stat()
            real = os.path.realpath(path)
        except (OSError, ValueError) as error:
            walk.failures.append(LoadFailure(shown(path), cause_of(error)))
            continue
        walk.roots.append(real)
        if stat.S_ISDIR(status.st_mode):
            _walk_folder(path, real, walk)
        elif not stat.S_ISREG(status.st_mode):
            walk.skipped.append(LoadFailure(shown(path), "not a file"))
        elif format_of(path.name) is None:
            walk.failures.append(LoadFailure(shown(path), _unknown(path.name)))
        else:
            walk.files.append(FoundFile(path, real, path.name, status.st_size))
    seen: set[str] = set()
    once: list[FoundFile] = []
    for found_file in walk.files:
        if found_file.real not in seen:
            seen.add(found_file.real)
            once.append(found_file)
    walk.files = once
    return walk


def cause_of(error: OSError | ValueError) -> str:
    """The cause of a failed system call, in lower case and without the path."""
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return "not a usable path"


def shown(path: str | Path) -> str:
    """A path that is safe to print: odd bytes, control and direction characters escaped."""
    return _UNPRINTED.sub(lambda char: ascii(char[0])[1:-1], stored(path))


def stored(path: str | Path) -> str:
    """A path that a database takes: itself, but bytes that are not UTF-8 escaped."""
    try:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # characters that the system's file names cannot have
        return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _walk_folder(top: Path, real_top: str, walk: Walk) -> None:
    links: list[FoundFile] = []
    inside = real_top.rstrip(os.sep) + os.sep
    first = len(walk.files)
    pending = [top]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            walk.failures.append(LoadFailure(shown(folder), cause_of(error)))
            walk.unlisted.append(os.path.realpath(folder))
            continue
        below: list[Path] = []
        for entry in entries:
            path = folder / entry.name
            try:
                found_file = _look_at(entry, path, inside, walk, below)
            except OSError as error:
                walk.failures.append(LoadFailure(shown(path), cause_of(error)))
                if not isinstance(error, FileNotFoundError):  # that one has gone since
                    walk.unlisted.append(os.path.realpath(path))
                continue
            if found_file is not None:
                kept = links if entry.is_symlink() else walk.files
                kept.append(
                    FoundFile(
                        path, found_file.real, path.relative_to(top).as_posix(), found_file.size
                    )
                )
        pending.extend(reversed(below))
    # A link to a file of the folder adds something only where the file itself is not read.
    own = {found_file.real for found_file in walk.files}
    walk.files.extend(link for link in links if link.real not in own)
    walk.files[first:] = sorted(walk.files[first:], key=lambda found: os.fsencode(found.path))


def _look_at(
    entry: os.DirEntry[str], path: Path, inside: str, walk: Walk, below: list[Path]
) -> FoundFile | None:
    """Decide about one entry of a folder: a file to read, a folder to enter, or neither."""

    def skip(cause: str) -> None:
        walk.skipped.append(LoadFailure(shown(path), cause))

    if entry.name.startswith("."):
        skip("hidden")
        return None
    real = os.path.realpath(path)
    if entry.is_symlink():
        if not f"{real}{os.sep}".startswith(inside):
            skip("a link that leads out of the folder")
            return None
        if not os.path.exists(real):
            skip("a link that leads nowhere")
            return None
        if entry.is_dir():
            skip("a link to a folder that is read where it lies")
            return None
    elif entry.is_dir():
        below.append(path)
        return None
    status = entry.stat()
    if not stat.S_ISREG(status.st_mode):
        skip("not a file")
    elif format_of(entry.name) is None:
        skip(_unknown(entry.name))
    else:
        return FoundFile(path, real, entry.name, status.st_size)
    return None


def _unknown(name: str) -> str:
    extension = os.path.splitext(split_packing(name.lower())[0])[1]
    known = " ".join(FORMATS)
    what = f"format {shown(extension)}" if extension else "a name without an extension"
    return f"{what} is not one of {known}"
