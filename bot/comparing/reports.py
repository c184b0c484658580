"""What one article says in answer to a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from corpus.article import Article, Span
from corpus.sentences import sentence_spans

__all__ = ["Report"]

_CHARACTERS_AROUND = 400
_LONGEST_LEAD = 500
_LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Report:
    """An article's best span for a question.

    Attributes:
        question: as it was read.
        article: as indexed.
        span: of the answer, in code points of the article's text.
        sentence: that holds it, likewise.
        margin: log-odds of the span against no answer.
    """

    question: str
    article: Article
    span: Span
    sentence: Span
    margin: float

    @property
    def text(self) -> str:
        """The answer's characters."""
        return self.article.text[slice(*self.span)]

    @property
    def quote(self) -> str:
        """The sentence's characters."""
        return self.article.text[slice(*self.sentence)]

    @property
    def parts(self) -> tuple[str, str, str]:
        """The sentence before the answer, the answer, and the sentence after it."""
        text, (start, end), (first, last) = self.article.text, self.span, self.sentence
        return text[first:start], text[start:end], text[end:last]

    @cached_property
    def day(self) -> date | None:
        """The article's day, in the place where it was published."""
        published = self.article.published
        return date.fromisoformat(published[:10]) if published else None

    @cached_property
    def whole(self) -> str:
        """Headline and text of the article, as far as it is looked at."""
        return f"{self.article.title}\n{self.article.text[:_LONGEST_TEXT]}"

    @cached_property
    def head(self) -> str:
        """Headline and first paragraph, and the sentence of the answer."""
        return f"{self.article.title}\n{self._lead}\n{self.quote}"

    @cached_property
    def first_sentence(self) -> str:
        """The article's, as far as it is looked at."""
        return next((self._lead[start:end] for start, end in sentence_spans(self._lead)), "")

    @cached_property
    def around(self) -> tuple[Span, ...]:
        """The sentences within 400 characters before and after the answer's own, and that one."""
        first = max(0, self.sentence[0] - _CHARACTERS_AROUND)
        last = self.sentence[1] + _CHARACTERS_AROUND
        return tuple(self._sentences(first, last))

    @property
    def _lead(self) -> str:
        return self.article.text[:_LONGEST_LEAD].partition("\n\n")[0]

    def _sentences(self, first: int, last: int) -> Iterator[Span]:
        for start, end in sentence_spans(self.article.text[first:last]):
            yield first + start, first + end
