"""Two answers that say the same are no change, however they are worded."""

from __future__ import annotations

from typing import Any

import pytest

from bot.watching.answer_changes import has_changed


def said(short: str | None, *quotes: str, refused: bool = False) -> dict[str, Any]:
    """Make the record of an answer."""
    quoted = [{"quote": quote} for quote in quotes or ([short] if short else ())]
    return {
        "refused": refused,
        "short_answer": short,
        "text": short or " ".join(quotes),
        "citations": [] if refused else quoted,
        "views": [],
        "listing": None,
        "events": [],
    }


REFUSED = said(None, "The closest.", refused=True)
COUNT = "How many people were evacuated from Arlen?"


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (COUNT, "212,400", "212400"),
        (COUNT, "12 people", "twelve"),
        (COUNT, "the 12", "12"),
        ("Who leads the council?", "Mayor Ina Roos", "Ina Roos"),
        ("Who leads the council?", "ina roos", "Ina Roos."),
        ("When did the ferry sink?", "3 May 2024", "May 3, 2024"),
        ("How long was the bridge?", "2 kilometres", "2 km"),
    ],
)
def test_other_wording_is_no_change(question: str, one: str, other: str) -> None:
    for old, new in ((one, other), (other, one)):
        assert not has_changed(question, said(old, f"It was {old}."), said(new, f"It was {new}."))


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        (COUNT, "12", "14"),
        (COUNT, "at least 10", "14"),
        (COUNT, "1,200", "12,000"),
        ("Who leads the council?", "Ina Roos", "Per Dahl"),
        ("When did the ferry sink?", "3 May 2024", "4 May 2024"),
        ("How long was the bridge?", "2 kilometres", "2 metres"),
    ],
)
def test_other_value_is_a_change(question: str, old: str, new: str) -> None:
    assert has_changed(question, said(old, f"It was {old}."), said(new, f"It was {new}."))


def test_refusal_that_becomes_an_answer_is_a_change_and_back() -> None:
    assert has_changed(COUNT, REFUSED, said("12"))
    assert has_changed(COUNT, said("12"), REFUSED)
    other = {**REFUSED, "text": "The articles do not say.", "closest": [{"quote": "Another."}]}
    assert not has_changed(COUNT, REFUSED, other)


@pytest.mark.parametrize(
    ("new", "changed"),
    [
        ("The council closed the bridge because its northern pier had cracked.", False),
        ("The council closed the old bridge on Monday because its northern pier cracked.", False),
        ("The council did not close the bridge because its northern pier had cracked.", True),
        ("The council closed 2 bridges because the northern pier had cracked.", True),
        ("A lorry hit the bridge at night and tore a hole into the deck.", True),
    ],
)
def test_sentences_are_compared_by_what_they_say(new: str, changed: bool) -> None:
    old = said(None, "The council closed the bridge because its northern pier had cracked.")
    assert has_changed("Why was the bridge closed?", old, said(None, new)) is changed


def test_new_value_of_a_list_is_a_change() -> None:
    def listing(*values: str) -> dict[str, Any]:
        items = [{"value": one, "citations": [{"quote": f"{one} was flooded."}]} for one in values]
        return {**said(values[0]), "listing": {"items": items}}

    question = "Which towns were flooded?"
    assert not has_changed(question, listing("Arlen", "Bexby"), listing("Bexby", "Arlen"))
    assert has_changed(question, listing("Arlen"), listing("Arlen", "Bexby"))
