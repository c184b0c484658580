"""The names in an article: what counts as one, what is joined to it, what is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from index.names.article_names import find_names
from index.names.records import name_key
from index.names.tagger import shipped_tagger

SUMMIT = (
    "GENEVA (Reuters) - The World Health Organization (WHO) said on Monday that Angela Merkel, the "
    "German chancellor, had met its director.\n\nOn Friday Merkel told the W.H.O. that the U.S. "
    "and France would pay for it. The visit ended on Friday, said Dr. John Nkengasong."
)
DUTCH = (
    "De minister van Financiën heeft in Amsterdam gezegd dat de Europese Unie en Angela Merkel het "
    "met elkaar eens zijn over het plan, en dat er voor de zomer een besluit wordt genomen."
)


def found(text: str) -> dict[str, tuple[str, list[str]]]:
    return {
        one.name: (one.kind, [text[start:end] for start, end in one.spans])
        for one in find_names(Article("a", "", text))
    }


def test_surnames_and_short_forms_are_joined_to_full_names() -> None:
    assert found(SUMMIT) == {
        "World Health Organization": (
            "organisation",
            ["World Health Organization", "W.H.O."],
        ),
        "Angela Merkel": ("person", ["Angela Merkel", "Merkel"]),
        "United States": ("place", ["U.S."]),
        "France": ("place", ["France"]),
        "John Nkengasong": ("person", ["John Nkengasong"]),
    }


def test_surname_of_two_persons_and_of_nobody_is_left_out() -> None:
    text = (
        "Hillary Clinton spoke in Paris on Monday, and Bill Clinton spoke in London on Tuesday. "
        "Clinton said that it was a good week, and that the talks with Obama were long."
    )
    assert found(text).keys() == {"Hillary Clinton", "Bill Clinton", "Paris", "London"}


def test_streets_and_prizes_are_no_people() -> None:
    text = (
        "The firm of Jensen Works closed Mill Lane on Monday, said Amy Lane, who lives in "
        "Mill Lane. She had won the Vezina Trophy and the Calder Trophy before that year."
    )
    people = [name for name, (kind, _) in found(text).items() if kind == "person"]
    assert people == ["Amy Lane"]


def test_firm_is_no_person_and_town_is_a_place() -> None:
    text = (
        "Vantle Glass said on Tuesday that it would replace its main furnace in the lower town of "
        "Merrowford. Molten glass cracks the bricks.\n\nVantle makes 140 million jars a year."
    )
    assert found(text).keys() == {"Merrowford"}
    people = (
        "Potters ran out of clay on Monday, said Susan Clay of the union. Clay said that the price "
        "of clay had doubled since Susan was a girl."
    )
    assert found(people).keys() == {"Susan Clay"}


def test_headings_in_capitals_and_lists_have_no_names() -> None:
    text = (
        "TODAY'S WEATHER IN LONDON AND PARIS IS FINE\n\nFrance\n\nGermany\n\n"
        "It was a fine day for all who were in Berlin and on the beach, and the sun was out."
    )
    assert found(text).keys() == {"Berlin"}


def test_articles_in_other_languages_have_no_names() -> None:
    assert find_names(Article("a", "", DUTCH)) == ()
    assert find_names(Article("a", "", "")) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [("U.N.", "UN"), ("The Guardian", "the  guardian"), ("O’Brien", "O'BRIEN")],
)
def test_spellings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


PIECES = st.sampled_from(
    ["Angela Merkel", "the U.N. ", "(WHO)", "’s", "\n\n", "\n", " ", "said", ".", "“", "Dr. ", "é"]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=60).map("".join))
def test_tagged_names_are_ordered_pieces_of_any_text(text: str) -> None:
    after = 0
    for tagged in shipped_tagger().tag(text):
        assert after <= tagged.start < tagged.end <= len(text)
        assert not text[tagged.start].isspace() and not text[tagged.end - 1].isspace()
        assert "\n\n" not in text[tagged.start : tagged.end]
        after = tagged.end


def test_text_of_one_endless_word_is_read() -> None:
    assert shipped_tagger().tag("(" * 50_000) == []
