"""Whether codes, numbers and years around an answer are those of the question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.identifiers import same_identifiers
from corpus.article import Article
from index.results import Hit
from tests.fakes.invented import passage_of

TEXT = (
    "Work on the B 12 began. Crews closed Route 9 in 2021. It opens in May. "
    "The KX-204 flew on Monday. It landed an hour late."
)


def fit(question: str, sentence: int, **fields: str) -> float:
    article = replace(Article("works", "Roads", TEXT), **fields)  # type: ignore[arg-type]
    passage = passage_of(article)
    hit = Hit(passage, article, 1.0, 1.0, 1.0)
    return same_identifiers(question, hit, *passage.sentences[sentence])


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("When does the road open?", 2, 1.0),
        ("When does Route 9 open?", 2, 1.0),
        ("When does route 9 open?", 2, 1.0),
        ("When does Route 7 open?", 2, 0.0),
        ("Who closed the road in 2021?", 1, 1.0),
        ("Who closed the road in 2022?", 1, 0.0),
        ("Which day did the KX-204 fly?", 3, 1.0),
        ("Which day did the KX204 fly?", 3, 1.0),
        ("Which day did the KX-240 fly?", 3, 0.0),
        ("How late was the KX-204?", 4, 1.0),
        ("What was found on the B12?", 0, 1.0),
        ("What was found on the B 21?", 0, 0.0),
        ("Who closed the 737-800?", 1, 0.5),
        ("When did Route 9 close, or flight 370?", 1, 0.5),
    ],
)
def test_identifiers_are_compared_by_form(question: str, sentence: int, expected: float) -> None:
    assert fit(question, sentence) == expected


def test_code_of_the_sentence_counts_before_those_around_it() -> None:
    text = "The Senate passed H.R. 1319 on Friday. H.R. 1391 was sent back. Nobody voted for it."
    assert fit("When was H.R. 1319 sent back?", 1, text=text) == 0.0
    assert fit("When was H.R. 1391 sent back?", 1, text=text) == 1.0
    assert fit("Who voted for H.R. 1319?", 2, text=text) == 1.0, "it may be the one before"


def test_identifier_further_away_does_not_count() -> None:
    assert fit("When did Route 9 open?", 4) == 0.5
    assert fit("Who opened flight 370?", 4) == 0.5


def test_title_and_year_of_publication_count() -> None:
    assert fit("Who flew in 2024?", 4, published="2024-03-01T00:00:00+00:00") == 1.0
    assert fit("Who flew in 2023?", 4, published="2024-03-01T00:00:00+00:00") == 0.0
    assert fit("How late was flight 370?", 4, title="Flight 370 lands") == 1.0
