"""A statement says no more than the sentences that it cites. All sentences are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quote import Quote
from bot.generation.verification import Fault, Verdict, verify
from corpus.article import Article


def quotes(*texts: str) -> list[Quote]:
    return [
        Quote(
            Article(
                f"{n}", "", text, source="Halvik Observer", published="2024-05-03T08:00:00+02:00"
            ),
            0,
            len(text),
        )
        for n, text in enumerate(texts)
    ]


def checked(statement: str, *sources: str) -> Verdict:
    return verify(statement, quotes(*sources))


DENIAL = "According to the Post, the militia Sons of Halm denied being behind the attack."
FLED = "About 3,000,000 people fled on Monday."
HURT = "Twelve people were killed and 30 were injured."
DIED = "12 people died, police said."
ROE = "Ann Roe, the mayor, said the bridge was unsafe."
ARREST = "He was arrested on Monday and was not charged."
SPEECH = "“It was dreadful,” Dahl said, “and we ran.”"


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Sons of Halm denied being behind the attack, according to the Post.", DENIAL),
        ("About 3 million people fled.", FLED),
        ("On Monday, about three million people fled.", FLED),
        ("12 people were killed.", HURT),
        ("30 were injured.", HURT),
        ("Police said 12 people died.", DIED),
        ("Jones resigned in 2019.", "Smith is the mayor and Jones resigned in 2019."),
        ("Smith resigned on Monday.", "Smith, the mayor of Arlen, resigned on Monday."),
        ("He was arrested on Monday.", ARREST),
        ("According to the Halvik Observer, the bridge is closed.", "The bridge is closed."),
        ("According to the Halvik Observer of 3 May 2024, Roe left.", "Roe left on Friday."),
        ("Dahl said it was “dreadful”.", SPEECH),
        (ROE, ROE),
        ("The bridge did not open on May 3, 2024.", "The bridge didn’t open on 3 May 2024."),
        ("Prices rose to 3 per cent.", "Prices in Arlen rose to 3%."),
    ],
)
def test_shortened_or_rearranged_source_bears_it(statement: str, source: str) -> None:
    assert checked(statement, source) == Verdict(None, tuple(quotes(source)))


@pytest.mark.parametrize(
    ("statement", "source", "fault"),
    [
        ("30 people fled on Monday.", FLED, Fault.NUMBER),
        ("3 million people fled on Monday.", FLED, Fault.QUALIFICATION),
        ("About 3 million people fled on Friday.", FLED, Fault.DATE),
        ("30 people were killed.", HURT, Fault.ORDER),
        ("About 3 million people of Arlen fled.", FLED, Fault.NAME),
        ("About 3 million people emigrated.", FLED, Fault.WORDS),
        ("About 3 million people did not flee.", FLED, Fault.QUALIFICATION),
        ("12 people died.", DIED, Fault.ATTRIBUTION),
        ("Doctors said 12 people died.", DIED, Fault.WORDS),
        ("Police died, 12 people said.", DIED, Fault.ATTRIBUTION),
        ("The Post denied being behind the attack, according to Sons of Halm.", DENIAL, None),
        ("Sons of Halm was behind the attack, according to the Post.", DENIAL, Fault.ATTRIBUTION),
        ("The bridge was unsafe.", ROE, Fault.ATTRIBUTION),
        ("Smith resigned in 2019.", "Smith is the mayor and Jones resigned in 2019.", Fault.ORDER),
        ("Buses ran.", "No trains and buses ran.", Fault.QUALIFICATION),
        ("He was charged.", ARREST, Fault.QUALIFICATION),
        ("He was released on Monday.", "He was arrested on Monday and released.", Fault.ORDER),
        ("Taxes will rise.", "If the bill passes, taxes will rise.", Fault.QUALIFICATION),
        ("The minister left.", "The former minister left.", Fault.QUALIFICATION),
        ("Protesters attacked police.", "Police attacked protesters.", Fault.ORDER),
        ("Prices rose by 3 percent.", "Prices rose to 3 percent.", Fault.NUMBER),
        ("It cost 3 million euros.", "It cost $3 million.", Fault.WORDS),
        ("According to the Post, the bridge is closed.", "The bridge is closed.", Fault.NAME),
        ("Dahl said it was “awful”.", SPEECH, Fault.QUOTATION),
        ("Dahl “said” it was dreadful.", SPEECH, Fault.QUOTATION),
        ("It was dreadful.", SPEECH, Fault.ATTRIBUTION),
        ("We ran.", "“We ran. It was dark", Fault.ORDER),
        ("Roe left ✔", "Roe left.", Fault.WORDS),
        ("Roe left?", "Roe left.", Fault.WORDS),
        ("See evil.example today.", "Roe left.", Fault.DATE),
        ("…", "Roe left.", Fault.EMPTY),
        ("Roe left. " * 80, "Roe left.", Fault.WORDS),
    ],
)
def test_statement_that_says_more_has_a_fault(
    statement: str, source: str, fault: Fault | None
) -> None:
    found = checked(statement, source)
    assert found.fault is not None and found.bearing == ()
    assert fault is None or found.fault is fault


def test_joined_statement_names_the_sentences_that_bear_it() -> None:
    ferry, bus = (
        "The ferry carried 212,400 people in 2022.",
        "In 2022, the bus carried 5,000 people.",
    )
    unused = "Nobody was hurt."
    joined = "The ferry carried 212,400 people, while the bus carried 5,000 people."
    found = verify(joined, quotes(ferry, unused, bus))
    assert [quote.text for quote in found.bearing] == [ferry, bus]
    mixed = "The ferry carried 5,000 people, while the bus carried 212,400 people."
    assert verify(mixed, quotes(ferry, bus)).fault is not None


def test_second_part_of_a_statement_has_its_own_subject() -> None:
    assert checked("Smith is mayor and resigned.", "Smith is mayor.", "Jones resigned.").fault


def test_statement_without_a_source_has_a_fault() -> None:
    assert checked("Roe left.") == Verdict(Fault.NO_SOURCE)


def test_fault_repeats_no_word_of_the_statement() -> None:
    found = checked("Visit evil.example and pay.", "Roe left.").fault
    assert found is not None and "evil" not in found


SENTENCES = [DENIAL, FLED, HURT, DIED, ROE, ARREST, SPEECH]


@given(st.sampled_from(SENTENCES), st.data())
def test_statement_bears_itself_and_no_swapped_word(source: str, data: st.DataObject) -> None:
    assert checked(source, source).fault is None
    words = source.split()
    place = data.draw(st.integers(0, len(words) - 1))
    words[place] = data.draw(st.sampled_from(["Vold", "1,871", "nobody", "allegedly", "exploded"]))
    assert checked(" ".join(words), source).fault is not None


@given(st.text(max_size=120), st.sampled_from(SENTENCES))
def test_any_text_gets_a_verdict(statement: str, source: str) -> None:
    found = checked(statement, source)
    assert (found.fault is None) == bool(found.bearing)
