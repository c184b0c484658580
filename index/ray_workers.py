"""Files read and embedded by the machines of a Ray cluster, ahead of the process that indexes.

A task is some hundred articles. It keeps their vectors in the catalogue's ledger, by the hash of
their text, and returns what it has read. The process that indexes takes the files in their order,
as it does alone: it names the articles, cuts them again, and finds their vectors made. What a
worker, a machine or that process leaves undone when it dies, the next one does.
"""

from __future__ import annotations

import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from corpus.article import Article
from corpus.errors import FileOutOfReach, NewsbotError, UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.loader import article_of, guarded_drafts
from corpus.splitter import SplitterSettings, split_article
from corpus.walk import FoundFile
from index.embedding.batching import embedded_text
from index.embedding.embedder import reload_embedder
from index.embedding.onnx_embedder import OnnxEmbedder
from index.errors import IndexFailure
from index.names.article_names import find_names
from index.names.records import ArticleName
from index.store.opening import open_store
from index.store.protocols import Store

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder
    from index.writer import IndexWriter

__all__ = ["RayWorkers", "embed_again", "read_and_embed", "spread_over"]

_FILES = 300  # of a task at the most; as many records of a large file, or articles of the index
_LARGE = 4_000_000  # bytes of the files of a task; a larger file is read here, and cut into tasks
_CHUNK = 256  # passages embedded before their vectors are kept: what a kill can cost
_RETRIES = 3
_AHEAD = 3  # tasks for each processor that are begun before the first is wanted
_Given = TypeVar("_Given")
_Done = TypeVar("_Done")
_Names = Mapping[str, tuple[ArticleName, ...]]


@dataclass(frozen=True)
class _Part:
    """A file, or a part of one that has been read here.

    Attributes:
        number: of the file in its order.
        found_file: the file.
        drafts: what is in it, once it is read.
        error: what ended the reading, if anything did.
        is_read: whether it is read.
        names: those in its articles, by the hash of each.
    """

    number: int
    found_file: FoundFile
    drafts: Sequence[Draft | BadRecord] = ()
    error: UnreadableArticle | None = None
    is_read: bool = False
    names: _Names = field(default_factory=dict)

    def read(self) -> _Part:
        """Return it with what is in its file."""
        return self if self.is_read else next(_parts_of(self.number, self.found_file, None))


@dataclass(frozen=True)
class _Job:
    """What a worker has to know.

    Attributes:
        address: of the index.
        splitter: how articles are cut.
        load: loads the embedding model.
        rebuilds: whether articles that the index has are embedded too.
    """

    address: str
    splitter: SplitterSettings
    load: Callable[[], Embedder]
    rebuilds: bool


