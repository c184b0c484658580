"""Articles to a published generation: only what is new or changed is read by the model."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from filelock import FileLock, Timeout

from corpus.article import Article
from corpus.loader import LoadFailure, LoadReport, load_articles
from corpus.splitter import SplitterSettings, split_article
from index.catalogue import Catalogue, epoch_seconds
from index.dense import DenseIndex
from index.embedder import load_embedder
from index.errors import EmbedderMismatch, IndexBusy, IndexFailure, IndexForeign, IndexMissing
from index.generation import (
    CATALOGUE,
    DENSE,
    SPARSE,
    Manifest,
    begin_generation,
    current_generation,
    discard_generation,
    publish_generation,
    verify_generation,
)
from index.sparse import SparseIndex

if TYPE_CHECKING:
    from index.embedder import Embedder

__all__ = ["BuildReport", "Progress", "build_index", "embedded_text", "remove_articles"]

_CHUNK = 1024  # passages embedded before their vectors go into the index
_LOCK_SECONDS = 10.0


class Progress(Protocol):
    """Told how far the work is; both counts only grow within a build."""

    def files(self, done: int, total: int, name: str) -> None:
        """``done`` of ``total`` files have been read; the last was ``name``."""

    def passages(self, done: int, total: int) -> None:
        """``done`` of ``total`` new passages have been embedded."""


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        added: articles that are new.
        replaced: articles whose content changed.
        unchanged: articles that were the same.
        removed: articles taken out.
        repeated: articles that another file of this run had as well.
        files: files that were read or tried.
        articles: articles in the index now.
        passages: passages in the index now.
        embedded: passages that the model read in this build.
        failures: what could not be read, and why.
        skipped: what was passed over, and why.
        generation: name of the current generation.
        published: whether this build made a new one; a build that changes nothing does not.
        seconds: wall time.
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
    failures: tuple[LoadFailure, ...] = ()
    skipped: tuple[LoadFailure, ...] = ()
    generation: str = ""
    published: bool = False
    seconds: float = 0.0


@dataclass
class _Changes:
    """What differs from the generation that the build starts from, by article id."""

    added: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    moved: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.replaced or self.removed or self.moved)


def build_index(
    paths: Iterable[str | Path],
    index_dir: str | Path,
    *,
    embedder: Embedder | None = None,
    model: str | None = None,
    prune: bool = False,
    splitter: SplitterSettings | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Read articles and publish a generation that holds them beside what the index has already.

    New articles are added, changed ones replaced, the others left as they are. Whoever asks the
    index meanwhile sees the old state until the new one is complete.

    Args:
        paths: files and folders.
        index_dir: folder of the index; made where it is missing.
        embedder: makes the vectors; loaded by name where None.
        model: name or folder of a sentence-transformers model. Where None, the one that the index
            was built with, else the default.
        prune: also remove the articles whose file under these paths is gone.
        splitter: how to cut articles of a new index; an index keeps the settings it began with.
        progress: told how far it is.

    Raises:
        EmbedderMismatch: the index was built with another model.
        EmbedderFailure: the model is not on this machine.
        IndexBusy: another process is writing to the index.
        IndexForeign: the folder holds something else.
        IndexFailure: the index cannot be written (disk full, read-only), or is not whole.
    """
    report = LoadReport()

    def change(build: _Build, changes: _Changes) -> None:
        on_file = None
        if progress is not None:
            on_file = lambda path, done, total: progress.files(done, total, str(path))  # noqa: E731
        known = build.catalogue.hashes()
        origins = build.catalogue.origins()
        taken = dict(origins)
        for article in load_articles(paths, report=report, taken=taken, on_file=on_file):
            build.put(article, report.origins[article.id], known, origins, changes)
        if prune:
            changes.removed |= _gone(report, origins, changes)
            build.catalogue.delete(changes.removed)

    return _write(Path(index_dir), change, embedder, model, splitter, progress, report)


def remove_articles(
    article_ids: Sequence[str], index_dir: str | Path, *, progress: Progress | None = None
) -> BuildReport:
    """Publish a generation without these articles. No model is loaded.

    Args:
        article_ids: ids as ``Article.id`` has them.
        index_dir: folder of the index.
        progress: told how far it is.

    Raises:
        IndexMissing: there is no index.
        IndexFailure: an id is not in the index; then nothing is removed.
        IndexBusy: another process is writing to the index.
    """
    folder = Path(index_dir)
    current_generation(folder)

    def change(build: _Build, changes: _Changes) -> None:
        known = build.catalogue.hashes()
        unknown = [article_id for article_id in article_ids if article_id not in known]
        if unknown:
            raise IndexFailure(f"no article {unknown[0]!r} in {folder}; nothing was removed")
        changes.removed |= set(article_ids)
        build.catalogue.delete(changes.removed)

    return _write(folder, change, None, None, None, progress, LoadReport())


