"""Articles from the files, folders and web addresses that a user names.

They are taken one after the other and none is kept. Whatever is wrong with one file or record
becomes a line of the report; the others go on.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.address import canonical_address, clean_address
from corpus.article import Article
from corpus.dates import epoch_seconds, iso_date, published_and_updated
from corpus.errors import FileOutOfReach, UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.registry import MEGABYTE, format_of
from corpus.language import language_of
from corpus.packed import split_packing
from corpus.text import normalise, one_line
from corpus.walk import FoundFile, LoadFailure, cause_of, find_files, shown, stored
from corpus.web.page import WebPage, drafts_of, web_pages

__all__ = [
    "FAILURES_A_FILE",
    "LONGEST_KEY",
    "LONGEST_NAME",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "DraftReader",
    "LoadFailure",
    "LoadReport",
    "OnFile",
    "article_of",
    "guarded_drafts",
    "load_articles",
]

LONGEST_TEXT = 5_000_000
"""Characters of one article; the longest books have fewer."""

LONGEST_TITLE, LONGEST_NAME, LONGEST_KEY = 1_000, 300, 200
"""Characters of a title, of a source or author line, of a record's own id."""

FAILURES_A_FILE = 20
"""Bad records of one file that get a line each; the rest of them share one."""

OnFile = Callable[[Path | str, int, int], None]
"""Told a file's path or an address without its password, how many are done, how many there are."""

DraftReader = Callable[[Sequence[FoundFile]], Iterator[Iterator[Draft | BadRecord]]]
"""Reads files in their order: what is in each of them, ended by an UnreadableArticle or not."""

_LANGUAGE = re.compile(r"([a-z]{2})([-_].*)?", re.IGNORECASE)


@dataclass
class LoadReport:
    """What became of the paths given; filled while the articles are taken.

    Attributes:
        files: files and addresses that were read, wholly or in part.
        articles: different articles that were yielded.
        repeated: articles whose URL another article of this run has as well.
        failures: what could not be read; beyond ``FAILURES_A_FILE`` a file, records share a line.
        skipped: what was passed over on purpose.
        origins: article id to the absolute path of the file it came from, or to the address as it
            was given, without user name and password.
        seen_files: absolute paths of all files that are there, those that could not be read too.
        unlisted: absolute paths of folders that could not be listed, and of what could not be
            looked at: what is there is unknown.
        roots: absolute paths of the files and folders given.
        whole: sources (see ``origins``) that were read to their end, with no record left unread.
        feeds: those of them that are feeds, in which older entries are not listed any more.
    """

    files: int = 0
    articles: int = 0
    repeated: int = 0
    failures: list[LoadFailure] = field(default_factory=list)
    skipped: list[LoadFailure] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    seen_files: set[str] = field(default_factory=set)
    unlisted: list[str] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    feeds: set[str] = field(default_factory=set)


def guarded_drafts(found_file: FoundFile) -> Iterator[Draft | BadRecord]:
    """Read a file; whatever goes wrong is an UnreadableArticle."""
    return _guarded(_drafts_in(found_file))


def _drafts_in(found_file: FoundFile) -> Iterator[Draft | BadRecord]:
    """Read a file, which is looked at by its size before it is opened.

    Raises:
        FileOutOfReach: the system does not give it, or not to its end.
        UnreadableArticle: it cannot be read, or not to its end; what was yielded before stands.
    """
    path, size = found_file.path, found_file.size
    kind = format_of(path.name)
    assert kind is not None, "the walk takes files of known formats only"
    if split_packing(path.name)[1] not in kind.streamed and size > kind.limit:
        most = kind.limit // MEGABYTE
        raise UnreadableArticle(f"larger than {most} MB ({size / MEGABYTE:,.0f} MB)")
    try:
        with open(path, "rb") as file:
            yield from kind.read(file, path.name)
    except OSError as error:
        raise FileOutOfReach(cause_of(error)) from error


def _one_by_one(files: Sequence[FoundFile]) -> Iterator[Iterator[Draft | BadRecord]]:
    return map(guarded_drafts, files)


