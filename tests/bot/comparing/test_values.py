"""Numbers and names in a form in which they can be compared."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comparing.questions import Asked, asked_kind, asked_noun, asks_of_a_state
from bot.comparing.values import Name, Quantity, Value, agree, value_of
from tests.fakes.reports import report_of


def value(said: str, question: str = "How many were there?") -> Value:
    found = value_of(asked_kind(question), report_of(question, said))
    assert found is not None
    return found


def number(said: str) -> Quantity:
    found = value(said)
    assert isinstance(found, Quantity)
    return found


@pytest.mark.parametrize(
    ("said", "low", "high", "unit"),
    [
        ("[Two hundred and ten] guests fell ill.", 210, 210, ""),
        ("At least [20] people died.", 20, math.inf, ""),
        ("No more than [two] dogs are allowed.", 0, 2, ""),
        ("No household may keep more than [two] dogs.", 0, 2, ""),
        ("Complaints have piled up to [1,460] since May.", 1460, 1460, ""),
        ("The lot went for [2.4 million pounds].", 2_400_000, 2_400_000, "pound"),
        ("They raised [half a million euros] in a week.", 500_000, 500_000, "euro"),
        ("It drove at [72 kilometres an hour].", 20, 20, "speed"),
        ("It took [two hours and ten minutes] to land.", 7800, 7800, "time"),
        ("It took [two and a half hours] to land.", 9000, 9000, "time"),
        ("Between [40 and 50] people came.", 40, 50, ""),
        ("It cost [$3.2bn] in all.", 3.2e9, 3.2e9, "dollar"),
        ("The sea covers [12 square kilometres] now.", 1200, 1200, "area"),
        ("[Dozens] were hurt.", 12, 1200, ""),
        ("There were [no] children.", 0, 0, ""),
        ("Turnout was [71 per cent].", 71, 71, "share"),
    ],
)
def test_number_has_bounds_and_a_unit(said: str, low: float, high: float, unit: str) -> None:
    found = number(said)
    assert (found.low, found.high, found.unit) == (pytest.approx(low), pytest.approx(high), unit)


@pytest.mark.parametrize(
    "said", ["Another [51] were found.", "Most were under [five].", "The [sea]"]
)
def test_no_total_is_no_number(said: str) -> None:
    assert value_of(Asked.QUANTITY, report_of("How many?", said)) is None


def test_number_of_what_is_asked_for_is_taken() -> None:
    said = "She left 2,136 letters and [411] poems."
    found = value(said, "How many letters did she leave?")
    assert isinstance(found, Quantity)
    assert (found.low, found.is_counted) == (2136, True)


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("At least [20] died.", "[24] died.", True),
        ("About [5,000] came.", "[5,120] came.", True),
        ("[2,000] letters came.", "[2,136] letters came.", True),
        ("[1.3 tonnes] were seized.", "[1,300 kilograms] were seized.", True),
        ("[1.3 tonnes] were seized.", "[870 kilograms] were seized.", False),
        ("[Dozens] were hurt.", "[43] were hurt.", True),
        ("[Twelve] died.", "[90] died.", False),
        ("It cost [3 euros] then.", "It cost [4 dollars] then.", None),
    ],
)
def test_numbers_agree_within_what_is_said(one: str, other: str, verdict: bool | None) -> None:
    assert agree(number(one), number(other)) is verdict
    assert agree(number(other), number(one)) is verdict


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_bound_agrees_with_all_above_it(least: int, more: int) -> None:
    bound = number(f"At least [{least}] came.")
    assert agree(bound, Quantity(least + more, least + more, "", 0.0, ""))


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("[Mayor Ina Roos] spoke.", "[Roos] spoke.", True),
        ("It was [sculptor Ina Roos] then.", "It was [Per Vold] then.", False),
        ("It was [Ina Roos] then.", "It was [Ina Vold] then.", False),
        ("The [Halm Port Authority] built it.", "The [HPA] built it.", True),
        ("It was [Ina Roos] then.", "It was [the mayor] then.", None),
        ("It was [a burst pipe] then.", "It was [a pipe failure] then.", None),
    ],
)
def test_names_agree_by_their_words(one: str, other: str, verdict: bool | None) -> None:
    first, second = value(one, "Who was it?"), value(other, "Who was it?")
    assert isinstance(first, Name)
    assert agree(first, second) is verdict


@pytest.mark.parametrize(
    ("question", "kind", "noun", "state"),
    [
        ("How many letters did she leave?", Asked.QUANTITY, "letter", False),
        ("How many people live in Halm?", Asked.QUANTITY, "", False),
        ("How much does a ticket cost?", Asked.QUANTITY, "", True),
        ("What time did the dam break?", Asked.MOMENT, "", False),
        ("Who is mayor of Halm?", Asked.PERSON, "", True),
        ("Who leads the council?", Asked.PERSON, "", True),
        ("Who was mayor in 2019?", Asked.PERSON, "", False),
        ("Who currently coaches Halm?", Asked.PERSON, "", True),
        ("What is the speed limit in Halm?", Asked.QUANTITY, "", True),
        ("What was the death toll?", Asked.QUANTITY, "", False),
        ("How many houses has the fire burned?", Asked.QUANTITY, "hous", False),
        ("Where did it happen?", Asked.PLACE, "", False),
        ("Which island was struck?", Asked.OTHER, "", False),
    ],
)
def test_question_asks_for_a_kind_of_value(
    question: str, kind: Asked, noun: str, state: bool
) -> None:
    asked = (asked_kind(question), asked_noun(question), asks_of_a_state(question))
    assert asked == (kind, noun, state)
