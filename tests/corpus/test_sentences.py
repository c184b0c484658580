"""Sentence spans: exact, in order, nothing left out."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import LONGEST_PIECE, sentence_spans

PROSE = st.lists(
    st.sampled_from(
        [
            "The U.S. said no.",
            "Dr. A. B. Smith left!",
            "“Why?” he asked.",
            "naïve café",
            "\n",
            "\n\n",
        ]
        + ["3.5 million", "...", " ", "e.g. this", "日本。語", "a" * 50]
    )
).map(" ".join)


@given(st.text() | PROSE)
def test_spans_ascend_and_hold_every_visible_character(text: str) -> None:
    spans = sentence_spans(text)
    end_before = 0
    for start, end in spans:
        assert end_before <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not text[end_before:start].strip()
        end_before = end
    assert not text[end_before:].strip()


def test_line_end_ends_a_sentence_without_a_stop() -> None:
    text = "Ferry late again\nPassengers waited"
    assert [text[start:end] for start, end in sentence_spans(text)] == text.split("\n")


def test_wrapped_paragraph_is_read_across_its_line_ends() -> None:
    text = (
        "The harbour board of Askvik said on Monday that the ferry would\n"
        "not run before the spring, because the engine had to be sent to\n"
        "the yard. Mr. Holm, the\tcaptain, was not surprised: he had asked\n"
        "for a new one."
    )
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    assert len(sentences) == 2
    assert sentences[0].endswith("the yard.")


def test_list_of_short_lines_is_no_wrapped_paragraph() -> None:
    text = "Results of the regional chess league on Sunday evening\nDunnerby 5\nHalvik 3\nAskvik 2"
    assert len(sentence_spans(text)) == 4


def test_sentence_that_comes_twice_has_two_places() -> None:
    text = "No comment. No comment. No comment."
    assert len(set(sentence_spans(text))) == 3


def test_paragraph_of_half_a_million_characters_is_quick() -> None:
    began = time.monotonic()
    spans = sentence_spans("One more word. " * 20_000 + "x" * 200_000)
    assert time.monotonic() - began < 10
    assert max(end - start for start, end in spans) <= LONGEST_PIECE