class RayWorkers:
    """The workers of a Ray cluster. Results come in the order of the tasks, some of them ahead."""

    def __init__(self, ray: Any, job: _Job, names: dict[str, tuple[ArticleName, ...]]) -> None:
        """Use a cluster that Ray is connected to, and put what names it finds into ``names``."""
        self._ray = ray
        self._names = names
        self._job = ray.put(job)

    def read(self, files: Sequence[FoundFile]) -> Iterator[Iterator[Draft | BadRecord]]:
        """Read files in their order, and embed the passages of their articles."""
        done = self._ahead(read_and_embed, _tasks(files), _files_named)
        parts = (part for _, parts in done for part in parts)
        for _, parts_of_file in groupby(parts, key=lambda part: part.number):
            yield self._drafts(parts_of_file)

    def embed(self, articles: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Return articles of the index, each a pair that begins with its id, once embedded."""
        pairs = iter(articles)
        tasks = iter(lambda: list(islice(pairs, _FILES)), [])
        for some, names in self._ahead(embed_again, tasks, lambda some: f"{len(some)} articles"):
            self._names.update(names)
            yield from some

    def _drafts(self, parts: Iterator[_Part]) -> Iterator[Draft | BadRecord]:
        for part in parts:
            self._names.update(part.names)
            if isinstance(part.error, FileOutOfReach) and not part.drafts:
                yield from guarded_drafts(part.found_file)  # a worker may not see what is here
                continue
            yield from part.drafts
            if part.error is not None:
                raise part.error

    def _ahead(
        self,
        work: Callable[[_Given, _Job], _Done],
        tasks: Iterable[_Given],
        name: Callable[[_Given], str],
    ) -> Iterator[tuple[_Given, _Done]]:
        ray = self._ray
        task = ray.remote(num_cpus=1, max_retries=_RETRIES)(work)
        ahead = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        begun: deque[tuple[_Given, Any]] = deque()
        try:
            for given in tasks:
                begun.append((given, task.remote(given, self._job)))
                if len(begun) >= ahead:
                    yield self._result(*begun.popleft(), name)
            while begun:
                yield self._result(*begun.popleft(), name)
        finally:
            for _, reference in begun:
                ray.cancel(reference, force=False)

    def _result(
        self, given: _Given, reference: Any, name: Callable[[_Given], str]
    ) -> tuple[_Given, Any]:
        ray = self._ray
        try:
            return given, ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            cause = error.cause
            if isinstance(cause, NewsbotError):
                raise IndexFailure(f"a worker of Ray: {cause}") from error
            raise IndexFailure(f"a worker of Ray failed: {_one_line(cause or error)}") from error
        except ray.exceptions.RayError as error:
            raise IndexFailure(
                f"Ray lost a task {1 + _RETRIES} times, that of {name(given)}: {_one_line(error)}"
            ) from error


@contextmanager
def spread_over(
    workers: str, store: Store, build: IndexWriter, embedder: Embedder | None
) -> Iterator[RayWorkers]:
    """Connect to a Ray cluster, and yield its workers.

    Args:
        workers: ``local`` for a cluster of this machine, ``ray://HOST:10001``, or the ``HOST:PORT``
            of a cluster that this machine is part of.
        store: of the index.
        build: begun.
        embedder: sent to the workers; where None, each loads the model that the build uses.

    Raises:
        IndexFailure: the index is not in PostgreSQL, Ray is not installed or not there.
    """
    if "://" not in store.address:
        raise IndexFailure(
            "--workers needs an index in Milvus and PostgreSQL, where workers can keep vectors; "
            f"{store.address} is a folder (index here, and then: newsbot copy)"
        )
    build.count_kept()  # before workers add to them
    model = build.embedder
    load = partial(reload_embedder, model.name, model.fingerprint)
    loads = load if embedder is None else lambda: embedder
    job = _Job(store.address, build.splitter, loads, build.rebuilds)
    ray = _connected(workers)
    try:
        yield RayWorkers(ray, job, build.found_names)
    finally:
        ray.shutdown()


def _connected(workers: str) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if workers == "local":
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # loopback
        options["include_dashboard"] = False
    else:
        _check_port(workers)
    try:
        import ray  # an extra, slow to import
    except ImportError as error:
        raise IndexFailure('--workers needs the extra: pip install "newsbot-qa[ray]"') from error
    try:
        ray.init(workers, **options)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise IndexFailure(f"no Ray cluster at {workers}: {_one_line(error)}") from error
    return ray


def _check_port(workers: str) -> None:
    """Find out at once that nobody is there: Ray tries for minutes."""
    try:
        parts = urlsplit(workers if "://" in workers else f"//{workers}")
        socket.create_connection((parts.hostname or "", parts.port or 10001), 5).close()
    except (OSError, ValueError) as error:
        raise IndexFailure(
            f"no Ray cluster at {workers}: {_one_line(error)}; it is local, ray://HOST:10001 or, "
            "on a machine of the cluster, HOST:6379"
        ) from error


def _files_named(parts: Sequence[_Part]) -> str:
    return f"{parts[0].found_file.path} and {len(parts) - 1} more files"


def _tasks(files: Sequence[FoundFile]) -> Iterator[list[_Part]]:
    """Cut files into tasks, in their order."""
    some: list[_Part] = []
    for number, found_file in enumerate(files):
        if found_file.size > _LARGE:
            if some:
                yield some
                some = []
            yield from ([part] for part in _parts_of(number, found_file, _FILES))
            continue
        some.append(_Part(number, found_file))
        if len(some) >= _FILES or sum(part.found_file.size for part in some) >= _LARGE:
            yield some
            some = []
    if some:
        yield some


def _parts_of(number: int, found_file: FoundFile, most: int | None) -> Iterator[_Part]:
    """Read a file in parts of so many drafts."""
    part = _Part(number, found_file, is_read=True)
    drafts = guarded_drafts(found_file)
    while True:
        some: list[Draft | BadRecord] = []
        error = None
        try:
            for draft in islice(drafts, most):
                some.append(draft)
        except UnreadableArticle as raised:
            error = raised
        yield replace(part, drafts=some, error=error)
        if error is not None or most is None or len(some) < most:
            return


def read_and_embed(parts: Sequence[_Part], job: _Job) -> list[_Part]:
    """Read files, and keep the vectors of their passages: the task of a worker."""
    done = [part.read() for part in parts]
    names = _keep_vectors((article for part in done for article in _articles(part)), job)
    return [replace(done[0], names=names), *done[1:]]


def embed_again(articles: Sequence[tuple[str, str]], job: _Job) -> _Names:
    """Keep the vectors of articles of the index, each a pair that begins with its id.

    Returns:
        The names in them, by the hash of each article.
    """
    snapshot = open_store(job.address).open()
    found = (snapshot.article(article_id) for article_id, _ in articles)
    return _keep_vectors((article for article in found if article is not None), job)


def _keep_vectors(articles: Iterable[Article], job: _Job) -> _Names:
    from index.store.cluster.cluster_store import ClusterStore  # an extra, slow to import

    embedder = job.load()
    if isinstance(embedder, OnnxEmbedder):
        embedder.threads = 1  # the other processors have tasks of their own
    with ClusterStore(job.address).ledger(embedder.fingerprint, embedder.dimension) as ledger:
        by_hash = {article.content_hash: article for article in articles}
        there = set() if job.rebuilds else ledger.published(list(by_hash))
        new = {one: article for one, article in by_hash.items() if one not in there}
        texts = dict.fromkeys(
            embedded_text(article.title, passage.text)
            for article in new.values()
            for passage in split_article(article, job.splitter, embedder.token_count)
        )
        left = list(texts)
        while left:
            some, left = left[:_CHUNK], left[_CHUNK:]
            kept = ledger.find(some)
            missing = [text for place, text in enumerate(some) if place not in kept]
            if missing:
                ledger.append(missing, embedder.embed_passages(missing))
    return {one: find_names(article) for one, article in new.items()}


def _articles(part: _Part) -> Iterator[Article]:
    for draft in part.drafts:
        if isinstance(draft, Draft):
            try:
                yield article_of(draft)
            except UnreadableArticle:
                continue  # named where the files are taken in order


def _one_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1].strip()[:200] if lines else type(error).__name__