def load_articles(
    paths: Iterable[str | Path],
    *,
    report: LoadReport | None = None,
    taken: Mapping[str, str] | None = None,
    on_file: OnFile | None = None,
    only: Collection[str] | None = None,
    allow_local: bool = False,
    read: DraftReader = _one_by_one,
) -> Iterator[Article]:
    """Read articles from files, folders and web addresses, one after the other.

    The files are found first; then each is read when its first article is asked for. Addresses
    come last. Nothing is fetched but the addresses given: no link, no picture, no feed's page.

    An article's id is its canonical URL where it has one; else the path relative to the folder
    given, with ``#`` and the record's own id or number in a file of many. Where another file that
    still exists has that id, ``~`` and eight hex digits of the file's path tell them apart.
    Of two articles with one URL the one published later counts, the last one where that cannot be
    told; the other is counted in ``report.repeated``. It may have been yielded before: of several
    articles with one id the last that is yielded is right.

    Args:
        paths: files and folders, walked in the order given and sorted by name; a string that
            begins with ``http://`` or ``https://`` is fetched.
        report: filled along the way; complete once the iterator is exhausted.
        taken: ids of articles known from before to the absolute path of the file of each.
        on_file: called after each file or address.
        only: absolute paths, all links resolved, of the files to read; the others are found and
            not opened. All are read where None.
        allow_local: fetch addresses of the local network too.
        read: reads the files; one after the other, each when it is wanted, where not given.

    Yields:
        Articles whose text is normalised and not empty.
    """
    report = LoadReport() if report is None else report
    places, pages = web_pages(paths)
    found = find_files(places)
    report.failures.extend(found.failures)
    report.skipped.extend(found.skipped)
    report.roots.extend(stored(root) for root in found.roots)
    report.unlisted.extend(stored(folder) for folder in found.unlisted)
    report.seen_files.update(stored(found_file.real) for found_file in found.files)
    naming = _Naming(report.origins, taken or {})
    files = [one for one in found.files if only is None or one.real in only]
    told = (lambda *_: None) if on_file is None else on_file
    total = len(files) + len(pages)
    for done, (found_file, drafts) in enumerate(zip(files, read(files), strict=True), start=1):
        yield from _load(found_file, shown(found_file.path), drafts, report, naming)
        told(found_file.path, done, total)
    for done, page in enumerate(pages, start=len(files) + 1):
        drafts = _guarded(drafts_of(page, allow_local=allow_local))
        yield from _load(page, page.name, drafts, report, naming)
        told(page.name, done, total)


def _load(
    found_file: FoundFile | WebPage,
    name: str,
    drafts: Iterator[Draft | BadRecord],
    report: LoadReport,
    naming: _Naming,
) -> Iterator[Article]:
    bad = 0
    before = report.articles + report.repeated
    keys: dict[str, int] = {}
    try:
        for draft in drafts:
            if isinstance(draft, Draft):
                try:
                    article = _article(draft, found_file, naming, keys, report)
                except UnreadableArticle as error:
                    if draft.key is None:
                        raise
                    draft = BadRecord(draft.place, str(error))
                else:
                    if article is not None:
                        yield article
                    continue
            if draft.passed_over:
                report.skipped.append(LoadFailure(f"{name} {draft.place}", draft.cause))
                continue
            bad += 1
            if bad <= FAILURES_A_FILE:
                report.failures.append(LoadFailure(f"{name} {draft.place}", draft.cause))
        report.files += 1
        if not bad:
            report.whole.add(stored(found_file.real))
    except UnreadableArticle as error:
        report.files += report.articles + report.repeated > before  # in part
        later = found_file.real if isinstance(error, FileOutOfReach) else ""
        report.failures.append(LoadFailure(name, str(error), later))
    if bad > FAILURES_A_FILE:
        rest = bad - FAILURES_A_FILE
        report.failures.append(LoadFailure(name, f"{rest:,} more records cannot be read"))


def _guarded(drafts: Iterator[Draft | BadRecord]) -> Iterator[Draft | BadRecord]:
    try:
        yield from drafts
    except (MemoryError, RecursionError) as error:
        raise UnreadableArticle("too large or too deeply nested to be parsed") from error
    except UnreadableArticle:
        raise
    except Exception as error:  # a parser's fault, ours too, is to cost this file and no other
        raise UnreadableArticle(f"cannot be parsed ({type(error).__name__})") from error


