"""What counts as a copy and what does not, on invented reports."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.near_duplicates import LEAST_WORDS, DuplicateFinder, is_contained, passage_wording
from corpus.shingles import Shingle, folded_words
from corpus.splitter import SplitterSettings, split_article
from tests.fakes.reports import FLOOD, FOLLOW_UP, MARKET, market

FINDER = DuplicateFinder()
SENTENCES = re.split(r"(?<=\.)\s+", FLOOD)
WORDS = st.lists(
    st.sampled_from("the Mayor of Halm Straße paid 12 3.5 crowns for 212,400 boats".split()),
    min_size=LEAST_WORDS,
    max_size=80,
)  # fmt: skip


def are_copies(left: str, right: str) -> bool:
    """Judge a pair both ways, and hold that a pair of copies is also found by its bands."""
    one, other = Shingle([left]), Shingle([right])
    judged = FINDER.are_copies(one, other)
    assert judged == FINDER.are_copies(other, one)
    if judged:
        signatures = FINDER.signature(one), FINDER.signature(other)
        assert FINDER.may_be_copies(*signatures)
        assert any(
            ours == theirs
            for ours, theirs in zip(*(FINDER.bands(one) for one in signatures), strict=True)
        )
    return judged


REWRITES = {
    "another dateline": FLOOD.replace("MERROW –", "MERROW, 3 February (Nordic Wire) –"),
    "no dateline": FLOOD.replace("MERROW – ", ""),
    "an agency line": f"{FLOOD}\n\nReporting by Ida Holt; editing by Per Lund. © 2022 Nordic Wire",
    "the last paragraph cut": FLOOD.rpartition("\n\n")[0],
    "a few words changed": FLOOD.replace("people", "residents")
    .replace("said the mayor", "the mayor said")
    .replace("large", "big")
    .replace("on Tuesday", "yesterday"),
    "one sentence more": f"{FLOOD}\n\nSchools in the valley stay shut until Monday.",
    "one figure changed": FLOOD.replace("410", "430"),
    "other white space": FLOOD.replace("\n\n", " ").replace(". ", ".\n"),
}


@pytest.mark.parametrize("kind", REWRITES)
def test_a_light_rewrite_is_a_copy(kind: str) -> None:
    assert REWRITES[kind] != FLOOD
    assert are_copies(FLOOD, REWRITES[kind])


OTHERS = {
    "a follow-up on the same event": (FLOOD, FOLLOW_UP),
    "last week's report, of the same template": (MARKET, market(5, 17)),
    "another report": (FLOOD, MARKET),
    "half of the report and as much of one's own": (
        FLOOD,
        " ".join([*SENTENCES[: len(SENTENCES) // 2], MARKET]),
    ),
    "two notices": ("The ferry is late because of fog.", "The ferry is late because of fog."),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_text_is_no_copy(kind: str) -> None:
    assert not are_copies(*OTHERS[kind])


@given(WORDS)
def test_a_text_is_its_own_copy(words: list[str]) -> None:
    text = " ".join(words)
    assert are_copies(text, text) == (len(folded_words(text)) >= LEAST_WORDS)


@given(WORDS, st.data())
def test_signature_ignores_case_punctuation_and_white_space(
    words: list[str], data: st.DataObject
) -> None:
    gaps = data.draw(
        st.lists(
            st.sampled_from([" ", "\n\n", ", ", "“", " – ", "... ", "\t(", "_"]),
            min_size=len(words),
            max_size=len(words),
        )
    )
    changed = "".join(w.upper() + gap for w, gap in zip(words, gaps, strict=True))
    assert FINDER.signature(Shingle([changed])) == FINDER.signature(Shingle([" ".join(words)]))


def test_a_signature_is_the_same_on_every_machine() -> None:
    signature = FINDER.signature(Shingle([FLOOD]))
    assert len(signature) == 512
    assert hashlib.sha256(signature).hexdigest() == GOLDEN
    assert FINDER.signature(Shingle(["Too short."])) == b""


GOLDEN = "d733bd0a45b4794076148b0807ac11053a666ee8aeffc6bc1dc997963dbe04c7"


def test_a_number_is_one_word_with_or_without_its_commas() -> None:
    assert folded_words("212,400 of 212400, 3.5% in 2022.") == [
        *("212400", "of", "212400", "3.5", "in", "2022")
    ]
    assert folded_words("3.5") != folded_words("35")


def first_passage_is_said_in(text: str, other: str) -> bool:
    article = Article("a", "", text)
    passage = split_article(article, SplitterSettings(words=60))[0]
    return is_contained(passage_wording(passage, article), Shingle([other]).runs)


@pytest.mark.parametrize(
    "kind", ["another dateline", "no dateline", "an agency line", "a few words changed"]
)
def test_a_passage_is_said_in_a_light_rewrite(kind: str) -> None:
    assert first_passage_is_said_in(FLOOD, REWRITES[kind])
    assert first_passage_is_said_in(REWRITES[kind], FLOOD)


@pytest.mark.parametrize(
    ("old", "new"), [("410", "430"), ("three", "four"), ("2.1 metres", "2.4 metres")]
)
def test_a_passage_with_another_number_is_not_said(old: str, new: str) -> None:
    assert not first_passage_is_said_in(FLOOD, FLOOD.replace(old, new))


def test_a_passage_with_a_sentence_of_its_own_is_not_said() -> None:
    more = FLOOD.replace(". ", ". A man was arrested. ", 1)
    assert not first_passage_is_said_in(more, FLOOD)
    assert first_passage_is_said_in(FLOOD, more)


def test_nothing_is_said_in_nothing() -> None:
    assert not is_contained(Shingle(()), frozenset())
    assert not is_contained(Shingle(["Two words"]), Shingle(["Two words"]).runs)
