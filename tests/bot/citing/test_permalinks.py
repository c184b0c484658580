"""Kept answers: whole, hard to guess, bounded, and honest about what has become of their quotes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given

from bot.answering.answers import REFUSAL, Alternative, Answer, Citation, Statement
from bot.citing.answered import AnsweredQuestion
from bot.citing.permalinks import PermalinkStore, QuoteState, permalink_file, state_of
from bot.errors import PermalinkFailure
from corpus.article import Article
from index.results import DuplicateRef, Revision
from tests.fakes.parsed_html import ANY_TEXT
from tests.fakes.reports import surveyed_answer, view_of

QUOTE = "The ferry sank."
CITED = Citation(1, "a", "Ferry", None, "Post", None, QUOTE, 5, 5 + len(QUOTE))
SHORT = AnsweredQuestion("What sank?", Answer("The ferry [1]", "The ferry", False, 0.8, (CITED,)))


def full_answer() -> Answer:
    """Return an answer that has a value in every field."""
    copies = (DuplicateRef("b", "Copy", None, "Mail", None),)
    revision = Revision("a", "Ferry", "It sank.", None, "2024-05-31T10:00:00+00:00")
    cited = replace(CITED, copies=copies, page=2, recognised=True, revision=revision, author="Ann")
    return replace(
        surveyed_answer(),
        citations=(cited,),
        alternatives=(Alternative("The tug", 0.4, (replace(CITED, number=2),)),),
        timings={"search": 1.5},
        notes=("cut",),
        statements=(Statement("It sank.", (1,)),),
        dropped=("no source",),
        question_read_as="What sank there?",
        views=(view_of(1, "26", "2024-03-09"),),
    )


@pytest.mark.parametrize("answer", [full_answer(), Answer(REFUSAL, None, True, 0.1, ())])
def test_answer_is_kept_whole(tmp_path: Path, answer: Answer) -> None:
    store = PermalinkStore(permalink_file(tmp_path / "index"))
    filters = {"since": "2024-05-01", "source": "Post", "name": ["Ann"], "articles": []}
    asked = AnsweredQuestion("What sank?", answer, filters)
    kept = store.find(store.keep(asked, "g1"))
    assert kept and kept.answered == asked
    assert kept.generation == "g1" and len(kept.hashes) == len(list(answer.cited()))


def test_id_is_long_and_every_one_another(tmp_path: Path) -> None:
    store = PermalinkStore(tmp_path / "kept.sqlite")
    made = {store.keep(SHORT, "g1") for _ in range(20)}
    assert len(made) == 20 and {len(one) for one in made} == {16}


@pytest.mark.parametrize("kept_id", ["", "a" * 16, "../../etc/passwd", "' OR 1=1 --", "a" * 9999])
def test_unknown_id_finds_nothing(tmp_path: Path, kept_id: str) -> None:
    store = PermalinkStore(tmp_path / "kept.sqlite")
    assert store.find(kept_id) is None
    store.keep(SHORT, "g1")
    assert store.find(kept_id) is None


def test_oldest_answers_are_forgotten(tmp_path: Path) -> None:
    few = PermalinkStore(tmp_path / "few.sqlite", most=2)
    made = [few.keep(SHORT, "g1") for _ in range(3)]
    assert [few.find(one) is not None for one in made] == [False, True, True]
    small = PermalinkStore(tmp_path / "small.sqlite", most_bytes=2_500)
    made = [small.keep(SHORT, "g1") for _ in range(9)]
    assert small.find(made[0]) is None and small.find(made[-1]) is not None
    with pytest.raises(PermalinkFailure, match="longer than 100 bytes"):
        PermalinkStore(tmp_path / "tiny.sqlite", longest=100).keep(SHORT, "g1")


def test_damaged_file_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite"
    store = PermalinkStore(file)
    made = store.keep(SHORT, "g1")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE answers SET answer = '{}'")
    with pytest.raises(PermalinkFailure, match="cannot be read") as failure:
        store.find(made)
    assert "\n" not in str(failure.value)
    file.write_bytes(b"no database" * 100)
    with pytest.raises(PermalinkFailure, match="cannot be written"):
        store.keep(SHORT, "g1")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (f"Fog. {QUOTE}", QuoteState.STANDS),
        (f"Fog came up. {QUOTE} Nobody died.", QuoteState.STANDS),  # elsewhere
        ("Fog. The ferry sank!", QuoteState.CHANGED),
        (None, QuoteState.GONE),
    ],
)
def test_quote_stands_was_changed_or_is_gone(
    tmp_path: Path, text: str | None, state: QuoteState
) -> None:
    store = PermalinkStore(tmp_path / "kept.sqlite")
    kept = store.find(store.keep(SHORT, "g1"))
    assert kept
    article = None if text is None else Article("a", "Ferry", text)
    assert state_of(CITED, kept.hashes[0], article) is state


@given(ANY_TEXT, ANY_TEXT)
@example("\ud800", "\udfff")
def test_any_text_is_kept(tmp_path_factory: pytest.TempPathFactory, said: str, asked: str) -> None:
    store = PermalinkStore(tmp_path_factory.getbasetemp() / "any.sqlite")
    answer = Answer(said, None, False, 0.5, (replace(CITED, quote=said, title=asked),))
    kept = store.find(store.keep(AnsweredQuestion(asked, answer), "g1"))
    assert kept and kept.answered.question.encode("utf-8", "replace") == asked.encode(
        "utf-8", "replace"
    )
