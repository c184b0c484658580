"""How much of a question's rare words a text holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.term_overlap import covered, names_in, rarest_in, stems

WORDS = st.text("abeilnorst", min_size=1, max_size=8)


def test_a_word_is_found_in_whatever_form_it_has() -> None:
    found = stems("The bridges were CLOSED, closing later; bridge-building stopped.")
    assert covered({"bridge": 1.0, "closes": 1.0}, found) == 1.0
    assert "the" in found and not {"", ",", "-"} & found


@pytest.mark.parametrize("text", ["", " …!", "_"])
def test_a_text_without_words_has_no_stems(text: str) -> None:
    assert stems(text) == frozenset()


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    rarity = {"askvik": 3.0, "bridge": 1.0}
    assert covered(rarity, stems("the Askvik ferry")) == 0.75
    assert covered(rarity, stems("a bridge")) == 0.25
    assert covered(rarity, stems("fog")) == 0.0


@pytest.mark.parametrize("rarity", [{}, {"the": 0.0}])
def test_words_without_weight_cover_nothing(rarity: dict[str, float]) -> None:
    assert covered(rarity, stems("the fog")) == 0.0


def test_only_the_rarest_word_counts_for_being_found() -> None:
    rarity = {"bridge": 1.0, "askvik": 3.0}
    assert rarest_in(rarity, stems("in Askvik"))
    assert not rarest_in(rarity, stems("the bridge"))
    assert not rarest_in({}, stems("the bridge"))


@given(st.dictionaries(WORDS, st.floats(0, 20)), st.lists(WORDS), st.lists(WORDS))
def test_the_share_is_from_0_to_1_and_grows_with_the_text(
    rarity: dict[str, float], text: list[str], more: list[str]
) -> None:
    part, whole = stems(" ".join(text)), stems(" ".join(text + more))
    assert 0 <= covered(rarity, part) <= covered(rarity, whole) <= 1 + 1e-9


def test_names_and_numbers_of_a_question_are_looked_for_whatever_their_case() -> None:
    assert names_in("Who left Halm in 1931?", "HALM, in 1931") == 1.0
    assert names_in("Who left Halm in 1931?", "Halm, in 1932") == 0.5
    assert names_in("who left the harbour?", "nothing") == 1.0
    assert names_in("", "nothing") == 1.0
