"""Articles to a published generation: only what is new or changed is read by the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.article import Article
from corpus.dates import epoch_seconds
from corpus.loader import LoadFailure, LoadReport, load_articles
from corpus.walk import shown
from index.errors import IndexFailure
from index.ray_workers import spread_over
from index.store.opening import open_store
from index.store.protocols import Published, Store, Writer
from index.writer import BuildProgress, IndexChanges, IndexWriter, begin_generation

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

__all__ = ["BuildProgress", "BuildReport", "build_index", "remove_articles"]


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        added: articles that are new.
        replaced: articles whose content changed.
        unchanged: articles that were the same.
        removed: articles taken out.
        repeated: articles that another file of this run had as well.
        files: files and addresses that were read.
        articles: articles in the index now.
        passages: passages in the index now.
        embedded: passages that the model read in this build.
        taken_over: passages that it had read for an earlier build, which was stopped.
        failures: what could not be read, and why.
        skipped: what was passed over, and why.
        generation: name of the current generation.
        published: whether this build made a new one; a build that changes nothing does not.
        seconds: wall time.
        copies: articles in the index that are copies of another one, such as syndicated ones.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    repeated: int = 0
    files: int = 0
    articles: int = 0
    passages: int = 0
    embedded: int = 0
    taken_over: int = 0
    failures: tuple[LoadFailure, ...] = ()
    skipped: tuple[LoadFailure, ...] = ()
    generation: str = ""
    published: bool = False
    seconds: float = 0.0
    copies: int = 0

    @classmethod
    def of(cls, changes: IndexChanges, done: Published, began: float, **more: Any) -> BuildReport:
        """Return the report of a build that began at a time of ``time.monotonic``."""
        return cls(
            added=len(changes.added),
            replaced=len(changes.replaced),
            unchanged=len(changes.unchanged),
            removed=len(changes.removed),
            articles=done.articles,
            passages=done.passages,
            generation=done.generation,
            published=bool(changes),
            seconds=time.monotonic() - began,
            copies=done.copies,
            **more,
        )


def build_index(
    paths: Iterable[str | Path],
    index: str | Path,
    *,
    embedder: Embedder | None = None,
    model: str | None = None,
    prune: bool = False,
    even_if_empty: bool = False,
    prune_feeds: bool = False,
    progress: BuildProgress | None = None,
    only: Collection[str] | None = None,
    allow_local: bool = False,
    workers: str | None = None,
    rebuild: bool = False,
) -> BuildReport:
    """Read articles and publish a generation that holds them beside what the index has already.

    New articles are added, changed ones replaced, the others left as they are. Whoever asks the
    index meanwhile sees the old state until the new one is complete.

    Args:
        paths: files and folders; a string that begins with ``http://`` or ``https://`` is fetched.
        index: address of the index; made where it is missing.
        embedder: makes the vectors; loaded by name where None.
        model: name or folder of a sentence-transformers model. Where None, the one that the index
            was built with, else the default.
        prune: also remove the articles whose file under these paths is gone, and those that a
            file or address read this time no longer holds: records that left a dump, a page under
            the address that it had before. What was fetched has no file that could go, and stays
            unless its address is given. Entries that a feed no longer lists stay.
        even_if_empty: prune a folder also where no file of articles is left in it. Else that is
            taken for a disk that is not there, and becomes a failure of the report.
        prune_feeds: prune also the entries that a feed no longer lists.
        progress: told how far it is.
        only: absolute paths, all links resolved, of the files under these paths that are to be
            read, because the others have not changed since the last build.
        allow_local: fetch addresses of the local network too.
        workers: ``local`` or the address of a Ray cluster, whose machines read the files and embed
            their passages; the index is then one in Milvus and PostgreSQL.
        rebuild: split and embed every article of the index anew, with another model perhaps. Those
            that no path names are taken from the index. It is searched as it was meanwhile.

    Raises:
        EmbedderMismatch: the index was built with another model, and is not rebuilt.
        EmbedderFailure: the model is not on this machine.
        IndexBusy: another process is writing to the index.
        IndexForeign: something else is there.
        IndexFailure: the index cannot be written (disk full, read-only), or is not whole.
    """
    report = LoadReport()
    store = open_store(index)

    def tell(path: Path | str, done: int, total: int) -> None:
        if progress is not None:
            progress.files(done, total, str(path))

    def change(build: IndexWriter, writer: Writer, changes: IndexChanges) -> None:
        taken = _SourcePaths(writer)
        load = partial(load_articles, paths, report=report, taken=taken, on_file=tell, only=only)
        with ExitStack() as stack:
            spread = None
            if workers is not None:
                spread = stack.enter_context(spread_over(workers, store, build, embedder))
                load = partial(load, read=spread.read)
            for article in load(allow_local=allow_local):
                source_path = report.origins[article.id]
                if only is not None and _outdone(article, taken, report, only, writer):
                    changes.unchanged.add(article.id)
                else:
                    build.put(article, source_path, changes)
            if prune:
                changes.removed |= _pruned(
                    report, writer.source_paths(), changes, even_if_empty, prune_feeds
                )
                writer.delete(changes.removed)
            if build.rebuilds:
                rest = build.rest(changes)
                for article_id, source_path in spread.embed(rest) if spread else rest:
                    build.put_again(article_id, source_path, changes)

    return _write(store, change, embedder, model, progress, report, rebuild)


def remove_articles(
    article_ids: Sequence[str], index: str | Path, *, progress: BuildProgress | None = None
) -> BuildReport:
    """Publish a generation without these articles. No model is loaded.

    Args:
        article_ids: ids as ``Article.id`` has them.
        index: its address.
        progress: told how far it is.

    Raises:
        IndexMissing: there is no index.
        IndexFailure: an id is not in the index; then nothing is removed.
        IndexBusy: another process is writing to the index.
    """
    store = open_store(index)
    store.current()

    def change(build: IndexWriter, writer: Writer, changes: IndexChanges) -> None:
        known = writer.known(article_ids)
        unknown = [article_id for article_id in article_ids if article_id not in known]
        if unknown:
            raise IndexFailure(f"no article {unknown[0]!r} in {store.address}; nothing was removed")
        changes.removed |= set(article_ids)
        writer.delete(changes.removed)

    return _write(store, change, None, None, progress, LoadReport())


def _write(
    store: Store,
    change: Callable[[IndexWriter, Writer, IndexChanges], None],
    embedder: Embedder | None,
    model: str | None,
    progress: BuildProgress | None,
    report: LoadReport,
    rebuild: bool = False,
) -> BuildReport:
    began = time.monotonic()
    with begin_generation(store) as writer:
        build = IndexWriter(store.address, writer, embedder, model, rebuild)
        changes = IndexChanges(rebuilt=build.rebuilds)
        change(build, writer, changes)
        done = build.finish(changes, progress)
    return BuildReport.of(
        changes,
        done,
        began,
        repeated=report.repeated,
        files=report.files,
        embedded=build.embedded,
        taken_over=build.taken_over,
        failures=tuple(report.failures),
        skipped=tuple(report.skipped),
    )


class _SourcePaths(Mapping[str, str]):
    """Where the articles came from that were there before, by id: each is looked up when asked."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __getitem__(self, article_id: str) -> str:
        return self._writer.known([article_id])[article_id].source_path

    def __iter__(self) -> Iterator[str]:
        return (article_id for article_id, _ in self._writer.source_paths())

    def __len__(self) -> int:
        return sum(1 for _ in self._writer.source_paths())


