"""How much of what a question names a text holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.term_overlap import coverage, names_found

IDF = {"askvik": 3.0, "bridg": 1.0}
STEMS = st.sets(st.sampled_from("abcdefg"))


@pytest.mark.parametrize(
    ("found", "share"),
    [
        ({"the", "askvik", "ferri"}, 0.75),
        ({"a", "bridg"}, 0.25),
        ({"bridg", "askvik"}, 1.0),
        ({"fog"}, 0.0),
    ],
)
def test_rare_stem_weighs_more_than_a_common_one(found: set[str], share: float) -> None:
    assert coverage(IDF, found) == share


@pytest.mark.parametrize("idf", [{}, {"the": 0.0}])
def test_stems_without_weight_cover_nothing(idf: dict[str, float]) -> None:
    assert coverage(idf, {"the", "fog"}) == 0.0


@given(st.dictionaries(st.sampled_from("abcdefg"), st.floats(0, 20)), STEMS, STEMS)
def test_coverage_is_from_0_to_1_and_grows_with_the_text(
    idf: dict[str, float], text: set[str], more: set[str]
) -> None:
    assert 0 <= coverage(idf, text) <= coverage(idf, text | more) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("Who left Halm in 1931?", "HALM, in 1931", 1.0),
        ("Who left Halm in 1931?", "Halm, in 1932", 0.5),
        ("who left the harbour?", "nothing", 1.0),
        ("", "nothing", 1.0),
    ],
)
def test_names_and_numbers_of_a_question_are_found_in_any_case(
    question: str, text: str, share: float
) -> None:
    assert names_found(question, text) == share
