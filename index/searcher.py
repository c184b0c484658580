"""Hybrid search of one generation: dense and BM25 side by side, their scores made one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.article import Article, Passage
from corpus.text import normalise
from index.catalogue import Catalogue
from index.copies import Copies, Copy
from index.dense import DenseIndex
from index.embedder import reload_embedder
from index.errors import EmbedderMismatch, EmptyQuestion, IndexCorrupt
from index.filters import filters_of
from index.folding import Found, fold
from index.fusion import fuse
from index.generation import (
    CATALOGUE,
    DENSE,
    SPARSE,
    Manifest,
    current_generation,
    verify_generation,
)
from index.sparse import SparseIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embedder import Embedder

__all__ = ["LONGEST_QUESTION", "Hit", "IndexStatus", "SearchResult", "Searcher"]

LONGEST_QUESTION = 1_000
"""Code points of a question that are read; the rest is cut off, and a note says so."""

_DEPTH = 100  # candidates of each side before they are fused


@dataclass(frozen=True)
class Hit:
    """A passage that search found.

    Attributes:
        passage: where it stands.
        article: the article it is of, as indexed.
        score: fused score in [0, 1], comparable within one search only; where a reader put the
            hits in order, its confidence.
        dense: cosine similarity to the question in [-1, 1].
        sparse: BM25 score, 0 where the passage shares no word with the question.
        copies: where else it ran: the other articles, within the search's filters, that are copies
            of this one and say what the passage says; by publication.
    """

    passage: Passage
    article: Article
    score: float
    dense: float
    sparse: float
    copies: tuple[Copy, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the hit as JSON values, with the offsets in the article's text."""
        return {
            "article_id": self.article.id,
            "title": self.article.title,
            "url": self.article.url,
            "source": self.article.source,
            "published": self.article.published,
            "start": self.passage.start,
            "end": self.passage.end,
            "text": self.passage.text,
            "score": self.score,
            "copies": [asdict(copy) for copy in self.copies],
        }


