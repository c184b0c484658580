"""Codes that a question names, and others of their form beside an answer.

The A 57 is not the A 75, and what happened to line 14 is no answer about line 41.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.results import Hit

__all__ = ["names_another_code"]

_A_YEAR = r"(?:1[5-9]|20)\d\d"
_YEAR = re.compile(_A_YEAR)
_NUMBERED = (
    "act airbus amendment apartment apollo area article autobahn battalion berth bill block boeing "
    "brigade building bus case category channel chapter class clause district division exhibit "
    "expedition falcon flat flight gate grade group hall highway interstate level line lot mark "
    "measure mission model motorway no number paragraph part phase pier platform precinct "
    "proposition reactor regiment resolution road room round route season section sector squadron "
    "stage studio terminal track train tram type unit version volume ward zone"
)
# Letters with digits ("B12", "KX-204", "5G"), apart ("A 57", "H.R. 1391"), digits with digits
# ("737-800"), or a noun and its number ("Route 9", "No. 7"). Times, ordinals, scores and
# measures ("10pm", "5th", "3-1", "20km") are none.
_CODE = re.compile(
    r"\b(?!(?:mid|non|post|pre|sub|top)-)(?:[^\W\d_]{1,4}-?\d[\w-]*"
    rf"|(?:(?:[A-Z]\.){{1,4}}|[A-Z]{{1,4}}) (?!{_A_YEAR}\b)\d[\w-]*"
    r"|\d+(?!AM\b|PM\b)[A-Z]{1,2}|\d{3,}-\d{3,})\b"
    rf"|\b(?i:({_NUMBERED.replace(' ', '|')}))\.? (\d+)\b(?![.,:]\d|[\w-])"
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
