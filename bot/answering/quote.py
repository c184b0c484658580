"""A piece of an article that can be quoted."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.article import Article
from corpus.shingles import folded_words
from index.results import DuplicateRef

__all__ = ["Quote", "say_the_same"]


@dataclass(frozen=True)
class Quote:
    """Characters of an article: ``article.text[start:end]``.

    Attributes:
        article: as indexed.
        start: first code point in the article's text.
        end: one past the last.
        copies: the other articles that say the same, as the hit that it is of names them.
    """

    article: Article
    start: int
    end: int
    copies: tuple[DuplicateRef, ...] = field(default=(), kw_only=True)

    @property
    def quote(self) -> str:
        """The characters themselves."""
        return self.article.text[self.start : self.end]


def say_the_same(left: Quote, right: Quote) -> bool:
    """Tell whether two sentences have nearly the same words, and the same figures."""
    ours, theirs = set(folded_words(left.quote)), set(folded_words(right.quote))
    if any(character.isdigit() for word in ours ^ theirs for character in word):
        return False
    return len(ours & theirs) >= 0.8 * len(ours | theirs)
