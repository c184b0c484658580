"""What an index is kept in: the parts that a store has, whatever engine is behind them.

An index is an address: a folder, or a URL. ``index.store.opening`` finds its store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpus.article import Article, Passage
    from corpus.splitter import SplitterSettings
    from index.filters import Filters
    from index.names.records import ArticleName, NameCount
    from index.results import IndexStatus

__all__ = [
    "ArticleVersion",
    "IndexManifest",
    "IndexedArticle",
    "KeptVectors",
    "PassageLocation",
    "Published",
    "Snapshot",
    "Store",
    "StoredArticle",
    "WholeIndex",
    "Writer",
]


class PassageLocation(NamedTuple):
    """Where a passage stands.

    Attributes:
        article: number of its article.
        leads: whether it is the article's first.
    """

    article: int
    leads: bool


class IndexedArticle(NamedTuple):
    """What a writer has to know of an article that is there.

    Attributes:
        content_hash: of the article.
        source_path: absolute path of the file, or the address, that it came from.
    """

    content_hash: str
    source_path: str


@dataclass(frozen=True)
class ArticleVersion:
    """An article as it was before it was corrected.

    Attributes:
        title: its headline then.
        text: its text then.
        published: its date then, or None.
        updated: when it had last been changed, or None.
        replaced: when the index took the next version, in ISO 8601.
    """

    title: str
    text: str
    published: str | None
    updated: str | None
    replaced: str


class StoredArticle(NamedTuple):
    """All that an index keeps of an article.

    Attributes:
        article: as indexed.
        passages: in reading order.
        vectors: of the passages, shape (len(passages), dimension).
        versions: the article as it was before, the oldest first.
        names: those in it, in the order of its text.
    """

    article: Article
    passages: Sequence[Passage]
    vectors: NDArray[np.float32]
    versions: Sequence[ArticleVersion]
    names: Sequence[ArticleName]


class Published(NamedTuple):
    """What the current generation holds.

    Attributes:
        generation: its name; empty where nothing was published yet.
        articles: how many.
        passages: how many.
        copies: articles that are copies of another one.
    """

    generation: str = ""
    articles: int = 0
    passages: int = 0
    copies: int = 0


class WholeIndex(NamedTuple):
    """A generation of which every part was read and found as written.

    Attributes:
        generation: its name.
        files: parts that were read.
        size: their bytes.
    """

    generation: str
    files: int
    size: int


class IndexManifest(Protocol):
    """What a generation was made with."""

    @property
    def embedder(self) -> str:
        """Name of the embedding model."""

    @property
    def fingerprint(self) -> str:
        """Of its weights, 64 hex digits."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def splitter(self) -> SplitterSettings:
        """How the articles were cut."""


