"""What a generation in PostgreSQL and Milvus is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from corpus.splitter import SplitterSettings
from index.errors import IndexCorrupt

__all__ = ["ClusterManifest"]


@dataclass(frozen=True)
class ClusterManifest:
    """What a generation is.

    Attributes:
        embedder: name of the embedding model.
        fingerprint: of its weights, 64 hex digits.
        dimension: length of a vector.
        splitter: how the articles were cut.
        articles: how many.
        passages: how many.
        copies: articles that are copies of another one.
        collection: first part of the names of the collections in Milvus.
        last_article: highest number that an article has had.
        last_passage: highest id that a passage has had.
        built_at: timezone-aware ISO 8601.
    """

    embedder: str
    fingerprint: str
    dimension: int
    splitter: SplitterSettings
    articles: int
    passages: int
    copies: int
    collection: str
    last_article: int
    last_passage: int
    built_at: str

    @classmethod
    def loads(cls, text: str, where: str) -> ClusterManifest:
        """Read what ``dumps`` made, at a place that the error names.

        Raises:
            IndexCorrupt: it is something else.
        """
        try:
            record = json.loads(text)
            record["splitter"] = SplitterSettings(**record["splitter"])
            return cls(**record)
        except (KeyError, TypeError, ValueError) as error:
            raise IndexCorrupt(f"{where}: not a manifest of newsbot") from error

    def dumps(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))
