"""An answer of reports that differ."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.answers import Answer
from bot.answering.candidates import Candidate, Support, group_spans, score_candidates
from bot.answering.composing import compose_answer, compose_sentences
from bot.answering.context_rereading import FirstReading
from bot.answering.sentence_selection import SelectedSentence
from bot.answering.views import reports_of, sentence_reports, with_views
from bot.reader.reader import AnswerSpan
from corpus.article import Article
from index.results import DuplicateRef, Hit
from tests.fakes.invented import calibration, passage_of, result_of, span_of

QUESTION = "How many people have died in the Halm ferry accident?"
EARLY = Article(
    "early",
    "Ferry sinks off Halm",
    "The ferry sank at noon. Seven people have died.",
    source="Post",
    published="2024-03-01T00:00:00+00:00",
)
LATE = replace(
    EARLY,
    id="late",
    text="In Halm, divers went on. The toll has reached 19.",
    source="Wire",
    published="2024-03-03T00:00:00+00:00",
)
CLAIM = replace(LATE, text="Here in Halm 40 people have died, the union said. The owner denied it.")


def ask(
    later: tuple[Article, str], margins: tuple[float, float] = (2.0, 2.0), copy: bool = False
) -> Answer:
    found = [(EARLY, "Seven"), later]
    copies = (DuplicateRef("copy", "", None, "Copyist", None),) if copy else ()
    hits, spans = [], []
    for (article, answer), margin in zip(found, margins, strict=True):
        passage = passage_of(article)
        hits.append(Hit(passage, article, 0.5, 0.5, 1.0, copies=copies))
        spans.append(span_of(passage, answer, margin))
    return _answer(hits, spans)


def _answer(hits: list[Hit], spans: list[AnswerSpan]) -> Answer:
    result, regression = result_of(hits, QUESTION), calibration().answer
    groups = group_spans(QUESTION, spans)
    candidates = score_candidates(groups, result, FirstReading(), regression)
    answer = compose_answer(candidates, 0.9)
    reports = reports_of(QUESTION, hits, candidates, spans)
    return with_views(answer, candidates, 0.9, reports, hits, regression)


def test_newest_of_a_growing_count_is_the_short_answer() -> None:
    answer = ask((LATE, "19"))
    newest, earlier = answer.views
    assert answer.short_answer == newest.value == "19"
    assert (newest.relation, newest.first, newest.sources) == ("growth", "2024-03-03", ("Wire",))
    assert (earlier.value, earlier.last, earlier.sources) == ("Seven", "2024-03-01", ("Post",))
    assert answer.text == (
        "19 (2024-03-03) — “The toll has reached 19.” [1] Earlier it was: "
        "Seven (2024-03-01) — “Seven people have died.” [2]"
    )


def test_views_cite_what_the_answer_cites() -> None:
    answer = ask((LATE, "19"), copy=True)
    cited = [one for view in answer.views for one in view.citations]
    assert tuple(cited) == answer.citations
    texts = {"early": EARLY.text, "late": LATE.text}
    assert all(texts[c.article_id][c.start : c.end] == c.quote for c in cited)
    assert [one.copies[0].source for one in cited] == ["Copyist", "Copyist"]
    record = answer.to_dict()["views"][0]
    assert list(record) == ["value", "citations", "first", "last", "sources", "relation"]


def test_claims_have_no_short_answer() -> None:
    said = replace(EARLY, text="Seven people have died, the owner of the Halm ferry said.")
    hits = [Hit(passage_of(one), one, 0.5, 0.5, 1.0) for one in (said, CLAIM)]
    spans = [span_of(hits[0].passage, "Seven", 3.0), span_of(hits[1].passage, "40", 3.0)]
    answer = _answer(hits, spans)
    assert (answer.short_answer, answer.refused) == (None, False)
    assert [view.relation for view in answer.views] == ["claims", "claims"]
    assert answer.text.startswith("The reports differ. Seven")
    assert "The owner denied it." in [one.quote for one in answer.views[1].citations]


def test_values_too_unsure_alone_may_answer_together() -> None:
    assert ask((LATE, "19"), margins=(2.0, 2.0)).confidence > 0.98
    assert ask((LATE, "19"), margins=(0.0, 0.5)).refused


def test_first_reading_counts_where_no_candidate_is() -> None:
    hits = [Hit(passage_of(one), one, 0.5, 0.5, 1.0) for one in (EARLY, LATE)]
    first = [span_of(hits[0].passage, "noon", 9.0), span_of(hits[1].passage, "19", 1.0)]
    support = Support(EARLY, 24, 47, 2.0)
    found = reports_of(QUESTION, hits, [Candidate("seven  people", 0.9, (support,))], first)
    assert [report.text for report in found] == ["Seven people", "19"]
    assert found[0].quote == "Seven people have died."


def test_newest_event_is_compared_beside_an_older_one() -> None:
    old = replace(
        EARLY, id="old", text=EARLY.text.replace("Seven", "Ninety"), published="2011-03-01"
    )
    found = [(old, "Ninety", 9.0), (EARLY, "Seven", 2.0), (LATE, "19", 2.0)]
    hits = [Hit(passage_of(one), one, 0.5, 0.5, 1.0) for one, *_ in found]
    spans = [
        span_of(hit.passage, answer, margin)
        for hit, (_, answer, margin) in zip(hits, found, strict=True)
    ]
    assert [view.value for view in _answer(hits, spans).views] == ["19", "Seven"]


def test_sentence_and_its_denial_are_yes_and_no() -> None:
    question = "Did the guards of Halm beat the prisoner?"
    said = (
        "Three guards beat him in Halm, Mira Solt said.",
        "No, nobody in Halm beat him, they said.",
    )
    articles = (replace(EARLY, text=said[0]), replace(LATE, text=said[1]))
    hits = [Hit(passage_of(one), one, 0.5, 0.5, 1.0) for one in articles]
    sentences = [
        SelectedSentence(one, 0, len(one.text), probability)
        for one, probability in zip(articles, (0.8, 0.3), strict=True)
    ]
    plain = compose_sentences(sentences, 0.5, most=1)
    reports = sentence_reports(question, sentences, [span_of(hits[0].passage, "Three", 1.0)])
    assert [report.text for report in reports] == ["Three", said[1]]
    answer = with_views(plain, sentences, 0.5, reports, hits, calibration().sentence)
    assert [(view.value, view.relation) for view in answer.views] == [
        ("Yes", "claims"),
        ("No", "claims"),
    ]
    assert not sentence_reports("What happened in Halm?", sentences, [])
    assert with_views(plain, sentences, 0.5, [], hits, calibration().sentence) is plain