class _Change(Protocol):
    def __call__(self, build: _Build, changes: _Changes) -> None: ...


def _write(
    index_dir: Path,
    change: _Change,
    embedder: Embedder | None,
    model: str | None,
    splitter: SplitterSettings | None,
    progress: Progress | None,
    report: LoadReport,
) -> BuildReport:
    began = time.monotonic()
    try:
        _refuse_foreign_folder(index_dir)
        index_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index_dir / "write.lock", timeout=_LOCK_SECONDS)
        with lock:
            build = _Build.begin(index_dir, embedder, model, splitter)
            try:
                changes = _Changes()
                change(build, changes)
                done = build.finish(changes, progress)
            finally:
                build.abandon()
    except Timeout as error:
        raise IndexBusy(f"{index_dir}: another process is writing to this index") from error
    except OSError as error:
        cause = error.strerror or str(error)
        raise IndexFailure(f"cannot write the index {index_dir}: {cause}") from error
    return BuildReport(
        added=len(changes.added),
        replaced=len(changes.replaced),
        unchanged=len(changes.unchanged),
        removed=len(changes.removed),
        repeated=report.repeated,
        files=report.files,
        articles=done[1],
        passages=done[2],
        embedded=build.embedded,
        failures=tuple(report.failures),
        skipped=tuple(report.skipped),
        generation=done[0],
        published=bool(changes),
        seconds=time.monotonic() - began,
    )


