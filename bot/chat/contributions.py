"""Articles that visitors add and remove: one change of the index at a time, behind the answers.

What comes from a visitor is data and never a path of this machine: files must lie in the folder of
uploads, addresses must be web addresses, and a name only ever becomes the last part of a path that
is made here. The name of a file gets eight digits of its content's hash, so that no upload takes
the place of another article, and the same upload twice is one article.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import Refused
from corpus.web_address import clean_address
from index.builder import BuildReport, build_index, remove_articles

if TYPE_CHECKING:
    from bot.chat.limits import Limits
    from bot.newsbot import NewsBot

__all__ = ["Contributions", "Progress", "safe_name"]

_UNFIT = re.compile(r"[^\w.()+, -]+")
_MOST_IDS = 1_000
_MOST_ADDRESSES = 20
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Progress:
    """How far the change that goes on is.

    Attributes:
        running: whether one goes on.
        waiting: how many wait behind it.
        step: ``files`` or ``passages``; ``""`` where none goes on.
        done: of ``step``, how many are done.
        total: of ``step``, how many there are.
    """

    running: bool = False
    waiting: int = 0
    step: str = ""
    done: int = 0
    total: int = 0


class Contributions:
    """Adds and removes articles of one index. Safe for threads."""

    def __init__(self, bot: NewsBot, limits: Limits, uploads: Path) -> None:
        """Prepare.

        Args:
            bot: whose index is changed; it answers on meanwhile, and from the new one afterwards.
            limits: of size and number.
            uploads: the folder that uploaded files lie in; no other file is ever read.
        """
        self._bot = bot
        self._limits = limits
        self._uploads = uploads
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="newsbot-changes")
        self._lock = threading.Lock()
        self._waiting = 0
        self._step: tuple[str, int, int] | None = None

    def add(
        self,
        files: Sequence[str] = (),
        addresses: Sequence[str] = (),
        text: str = "",
        title: str = "",
    ) -> Future[BuildReport]:
        """Add articles; the future is done when questions are answered from them.

        Args:
            files: paths as the upload gave them.
            addresses: web addresses, fetched as ``newsbot index`` does, none of the local network.
            text: the text of an article.
            title: its title.

        Raises:
            Refused: it is too much, nothing at all, or not what it should be.
        """
        stage = Path(tempfile.mkdtemp(prefix="newsbot-added-"))
        try:
            pages = self._addresses(addresses)
            uploaded = self._files(files)
            if text.strip():
                self._write_text(stage, text, title)
            elif title.strip():
                raise Refused("a title without a text is no article")
            if not (pages or uploaded or text.strip()):
                raise Refused("nothing to add: give files, web addresses or a text")
            for path in uploaded:
                _take(path, stage)
        except BaseException:
            shutil.rmtree(stage, ignore_errors=True)
            raise
        paths: list[str | Path] = [*([stage] if any(stage.iterdir()) else []), *pages]

        def change() -> BuildReport:
            # The model that answers is the one that reads: it is in memory already.
            embedder = self._bot.searcher().embedder
            return build_index(paths, self._bot.index, embedder=embedder, progress=self)

        return self._submit(change, lambda: shutil.rmtree(stage, ignore_errors=True))

    def remove(self, article_ids: Sequence[str]) -> Future[BuildReport]:
        """Remove articles by their ids; all of them or, where one is unknown, none.

        Raises:
            Refused: none or too many are named.
        """
        ids = list(dict.fromkeys(article_ids))
        if not ids:
            raise Refused("nothing to remove: give ids of articles")
        if len(ids) > _MOST_IDS:
            raise Refused(f"more than {_MOST_IDS:,} articles: remove them in several steps")
        return self._submit(lambda: remove_articles(ids, self._bot.index, progress=self))

    def progress(self) -> Progress:
        """Tell what goes on."""
        with self._lock:
            waiting, step = self._waiting, self._step
        if step is None:
            return Progress(waiting > 0, max(0, waiting - 1))
        return Progress(True, max(0, waiting - 1), *step)

    def files(self, done: int, total: int, name: str) -> None:
        """Take note that files have been read, as ``index.builder.Progress``."""
        self._step = ("files", done, total)

    def passages(self, done: int, total: int) -> None:
        """Take note that passages have been embedded, as ``index.builder.Progress``."""
        self._step = ("passages", done, total)

    def close(self) -> None:
        """Take no more changes, forget those that wait, and wait for the one that goes on."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _submit(
        self, change: Callable[[], BuildReport], clean: Callable[[], None] = lambda: None
    ) -> Future[BuildReport]:
        def run() -> BuildReport:
            try:
                report = change()
                self._bot.searcher()  # opened here, so that no question has to wait for that
                return report
            finally:
                with self._lock:
                    self._step = None

        def finished(_: Future[BuildReport]) -> None:
            with self._lock:
                self._waiting -= 1
            clean()

        most = self._limits.changes_waiting
        with self._lock:
            full = self._waiting > most  # the one that goes on does not wait
            self._waiting += not full
        if full:
            clean()
            raise Refused(f"{most} changes wait already: try again when they are done")
        try:
            future = self._worker.submit(run)
        except RuntimeError as error:
            with self._lock:
                self._waiting -= 1
            clean()
            raise Refused("the server is closing") from error
        future.add_done_callback(finished)
        return future

    def _addresses(self, addresses: Sequence[str]) -> list[str]:
        if len(addresses) > _MOST_ADDRESSES:
            raise Refused(f"more than {_MOST_ADDRESSES} addresses: add them in several steps")
        cleaned: list[str] = []
        for address in addresses:
            usable = clean_address(address)
            if usable is None:
                raise Refused(f"not a usable web address: {_shown(address)}")
            cleaned.append(usable)
        return cleaned

    def _files(self, files: Sequence[str]) -> list[Path]:
        most = self._limits.upload_files
        if len(files) > most:
            raise Refused(f"more than {most} files: add them in several steps")
        root = os.path.realpath(self._uploads)
        found = []
        for name in files:
            # realpath follows every link: what it gives is where the bytes are.
            real = "" if "\0" in name else os.path.realpath(name)
            if os.path.commonpath([root, real or "/"]) != root or not os.path.isfile(real):
                raise Refused(f"not an uploaded file: {_shown(Path(name).name)}")
            if os.path.getsize(real) > self._limits.file_bytes:
                size = self._limits.file_bytes // 1_000_000
                raise Refused(f"larger than {size} MB: {_shown(Path(name).name)}")
            found.append(Path(real))
        return list(dict.fromkeys(found))

    def _write_text(self, stage: Path, text: str, title: str) -> None:
        if len(text) > self._limits.text:
            raise Refused(f"longer than {self._limits.text:,} characters: add the text as a file")
        heading = " ".join(title.split())[:300]
        data = f"{heading}\n\n{text}" if heading else text
        written = data.encode("utf-8", "replace")
        name = safe_name(f"{heading[:60].lower() or 'added'}.txt", sha256(written).hexdigest())
        (stage / name).write_bytes(written)


def safe_name(name: str, digest: str) -> str:
    """Make a file name of what somebody called a file.

    Args:
        name: anything.
        digest: hexadecimal, of the content.

    Returns:
        A single part of a path, without a leading dot, of letters, digits and a few signs, at most
        120 bytes, with eight digits of the digest before its extensions.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = _UNFIT.sub("-", plain).strip(" .-")
    packed = ".gz" if plain.lower().endswith(".gz") else ""
    stem, suffix = os.path.splitext(plain[: len(plain) - len(packed)])
    if len(suffix.encode()) > 12:
        stem, suffix = stem + suffix, ""
    # Cut in bytes, which are what a file system counts, and not inside a character.
    stem = stem.encode()[:_LONGEST_NAME].decode(errors="ignore").strip(" .-") or "article"
    return f"{stem}-{digest[:8]}{suffix}{packed}"


def _take(path: Path, stage: Path) -> None:
    """Move an uploaded file to where it will be read."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    shutil.move(path, stage / safe_name(path.name, digest))


def _shown(text: Any) -> str:
    return repr(str(text)[:100])