@dataclass(frozen=True)
class SearchResult:
    """What a search gives.

    Attributes:
        hits: the best first; may be empty.
        question: as it was searched for.
        vector: the question embedded, shape (dimension,), of length 1.
        notes: one-line remarks for the user, such as that the question was cut.
    """

    hits: tuple[Hit, ...]
    question: str
    vector: NDArray[np.float32] = field(compare=False, repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndexStatus:
    """What an index holds.

    Attributes:
        path: folder of the index.
        generation: name of the generation.
        articles: how many.
        passages: how many.
        undated: articles without a date, which a date filter leaves out.
        model: name of the embedding model.
        dimension: length of its vectors.
        bytes: size of the generation on disk.
        built_at: timezone-aware ISO 8601.
        copies: articles that are copies of another one, such as syndicated ones.
    """

    path: str
    generation: str
    articles: int
    passages: int
    undated: int
    model: str
    dimension: int
    bytes: int
    built_at: str
    copies: int = 0


class Searcher:
    """One generation, opened: it stays as it is while newer ones are built. Safe for threads."""

    def __init__(self, index_dir: Path, folder: Path, embedder: Embedder | None) -> None:
        """Open a generation; use ``open``."""
        self._index_dir = index_dir
        self._folder = folder
        self._manifest = Manifest.read(folder)
        if embedder is not None and embedder.fingerprint != self._manifest.fingerprint:
            raise EmbedderMismatch(
                f"{index_dir} was built with the model {self._manifest.embedder!r}, not with "
                f"{embedder.name!r}: ask with that one, or index the articles anew elsewhere"
            )
        verify_generation(folder, self._manifest)
        self._catalogue = Catalogue.open(folder / CATALOGUE)
        self._copies = Copies.open(self._catalogue)
        self._dense = DenseIndex.read(folder / DENSE)
        self._sparse = SparseIndex.open(folder / SPARSE)
        if len(self._dense) != self._manifest.passages:
            raise IndexCorrupt(f"{folder}: vectors and passages differ in number")
        self._embedder = embedder

    @classmethod
    def open(cls, index_dir: str | Path, embedder: Embedder | None = None) -> Searcher:
        """Open the current generation of an index.

        Args:
            index_dir: folder of the index.
            embedder: the model that the index was built with; loaded by its name where None, when
                the first question is asked.

        Raises:
            IndexMissing: there is no index there.
            IndexCorrupt: a file is missing, cut short or altered.
            IndexForeign: another program or version made it.
            EmbedderMismatch: it was built with another model than ``embedder``.
        """
        root = Path(index_dir)
        while True:
            folder = current_generation(root)
            try:
                return cls(root, folder, embedder)
            except IndexCorrupt:
                # A writer may have pruned it between the two steps: then there is a newer one.
                if current_generation(root) == folder:
                    raise

    @property
    def generation(self) -> str:
        """Name of the generation."""
        return self._folder.name

    @property
    def embedder(self) -> Embedder:
        """The model that the index was built with, loaded at first use.

        Raises:
            EmbedderFailure: it is not on this machine.
            EmbedderMismatch: its weights have changed since.
        """
        if self._embedder is None:
            manifest = self._manifest
            self._embedder = reload_embedder(manifest.embedder, manifest.fingerprint)
        return self._embedder

    def search(
        self,
        question: str,
        k: int = 10,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        source: str | None = None,
    ) -> SearchResult:
        """Find the passages nearest to a question.

        What says the same in copies of one article is one hit, which names the others in
        ``copies``. The filters come first: an article that they leave out is neither a hit nor
        named as a copy of one.

        Args:
            question: any text; what is over ``LONGEST_QUESTION`` is cut off.
            k: how many hits at the most, 1 or more.
            since: earliest date of publication, included; ISO 8601 or a date, in UTC where it has
                no zone of its own.
            until: latest one; a date without a time means the whole day.
            source: publisher, without regard to case.

        Raises:
            EmptyQuestion: nothing to search for.
            BadFilter: ``since`` or ``until`` is not a date.
            ValueError: ``k`` is below 1.
        """
        if k < 1:
            raise ValueError("k must be 1 or more")
        question, notes = self._prepare(question)
        filters = filters_of(since, until, source)
        allowed = self._catalogue.allowed(filters) if filters else None
        if filters.since is not None or filters.until is not None:
            undated = self._catalogue.undated()
            if undated:
                notes.append(f"{undated} articles without a date were left out by the date filter.")
        depth = max(_DEPTH, 2 * k)
        vector = self.embedder.embed_query(question)
        hits: list[Hit] = []
        complete = False
        while len(hits) < k and not complete:  # anew and deeper only where much was folded
            sparse = dict(self._sparse.search(question, depth, filters))
            dense = dict(self._dense.search(vector, depth, allowed))
            complete = len(dense) < depth
            # What BM25 found alone has a similarity too: it is looked up, not taken to be nothing.
            alone = [number for number in sparse if number not in dense]
            dense.update(zip(alone, self._dense.scores(vector, alone), strict=True))
            kept = fold(self._resolved(fuse(dense, sparse), k), k, self._copies, filters)
            hits = [
                Hit(passage, article, score, dense[number], sparse.get(number, 0.0), copies)
                for (number, passage, article, score), copies in kept
            ]
            depth *= 4
        return SearchResult(tuple(hits), question, vector, tuple(notes))

    def article(self, article_id: str) -> Article | None:
        """Give an article as indexed, or None where there is none of that id."""
        return self._catalogue.article(article_id)

    def articles(self) -> Iterator[Article]:
        """Give every article, in the order of their ids."""
        return self._catalogue.articles()

    def rarity(self, words: list[str]) -> dict[str, float]:
        """Give each word's inverse document frequency in the index, 0 or more."""
        return self._sparse.rarity(words)

    def status(self) -> IndexStatus:
        """Tell what the index holds."""
        manifest = self._manifest
        return IndexStatus(
            str(self._index_dir),
            self.generation,
            manifest.articles,
            manifest.passages,
            self._catalogue.undated(),
            manifest.embedder,
            manifest.dimension,
            sum(manifest.sizes.values()),
            manifest.built_at,
            self._copies.count(),
        )

    def _resolved(self, scores: Mapping[int, float], step: int) -> Iterator[Found]:
        """Give the passages that have these scores, in their order, read ``step`` at a time."""
        numbers = list(scores)
        for begin in range(0, len(numbers), step):
            some = numbers[begin : begin + step]
            rows = self._catalogue.resolve(some)
            yield from (Found(n, *rows[n], scores[n]) for n in some if n in rows)

    def _prepare(self, question: str) -> tuple[str, list[str]]:
        question = " ".join(normalise(question[: 4 * LONGEST_QUESTION]).split())
        if not question:
            raise EmptyQuestion("the question is empty: ask something with at least one word")
        if len(question) <= LONGEST_QUESTION:
            return question, []
        return question[:LONGEST_QUESTION], [
            f"The question was cut to its first {LONGEST_QUESTION} characters."
        ]
