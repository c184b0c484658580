"""Fitting a confidence, on invented articles, with a reader that likes some towns better."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.answering.candidates import Candidate, Support
from bot.answering.confidence import CALIBRATION_FILE, Calibration
from bot.settings import Level
from bot.training import calibrate as fitting
from bot.training.__main__ import main
from bot.training.questions import is_held_out, load_questions
from corpus.article import Article
from corpus.splitter import SplitterSettings, split_article
from index.results import Hit
from tests.fakes.tiny_reader import question, town_rows, write_lines


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lines(tmp_path_factory.mktemp("data") / "towns.jsonl", town_rows(120))


@pytest.fixture
def reader(town_reader: Path, tmp_path: Path) -> Path:
    return shutil.copytree(town_reader, tmp_path / "reader")


def test_calibration_is_written_beside_the_reader(data: Path, reader: Path) -> None:
    command = ["calibrate", str(data), "--reader", str(reader), "--most", "12", "--others", "6"]
    assert main(command) == 0
    fitted = Calibration.load(reader / CALIBRATION_FILE)
    for thresholds in (fitted.thresholds, fitted.sentence_thresholds):
        assert set(thresholds) == set(Level)
        assert thresholds[Level.CAUTIOUS] >= thresholds[Level.BALANCED] >= thresholds[Level.EAGER]
        assert all(0 < threshold < 1 for threshold in thresholds.values())
    assert any(fitted.answer.weights) and any(fitted.sentence.weights)


def test_data_without_held_out_questions_is_refused(
    data: Path, reader: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    held = {q.document for q in load_questions([data]) if is_held_out(q)}
    kept = write_lines(tmp_path / "kept.jsonl", [r for r in rows if r["title"] not in held])
    assert main(["calibrate", str(kept), "--reader", str(reader)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert str(kept) in line and "held out" in line
    assert not (reader / CALIBRATION_FILE).exists()


def test_article_of_a_document_s_contexts_holds_the_answers() -> None:
    questions = [
        question("Where?", "Then it went to Lorne.", "Lorne", document="one", place=2),
        question("What?", "A ferry left Kelby.", "ferry", "Kelby", document="one", place=1),
        question("Who?", "A mayor.", document="two", title="Mayors", place=3),
        question("When?", "A ferry left Kelby.", document="one", place=1),
    ]
    records, asked = fitting._articles(questions)
    assert [record["text"] for record in records] == [
        "A ferry left Kelby.\n\nThen it went to Lorne.",
        "A mayor.",
    ]
    assert [record["title"] for record in records] == ["", "Mayors"]
    for one in asked:
        (text,) = [r["text"] for r in records if one.article_id.endswith(f"#{r['id']}")]
        said = [text[start:end] for start, end in one.places]
        assert said == [answer for _, answer in one.question.answers]


def test_as_many_questions_are_asked_of_each_kind() -> None:
    news = [question(f"Who {n}?", "Rain.", document=f"Wiki1k:wikinews:{n}") for n in range(9)]
    short = [question(f"who {n}?", "Rain.", "Rain") for n in range(5)]
    long = [question(f"Who {n}?", "Rain.", "Rain") for n in range(2)]
    _, asked = fitting._articles([*news, *short, *long])
    chosen = [one.question for one in fitting._choose(asked, 4, random.Random(1))]
    assert [len([q for q in chosen if q in kind]) for kind in (news, short, long)] == [4, 4, 2]
    assert chosen == [one.question for one in fitting._choose(asked, 4, random.Random(1))]


def test_wrong_answer_beside_the_right_one_is_told_apart() -> None:
    text = "A ferry left Kelby for Lorne. The mayor of Belwick saw it. Rain fell on Corran town."
    _, (asked,) = fitting._articles([question("Who?", text, "mayor", document="one")])
    cut = SplitterSettings(words=12, overlap=0)
    hits = [
        Hit(passage, article, 1.0, 1.0, 0.0)
        for article in (Article(asked.article_id, "", text), Article("two", "", text))
        for passage in split_article(article, cut)
    ]
    assert [len(hit.passage.sentences) for hit in hits] == [2, 1, 2, 1]

    def held(hit: Hit, sentence: int, *, asked: Any = asked) -> bool:
        support = Support(hit.article, *hit.passage.sentences[sentence], 1.0)
        return fitting._holds(asked, Candidate("Kelby", 0.5, (support,)), hits)

    assert held(hits[0], 0) and held(hits[0], 1)
    assert not held(hits[1], 0), "another passage of the article"
    assert not held(hits[2], 0), "the same words of another article"
    assert not held(hits[0], 0, asked=replace(asked, places=())), "nothing answers"
