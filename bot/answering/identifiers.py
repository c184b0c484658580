"""Codes that a question names, and others of their form beside an answer.

The A 57 is not the A 75, and what happened to line 14 is no answer about line 41.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.results import Hit

__all__ = ["names_another_code"]

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# Letters with digits ("B12", "KX-204", "H.R. 1391", "737-800"), or a word and its number
# ("Route 9", "No. 7").
_CODE = re.compile(
    r"\b(?:[^\W\d_]{1,4}-?\d[\w-]*|(?:(?:[A-Z]\.){1,4}|[A-Z]{1,4}) \d[\w-]*"
    r"|\d+-?[^\W\d_][\w-]*|\d+(?:-\d+)+)\b"
    r"|\b([^\W\d_]{4,}|No)\.? (\d+)\b(?![.,:]\d|[\w-])"
)
_SENTENCES_BEFORE = 2


def names_another_code(question: str, hit: Hit, start: int, end: int) -> bool:
    """Return whether a sentence is about another code than a question, of the same form.

    Where the sentence has none of that form, the title and the two sentences before it say which
    one it is about. A year is no code.

    Args:
        question: plain words.
        hit: that the sentence is of.
        start: of the sentence, in the article's text.
        end: likewise.
    """
    asked = list(_codes(question))
    if not asked:
        return False
    before = [low for low, _ in hit.passage.sentences if low < start]
    first = before[-_SENTENCES_BEFORE:][0] if before else start
    own = _by_form(hit.article.text[start:end])
    around = _by_form(f"{hit.article.title}\n{hit.article.text[first:end]}")
    found = {form: own.get(form) or around.get(form) for form, _ in asked}
    return any(codes and code not in codes for form, code in asked if (codes := found[form]))


def _by_form(text: str) -> dict[str, set[str]]:
    forms: dict[str, set[str]] = {}
    for form, code in _codes(text):
        forms.setdefault(form, set()).add(code)
    return forms


def _codes(text: str) -> Iterator[tuple[str, str]]:
    """Return the form and the folded text of each code."""
    for code in _CODE.finditer(text):
        if not code[1]:
            folded = re.sub(r"[\s.-]", "", code.group().lower())
            yield re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", folded)), folded
        elif not _YEAR.fullmatch(code[2]):
            yield f"{code[1].lower()} 0", code[2]
