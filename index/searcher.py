"""Hybrid search of one generation: dense and BM25 side by side, their scores made one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.revisions import sentence_changes
from corpus.text import normalise
from index.address import address_of
from index.collapsing import ScoredPassage, collapse_duplicates
from index.embedding.embedder import reload_embedder
from index.errors import EmbedderMismatch, EmptyQuestion
from index.filters import EVERYTHING, Filters
from index.fusion import fuse, fuse_with_articles
from index.name_directory import NameDirectory
from index.names.merges import merges_beside
from index.results import Correction, Hit, IndexStatus, Revision, SearchResult
from index.store.opening import open_store

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder
    from index.store.protocols import Snapshot, Store

__all__ = ["LONGEST_QUESTION", "Searcher"]

LONGEST_QUESTION = 1_000
"""Code points of a question that are read; the rest is cut off, and a note says so."""

_MARKUP = str.maketrans("<>{}|*`~", " " * 8)  # says nothing, and misleads reader and embedder
_DEPTH = 100  # candidates of each side before they are fused


class Searcher:
    """One generation, opened: it stays as it is while newer ones are built. Safe for threads."""

    def __init__(self, address: str, snapshot: Snapshot, embedder: Embedder | None) -> None:
        """Search a generation; use ``open``."""
        self.snapshot = snapshot
        self._embedder = embedder
        self.names = NameDirectory(snapshot, merges_beside(address_of(address)))
        manifest = snapshot.manifest
        if embedder is not None and embedder.fingerprint != manifest.fingerprint:
            raise EmbedderMismatch(
                f"{address} was built with the model {manifest.embedder!r}, not with "
                f"{embedder.name!r}: ask with that one, or newsbot index --rebuild"
            )

    @classmethod
    def open(
        cls,
        index: str | Path | Store,
        embedder: Embedder | None = None,
        previous: Searcher | None = None,
    ) -> Searcher:
        """Open the current generation of an index.

        Args:
            index: its address, or its store.
            embedder: the model that the index was built with; loaded by its name where None, when
                the first question is asked.
            previous: an earlier generation of the same index, still open: what has not changed
                since is not read again.

        Raises:
            IndexMissing: there is no index there.
            IndexCorrupt: a part is missing, cut short or altered.
            IndexForeign: another program or version made it.
            IndexFailure: it cannot be reached.
            EmbedderMismatch: it was built with another model than ``embedder``.
        """
        store = open_store(index) if isinstance(index, str | Path) else index
        opened = store.open(previous.snapshot if previous is not None else None)
        return cls(store.address, opened, embedder)

    @property
    def generation(self) -> str:
        """Name of the generation."""
        return self.snapshot.generation

    @property
    def embedder(self) -> Embedder:
        """The model that the index was built with, loaded at first use.

        Raises:
            EmbedderFailure: it is not on this machine.
            EmbedderMismatch: its weights have changed since.
        """
        if self._embedder is None:
            manifest = self.snapshot.manifest
            self._embedder = reload_embedder(manifest.embedder, manifest.fingerprint)
        return self._embedder

    def search(self, question: str, k: int = 10, filters: Filters = EVERYTHING) -> SearchResult:
        """Find the passages nearest to a question.

        What says the same in copies of one article is one hit, which names the others in
        ``copies``. The filters come first: an article that they leave out is neither a hit nor
        named as a copy of one.

        Args:
            question: any text; what is over ``LONGEST_QUESTION`` is cut off.
            k: how many hits at the most, 1 or more.
            filters: what the articles must be.

        Raises:
            EmptyQuestion: nothing to search for.
            ValueError: ``k`` is below 1.
        """
        if k < 1:
            raise ValueError("k must be 1 or more")
        question, notes = self._prepare(question)
        snapshot = self.snapshot
        filters = self.names.expanded(filters)
        if snapshot.is_empty(filters):
            notes += self.names.unknown(filters) or ["No article passes the filters."]
        if filters.since is not None or filters.until is not None:
            undated = snapshot.undated()
            if undated:
                notes.append(f"{undated} articles without a date were left out by the date filter.")
        depth = max(_DEPTH, 2 * k)
        vector = self.embedder.embed_query(question)
        articles_found = dict(snapshot.matching_articles(question, _DEPTH, filters))
        hits: list[Hit] = []
        complete = False
        while len(hits) < k and not complete:  # deeper only where much was collapsed
            sparse = dict(snapshot.matching(question, depth, filters))
            dense = dict(snapshot.nearest(vector, depth, filters))
            complete = len(dense) < depth
            # What BM25 found alone has a similarity too: it is looked up, not taken to be nothing.
            alone = [number for number in sparse if number not in dense]
            dense.update(zip(alone, snapshot.similarities(vector, alone), strict=True))
            passages = fuse(dense, sparse)
            scores = fuse_with_articles(passages, snapshot.locations(passages), articles_found)
            kept = collapse_duplicates(self._resolved(scores, k), k, snapshot, filters)
            hits = [
                Hit(passage, article, score, dense[number], sparse.get(number, 0.0), copies)
                for (number, passage, article, score), copies in kept
            ]
            depth *= 4
        return SearchResult(tuple(hits), question, vector, self.idf(question), tuple(notes))

    def article(self, article_id: str) -> Article | None:
        """Return an article as indexed, or None where there is none of that id."""
        return self.snapshot.article(article_id)

    def articles(self) -> Iterator[Article]:
        """Return every article, in the order of their ids."""
        return self.snapshot.articles()

    def history(self, article_id: str) -> list[Correction]:
        """Return how an article was corrected, the oldest version first; empty if it never was."""
        versions = self.snapshot.versions([article_id]).get(article_id, [])
        article = self.article(article_id)
        if article is None:
            return []
        later = [*((one.title, one.text) for one in versions[1:]), (article.title, article.text)]
        return [
            Correction(
                old.title,
                old.published,
                old.updated,
                old.replaced,
                title,
                tuple(sentence_changes(old.text, text)),
            )
            for old, (title, text) in zip(versions, later, strict=False)
        ]

    def revision(self, article_id: str, sentence: str) -> Revision | None:
        """Return how a sentence of an article was corrected, or was later in a copy of it.

        Args:
            article_id: the article, as it is now, in which the sentence stands.
            sentence: the whole of it.

        Returns:
            The latest revision: of the article itself where it had another sentence before; else
            of a copy or the original that had the sentence and has it no more. None without one.
        """
        group = self.snapshot.copies_of(article_id) or (article_id,)
        versions = self.snapshot.versions(group)
        wanted = " ".join(sentence.split())
        for one in sorted(versions, key=lambda one: one != article_id):
            article = self.article(one)
            if article is None or (sentence in article.text) is not (one == article_id):
                continue
            for version in reversed(versions[one]):
                if (sentence in version.text) is (one == article_id):
                    continue
                for change in sentence_changes(version.text, article.text):
                    found = change.later if one == article_id else change.earlier
                    if found == wanted and change.earlier is not None:
                        return Revision(
                            one, article.title, change.earlier, change.later, version.replaced
                        )
                break
        return None

    def idf(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency of each stem of a question, 0 or more."""
        return self.snapshot.idf(question)

    def status(self) -> IndexStatus:
        """Return what the index holds."""
        return self.snapshot.status()

    def _resolved(self, scores: Mapping[int, float], step: int) -> Iterator[ScoredPassage]:
        """Return the passages that have these scores, in their order, read ``step`` at a time."""
        numbers = list(scores)
        for begin in range(0, len(numbers), step):
            some = numbers[begin : begin + step]
            rows = self.snapshot.resolve(some)
            yield from (ScoredPassage(n, *rows[n], scores[n]) for n in some if n in rows)

    def _prepare(self, question: str) -> tuple[str, list[str]]:
        plain = normalise(question[: 4 * LONGEST_QUESTION]).translate(_MARKUP)
        question = " ".join(plain.split())
        if not question:
            raise EmptyQuestion("the question is empty: ask something with at least one word")
        if len(question) <= LONGEST_QUESTION:
            return question, []
        return question[:LONGEST_QUESTION], [
            f"The question was cut to its first {LONGEST_QUESTION} characters."
        ]
