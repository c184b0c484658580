"""Cells of tables that a question names by row and column."""

from __future__ import annotations

import pytest

from bot.answering.table_lookup import cells_asked_for
from corpus.article import Article, Passage
from index.results import Hit
from tests.fakes.invented import result_of

TEXT = (
    "The catch of the boats fell.\n\nBoat | Catch in tonnes | Crew\nFreja | 410 | 9\n"
    "Thor of Lund | 388 |\n\nThe season ends in May."
)


def hit(text: str = TEXT, start: int = 0) -> Hit:
    article = Article("a", "Fishing in 2023", text)
    return Hit(Passage("a", 0, start, len(text), text[start:], ()), article, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("question", "cell", "row"),
    [
        ("How many tonnes did the Freja catch?", "410", "Freja | 410 | 9"),
        ("What crew does Freja have?", "9", "Freja | 410 | 9"),
        ("What was the catch of the Thor of Lund in 2023?", "388", "Thor of Lund | 388 |"),
    ],
)
def test_cell_is_found_and_its_row_quoted(question: str, cell: str, row: str) -> None:
    (candidate,) = cells_asked_for(result_of([hit(), hit(start=TEXT.index("Freja"))], question))
    assert candidate.text == cell
    assert [support.text.strip() for support in candidate.supports] == [row]


@pytest.mark.parametrize(
    "question",
    [
        "How many tonnes did the Odin catch?",
        "How many tonnes did the Thor catch?",
        "How many tonnes did the Freja catch in 2019?",
        "Who owns the Freja?",
        "What crew does Thor of Lund have?",
        "How many of its crew has the Freja lost?",
        "What does the Freja expect to catch next year?",
        "Who is the crew of the Freja?",
        "When is the Freja's catch?",
    ],
)
def test_question_about_no_cell_finds_none(question: str) -> None:
    assert cells_asked_for(result_of([hit()], question)) == []


def test_lines_of_prose_are_no_table() -> None:
    prose = hit("Freja | 410\n\nCatch is low.")
    assert cells_asked_for(result_of([prose], "What is the catch of Freja?")) == []
