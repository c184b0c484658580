"""What newsbot knows, as lines."""

from __future__ import annotations

from bot.answering.answers import Answer
from bot.cli.formatting import answer_lines
from tests.fakes.reports import surveyed_answer, view_of


def test_views_are_rows_below_the_short_answer() -> None:
    views = (view_of(1, "26\x07 dead", "2024-03-09"), view_of(2, "Seven", "2024-03-01"))
    cited = tuple(one for view in views for one in view.citations)
    lines = [
        "".join(text for text, _ in line.pieces)
        for line in answer_lines(Answer("x", "26", False, 0.8, cited, views=views))
    ]
    assert lines[:4] == [
        "26",
        "The count rises with time; the newest comes first.",
        "26 dead  2024-03-09, Post 1 [1]",
        "Seven  2024-03-01, Post 2 [2]",
    ]
    assert sum(line.startswith("[") for line in lines) == 2


def test_list_and_timeline_are_rows() -> None:
    lines = [
        "".join(text for text, _ in line.pieces)
        for line in answer_lines(surveyed_answer(name="Elm\x07"))
    ]
    assert lines[:5] == [
        "found here: 2 answers in 2 of 5 articles that were read; there may be more",
        "Elm [1]",
        "Oak [2]",
        "2024-03-05 (published)  Elm burned. [1]",
        "2024-05  Oak burned in May. [2]",
    ]
