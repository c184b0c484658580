"""What differs between two versions of a text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.revisions import MOST_SENTENCES, SentenceChange, sentence_changes

BUS, OWNER, CROWD = "The crash killed 12 people.", "The bus was Dorn's.", "Many people came."


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        (f"The crash killed nine people. {OWNER} {CROWD}",
         [SentenceChange(BUS, "The crash killed nine people.")]),
        (f"{BUS} {CROWD}", [SentenceChange(OWNER, None)]),
        (f"{BUS} {OWNER} A bell rang. {CROWD}", [SentenceChange(None, "A bell rang.")]),
        (f"{OWNER}\n{CROWD}\n\n{BUS}", []),
        (f"{BUS}  {OWNER}\n{CROWD}", []),
        (f"{BUS} Nobody knows whose vehicle it had been. {CROWD}",
         [SentenceChange(OWNER, None),
          SentenceChange(None, "Nobody knows whose vehicle it had been.")]),
    ],
)  # fmt: skip
def test_sentences_are_changed_withdrawn_or_added(
    after: str, changes: list[SentenceChange]
) -> None:
    assert sentence_changes(f"{BUS} {OWNER} {CROWD}", after) == changes


WORDS = st.lists(st.sampled_from(["It rains.", "It rains now.", "No.", "Ann left town."])).map(
    " ".join
)


@given(WORDS | st.text(), WORDS | st.text())
def test_every_sentence_that_went_or_came_is_in_one_change(before: str, after: str) -> None:
    changes = sentence_changes(before, after)
    assert all(change.earlier != change.later for change in changes)
    for change in changes:
        assert change.earlier is None or change.earlier in " ".join(before.split())
        assert change.later is None or change.later in " ".join(after.split())
    assert not sentence_changes(before, before)


def test_long_texts_are_compared_in_time() -> None:
    before = "It rains. " * 3 * MOST_SENTENCES
    after = "".join(f"It rains {n % 7} times. No. " for n in range(3 * MOST_SENTENCES))
    began = time.process_time()
    sentence_changes(before, after)
    assert time.process_time() - began < 10
