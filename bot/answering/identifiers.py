"""Codes, numbers and years that a question names, and others of their form beside an answer.

The A 57 is not the A 75, nor last year's figure this year's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.results import Hit

__all__ = ["same_identifiers"]

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
# Letters with digits ("B12", "KX-204", "737-800"), or a word and its number ("Route 9", "No. 7").
_CODE = re.compile(
    r"\b(?:[^\W\d_]{1,4}-?\d[\w-]*|\d+-?[^\W\d_][\w-]*|\d+(?:-\d+)+)\b"
    r"|\b([^\W\d_]{4,}|No)\.? (\d+)\b(?![.,:]\d|[\w-])"
)
_SENTENCES_BEFORE = 2


def same_identifiers(question: str, hit: Hit, end: int) -> float:
    """Return how well the identifiers around an answer fit the question's.

    What is looked at ends with the answer's sentence: the title, the two sentences before, and the
    year of publication.

    Args:
        question: plain words.
        hit: that the answer stands in.
        end: of the answer's sentence, in the article's text.

    Returns:
        1 where each identifier of the question is there, or it has none; 0 where one is not, and
        others of its form are; else 0.5.
    """
    asked = list(_identifiers(question))
    if not asked:
        return 1.0
    sentences = [start for start, high in hit.passage.sentences if high <= end]
    start = sentences[-1 - _SENTENCES_BEFORE :][0] if sentences else hit.passage.start
    context = f"{hit.article.title}\n{(hit.article.published or '')[:4]}\n"
    forms: dict[str, set[str]] = {}
    for form, text in _identifiers(context + hit.article.text[start:end]):
        forms.setdefault(form, set()).add(text)
    return min(
        1.0 if text in forms.get(form, ()) else 0.0 if form in forms else 0.5
        for form, text in asked
    )


def _identifiers(text: str) -> Iterator[tuple[str, str]]:
    """Return the form and the folded text of each identifier."""
    for year in _YEAR.finditer(text):
        yield "year", year.group()
    for code in _CODE.finditer(text):
        if code[1]:
            if not _YEAR.fullmatch(code[2]):
                yield f"{code[1].lower()} 0", code[2]
        else:
            folded = code.group().lower().replace("-", "")
            yield re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", folded)), folded
