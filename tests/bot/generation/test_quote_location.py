"""A quote is found to the character, or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quote import Quote
from bot.generation.quote_location import find_folded, locate
from corpus.article import Article

SAID = "“We left at once,” said Roe – the mayor’s deputy –\n on Monday."
OTHER = "The bridge at Arlen was closed on 3 May."
KEYED, FURTHER = (Quote(Article(text[:3], "", text), 0, len(text)) for text in (SAID, OTHER))
GIVEN = [KEYED, FURTHER]


@pytest.mark.parametrize(
    "quote",
    [
        "said Roe",
        SAID,
        '"We left at once," said Roe - the mayor\'s deputy - on Monday.',
        "We left … on Monday",
        "…left at once... the mayor’s deputy [...]",
    ],
)
def test_quote_is_found_in_the_keyed_sentence(quote: str) -> None:
    assert locate(quote, KEYED, GIVEN) is KEYED


def test_quote_under_another_key_is_found_where_it_stands() -> None:
    assert locate("closed on 3 May", KEYED, GIVEN) is FURTHER


@pytest.mark.parametrize(
    "quote",
    [
        "we left at once",
        "said Rae",
        "on Monday … We left",
        "said Roe … closed on 3 May",
        "closed on 3  May",  # not exactly, and of another key
        "said Roe on Monday",
        "",
        "…",
        "“”",
    ],
)
def test_altered_or_joined_quote_is_not_found(quote: str) -> None:
    assert locate(quote, KEYED, GIVEN) is None


def test_quote_of_an_unknown_key_is_not_found() -> None:
    assert locate("said Roe", None, GIVEN) is None


@given(st.text(alphabet="ab “”‘’–- \n\t\u00a0", max_size=40), st.data())
def test_folded_place_holds_what_was_looked_for(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    wanted = text[start:end].translate(str.maketrans("“”‘’–\n\t\u00a0", "\"\"''-   "))
    place = find_folded(wanted, text)
    if not wanted.strip():
        assert place is None
    else:
        assert place is not None
        assert find_folded(text[slice(*place)], wanted) is not None
