"""Whether a sentence is about another code than the question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.identifiers import names_another_code
from corpus.article import Article
from index.results import Hit
from tests.fakes.invented import passage_of

TEXT = (
    "Work on the B 12 began. Crews closed Route 9 in 2021. It opens in May. "
    "The KX-204 flew on Monday. It landed an hour late."
)


def another(question: str, sentence: int, **fields: str) -> bool:
    article = replace(Article("works", "Roads", TEXT), **fields)  # type: ignore[arg-type]
    passage = passage_of(article)
    hit = Hit(passage, article, 1.0, 1.0, 1.0)
    return names_another_code(question, hit, *passage.sentences[sentence])


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("When does the road open?", 2, False),
        ("When does Route 9 open?", 2, False),
        ("When does route 9 open?", 2, False),
        ("When does Route 7 open?", 2, True),
        ("Who closed the road in 2022?", 1, False),
        ("Which day did the KX-204 fly?", 3, False),
        ("Which day did the KX204 fly?", 3, False),
        ("Which day did the KX-240 fly?", 3, True),
        ("How late was the KX-204?", 4, False),
        ("What was found on the B12?", 0, False),
        ("What was found on the B 21?", 0, True),
        ("Who closed the 737-800?", 1, False),
    ],
)
def test_codes_are_compared_by_form(question: str, sentence: int, expected: bool) -> None:
    assert another(question, sentence) is expected


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who lost on July 7?", "Varga lost on July 4."),
        ("Who was 5th?", "Keane was 7th at 10pm."),
        ("Who won 3-1?", "Tamm won the match 1-3."),
        ("How many of the 20 killed were miners?", "The blast killed 24 people."),
        ("Who ran the 10km?", "Voss ran the 5km race."),
        ("What did mid-2023 bring?", "The pre-2020 rules came back in the US 2022 race."),
    ],
)
def test_dates_times_and_counts_are_no_codes(question: str, sentence: str) -> None:
    assert not another(question, 0, text=sentence, title="")


def test_code_of_the_sentence_counts_before_those_around_it() -> None:
    text = "The Senate passed H.R. 1319 on Friday. H.R. 1391 was sent back. Nobody voted for it."
    assert another("When was H.R. 1319 sent back?", 1, text=text)
    assert not another("When was H.R. 1391 sent back?", 1, text=text)
    assert not another("Who voted for H.R. 1319?", 2, text=text), "it may be the one before"


def test_code_further_away_does_not_count() -> None:
    assert not another("When did Route 7 open?", 4)


def test_code_of_the_title_counts() -> None:
    assert not another("How late was flight 370?", 4, title="Flight 370 lands")
    assert another("How late was flight 380?", 4, title="Flight 370 lands")
