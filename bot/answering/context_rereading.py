"""The surest passages, read a second time with the words around them.

A passage is cut out of its article, and who "he" is may stand before it. Nothing is quoted from the
second reading: it only says how sure an answer is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.reader.reader import LEAST_MARGIN, AnswerSpan, Reader, bounded_margin
from corpus.article import Article, Passage, Span
from index.results import Hit

__all__ = ["PASSAGES_REREAD", "ContextRereading", "reread_in_context"]

PASSAGES_REREAD = 2
"""Passages that are read a second time."""

_WORDS_AROUND = 50  # of the article, on either side of a passage
_CHARACTERS_AROUND = 600  # in which these words are looked for
_WORD = re.compile(r"\S+")


class ContextRereading:
    """The spans of the second reading, to look up answers of the first."""

    def __init__(self, spans: Sequence[AnswerSpan] = ()) -> None:
        """Keep the spans of all passages that were read again, in any order."""
        self._windows: dict[Passage, list[AnswerSpan]] = {}
        for span in spans:
            self._windows.setdefault(span.passage, []).append(span)

    def margins(self, span: AnswerSpan) -> tuple[float, float]:
        """Return an answer's margin in the second reading, and how answerable the passage is.

        Args:
            span: from the first reading.

        Returns:
            The highest margin of the spans that have all the answer's words, or whose words the
            answer has all; and the ``passage_margin``. Where the span's sentence was not read
            again, both as in the first reading.
        """
        own = span.words
        for window, found in self._windows.items():
            if _within(span, window):
                same = [o.margin for o in found if o.words <= own or own <= o.words]
                answerable = max(other.passage_margin for other in found)
                return bounded_margin(max(same, default=LEAST_MARGIN)), bounded_margin(answerable)
        return bounded_margin(span.margin), bounded_margin(span.passage_margin)


def reread_in_context(
    reader: Reader, question: str, hits: Sequence[Hit], spans: Sequence[AnswerSpan]
) -> ContextRereading:
    """Read the passages with the highest margins again, with fifty words on either side.

    Args:
        reader: reads.
        question: as it was read the first time.
        hits: what was read.
        spans: what the reader found in the hits' passages, in any order.
    """
    articles = {hit.article.id: hit.article for hit in hits}
    surest = sorted(spans, key=lambda span: -span.margin)
    chosen = list(dict.fromkeys(span.passage for span in surest))[:PASSAGES_REREAD]
    if not chosen:
        return ContextRereading()
    windows = [_window(articles[passage.article_id], passage) for passage in chosen]
    titles = [articles[passage.article_id].title for passage in chosen]
    reread = reader.read(question, windows, titles)
    return ContextRereading(reread)


def _within(span: AnswerSpan, window: Passage) -> bool:
    return (
        span.passage.article_id == window.article_id
        and window.start <= span.sentence[0]
        and span.sentence[1] <= window.end
    )


def _window(article: Article, passage: Passage) -> Passage:
    """Return a passage with the words around it; those before and after are a sentence each."""
    low = max(0, passage.start - _CHARACTERS_AROUND)
    before = list(_WORD.finditer(article.text, low, passage.start))[-_WORDS_AROUND:]
    high = passage.end + _CHARACTERS_AROUND
    after = list(_WORD.finditer(article.text, passage.end, high))[:_WORDS_AROUND]
    start = before[0].start() if before else passage.start
    end = after[-1].end() if after else passage.end
    sentences: list[Span] = list(passage.sentences) or [(passage.start, passage.end)]
    if start < sentences[0][0]:
        sentences.insert(0, (start, sentences[0][0]))
    if sentences[-1][1] < end:
        sentences.append((sentences[-1][1], end))
    text = article.text[start:end]
    return replace(passage, start=start, end=end, text=text, sentences=tuple(sentences))
