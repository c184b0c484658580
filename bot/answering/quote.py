"""A piece of an article that can be quoted."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from corpus.article import Article
from corpus.shingles import folded_words
from index.results import DuplicateRef
from index.terms import stems

__all__ = ["Quote"]

_SAME_WORDS = 0.8  # share of common words from which two quotes say the same


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
    def text(self) -> str:
        """The characters themselves."""
        return self.article.text[self.start : self.end]

    @property
    def place(self) -> tuple[str, int, int]:
        """Id of the article, start and end."""
        return self.article.id, self.start, self.end

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of its words, as the index has them."""
        return frozenset(stems(self.text))

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words without regard to case and punctuation, numbers whole."""
        return frozenset(folded_words(self.text))

    def says_the_same(self, other: Quote) -> bool:
        """Return whether both have nearly the same words, and the same figures."""
        differing = self.words ^ other.words
        if any(character.isdigit() for word in differing for character in word):
            return False
        return len(self.words & other.words) >= _SAME_WORDS * len(self.words | other.words)
