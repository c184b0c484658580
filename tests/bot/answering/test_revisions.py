"""Answers from sentences that were corrected say so."""

from __future__ import annotations

import pytest

from bot.answering.answers import Alternative, Answer, Citation, View
from bot.answering.revisions import mark_revised
from index.results import Revision

QUOTE = "The crash killed nine people."
CITED = Citation(1, "a", "Crash", None, None, None, QUOTE, 0, len(QUOTE))


@pytest.mark.parametrize(
    ("article", "later", "note"),
    [
        ("a", QUOTE, "[1] was corrected; before, the article said: “It killed 12.”"),
        ("b", "Ten.", "[1] was corrected later in “Other paper”: “Ten.”"),
        ("b", None, "[1] was withdrawn later from the same report in “Other paper”"),
    ],
)
def test_revised_sentence_is_marked_and_noted(article: str, later: str | None, note: str) -> None:
    revision = Revision(
        article, "Other\npaper", "It killed 12.", later, "2024-05-01T00:00:00+00:00"
    )
    answer = Answer("x", "x", False, 0.5, (CITED,), notes=("before",))
    marked = mark_revised(
        answer, lambda of, quote: revision if (of, quote) == ("a", QUOTE) else None
    )
    assert marked.notes == ("before", note) and marked.citations[0].revision == revision
    assert Citation.from_dict(marked.citations[0].to_dict()) == marked.citations[0]


def test_alternatives_and_the_closest_sentence_count_too() -> None:
    revision = Revision("a", "Crash", "x " * 900, QUOTE, "")
    answer = Answer("x", None, True, 0.1, (), (Alternative("x", 0.1, (CITED,)),), (CITED,))
    marked = mark_revised(answer, lambda of, quote: revision)
    assert len(marked.notes) == 2 and all(len(note) < 400 for note in marked.notes)
    assert mark_revised(answer, lambda of, quote: None) == answer


def test_views_have_the_marked_citations_and_one_note() -> None:
    revision = Revision("a", "Crash", "It killed 12.", QUOTE, "")
    view = View("nine", (CITED,), None, None, (), "correction")
    answer = Answer("x", "nine", False, 0.5, (CITED,), views=(view,))
    marked = mark_revised(answer, lambda of, quote: revision)
    assert marked.views[0].citations == marked.citations
    assert marked.citations[0].revision == revision and len(marked.notes) == 1
