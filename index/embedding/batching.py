"""New passages to vectors: those that a stopped build has left are read, the others made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Article, Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embedding.embedder import Embedder
    from index.store.protocols import KeptVectors

__all__ = ["PassageBatches", "embedded_text"]

_CHUNK = 512  # passages embedded before their vectors are kept: what a kill can cost
_TITLE_LENGTH = 150  # code points: about 40 tokens, which the splitter's limit leaves room for


class PassageBatches:
    """Takes articles one after the other, and hands on the vectors of their passages.

    Attributes:
        embedded: passages that the model has read.
        taken_over: passages whose vectors had been kept.
    """

    def __init__(
        self,
        embedder: Embedder,
        kept: KeptVectors,
        add: Callable[[Sequence[int], NDArray[np.float32]], None],
        tell: Callable[[int], None],
    ) -> None:
        """Begin.

        Args:
            embedder: the model.
            kept: what was made before, and what is made now.
            add: takes passage ids and their vectors, one row each.
            tell: told how many passages have their vectors.
        """
        self._embedder = embedder
        self._kept = kept
        self._add = add
        self._tell = tell
        self._numbers: list[int] = []
        self._texts: list[str] = []
        self.embedded = 0
        self.taken_over = 0

    def take(self, article: Article, passages: Sequence[tuple[int, Passage]]) -> None:
        """Take an article's passages, by id."""
        for number, passage in passages:
            self._numbers.append(number)
            self._texts.append(embedded_text(article.title, passage.text))
        if len(self._numbers) >= _CHUNK:
            self.finish()

    def finish(self) -> None:
        """Embed what was taken and is not embedded yet."""
        texts = self._texts
        if not texts:
            return
        known = self._kept.find(texts)
        begun = self.embedded + self.taken_over + len(known)
        unknown = [place for place in range(len(texts)) if place not in known]
        made = self._embedder.embed_passages(
            [texts[place] for place in unknown], lambda done: self._tell(begun + done)
        )
        self._kept.append([texts[place] for place in unknown], made)
        vectors = np.zeros((len(texts), self._embedder.dimension), np.float32)
        vectors[unknown] = made
        for place, vector in known.items():
            vectors[place] = vector
        self._add(self._numbers, vectors)
        self.embedded += len(unknown)
        self.taken_over += len(known)
        self._tell(begun + len(unknown))
        self._numbers, self._texts = [], []


def embedded_text(title: str, text: str) -> str:
    """Return what the embedding model reads of a passage: the article's title, then the passage."""
    return f"{title[:_TITLE_LENGTH]}\n{text}" if title else text
