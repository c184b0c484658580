"""From candidates or sentences to a cited answer or a refusal."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL, Answer, Citation
from bot.answering.candidates import Candidate, Support
from bot.answering.composing import MOST_SENTENCES, compose_answer, compose_sentences
from bot.answering.sentence_selection import SelectedSentence
from bot.reader.reader import LEAST_MARGIN
from corpus.article import Article
from corpus.sentences import sentence_spans
from tests.fakes.invented import ARTICLES, BRIDGE, FERRY, HARBOUR

DENIED = "Captain Ina Roos denied the charge."
TEXTS = ("Ina Roos", "the captain", "Captain Ina Roos", "fog", "300 crowns", "the mayor", "[2]")


def place(article: Article, number: int) -> tuple[int, int]:
    return sentence_spans(article.text)[number]


def sentence(article: Article, number: int, probability: float) -> SelectedSentence:
    return SelectedSentence(article, *place(article, number), probability)


def support(article: Article, number: int, margin: float = 5.0) -> Support:
    return Support(article, *place(article, number), margin)


def candidate(text: str, probability: float, *supports: Support) -> Candidate:
    return Candidate(text, probability, tuple(sorted(supports, key=lambda s: -s.margin)))


SENTENCES = st.tuples(st.sampled_from(list(ARTICLES.values())), st.integers(0, 2))
PROBABILITIES = st.floats(0, 1)
SUPPORTS = st.builds(lambda at, margin: support(*at, margin), SENTENCES, st.floats(-20, 20))
CANDIDATES = st.lists(
    st.builds(
        lambda text, probability, supports: candidate(text, probability, *supports),
        st.sampled_from(TEXTS),
        PROBABILITIES,
        st.lists(SUPPORTS, min_size=1, max_size=6),
    ),
    max_size=10,
).map(lambda found: sorted(found, key=lambda one: -one.probability))
SCORED = st.lists(
    st.builds(lambda at, probability: sentence(*at, probability), SENTENCES, PROBABILITIES),
    max_size=10,
).map(lambda found: sorted(found, key=lambda one: -one.probability))


def is_whole(answer: Answer) -> bool:
    """Hold what every answer promises; what remains is for the caller."""
    own = answer.citations
    all_cited = [*own, *(cited for other in answer.alternatives for cited in other.citations)]
    for numbered in (all_cited, answer.closest):
        assert [cited.number for cited in numbered] == list(range(1, len(numbered) + 1))
        for cited in numbered:
            article = ARTICLES[cited.article_id]
            assert article.text[cited.start : cited.end] == cited.quote != ""
    rest = answer.text.removeprefix(answer.short_answer or "")
    for cited in own:  # what is left without the quotes is newsbot's own
        words = " ".join(cited.quote.split())
        assert words in rest
        rest = rest.replace(words, "", 1)
    assert re.findall(r"\[(\d+)\]", rest) == [str(cited.number) for cited in own]
    assert 0 <= answer.confidence <= 1
    record = answer.to_dict()
    assert json.loads(json.dumps(record)) == record
    if answer.refused:
        assert (answer.text, answer.short_answer) == (REFUSAL, None)
        assert all_cited == []
    else:
        assert 0 < len(own) <= MOST_SENTENCES
        assert answer.closest == ()
    return True


@given(CANDIDATES, PROBABILITIES)
def test_answer_of_any_candidates_cites_exact_places(
    candidates: list[Candidate], threshold: float
) -> None:
    answer = compose_answer(candidates, threshold=threshold)
    assert is_whole(answer)
    best = candidates[0].probability if candidates else 0.0
    assert answer.refused == (not candidates or best < threshold)
    assert answer.confidence == best
    given_places = {(s.article.id, s.start, s.end) for one in candidates for s in one.supports}
    others = [cited for other in answer.alternatives for cited in other.citations]
    for cited in (*answer.citations, *others, *answer.closest):
        assert (cited.article_id, cited.start, cited.end) in given_places
    assert all(threshold <= other.confidence <= best for other in answer.alternatives)


@given(SCORED, PROBABILITIES, st.integers(1, MOST_SENTENCES))
def test_answer_of_any_sentences_cites_exact_places(
    items: list[SelectedSentence], threshold: float, most: int
) -> None:
    answer = compose_sentences(items, threshold=threshold, most=most)
    assert is_whole(answer)
    best = items[0].probability if items else 0.0
    assert answer.refused == (not items or best < threshold)
    assert answer.confidence == best
    assert answer.short_answer is None and answer.alternatives == ()
    assert len(answer.citations) <= most
    given_places = {(item.article.id, item.start, item.end) for item in items}
    for cited in answer.citations:
        assert (cited.article_id, cited.start, cited.end) in given_places


def test_short_answer_comes_before_its_sentence() -> None:
    answer = compose_answer([candidate("Ina Roos", 0.8, support(FERRY, 2))], threshold=0.5)
    assert answer.text == f"Ina Roos — “{DENIED}” [1]"
    assert (answer.short_answer, answer.confidence, answer.refused) == ("Ina Roos", 0.8, False)


@pytest.mark.parametrize(
    ("supports", "cited"),
    [
        pytest.param((support(FERRY, 2), support(HARBOUR, 0, 4.0)), ["ferry", "harbour"], id="two"),
        pytest.param((support(FERRY, 0), support(HARBOUR, 1, 4.9)), ["ferry"], id="copies"),
        pytest.param((support(FERRY, 1), support(BRIDGE, 2, 1.0)), ["ferry"], id="much weaker"),
    ],
)
def test_sentences_that_differ_and_are_strong_are_cited(
    supports: tuple[Support, ...], cited: list[str]
) -> None:
    answer = compose_answer([candidate("the ferry", 0.8, *supports)], threshold=0.5)
    assert [one.article_id for one in answer.citations] == cited
    assert answer.alternatives == ()


def test_good_candidate_is_an_alternative_and_weak_one_is_not() -> None:
    found = [
        candidate("Ina Roos", 0.8, support(FERRY, 2), support(HARBOUR, 0)),
        candidate("the mayor", 0.6, support(HARBOUR, 2)),
        candidate("the fog", 0.3, support(BRIDGE, 2)),
    ]
    answer = compose_answer(found, threshold=0.2)
    (other,) = answer.alternatives
    assert (other.short_answer, other.confidence) == ("the mayor", 0.6)
    assert [cited.number for cited in other.citations] == [3]
    assert "mayor" not in answer.text and "[3]" not in answer.text
    assert compose_answer(found, threshold=0.7).alternatives == ()


@pytest.mark.parametrize("text", ["Captain Ina Roos", "Roos", "the INA ROOS", "Roos, Ina"])
def test_alternative_that_says_the_same_is_left_out(text: str) -> None:
    found = [
        candidate("Ina Roos", 0.8, support(FERRY, 2)),
        candidate(text, 0.7, support(HARBOUR, 0)),
    ]
    assert compose_answer(found, threshold=0.5).alternatives == ()


def test_alternatives_are_three_at_most_and_differ() -> None:
    texts = ("Ina Roos", "the fog", "fog", "300 crowns", "the mayor", "the ferry")
    found = [candidate(t, 0.9 - at / 100, support(FERRY, 2)) for at, t in enumerate(texts)]
    answer = compose_answer(found, threshold=0.5)
    assert [other.short_answer for other in answer.alternatives] == [
        *("the fog", "300 crowns", "the mayor")
    ]


def test_bracketed_numbers_of_an_article_are_kept() -> None:
    answer = compose_answer([candidate("[2] was closed", 0.9, support(BRIDGE, 0))], threshold=0.5)
    assert is_whole(answer)
    assert answer.text.startswith("[2] was closed — “The bridge of Askvik [2] was closed")
    assert is_whole(compose_sentences([sentence(BRIDGE, 0, 0.9)], threshold=0.5))


@pytest.mark.parametrize(("answerable", "shown"), [(0.1, 1), (0.0, 0), (LEAST_MARGIN, 0)])
def test_refusal_names_the_closest_sentence_if_likely(answerable: float, shown: int) -> None:
    found = candidate("fog", 0.49, support(BRIDGE, 2), support(FERRY, 1))
    others = [candidate("late", 0.4, support(FERRY, 0))]
    answer = compose_answer([replace(found, answerable=answerable), *others], threshold=0.5)
    assert answer.refused and is_whole(answer)
    assert [cited.quote for cited in answer.closest] == ["It was the fog."][:shown]
    items = [replace(sentence(BRIDGE, 2, 0.49), answerable=answerable), sentence(FERRY, 0, 0.4)]
    answer = compose_sentences(items, threshold=0.5)
    assert answer.refused and is_whole(answer)
    assert [cited.quote for cited in answer.closest] == ["It was the fog."][:shown]


def test_nothing_found_is_a_refusal_without_a_closest_sentence() -> None:
    for answer in (compose_answer([], threshold=0.0), compose_sentences([], threshold=0.0)):
        assert (answer.refused, answer.confidence, answer.closest) == (True, 0.0, ())


def test_answer_at_the_threshold_is_given() -> None:
    found = [candidate("fog", 0.5, support(BRIDGE, 2))]
    assert not compose_answer(found, threshold=0.5).refused
    assert not compose_answer([candidate("fog", 0.0, support(BRIDGE, 2))], threshold=0.0).refused


def test_best_sentence_comes_first_then_article_order() -> None:
    items = [sentence(FERRY, 1, 0.9), sentence(HARBOUR, 2, 0.8)]
    items += [sentence(FERRY, 3, 0.7), sentence(FERRY, 2, 0.6)]
    answer = compose_sentences(items, threshold=0.1)
    assert answer.text == (
        "Fog lay on the water off Halm. [1] Nobody was hurt. [2] "
        "The mayor of Halm paid 300 crowns. [3]"
    )
    assert answer.short_answer is None


def test_weak_sentences_are_a_refusal_without_sources() -> None:
    answer = compose_sentences([sentence(FERRY, 0, 0.2)], threshold=0.5)
    assert answer.refused and is_whole(answer)


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([sentence(FERRY, 0, 0.9), sentence(HARBOUR, 1, 0.9)], id="copies"),
        pytest.param([sentence(FERRY, 0, 0.9), sentence(FERRY, 1, 0.3)], id="much weaker"),
    ],
)
def test_sentences_that_say_no_more_are_left_out(items: list[SelectedSentence]) -> None:
    assert compose_sentences(items, threshold=0.1).text == "The ferry was late. [1]"


def test_text_is_on_one_line_and_its_quote_is_exact() -> None:
    answer = compose_sentences([sentence(BRIDGE, 0, 0.9)], threshold=0.5)
    assert "was closed by the mayor." in answer.text
    assert "\twas  closed by the mayor." in answer.citations[0].quote


def test_citation_has_the_page_of_its_quote() -> None:
    start, _ = place(FERRY, 2)
    for pages, page in (
        ((0, start), 2),
        ((0, start + 1), 1),
        ((0, 0, start, start), 4),
        ((), None),
    ):
        paged = replace(support(FERRY, 2), article=replace(FERRY, pages=pages))
        answer = compose_answer([candidate("Ina Roos", 0.9, paged)], threshold=0.5)
        assert answer.citations[0].page == answer.to_dict()["citations"][0]["page"] == page


def test_citation_says_whether_its_page_was_recognised() -> None:
    start, _ = place(FERRY, 2)
    for recognised in ((), (1,), (2,)):
        article = replace(FERRY, pages=(0, start), recognised=recognised)
        paged = replace(support(FERRY, 2), article=article)
        (cited,) = compose_answer([candidate("Ina Roos", 0.9, paged)], threshold=0.5).citations
        assert cited.recognised == (recognised == (2,))
        assert cited.on_page == "page 2" + cited.recognised * " (recognised from a scan)"


def test_citation_carries_its_articles_record() -> None:
    answer = compose_answer([candidate("Ina Roos", 0.9, support(FERRY, 2))], threshold=0.5)
    start, end = place(FERRY, 2)
    assert answer.citations == (
        Citation(
            1, FERRY.id, FERRY.title, FERRY.url, FERRY.source, FERRY.published, DENIED, start, end
        ),
    )
