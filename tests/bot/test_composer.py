"""Evidence to a cited answer or a refusal."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.composer import MOST_SENTENCES, REFUSAL, compose_answer
from bot.evidence import Evidence
from corpus.article import Article
from corpus.sentences import sentence_spans

ONE = Article(
    "one", "Ferry", "The ferry was late. Fog lay on the water. Nobody was hurt.", "https://example.org/1",
    "Post", None, "2024-01-01T00:00:00+00:00",
)  # fmt: skip
TWO = Article("two", "Ferry, again", "The captain denied it. The ferry was late.")


def evidence(article: Article, sentence: int, probability: float) -> Evidence:
    start, end = sentence_spans(article.text)[sentence]
    return Evidence(article, start, end, probability)


@given(
    st.lists(
        st.builds(evidence, st.sampled_from([ONE, TWO]), st.integers(0, 1), st.floats(0, 1)),
        max_size=8,
    ),
    st.floats(0, 1),
)
def test_every_citation_is_a_sentence_of_the_evidence_and_the_text_cites_each_once(
    items: list[Evidence], threshold: float
) -> None:
    items = sorted(items, key=lambda item: -item.probability)
    answer = compose_answer(items, threshold=threshold)
    assert 0 <= answer.confidence <= 1
    assert answer.refused == (not answer.citations)
    assert len(answer.citations) <= MOST_SENTENCES
    articles = {"one": ONE, "two": TWO}
    given_places = {(item.article.id, item.start, item.end) for item in items}
    for number, citation in enumerate(answer.citations, start=1):
        assert citation.number == number
        assert articles[citation.article_id].text[citation.start : citation.end] == citation.quote
        assert (citation.article_id, citation.start, citation.end) in given_places
        assert answer.text.count(f"[{number}]") == 1
    assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()


def test_the_best_sentence_comes_first_and_the_rest_reads_on() -> None:
    answer = compose_answer(
        [evidence(ONE, 1, 0.9), evidence(TWO, 0, 0.8), evidence(ONE, 2, 0.7), evidence(ONE, 0, 0.1)]
    )
    assert answer.text == (
        "Fog lay on the water. [1] Nobody was hurt. [2] The captain denied it. [3]"
    )
    assert answer.short_answer is None


def test_weak_evidence_is_a_refusal_without_sources() -> None:
    answer = compose_answer([evidence(ONE, 0, 0.2)], threshold=0.5, notes=["A note."])
    assert (answer.text, answer.refused, answer.citations) == (REFUSAL, True, ())
    assert answer.notes == ("A note.",)
    assert "[" not in answer.text


def test_no_evidence_is_a_refusal() -> None:
    assert compose_answer([]).refused


def test_the_same_sentence_in_two_articles_is_said_once() -> None:
    answer = compose_answer([evidence(ONE, 0, 0.9), evidence(TWO, 1, 0.9)])
    assert len(answer.citations) == 1


def test_sentences_much_weaker_than_the_best_are_left_out() -> None:
    answer = compose_answer([evidence(ONE, 0, 0.9), evidence(ONE, 1, 0.3)], threshold=0.1)
    assert len(answer.citations) == 1


def test_a_citation_carries_its_article_s_record() -> None:
    (citation,) = compose_answer([evidence(ONE, 0, 0.9)]).citations
    assert (citation.title, citation.url, citation.source, citation.published) == (
        ONE.title,
        ONE.url,
        ONE.source,
        ONE.published,
    )
