"""Names that a reader cut short: "Radomir" of "Radomir Fells"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.reader.reader import AnswerSpan
from corpus.dates import DAYS_AND_MONTHS

__all__ = ["whole_name"]

_ASKS_FOR_PERSON = re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE)
# A further word of a name, or an initial of it, after a space.
_NEXT_WORD = re.compile(r" ([^\W\d_]\.(?= )|[^\W\d_]+(?:['’-](?![sS]\b)[^\W\d_]+)*)")
_MOST_WORDS = 3


def whole_name(question: str, span: AnswerSpan) -> AnswerSpan:
    """Extend a span that ends within a person's name to the end of the name.

    Only where the question asks for a person, and only by words with a capital that follow in the
    same sentence, at most three. A day or a month is no part of a name, and a name that the
    question has already is not repeated: "Who is Fells by his first name?"

    Args:
        question: as it was read.
        span: of any reader.

    Returns:
        The span, or one that ends later in its sentence.
    """
    words = span.text.split()
    if not words or not _is_name(words[-1]) or not _ASKS_FOR_PERSON.search(question):
        return span
    offset, asked = span.passage.start, question.lower()
    text, place = span.passage.text, span.end - offset
    for _ in range(_MOST_WORDS):
        found = _NEXT_WORD.match(text, place, span.sentence[1] - offset)
        if found is None or not _is_name(found[1]):
            break
        if found[1].lower() in asked:
            return span
        place = found.end()
    return replace(span, end=offset + place, text=text[span.start - offset : place])


def _is_name(word: str) -> bool:
    """Return whether a word looks like part of a name, or an initial in one."""
    if len(word) == 2 and word[1] == ".":
        return word[0].isupper()
    return word[0].isupper() and not word.isupper() and word.lower() not in DAYS_AND_MONTHS
