"""Codes, numbers and years that a question names, and others of their form beside an answer.

The A 57 is not the A 75, nor last year's figure this year's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.results import Hit

__all__ = ["same_identifiers"]

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
# Letters with digits ("B12", "KX-204", "H.R. 1391", "737-800"), or a word and its number
# ("Route 9", "No. 7").
_CODE = re.compile(
    r"\b(?:[^\W\d_]{1,4}-?\d[\w-]*|(?:(?:[A-Z]\.){1,4}|[A-Z]{1,4}) \d[\w-]*"
    r"|\d+-?[^\W\d_][\w-]*|\d+(?:-\d+)+)\b"
    r"|\b([^\W\d_]{4,}|No)\.? (\d+)\b(?![.,:]\d|[\w-])"
)
_SENTENCES_BEFORE = 2
_YEAR_FORM = "year"


def same_identifiers(question: str, hit: Hit, start: int, end: int) -> float:
    """Return how well the identifiers around an answer fit the question's.

    A code is looked for in the answer's sentence; where that has none of its form, and for a year,
    also in the title, in the two sentences before and in the year of publication.

    Args:
        question: plain words.
        hit: that the answer stands in.
        start: of the answer's sentence, in the article's text.
        end: likewise.

    Returns:
        1 where each identifier of the question is there, or it has none; 0 where one is not, and
        others of its form are; else 0.5.
    """
    asked = list(_identifiers(question))
    if not asked:
        return 1.0
    before = [low for low, _ in hit.passage.sentences if low < start]
    first = before[-_SENTENCES_BEFORE:][0] if before else start
    own = _by_form(hit.article.text[start:end])
    published = (hit.article.published or "")[:4]
    around = _by_form(f"{hit.article.title}\n{published}\n{hit.article.text[first:end]}")
    return min(_fit(form, text, own, around) for form, text in asked)


def _fit(form: str, text: str, own: dict[str, set[str]], around: dict[str, set[str]]) -> float:
    found = own if form in own and form != _YEAR_FORM else around
    return 1.0 if text in found.get(form, ()) else 0.0 if form in found else 0.5


def _by_form(text: str) -> dict[str, set[str]]:
    forms: dict[str, set[str]] = {}
    for form, one in _identifiers(text):
        forms.setdefault(form, set()).add(one)
    return forms


def _identifiers(text: str) -> Iterator[tuple[str, str]]:
    """Return the form and the folded text of each identifier."""
    for year in _YEAR.finditer(text):
        yield _YEAR_FORM, year.group()
    for code in _CODE.finditer(text):
        if code[1]:
            if not _YEAR.fullmatch(code[2]):
                yield f"{code[1].lower()} 0", code[2]
        else:
            folded = re.sub(r"[\s.-]", "", code.group().lower())
            yield re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", folded)), folded
