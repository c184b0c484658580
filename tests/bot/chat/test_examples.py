"""Questions to begin with: from the indexed articles, and answered by them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given

from bot.chat.examples import EXAMPLES, Examples, questions_about
from bot.newsbot import NewsBot
from corpus.article import Article
from index.builder import build_index
from tests.fakes.parsed_html import ANY_TEXT
from tests.fakes.served import copied

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

HARBOUR = (
    "Harbour pilots end their strike\n\n"
    "Mara Delling, the harbour master of Port Ansel, opened the locks on Monday. "
    "“We lost nine days,” Tobin Arkwright said after the meeting. "
    "In all 140 ships were delayed.\n"
)


def test_every_example_is_answered_from_its_sample(bot: NewsBot) -> None:
    assert Examples(bot).offered() == [question for question, _ in EXAMPLES]
    for question, article_id in EXAMPLES:
        cited = [citation.article_id for citation in bot.answer(question).citations]
        titles = {bot.article(article).title for article in cited}
        # The Lantern Theatre's story stands in two papers; either is its article.
        assert article_id in cited or any("Lantern" in title for title in titles), question


def test_questions_ask_who_how_many_and_what_was_said() -> None:
    assert questions_about(Article("a", "T", HARBOUR)) == [
        "Who is the harbour master of Port Ansel?",
        "How many ships were delayed?",
        "What did Tobin Arkwright say?",
    ]
    nobody_asks = "The data of 40,000 students had been stolen. Over 300 workers had left."
    assert questions_about(Article("a", "T", nobody_asks)) == []


@given(ANY_TEXT)
def test_questions_about_any_text_are_short_lines(text: str) -> None:
    for question in questions_about(Article("a", "T", f"{text} Ada Moe, the {text} of Oz, x")):
        assert len(question) < 200 and "\n" not in question


def test_index_of_ones_own_offers_what_it_answers(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "harbour.txt").write_text(HARBOUR)
    build_index([tmp_path / "harbour.txt"], tmp_path / "index", embedder=embedder)
    own = NewsBot(tmp_path / "index", embedder=embedder)
    offered = Examples(own).offered()
    assert len(offered) == 1
    assert not own.answer(offered[0]).refused


def test_missing_index_offers_no_questions(
    tmp_path: Path, samples_index: Path, embedder: Embedder
) -> None:
    own = copied(samples_index, tmp_path / "index", embedder)
    shutil.rmtree(own.index)
    assert Examples(own).offered() == []
