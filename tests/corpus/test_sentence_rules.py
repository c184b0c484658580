"""Sentences of American and British news, invented: a line of the file is a paragraph."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentence_rules import LONGEST_QUOTE, sentence_ends

PAIRS = [
    json.loads(line)
    for line in Path(__file__).with_name("news_sentences.jsonl").read_text("utf-8").splitlines()
]
PIECES = [
    "U.S.",
    "Dr.",
    "5 p.m.",
    " ",
    " ",
    "He",
    "he",
    ",",
    ".",
    "!",
    "“",
    "”",
    '"',
    "…",
    "(",
    ")",
]


def split(text: str) -> list[str]:
    ends = sentence_ends(text)
    return [
        text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True)
    ]


def test_sentences_of_news_are_found() -> None:
    wrong = [pair for pair in PAIRS if split(" ".join(pair)) != pair]
    assert len(PAIRS) >= 200
    assert len(wrong) <= 0.03 * len(PAIRS), wrong


@pytest.mark.parametrize(
    "sentences",
    [
        ["He left at 1 p.m. (3 a.m. in Tarn) and came back."],
        ["The show was over! -- so they left."],
        ["“One. Two. Three,” she counted.", "“Go!”"],
        ["河水上涨。", "市长离开了！", "没有人受伤。"],
        ["It was late.", "“Go home,” he said."],
        ["The bridge is open.", "😀 Nobody knew.", "→ More"],
        [
            "At 3 p.m. Mayor Roe spoke.",
            "By 5 p.m. The Hague was dry.",
            "It was 6 p.m.",
            "Roe left.",
        ],
        [
            "On Monday, Jan. 5, at about 9 a.m. Police came.",
            "“After 10 p.m. Nobody came,” he said.",
        ],
        [
            "Between 1 p.m. and 2 p.m. Minister Ann Roe arrived.",
            "She left at 3 p.m.",
            "Roe stayed.",
        ],
        ["The council agreed.", "The mayor did not."],
        ["He said he would.", "Then he did.", "“Why?” Ann Roe asked."],
    ],
)
def test_stops_in_brackets_quotations_and_chinese(sentences: list[str]) -> None:
    joined = "" if sentences[0].startswith("河") else " "
    assert split(joined.join(sentences)) == sentences


def test_missing_space_after_a_stop_is_put_up_with() -> None:
    assert split("They came home.The river rose.") == ["They came home.", "The river rose."]


def test_long_quotation_is_cut_at_its_stops() -> None:
    quotation = "It rains here. " * (LONGEST_QUOTE // 14)
    assert len(split(f"“{quotation.strip()}”")) > 10


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text())
def test_ends_ascend_and_no_sentence_begins_with_a_comma(text: str) -> None:
    ends = sentence_ends(text)
    assert ends == sorted(set(ends)) and all(0 < end < len(text) for end in ends)
    assert not any(text[end:].lstrip().startswith((",", ";", ")")) for end in ends)


@pytest.mark.parametrize("piece", ["a. ", '"a. ', "U.S. ", "([“ ", ". ", "A" * 9])
def test_time_grows_with_the_length_of_a_paragraph(piece: str) -> None:
    began = time.process_time()
    sentence_ends(piece * 100_000)
    assert time.process_time() - began < 10
