"""The best passages, read again by the second reader with the words around them.

A passage is cut out of its article, and who "he" is may stand before it. What is quoted stands in
the passage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.reader.reader import LEAST_MARGIN, AnswerSpan, Reader, bounded_margin
from bot.reader.tokenization import dated_title
from corpus.article import Article, Passage
from index.results import Hit

__all__ = ["FirstReading", "reread_in_context"]

_WORDS_AROUND = 50  # of the article, on either side of a passage
_CHARACTERS_AROUND = 600  # in which these words are looked for
_WORD = re.compile(r"\S+")


class FirstReading:
    """The spans of the first reading, to look up answers of the second."""

    def __init__(self, spans: Sequence[AnswerSpan] = ()) -> None:
        """Keep the spans of all passages, in any order."""
        self._spans: dict[Passage, list[AnswerSpan]] = {}
        for span in spans:
            self._spans.setdefault(span.passage, []).append(span)

    def margin(self, span: AnswerSpan) -> float:
        """Return an answer's margin in the first reading.

        Args:
            span: from the second reading.

        Returns:
            The highest bounded margin of the passage's spans that have all the answer's words, or
            whose words the answer has all.
        """
        found, own = self._spans.get(span.passage, []), span.words
        same = [one.margin for one in found if one.words <= own or own <= one.words]
        return bounded_margin(max(same, default=LEAST_MARGIN))


def reread_in_context(reader: Reader, question: str, hits: Sequence[Hit]) -> list[AnswerSpan]:
    """Read passages again, with fifty words on either side.

    Args:
        reader: whose second reader reads.
        question: as it was read the first time.
        hits: those whose passages are read.

    Returns:
        The spans within the passages, by margin, the highest first.
    """
    windows = {_window(hit.article, hit.passage): hit.passage for hit in hits}
    titles = [_title(hit.article) for hit in hits]
    reread = reader.second.read(question, list(windows), titles) if windows else []
    return [replace(span, passage=windows[span.passage]) for span in reread]


def _title(article: Article) -> str:
    published = article.published
    return dated_title(article.title, date.fromisoformat(published[:10]) if published else None)


def _window(article: Article, passage: Passage) -> Passage:
    """Return a passage with the words around it, in which no span is looked for."""
    low = max(0, passage.start - _CHARACTERS_AROUND)
    before = list(_WORD.finditer(article.text, low, passage.start))[-_WORDS_AROUND:]
    high = passage.end + _CHARACTERS_AROUND
    after = list(_WORD.finditer(article.text, passage.end, high))[:_WORDS_AROUND]
    start = before[0].start() if before else passage.start
    end = after[-1].end() if after else passage.end
    sentences = passage.sentences or ((passage.start, passage.end),)
    return replace(passage, start=start, end=end, text=article.text[start:end], sentences=sentences)
