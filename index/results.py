"""What a search gives: hits; and what an index tells of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from corpus.article import Article, Passage
from corpus.revisions import SentenceChange

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Correction", "DuplicateRef", "Hit", "IndexStatus", "Revision", "SearchResult"]


@dataclass(frozen=True)
class DuplicateRef:
    """Where else something ran.

    Attributes:
        article_id: the other article, as ``NewsBot.article`` takes it.
        title: its headline.
        url: its address, or None.
        source: its publisher, or None.
        published: timezone-aware ISO 8601, or None.
    """

    article_id: str
    title: str
    url: str | None
    source: str | None
    published: str | None

    @classmethod
    def of(cls, article: Article) -> DuplicateRef:
        """Return the reference to an article."""
        return cls(article.id, article.title, article.url, article.source, article.published)


@dataclass(frozen=True)
class Correction:
    """A version of an article, and what the next one changed.

    Attributes:
        title: headline of the version.
        published: its date, or None.
        updated: when it had last been changed, or None.
        replaced: when the index took the next version, in ISO 8601.
        next_title: headline of the next version.
        changes: sentences that were changed, withdrawn or added, in the order of the text.
    """

    title: str
    published: str | None
    updated: str | None
    replaced: str
    next_title: str
    changes: tuple[SentenceChange, ...]


@dataclass(frozen=True)
class Revision:
    """How a sentence was revised.

    Attributes:
        article_id: the article in which it was: that of the sentence, or a copy of it.
        title: its headline.
        earlier: the sentence before.
        later: the sentence as it stands there now; None where it was withdrawn.
        replaced: when the index took the revised article, in ISO 8601.
    """

    article_id: str
    title: str
    earlier: str
    later: str | None
    replaced: str


@dataclass(frozen=True)
class Hit:
    """A passage that search found.

    Attributes:
        passage: where it stands.
        article: the article it is of, as indexed.
        score: fused score in [0, 1], comparable within one search only; where a reader put the
            hits in order, how probable it is that it answers.
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
    copies: tuple[DuplicateRef, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as JSON values, with the offsets in the article's text."""
        return {
            "article_id": self.article.id,
            "title": self.article.title,
            "url": self.article.url,
            "source": self.article.source,
            "published": self.article.published,
            "updated": self.article.updated,
            "page": self.article.page_at(self.passage.start),
            "recognised": self.article.is_recognised(self.passage.start, self.passage.end),
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
        idf: inverse document frequency of each stem of the question.
        notes: one-line remarks for the user, such as that the question was cut.
    """

    hits: tuple[Hit, ...]
    question: str
    vector: NDArray[np.float32] = field(compare=False, repr=False)
    idf: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return hits and notes as JSON values."""
        return {"hits": [hit.to_dict() for hit in self.hits], "notes": list(self.notes)}


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
        languages: how many articles each language has, by its ISO 639-1 code, the most first;
            "unknown" where it is not known.
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
    languages: Mapping[str, int] = field(default_factory=dict)
