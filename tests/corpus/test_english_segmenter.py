"""The fast segmenter gives what pySBD's own gives, on any text."""

from __future__ import annotations

import re
import sys
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pysbd import Segmenter
from pysbd.lang.english import English

from corpus.english_segmenter import EnglishSegmenter
from corpus.loader import load_articles
from corpus.samples import samples_folder

FAST, OWN = EnglishSegmenter(), Segmenter(language="en", clean=False)
ABBREVIATIONS = st.sampled_from(English.Abbreviation.ABBREVIATIONS)
WORDS = st.sampled_from(
    ["said", "I", "He left", "5", "the", "“Why?”", "(12)", "a)", "1.", "...", "co", "No", "U∯S"]
    + [
        "!!",
        "No comment.",
        "No comment. ",
        "ſt. John",
        "m\N{KELVIN SIGN}. Holm",
        "İng. Berg",
        "'s ",
    ]
)
GAPS = st.sampled_from([" ", ". ", ".", ", ", ".) ", "! ", ".\t", ".\u2028", "\x85", ": ", ".\xa0"])
ANY_CASE = st.sampled_from([str.lower, str.capitalize, str.upper])
PROSE = st.lists(
    st.one_of(st.builds(lambda case, one: case(one), ANY_CASE, ABBREVIATIONS), WORDS, GAPS, GAPS)
).map("".join)


def told(segmenter: Segmenter, text: str) -> list[str] | str:
    try:
        return list(segmenter.segment(text))
    except (IndexError, re.error, ValueError) as error:  # as pySBD does with odd punctuation
        return type(error).__name__


@given(PROSE | st.text())
@example("Dr. Holm and Mr. Berg met Gen. A. B. Lund at 5 p.m. No. 5 was late. He left.")
@example("Mt. Kelso is in Calif. He lives on St. John Ave. The co. is in company co. of his.")
@example("On ſt. john he stays. He left.")
@example("u s. a u(s. b dr phil. c e.g. d ph.d. He")
@example("No. No. No. no. 5 no. (6) No comment. No comment.  No comment.")
def test_the_sentences_are_those_of_pysbd(text: str) -> None:
    assert told(FAST, text) == told(OWN, text)


@pytest.mark.parametrize("abbreviation", English.Abbreviation.ABBREVIATIONS)
def test_every_abbreviation_is_known_in_any_case(abbreviation: str) -> None:
    for form in (abbreviation, abbreviation.capitalize(), abbreviation.upper()):
        for after in ("5 of them", "Holm said", "who said", "(he)", ": 7"):
            text = f"They saw {form}. {after}. {form}. {after}"
            assert told(FAST, text) == told(OWN, text)


def test_no_other_letter_is_taken_for_an_ascii_one_than_those_that_are_mapped() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    odd = {letter for letter in re.findall("[a-z]", every, re.IGNORECASE) if not letter.isascii()}
    assert odd == set("İıſ\N{KELVIN SIGN}")


def test_the_sample_articles_take_less_than_half_of_the_time() -> None:
    texts = [article.text for article in load_articles([samples_folder()])]
    paragraphs = [line for text in texts for line in text.split("\n") if line]
    best = {}
    for _ in range(3):
        for name, segmenter in (("fast", FAST), ("own", OWN)):
            began = time.process_time()
            for paragraph in paragraphs:
                segmenter.segment(paragraph)
            spent = time.process_time() - began
            best[name] = min(best.get(name, spent), spent)
    assert best["fast"] < best["own"] / 2, best