def _article(
    draft: Draft,
    found_file: FoundFile | WebPage,
    naming: _Naming,
    keys: dict[str, int],
    report: LoadReport,
) -> Article | None:
    """Make the Article of a Draft, or None if one with its URL that was published later is in."""
    article = article_of(draft)
    key = None if draft.key is None else _free_key(draft.key, keys)
    address = canonical_address(article.url) if article.url is not None else None
    if address is not None:
        wins, first = naming.by_address(address, article.published)
        article_id = address
    else:
        wins, first = True, True
        article_id = naming.by_place(found_file, key)
    if draft.in_feed:
        report.feeds.add(stored(found_file.real))
    report.articles += first
    report.repeated += not first
    if not wins:
        return None
    report.origins[article_id] = stored(found_file.real)
    return replace(article, id=article_id)


def article_of(draft: Draft) -> Article:
    """Make the article of a draft, all but its id, which hangs on what else is read.

    Raises:
        UnreadableArticle: it is empty or too long.
    """
    if len(draft.text) > LONGEST_TEXT:
        raise UnreadableArticle(f"longer than {LONGEST_TEXT:,} characters")
    text = normalise(draft.text).strip()
    if not text:
        raise UnreadableArticle("empty text")
    if len(text) > LONGEST_TEXT:  # a few letters become three when normalised
        raise UnreadableArticle(f"longer than {LONGEST_TEXT:,} characters")
    published, updated = _dates(draft)
    declared = _LANGUAGE.fullmatch((draft.language or "").strip())
    return Article(
        id="",
        title=one_line(draft.title, LONGEST_TITLE),
        text=text,
        url=clean_address(draft.url),
        source=one_line(draft.source or "", LONGEST_NAME) or None,
        author=one_line(draft.author or "", LONGEST_NAME) or None,
        published=published,
        language=language_of(text) or (declared[1].lower() if declared else None),
        updated=updated,
        pages=draft.pages if text == draft.text else (),
        recognised=draft.recognised if text == draft.text else (),
    )


def _dates(draft: Draft) -> tuple[str | None, str | None]:
    """When an article was published, and when it was changed after that."""
    first, changed = published_and_updated(draft.published or "")
    published = iso_date(first)
    given = draft.updated or ""
    updated = iso_date(given) or iso_date(published_and_updated(given)[1]) or iso_date(changed)
    before, after = epoch_seconds(published), epoch_seconds(updated)
    later = after is not None and (before is None or after > before)
    return published, updated if later else None


def _free_key(key: str, keys: dict[str, int]) -> str:
    """Make a record's own id short and plain, and different from the file's others."""
    plain = " ".join(normalise(key).split()) or "-"
    if len(plain) > LONGEST_KEY:
        digest = hashlib.sha256(plain.encode()).hexdigest()[:8]
        plain = f"{plain[: LONGEST_KEY - 9]}~{digest}"
    free = plain
    while free in keys:  # counted on from the last repeat: a dump may give all records one id
        keys[plain] += 1
        free = f"{plain}~{keys[plain]}"
    keys[free] = 1
    return free


class _Naming:
    """The ids given in this run and those known from before."""

    def __init__(self, origins: Mapping[str, str], taken: Mapping[str, str]) -> None:
        self._origins = origins  # the report's own, which grows with each article
        self._taken = taken
        self._published: dict[str, int | None] = {}

    def by_address(self, address: str, published: str | None) -> tuple[bool, bool]:
        """Whether an article of this date counts, and whether it is the first of its address."""
        moment = epoch_seconds(published)
        if address not in self._published:
            self._published[address] = moment
            return True, True
        before = self._published[address]
        if before is not None and (moment is None or moment < before):
            return False, False
        self._published[address] = moment
        return True, False

    def by_place(self, found_file: FoundFile | WebPage, key: str | None) -> str:
        """The id of an article without an address."""
        place = "" if key is None else f"#{key}"
        plain = normalise(shown(found_file.name)) + place  # NFC: macOS has names decomposed
        apart = f"{plain}~{hashlib.sha256(os.fsencode(found_file.real)).hexdigest()[:8]}"
        mine = stored(found_file.real)
        if self._taken.get(apart) == mine:
            return apart  # it has been told apart before, and keeps its name
        holder = self._origins.get(plain) or self._taken.get(plain)
        if holder is None or holder == mine or not os.path.exists(holder):
            return plain
        return apart
