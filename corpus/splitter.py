"""An Article cut into overlapping Passages of whole sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.article import Article, Passage, Span
from corpus.sentences import sentence_spans

__all__ = ["SplitterSettings", "TokenCounter", "split_article"]

TokenCounter = Callable[[str], int]
"""Tokens that the embedding model makes of a text, special tokens left out."""


@dataclass(frozen=True)
class SplitterSettings:
    """How articles are cut; kept in the manifest, because passages of two cuts do not mix.

    Attributes:
        words: a passage is closed once it has this many words, 1 or more.
        overlap: sentences that a passage repeats from the one before, 0 or more.
        tokens: most tokens of a passage that the embedding model reads, the title's left out.
    """

    words: int = 100
    overlap: int = 1
    tokens: int = 208

    def __post_init__(self) -> None:
        """Refuse settings that could never end.

        Raises:
            ValueError: a setting is out of its range.
        """
        if self.words < 1 or self.overlap < 0 or self.tokens < 8:
            raise ValueError(f"splitter settings out of range: {self}")


def split_article(
    article: Article,
    settings: SplitterSettings | None = None,
    token_count: TokenCounter | None = None,
) -> list[Passage]:
    """Cut an article into passages of whole sentences, about ``settings.words`` words each.

    A sentence longer than the model takes is cut at a word, or inside one where it has no
    spaces. Consecutive passages share ``settings.overlap`` sentences, unless a passage would then
    hold nothing new.

    Args:
        article: the article; its title is never part of a passage.
        settings: length and overlap; the defaults where None.
        token_count: counts the model's tokens; without it one word counts as two tokens, and
            four characters as one at the least.

    Returns:
        Passages in reading order, ``article.text[p.start:p.end] == p.text``; every character of
        the text that is not white space is in at least one. Empty for a blank text.
    """
    settings = settings or SplitterSettings()
    count = token_count or _rough_count
    sentences: list[tuple[Span, int, int]] = []  # span, words, tokens
    for start, end in sentence_spans(article.text):
        for span, tokens in _fit(article.text, start, end, settings.tokens, count):
            sentences.append((span, len(article.text[slice(*span)].split()), tokens))
    passages: list[Passage] = []
    first, new = 0, 0  # where the next passage begins, and its first sentence of its own
    while first < len(sentences):
        last = first
        words, tokens = sentences[first][1], sentences[first][2]
        while last + 1 < len(sentences) and (words < settings.words or last < new):
            if tokens + sentences[last + 1][2] > settings.tokens:
                break
            last += 1
            words += sentences[last][1]
            tokens += sentences[last][2]
        spans = tuple(span for span, _, _ in sentences[first : last + 1])
        start, end = spans[0][0], spans[-1][1]
        passages.append(
            Passage(article.id, len(passages), start, end, article.text[start:end], spans)
        )
        if last + 1 == len(sentences):
            break
        new = last + 1
        first = max(first + 1, new - settings.overlap)
        # An overlap that fills the next passage by itself would add nothing: start afresh.
        if sum(tokens for _, _, tokens in sentences[first : new + 1]) > settings.tokens:
            first = new
    return passages


def _rough_count(text: str) -> int:
    return max(2 * len(text.split()), (len(text) + 3) // 4)


def _fit(
    text: str, start: int, end: int, limit: int, count: TokenCounter
) -> list[tuple[Span, int]]:
    """Halve a sentence at the word nearest its middle until each part is within the limit.

    Returns:
        The parts with their tokens.
    """
    tokens = count(text[start:end])
    if tokens <= limit or end - start < 2:
        return [((start, end), tokens)]
    middle = (start + end) // 2
    left = middle
    while left > start and not text[left].isspace():
        left -= 1
    right = middle
    while right < end and not text[right].isspace():
        right += 1
    if left > start and (middle - left <= right - middle or right == end):
        cut = left
    elif right < end:
        cut = right
    else:
        cut = middle
    parts: list[tuple[Span, int]] = []
    for low, high in ((start, cut), (cut, end)):
        while low < high and text[low].isspace():
            low += 1
        while high > low and text[high - 1].isspace():
            high -= 1
        if low < high:
            parts.extend(_fit(text, low, high, limit, count))
    return parts
