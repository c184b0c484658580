"""A conversation as the page keeps it."""

from __future__ import annotations

import json
from datetime import date

from bot.answering.answers import REFUSAL, Answer
from bot.chat.filters import SearchFilters
from bot.chat.turns import Turn, as_json


def test_json_has_whole_answers_and_their_filters() -> None:
    answer = Answer(REFUSAL, None, True, 0.1, ())
    turn = Turn(1, "Why?", answer, filters=SearchFilters(since=date(2024, 5, 1)))
    (record,) = json.loads(as_json([turn]))
    assert record["question"] == "Why?"
    assert record["since"] == "2024-05-01"
    assert record["answer"] == answer.to_dict()
