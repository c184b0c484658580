"""What newsbot needs to work, looked at one by one: what holds, and what to do where it fails."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from bot.errors import BotError
from bot.settings import Settings
from corpus.errors import NewsbotError
from index.address import IndexAddress
from index.errors import IndexMissing

__all__ = ["Check", "CheckState", "examine"]

_LEAST_PYTHON = (3, 11)
_GIGABYTE = 1_000_000_000
_MEMORY_NEEDED = 1.5 * _GIGABYTE  # what a process that answers takes, and some for its index
_DISK_NEEDED = 0.5 * _GIGABYTE  # the models made at first use, and a small index
_EXTRAS = {
    "formats": (("openpyxl", "zstandard"), "Excel files, and files packed by zstd"),
    "mcp": (("mcp",), "newsbot chat --mcp"),
    "cluster": (("pymilvus", "psycopg"), "an index in Milvus and PostgreSQL"),
    "ollama": (("langchain_ollama",), "--chat-model ollama:NAME"),
    "openai": (("langchain_openai",), "--chat-model openai:NAME"),
    "anthropic": (("langchain_anthropic",), "--chat-model anthropic:NAME"),
}


class CheckState(StrEnum):
    """How a check ended."""

    GOOD = "good"
    OPTIONAL = "optional"  # missing, and needed only for what the check names
    POOR = "poor"  # works, slowly or not for long
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: of the thing.
        state: how it is.
        found: what was found, in a few words.
        remedy: what to do; empty where nothing needs doing.
    """

    name: str
    state: CheckState
    found: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything that newsbot needs with these settings; yield each check as it is done."""
    yield _python()
    yield _guarded("embedder", _embedder)
    yield _guarded("reader", lambda: _reader(settings.reader))
    yield _memory()
    yield _disk(settings.index)
    yield _guarded("index", lambda: _index(settings.index))
    yield _guarded("chat model", lambda: _chat_model(settings.chat_model))
    yield _tesseract()
    yield from (_extra(name) for name in _EXTRAS)


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except NewsbotError as error:
        cause, _, remedy = str(error).partition("; ")
        return Check(name, CheckState.BAD, cause, remedy)


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < _LEAST_PYTHON:
        return Check("python", CheckState.BAD, found, "install Python 3.11 or newer")
    return Check("python", CheckState.GOOD, found)


def _embedder() -> Check:
    from index.embedding.default_model import DEFAULT_MODEL, cached_model, default_weights_folder

    default_weights_folder()  # reads the weights and compares their hash
    return Check("embedder", CheckState.GOOD, f"{DEFAULT_MODEL}, whole; 8 bits: {cached_model()}")


def _reader(name: str | None) -> Check:
    from bot.reader.registry import SHIPPED_READER, load_reader

    if name is None:
        for file in _altered(SHIPPED_READER):
            raise BotError(f"{file} is not as it was installed; reinstall newsbot-qa")
    load_reader(name)
    return Check("reader", CheckState.GOOD, f"{name or 'the one that comes along'}, loads")


def _altered(folder: Path) -> Iterator[Path]:
    """Yield files of a folder that differ from what the installer wrote down (RECORD of a wheel).

    An editable installation has no such record; there the model format's own checks have to do.
    """
    try:
        files = metadata.files("newsbot-qa") or []
    except metadata.PackageNotFoundError:
        return
    for file in files:
        path = Path(str(file.locate()))
        if file.hash is None or file.hash.mode != "sha256" or not path.is_relative_to(folder):
            continue
        try:
            with path.open("rb") as data:
                digest = hashlib.file_digest(data, "sha256").digest()
        except OSError:
            yield path
            continue
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
            yield path


def _memory() -> Check:
    import psutil

    memory = psutil.virtual_memory()
    found = f"{_gigabytes(memory.available)} free of {_gigabytes(memory.total)}"
    if memory.available < _MEMORY_NEEDED:
        remedy = f"close other programs: answering takes up to {_gigabytes(_MEMORY_NEEDED)}"
        return Check("memory", CheckState.POOR, found, remedy)
    return Check("memory", CheckState.GOOD, found)


def _disk(index: IndexAddress) -> Check:
    import platformdirs

    # Its models are there already, or the checks of embedder and reader say that they cannot be.
    cache = _existing(Path(platformdirs.user_cache_dir("newsbot", appauthor=False)))
    folder = _existing(index) if isinstance(index, Path) else cache
    if isinstance(index, Path) and not os.access(folder, os.W_OK):
        remedy = "choose another --index folder, or let this user write there"
        return Check("disk", CheckState.BAD, f"{folder} cannot be written", remedy)
    places = [folder, *([cache] if os.access(cache, os.W_OK) else [])]
    free, place = min((shutil.disk_usage(place).free, place) for place in places)
    found = f"{_gigabytes(free)} free at {place}"
    if free < _DISK_NEEDED:
        return Check("disk", CheckState.POOR, found, "make room there, or index on another disk")
    return Check("disk", CheckState.GOOD, found)


def _existing(path: Path) -> Path:
    return next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())


def _index(index: IndexAddress) -> Check:
    from index.searcher import Searcher

    try:
        searcher = Searcher.open(index)
    except IndexMissing:
        return Check(
            "index", CheckState.POOR, f"none at {index}", f"newsbot index FOLDER --index {index}"
        )
    searcher.embedder  # noqa: B018 - loads the model, and raises where it is another one
    status = searcher.status()
    counts = f"{status.articles:,} articles, {status.passages:,} passages"
    return Check("index", CheckState.GOOD, f"{searcher.generation}: {counts}, {status.model}")


def _chat_model(name: str | None) -> Check:
    if name is None:
        return Check("chat model", CheckState.GOOD, "none is asked for")
    from bot.generation.chat_model import load_chat_model

    load_chat_model(name)
    return Check("chat model", CheckState.GOOD, f"{name}, installed; nothing was sent to it")


def _tesseract() -> Check:
    from corpus.formats.recognition import tesseract

    if (program := tesseract()) is not None:
        return Check("tesseract", CheckState.GOOD, program)
    remedy = "to read scanned pages, install tesseract-ocr with the system's package manager"
    return Check("tesseract", CheckState.OPTIONAL, "not installed", remedy)


def _extra(name: str) -> Check:
    modules, purpose = _EXTRAS[name]
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if not missing:
        return Check(f"extra {name}", CheckState.GOOD, "installed")
    remedy = f"for {purpose}: pip install 'newsbot-qa[{name}]'"
    return Check(f"extra {name}", CheckState.OPTIONAL, "not installed", remedy)


def _gigabytes(count: float) -> str:
    return f"{count / _GIGABYTE:.1f} GB"
