"""Tokens: one value for all ways to write a number or a date."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comparing.tokens import Kind, Token, folded, tokenize


def tokens(text: str, kind: Kind | None = None) -> list[Token]:
    return [token for token in tokenize(folded(text)) if kind in (None, token.kind)]


@pytest.mark.parametrize(
    "forms",
    [
        ("3 million", "3,000,000", "three million", "3m", "3000000", "3.0 million"),
        ("25", "twenty-five", "Twenty five"),
        ("105", "a hundred and five", "one hundred and five"),
        ("$3.5bn", "$3.5 billion", "3.5 billion dollars", "US$3,500,000,000"),
        ("40%", "40 percent", "forty per cent"),
        ("12th", "twelfth"),
        ("-5", "−5"),
    ],
)
def test_number_has_one_value_in_every_form(forms: tuple[str, ...]) -> None:
    values = [{token.value for token in tokens(f"It was {form} there")} for form in forms]
    assert all(value == values[0] for value in values)
    assert tokens(forms[0], Kind.NUMBER)


@pytest.mark.parametrize(
    ("one", "other"),
    [("3 million", "3 billion"), ("3.5", "35"), ("5", "-5"), ("12", "12th"), ("15", "50")],
)
def test_different_numbers_have_different_values(one: str, other: str) -> None:
    assert not tokens(one)[0].agrees(tokens(other)[0])


@pytest.mark.parametrize(
    "form",
    ["31 December 2019", "December 31, 2019", "Dec. 31, 2019", "2019-12-31", "31st of Dec 2019"],
)
def test_date_has_one_value_in_every_form(form: str) -> None:
    [date] = tokens(f"on {form}")
    assert (date.kind, date.value) == (Kind.DATE, ("date", 2019, 12, 31))


def test_part_of_a_date_is_borne_by_the_whole_and_not_otherwise() -> None:
    [whole], [part] = tokens("31 December 2019"), tokens("in December 2019")
    assert part.agrees(whole) and not whole.agrees(part)
    assert tokens("in 2019")[0].agrees(whole) and not tokens("in 2020")[0].agrees(whole)


def test_contraction_is_two_words() -> None:
    assert [token.word for token in tokens("didn’t")] == ["not"]
    assert [token.word for token in tokens("can't win")] == ["can", "not", "win"]
    assert [token.word for token in tokens("Roe's bridge")] == ["roe", "bridge"]


def test_may_is_a_month_by_its_capital() -> None:
    assert [token.kind for token in tokens("they may come in May")][-1] is Kind.DATE
    assert Kind.OPERATOR in {token.kind for token in tokens("they may come")}


@given(st.integers(0, 10**12))
def test_commas_between_thousands_change_nothing(number: int) -> None:
    plain, grouped = tokens(f"x {number} y"), tokens(f"x {number:,} y")
    if number < 1500 or number > 2100:
        assert [token.value for token in plain] == [token.value for token in grouped]
    assert Decimal(number) in {token.value[1] for token in grouped}


@given(st.text(max_size=200))
def test_any_text_is_taken_apart(text: str) -> None:
    plain = folded(text)
    found = tokenize(plain)
    assert all(0 <= token.start < token.end <= len(plain) for token in found)
    assert [token.start for token in found] == sorted(token.start for token in found)
