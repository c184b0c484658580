"""Syndicated copies in answers: one witness, one source, and a word on where else it ran."""

from __future__ import annotations

import json
import math

import pytest

from bot.answering.answers import Citation
from bot.answering.candidates import group_spans, score_candidates
from bot.answering.composing import compose_sentences
from bot.answering.context_rereading import FirstReading
from bot.answering.sentence_selection import SelectedSentence
from bot.chat.conversation import converse
from bot.chat.html.cards import card_html
from bot.cli.formatting import answer_lines, hit_lines, status_lines, summary
from bot.newsbot import NewsBot
from corpus.article import Article
from corpus.sentences import sentence_spans
from index.builder import BuildReport, build_index
from index.results import DuplicateRef, Hit
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader, calibration, passage_of, result_of, span_of
from tests.fakes.parsed_html import ParsedHtml
from tests.fakes.reports import FLOOD

QUESTION = "Who had to leave their homes in Merrowford?"
PAPERS = {"gazette": "2022-02-02", "post": "2022-02-03", "wire": "2022-02-04"}
COPY = DuplicateRef(
    "post", "Flood", "https://example.org/post", "Post", "2022-02-03T00:00:00+00:00"
)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> NewsBot:
    folder = tmp_path_factory.mktemp("copies")
    for name, day in PAPERS.items():
        record = {"url": f"https://example.org/{name}", "title": "Flood", "text": FLOOD}
        record |= {"source": name.title(), "published": f"{day}T08:00:00+00:00"}
        (folder / f"{name}.json").write_text(json.dumps(record))
    build_index([folder], folder / "index", embedder=HashedEmbedder())
    reader = PhraseReader("410 people", 9.0)
    return NewsBot(folder / "index", embedder=HashedEmbedder(), reader=reader, threshold=0.0)


def lines(of: object) -> str:
    return "\n".join("".join(text for text, _ in line.pieces) for line in of)  # type: ignore[attr-defined]


def sources(copies: tuple[DuplicateRef, ...]) -> list[str | None]:
    return [copy.source for copy in copies]


def test_three_copies_are_one_source_that_names_the_others(bot: NewsBot) -> None:
    answer = bot.answer(QUESTION)
    (cited,) = answer.citations
    assert (answer.short_answer, cited.source) == ("410 people", "Gazette")
    assert sources(cited.copies) == ["Post", "Wire"]
    for article_id in (cited.article_id, *(copy.article_id for copy in cited.copies)):
        assert bot.article(article_id).text[cited.start : cited.end] == cited.quote
    record = answer.to_dict()
    assert json.loads(json.dumps(record)) == record
    assert [one["source"] for one in record["citations"][0]["copies"]] == ["Post", "Wire"]


def test_command_line_names_copies(bot: NewsBot) -> None:
    printed = lines(answer_lines(bot.answer(QUESTION)))
    assert "also in: Post, 2022-02-03  https://example.org/post\n" in printed
    assert "also in: Wire" in lines(hit_lines(bot.search(QUESTION, 1)))
    assert "copies    2" in lines(status_lines(bot.status()))
    assert "3 articles in 5 passages; 2 of them copies of another" in summary(
        BuildReport(articles=3, passages=5, copies=2)
    )


def test_copies_beyond_five_are_counted() -> None:
    cited = Citation(1, "a", "T", None, None, None, "Quote.", 0, 6, (COPY,) * 7)
    hit = Hit(passage_of(SAID), SAID, 0.5, 0.5, 0.5, (COPY,) * 7)
    assert "and in 2 more" in lines(hit_lines([hit]))
    assert ParsedHtml(card_html(cited, 1, None)).text.count("Post") == 5
    assert ", 2 more" in ParsedHtml(card_html(cited, 1, None)).text


def test_card_of_the_page_names_copies(bot: NewsBot) -> None:
    *_, last = converse(bot, QUESTION, ())
    assert "Also in Post, Wire" in ParsedHtml(last.sources).text
    assert ("href", "https://example.org/post") in ParsedHtml(last.sources).attributes


@pytest.mark.parametrize("hostile", ['<script>alert(1)</script>"', "\u202e\x1b[31m<b>'"])
def test_hostile_names_of_copies_are_shown_as_text(hostile: str) -> None:
    for copy in (
        DuplicateRef(hostile, hostile, "javascript:alert(1)", hostile, hostile),
        DuplicateRef(hostile, hostile, None, None, None),
    ):
        cited = Citation(1, "a", "T", None, None, None, "Quote.", 0, 6, (copy,))
        seen = ParsedHtml(card_html(cited, 1, None))
        assert set(seen.tags) == {"article", "h3", "span", "bdi", "p", "blockquote", "mark"}
        hit = Hit(passage_of(SAID), SAID, 0.5, 0.5, 0.5, (copy,))
        assert not {"\x1b", "\u202e"} & set(lines(hit_lines([hit])))


def test_citation_makes_the_round_trip() -> None:
    cited = Citation(1, "a", "T", None, None, None, "Quote.", 0, 6, (COPY,))
    assert Citation.from_dict(json.loads(json.dumps(cited.to_dict()))) == cited


SAID = Article("said", "", "The ferry carried 212,400 people in 2022. Fog lay on the water.")
COPIED = Article("copied", "", "HALM – Fog lay.  The ferry carried 212400  PEOPLE in 2022.")
TOLD = Article("told", "", "The ferry carried 198,000 people in 2022, said Halm.")


def test_sentence_of_two_articles_is_one_witness() -> None:
    passages = [passage_of(article) for article in (SAID, COPIED, TOLD)]
    hits = [
        Hit(passage, article, 0.5, 0.5, 0.5)
        for passage, article in zip(passages, (SAID, COPIED, TOLD), strict=True)
    ]
    spans = [span_of(passage, "2022", 3.0) for passage in passages]
    groups, regression = group_spans(QUESTION, spans), calibration({"agreement": 1.0}).answer
    (candidate,) = score_candidates(groups, result_of(hits), FirstReading(), regression)
    assert candidate.probability == pytest.approx(1 / (1 + math.exp(-math.log(2))))


def test_sentences_that_differ_in_a_figure_are_both_cited() -> None:
    def first(article: Article, number: int) -> SelectedSentence:
        return SelectedSentence(article, *sentence_spans(article.text)[number], 0.9)

    other = Article("other", "", SAID.text.replace("212,400", "198,000"))
    answer = compose_sentences([first(SAID, 0), first(COPIED, 1), first(other, 0)], threshold=0.5)
    assert [cited.article_id for cited in answer.citations] == ["said", "other"]
