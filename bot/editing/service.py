"""Articles that visitors add and remove, from the page and from programs alike.

What comes from a visitor is data and never a path of this machine: files must have arrived in the
folder of uploads, addresses must be web addresses, and a name only ever becomes the last part of a
path that ``bot.editing.uploads`` makes. What is added is kept, so that the index can be rebuilt.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.access.audit import Record, no_record
from bot.editing.jobs import Job, JobQueue
from bot.editing.uploads import UploadFolder, pasted_article
from bot.errors import RequestRefused
from bot.sanitize import counted
from corpus.address import clean_address

if TYPE_CHECKING:
    from bot.access.rate_limits import ServerLimits
    from bot.newsbot import NewsBot
    from index.builder import BuildReport

__all__ = ["EditingService"]

_MOST_IDS = 1_000
_MOST_ADDRESSES = 20


class EditingService:
    """Adds and removes articles of one index. Safe for threads."""

    def __init__(
        self, bot: NewsBot, limits: ServerLimits, received: Path, record: Record = no_record
    ) -> None:
        """Change a bot's index; of files only those are read that arrived in ``received``."""
        self._record = record
        self._bot = bot
        self._limits = limits
        self._received = received
        self.jobs = JobQueue(limits.changes_waiting)
        self._uploads = UploadFolder(bot.index, limits.originals_bytes)
        self._uploads.collect_garbage()

    def add(
        self,
        files: Sequence[str] = (),
        addresses: Sequence[str] = (),
        text: str = "",
        title: str = "",
        **known: str,
    ) -> Job:
        """Keep articles beside the index and index them; if nothing comes of it, keep nothing.

        Args:
            files: paths as the upload returned them; an upload is gone once it is taken.
            addresses: web addresses, fetched as ``newsbot index`` does, none of the local network.
            text: the text of an article.
            title: its title.
            known: what else is known of it: ``source``, ``published`` and ``url``.

        Raises:
            RequestRefused: it is too much, nothing at all, or not what it should be, or the server
                is closing.
            BotError: it cannot be kept.
        """
        self.jobs.check_room()
        pages = self._addresses(addresses)
        received = self._files(files)
        if len(text) > self._limits.text:
            most = f"{self._limits.text:,}"
            raise RequestRefused(f"longer than {most} characters: add the text as a file")
        if title.strip() and not text.strip():
            raise RequestRefused("a title without a text is no article")
        if not (pages or received or text.strip()):
            raise RequestRefused("nothing to add: give files, web addresses or a text")
        pasted = pasted_article(text, title, **known) if text.strip() else b""
        upload = self._uploads.stage(received, pasted)
        paths: list[str | Path] = [*upload.paths, *pages]

        def work(job: Job) -> BuildReport:
            from index.builder import build_index

            # The model that answers is the one that reads: it is in memory already.
            embedder = self._bot.searcher().embedder
            report = build_index(paths, self._bot.index, embedder=embedder, progress=job)
            return self._opened(report)

        def ended(report: BuildReport | None) -> None:
            if report is not None and report.published:
                self._uploads.commit(upload)
            else:
                self._uploads.discard(upload)

        try:
            job = self.jobs.start(_adding(len(received), bool(pasted), len(pages)), work, ended)
        except RequestRefused:
            self._uploads.discard(upload)
            raise
        for path in received:
            path.unlink(missing_ok=True)
        names = [path.name for path in received]
        self._record("add", files=names, urls=pages, title=title.strip()[:200], text=bool(pasted))
        return job

    def remove(self, article_ids: Sequence[str]) -> Job:
        """Remove articles by their ids; all of them or, if one is unknown, none.

        The files that they were added from stay where they are kept.

        Raises:
            RequestRefused: none or too many are named, or too many jobs wait.
        """
        ids = list(dict.fromkeys(article_ids))
        if not ids:
            raise RequestRefused("nothing to remove: give ids of articles")
        if len(ids) > _MOST_IDS:
            raise RequestRefused(f"more than {_MOST_IDS:,} articles: remove them in several steps")

        def work(job: Job) -> BuildReport:
            from index.builder import remove_articles

            return self._opened(remove_articles(ids, self._bot.index, progress=job))

        job = self.jobs.start(f"Removing {counted(len(ids), 'article')}", work)
        self._record("remove", articles=ids)
        return job

    def close(self) -> None:
        """Take no more jobs, forget those that wait, and wait for the running one."""
        self.jobs.close()

    def _opened(self, report: BuildReport) -> BuildReport:
        self._bot.searcher()  # opened here, so that no question has to wait for that
        return report

    def _addresses(self, addresses: Sequence[str]) -> list[str]:
        if len(addresses) > _MOST_ADDRESSES:
            raise RequestRefused(
                f"more than {_MOST_ADDRESSES} addresses: add them in several steps"
            )
        cleaned: list[str] = []
        for address in addresses:
            usable = clean_address(address)
            if usable is None:
                raise RequestRefused(f"not a usable web address: {_shown(address)}")
            cleaned.append(usable)
        return list(dict.fromkeys(cleaned))

    def _files(self, files: Sequence[str]) -> list[Path]:
        most = self._limits.upload_files
        if len(files) > most:
            raise RequestRefused(f"more than {most} files: add them in several steps")
        root = os.path.realpath(self._received)
        found = []
        for name in files:
            # realpath follows every link: what it returns is where the bytes are.
            real = "" if "\0" in name else os.path.realpath(name)
            if os.path.commonpath([root, real or "/"]) != root or not os.path.isfile(real):
                raise RequestRefused(f"not an uploaded file: {_shown(Path(name).name)}")
            if os.path.getsize(real) > self._limits.file_bytes:
                size = self._limits.file_bytes // 1_000_000
                raise RequestRefused(f"larger than {size} MB: {_shown(Path(name).name)}")
            found.append(Path(real))
        return list(dict.fromkeys(found))


def _adding(files: int, text: bool, addresses: int) -> str:
    parts = [
        *([counted(files, "file")] if files else []),
        *(["a pasted article"] if text else []),
        *([counted(addresses, "address", "addresses")] if addresses else []),
    ]
    return f"Adding {' and '.join(parts)}"


def _shown(text: str) -> str:
    return repr(str(text)[:100])
