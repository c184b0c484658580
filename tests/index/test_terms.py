"""The words and stems that questions and texts are compared by."""

from __future__ import annotations

import pytest

from index.terms import query_terms, stems, words


def test_words_are_runs_of_letters_and_digits_in_their_case() -> None:
    assert words("O'Brien paid 1,500 in_all… Zürich") == ["O", "Brien", "paid", "1", "500"] + [
        *("in", "all", "Zürich")
    ]


def test_stems_are_the_same_in_every_form_case_and_accent() -> None:
    assert stems("bridges BRIDGE, Bridge-building") == ["bridg", "bridg", "bridg", "build"]
    assert stems("José") == stems("JOSE")


def test_words_without_spaces_are_pairs_of_characters() -> None:
    assert words("韦林市的桥 AB") == ["韦林", "林市", "市的", "的桥", "AB"]
    assert words("猫") == query_terms("猫？") == ["猫"]
    assert words("새 다리가") == ["새", "다리", "리가"]
    assert words("น้ำท่วม") == ["นำ", "ำท", "ทว", "วม"]  # without the marks of its tones


@pytest.mark.parametrize("text", ["", " …!", "_"])
def test_text_without_words_has_no_stems(text: str) -> None:
    assert words(text) == stems(text) == []


def test_query_terms_leave_out_what_every_text_has() -> None:
    assert query_terms("Who denied the missile attack?") == ["denied", "missile", "attack"]
    assert query_terms("Who is it?") == ["who", "is", "it"]
    assert query_terms("Attack, attack!") == ["attack"]
