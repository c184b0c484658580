"""A list and a timeline as CSV: rows that a spreadsheet takes for text alone."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given

from bot.answering.answers import REFUSAL, Answer
from bot.answering.csv_export import as_csv
from tests.fakes.parsed_html import ANY_TEXT
from tests.fakes.reports import surveyed_answer


def rows_of(answer: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(answer))))


def test_events_are_rows_with_their_days_and_places() -> None:
    published, named = rows_of(replace(surveyed_answer(), listing=None))
    assert (named["first"], named["last"], named["dated_by"]) == (
        *("2024-05-01", "2024-05-31"),
        "sentence",
    )
    assert (published["dated_by"], published["expected"]) == ("publication", "no")
    assert (published["quote"], published["start"], published["end"]) == ("Elm burned.", "0", "11")


def test_answers_are_rows_a_sentence_each() -> None:
    first, second = rows_of(replace(surveyed_answer(), events=()))
    assert [first["answer"], second["answer"]] == ["Elm", "Oak"]
    assert (first["article_id"], first["source"], first["url"]) == ("a1", "Post", "")


def test_answer_without_list_and_timeline_has_no_table() -> None:
    assert as_csv(Answer(REFUSAL, None, True, 0.1, ())) == ""


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "＝1", "\x07=1"]
)
def test_formula_is_text(formula: str) -> None:
    answer = replace(surveyed_answer(formula, name=formula), events=())
    row = rows_of(answer)[0]
    assert row["answer"][0] == row["quote"][0] == "'"


@given(ANY_TEXT)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    first, second = rows_of(replace(surveyed_answer(text, name=text), events=()))
    assert set(first) == set(second)
    assert not first["answer"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