class Snapshot(Protocol):
    """One generation, which newer ones never change. Safe to use from several threads."""

    @property
    def generation(self) -> str:
        """Name of the generation."""

    @property
    def manifest(self) -> IndexManifest:
        """What it was made with."""

    def is_empty(self, filters: Filters) -> bool:
        """Whether no passage passes the filters."""

    def nearest(
        self, vector: NDArray[np.float32], k: int, filters: Filters
    ) -> list[tuple[int, float]]:
        """Find the passages whose vectors are nearest to one.

        Args:
            vector: shape (dimension,), of length 1.
            k: how many at the most.
            filters: what their articles must be.

        Returns:
            (passage id, cosine similarity in [-1, 1]) pairs, the best first.
        """

    def similarities(self, vector: NDArray[np.float32], passage_ids: Sequence[int]) -> list[float]:
        """Return the cosine similarity of the vector to each of these passages, in their order."""

    def matching(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages that share words with a question: (passage id, BM25), the best first."""

    def matching_articles(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find whole articles that do: (article number, BM25), the best first."""

    def idf(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency of each stem of a question over the passages."""

    def locations(self, passage_ids: Iterable[int]) -> dict[int, PassageLocation]:
        """Return where passages stand in their articles; unknown ids are left out."""

    def resolve(self, passage_ids: Iterable[int]) -> dict[int, tuple[Passage, Article]]:
        """Return passages, each with its article; unknown ids are left out.

        Raises:
            IndexCorrupt: an article is not what was written.
        """

    def article(self, article_id: str) -> Article | None:
        """Return an article as indexed, or None where there is none of that id."""

    def articles(self) -> Iterator[Article]:
        """Return every article, in the order of their ids."""

    def indexed(self) -> Iterator[tuple[str, IndexedArticle]]:
        """Return every article's id, in order, with its hash and source path."""

    def stored(self, article_ids: Sequence[str]) -> Iterator[StoredArticle]:
        """Return articles with all that is kept of them; unknown ids are left out.

        Raises:
            IndexCorrupt: an article is not what was written, or lacks a vector.
        """

    def copies_of(self, article_id: str) -> tuple[str, ...]:
        """Return the ids of an article's original and its copies, with its own among them.

        Returns:
            The original first, then by publication; empty where the article has no copy.
        """

    def versions(self, article_ids: Iterable[str]) -> dict[str, list[ArticleVersion]]:
        """Return the earlier versions of articles that have some, by id, the oldest first."""

    def names(self, article_ids: Collection[str]) -> dict[str, list[ArticleName]]:
        """Return the names of articles that have some, by id, in the order of the text."""

    def name_counts(
        self,
        same: Mapping[str, str],
        match: str,
        limit: int,
        article_ids: Collection[str] | None = None,
    ) -> list[NameCount]:
        """Count the articles of each name.

        Args:
            same: keys of names by the keys that mean the same.
            match: what the key contains; empty for any.
            limit: how many names: the one that is ``match`` first, then those of the most articles.
            article_ids: of the articles that count; None for all.
        """

    def naming(self, keys: Collection[str], limit: int) -> list[str]:
        """Return the ids of the articles that have one of the names, the newest first."""

    def short_forms(self) -> dict[str, str]:
        """Return the keys of names by those of their short forms, where articles agree on one."""

    def ailing(self) -> dict[str, str]:
        """Return what is wrong with each server of the store that does not answer, by its name."""

    def undated(self) -> int:
        """Count the articles without a date."""

    def status(self) -> IndexStatus:
        """Return what the generation holds."""


class KeptVectors(Protocol):
    """Vectors that are made and not published yet: a build that is started again finds them."""

    def __len__(self) -> int:
        """Count the texts whose vectors are kept."""

    def find(self, texts: Sequence[str]) -> dict[int, NDArray[np.float32]]:
        """Return the vectors that are kept, by the place of their text in ``texts``."""

    def append(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors, shape (len(texts), dimension)."""


class Writer(Protocol):
    """The next generation of an index, begun from the current one."""

    @property
    def manifest(self) -> IndexManifest | None:
        """What the generation that it began from was made with; None where there is none."""

    def start_over(self) -> None:
        """Take over no vectors: every article is put again, for another model or splitter."""

    def known(self, article_ids: Iterable[str]) -> dict[str, IndexedArticle]:
        """Return what that generation has of articles; unknown ids are left out."""

    def source_paths(self) -> Iterator[tuple[str, str]]:
        """Return the id and source path of every article of that generation."""

    def article(self, article_id: str) -> Article | None:
        """Return an article as it would be published now."""

    def put(self, article: Article, source_path: str, passages: Sequence[Passage]) -> None:
        """Insert an article with its passages, in place of what its id had before."""

    def put_names(self, article_id: str, names: Sequence[ArticleName]) -> None:
        """Insert the names of an article that has been put, before its passages are embedded."""

    def move(self, article_id: str, source_path: str) -> None:
        """Note that an article comes from another file now."""

    def delete(self, article_ids: Iterable[str]) -> None:
        """Delete articles and their passages; unknown ids are passed over."""

    def replace_versions(self, article_id: str, versions: Iterable[ArticleVersion]) -> None:
        """Keep these earlier versions of an article, the oldest first, and no others."""

    def passages_written(self) -> int:
        """Count the passages that have been put and are there still."""

    def written(self) -> Iterator[tuple[Article, Sequence[tuple[int, Passage]]]]:
        """Return the articles that have been put, each with its passages by id."""

    def kept_vectors(self, fingerprint: str, dimension: int) -> KeptVectors:
        """Open the vectors that a build which was stopped has left, and go on with them."""

    def embed(self, passage_ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Add the vectors of new passages, shape (len(passage_ids), dimension)."""

    def publish(
        self,
        model: tuple[str, str, int],
        splitter: SplitterSettings,
        replaced: Collection[str],
        removed: Collection[str],
        tell: Callable[[int, int], None],
    ) -> Published:
        """Make it the current generation.

        Args:
            model: name, fingerprint and dimension of the embedder.
            splitter: how the articles were cut.
            replaced: ids of the articles whose content changed; what they were is kept.
            removed: ids of those taken out.
            tell: told how many of how many new articles have been compared with all others.
        """

    def unchanged(self) -> Published:
        """Return what the generation that it began from holds."""


class Store(Protocol):
    """Where an index is kept."""

    @property
    def address(self) -> str:
        """The folder or URL, without secrets."""

    def current(self) -> str:
        """Return the name of the generation that is asked now.

        Raises:
            IndexMissing: there is no index there.
            IndexFailure: it is not one of newsbot, or cannot be reached.
        """

    def open(self, previous: Snapshot | None = None) -> Snapshot:
        """Open the current generation.

        Args:
            previous: an earlier generation of the same index, still open: what has not changed
                since is not read again.

        Raises:
            IndexFailure: as ``current`` does, or it is not whole.
        """

    def writing(self, seconds: float) -> AbstractContextManager[Writer]:
        """Be the only one that writes, and begin the next generation; what is unpublished goes.

        Args:
            seconds: how long to wait for another writer to be done.

        Raises:
            IndexBusy: one goes on writing.
            IndexFailure: the current generation is not whole, or something else is there.
            OSError: it cannot be written.
        """

    def held_source_paths(self, seconds: float) -> AbstractContextManager[frozenset[str]]:
        """Hold the index as it is, and yield the files and addresses that its articles came from.

        No writer is between reading a file and publishing its articles meanwhile: a file that is
        not among these inside the ``with`` is needed by nobody. Raises what ``writing`` does.
        """

    def verify(self) -> WholeIndex:
        """Read every part of the current generation.

        Raises:
            IndexCorrupt: one is missing, cut short or altered.
        """