def _outdone(
    article: Article,
    source_paths: Mapping[str, str],
    report: LoadReport,
    only: Collection[str],
    writer: Writer,
) -> bool:
    """Whether a file that is not read this time has the article as published later."""
    source_path = source_paths.get(article.id)
    if source_path is None or source_path in only or source_path not in report.seen_files:
        return False
    held = writer.article(article.id)
    before, now = epoch_seconds(held.published if held else None), epoch_seconds(article.published)
    return before is not None and (now is None or now < before)


def _pruned(
    report: LoadReport,
    source_paths: Iterable[tuple[str, str]],
    changes: IndexChanges,
    even_if_empty: bool,
    prune_feeds: bool,
) -> set[str]:
    """Return the articles whose files have gone, and those that their sources no longer hold.

    A file that is there but could not be read this time, or whose folder could not, has not gone.
    The source path of what was fetched is an address, and no path given is above it: it never goes.
    """
    seen = changes.added | changes.replaced | changes.unchanged
    read = report.whole if prune_feeds else report.whole - report.feeds
    roots = [Path(root) for root in report.roots]
    unknown = [Path(folder) for folder in report.unlisted]
    gone: dict[str, str] = {}
    lost: set[str] = set()
    for article_id, source_path in source_paths:
        if article_id in seen:
            continue
        if source_path in read:  # to its end
            lost.add(article_id)
        path = Path(source_path)
        if (
            source_path not in report.seen_files
            and any(path.is_relative_to(root) for root in roots)
            and not any(path.is_relative_to(folder) for folder in unknown)
        ):
            gone[article_id] = source_path
    return lost | gone.keys() - (set() if even_if_empty else _emptied(report, gone))


def _emptied(report: LoadReport, gone: Mapping[str, str]) -> set[str]:
    """Return those that came from a given folder with no file left in it.

    That is how the place of a missing disk or share looks. Each such folder is a failure.
    """
    kept: set[str] = set()
    for root in report.roots:
        lost = {one for one in gone.keys() - kept if Path(gone[one]).is_relative_to(root)}
        if lost and not any(Path(file).is_relative_to(root) for file in report.seen_files):
            cause = (
                f"no file of articles is there, and the index has {len(lost):,} from it: they "
                "stay, since a disk may be missing; --prune --even-if-empty removes them"
            )
            report.failures.append(LoadFailure(shown(root), cause))
            kept |= lost
    return kept