class _Build:
    """A generation being made, from the current one where there is one."""

    def __init__(
        self,
        index_dir: Path,
        base: tuple[Path, Manifest] | None,
        embedder: Embedder | None,
        model: str | None,
        splitter: SplitterSettings,
    ) -> None:
        self._index_dir = index_dir
        self._base = base
        self._embedder = embedder
        self._model = model
        self._splitter = splitter
        self._folder = begin_generation(index_dir, base[0] if base else None)
        self.catalogue = Catalogue.create(self._folder / CATALOGUE)
        self.embedded = 0
        self._closed = False

    @classmethod
    def begin(
        cls,
        index_dir: Path,
        embedder: Embedder | None,
        model: str | None,
        splitter: SplitterSettings | None,
    ) -> _Build:
        base: tuple[Path, Manifest] | None = None
        try:
            folder = current_generation(index_dir)
        except IndexMissing:
            settings = splitter or SplitterSettings()
        else:
            manifest = Manifest.read(folder)
            verify_generation(folder, manifest)
            base, settings = (folder, manifest), manifest.splitter
            if embedder is None and model is not None:
                embedder = load_embedder(model)
            if embedder is not None and embedder.fingerprint != manifest.fingerprint:
                raise EmbedderMismatch(
                    f"{index_dir} was built with the model {manifest.embedder!r}, not "
                    f"{embedder.name!r}: leave --model out, or give another --index folder"
                )
            model = manifest.embedder
        return cls(index_dir, base, embedder, model, settings)

    def put(
        self,
        article: Article,
        origin: str,
        known: dict[str, str],
        origins: dict[str, str],
        changes: _Changes,
    ) -> None:
        """Write an article to the catalogue, unless it is there already as it is."""
        before = known.get(article.id)
        if before == article.content_hash:
            changes.unchanged.add(article.id)
            if origins[article.id] != origin:
                self.catalogue.move(article.id, origin)
                changes.moved = True
            if article.id not in changes.replaced:
                return
            changes.replaced.discard(article.id)  # an earlier file of this run had another text
        else:
            (changes.added if before is None else changes.replaced).add(article.id)
            changes.unchanged.discard(article.id)
        passages = split_article(article, self._splitter, self.embedder.token_count)
        self.catalogue.put(article, origin, passages)

    @property
    def embedder(self) -> Embedder:
        """The model, loaded when the first article needs it."""
        if self._embedder is None:
            self._embedder = load_embedder(self._model)
            if self._base and self._embedder.fingerprint != self._base[1].fingerprint:
                raise EmbedderMismatch(
                    f"{self._index_dir} was built with other weights of {self._base[1].embedder!r} "
                    "than are installed now: give another --index folder"
                )
        return self._embedder

    def finish(self, changes: _Changes, progress: Progress | None) -> tuple[str, int, int]:
        """Bring dense and sparse in step with the catalogue and publish, if anything changed.

        Returns:
            Name of the current generation, and its articles and passages.
        """
        if not changes:
            if self._base is None:
                return "", 0, 0
            manifest = self._base[1]
            return self._base[0].name, manifest.articles, manifest.passages
        if self._base is None:
            dense = DenseIndex.empty(self.embedder.dimension)
            sparse = SparseIndex.create(self._folder / SPARSE)
            old: set[int] = set()
        else:
            dense = DenseIndex.read(self._folder / DENSE)
            sparse = SparseIndex.open(self._folder / SPARSE)
            old = set(dense.ids())
        now = set(self.catalogue.all_passage_ids())
        dense.remove(sorted(old - now))
        touched = sorted(changes.added | changes.replaced | self._rewritten(old, now))
        self._embed(dense, touched, now - old, progress)
        sparse.update(
            sorted(changes.removed | set(touched)),
            (
                (article, epoch_seconds(article.published), number, passage)
                for article in self._articles(touched)
                for number, passage in self.catalogue.passages_of(article)
            ),
        )
        dense.write(self._folder / DENSE)
        counts = self.catalogue.counts()
        self._close()
        if self._base is None:
            model = (self.embedder.name, self.embedder.fingerprint, self.embedder.dimension)
        else:
            base = self._base[1]
            model = (base.embedder, base.fingerprint, base.dimension)
        Manifest.describe(self._folder, model, self._splitter, counts)
        self._folder = publish_generation(self._index_dir, self._folder)
        return self._folder.name, *counts

    def abandon(self) -> None:
        """Close the files, and remove what was not published."""
        self._close()
        discard_generation(self._folder)

    def _rewritten(self, old: set[int], now: set[int]) -> set[str]:
        """Articles whose rows were written anew although their text is the same in the end."""
        return self.catalogue.articles_of(now - old)

    def _articles(self, article_ids: Iterable[str]) -> Iterator[Article]:
        for article_id in article_ids:
            article = self.catalogue.article(article_id)
            if article is not None:
                yield article

    def _embed(
        self, dense: DenseIndex, touched: list[str], new: set[int], progress: Progress | None
    ) -> None:
        numbers: list[int] = []
        texts: list[str] = []

        def flush() -> None:
            begun = self.embedded

            def tell(done: int) -> None:
                if progress is not None:
                    progress.passages(begun + done, len(new))

            dense.add(numbers, self.embedder.embed_passages(texts, tell))
            self.embedded += len(numbers)
            numbers.clear()
            texts.clear()

        for article in self._articles(touched):
            for number, passage in self.catalogue.passages_of(article):
                if number in new:
                    numbers.append(number)
                    texts.append(embedded_text(article.title, passage.text))
            if len(numbers) >= _CHUNK:
                flush()
        if numbers:
            flush()

    def _close(self) -> None:
        if not self._closed:
            self.catalogue.close()
            self._closed = True


def embedded_text(title: str, text: str) -> str:
    """Give what the embedding model reads of a passage: the article's title, then the passage."""
    return f"{title[:_TITLE_LENGTH]}\n{text}" if title else text


_TITLE_LENGTH = 150  # code points: about 40 tokens, which the splitter's limit leaves room for


def _gone(report: LoadReport, origins: dict[str, str], changes: _Changes) -> set[str]:
    """Tell which articles came from files under the given paths that have gone.

    A file that is there but could not be read this time, or whose folder could not, has not gone.
    """
    seen = changes.added | changes.replaced | changes.unchanged
    roots = [Path(root) for root in report.roots]
    unknown = [Path(folder) for folder in report.unlisted]
    return {
        article_id
        for article_id, origin in origins.items()
        if article_id not in seen
        and origin not in report.seen_files
        and any(Path(origin).is_relative_to(root) for root in roots)
        and not any(Path(origin).is_relative_to(folder) for folder in unknown)
    }


def _refuse_foreign_folder(index_dir: Path) -> None:
    try:
        current_generation(index_dir)
    except IndexMissing:
        ours = {"write.lock", "generations", "CURRENT.new"}
        if index_dir.is_dir() and {path.name for path in index_dir.iterdir()} - ours:
            raise IndexForeign(
                f"{index_dir} holds other files and no index: give an empty or a new folder"
            ) from None
