"""A piece of an article that can be quoted."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.article import Article

__all__ = ["Quoted"]


@dataclass(frozen=True)
class Quoted:
    """Characters of an article: ``article.text[start:end]``.

    Attributes:
        article: as indexed.
        start: first code point in the article's text.
        end: one past the last.
    """

    article: Article
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The characters themselves."""
        return self.article.text[self.start : self.end]
