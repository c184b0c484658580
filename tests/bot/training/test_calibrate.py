"""Fitting a confidence, on invented articles, with a reader that likes some towns better."""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.answering.candidates import Candidate, Support
from bot.answering.confidence import (
    CALIBRATION_FILE,
    Calibration,
)
from bot.settings import Level
from bot.training import calibrate as fitting
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


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    def run(*given: object) -> int:
        monkeypatch.setattr(sys, "argv", ["calibrate", *map(str, given)])
        return fitting.main()

    return run


def test_it_writes_a_calibration_that_the_reader_is_loaded_with(
    command: Callable[..., int], data: Path, reader: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(data, "--reader", reader, "--most", 12, "--others", 6) == 0
    fitted = Calibration.load(reader / CALIBRATION_FILE)
    for thresholds in (fitted.thresholds, fitted.sentence_thresholds):
        assert set(thresholds) == set(Level)
        assert thresholds[Level.CAUTIOUS] >= thresholds[Level.BALANCED] >= thresholds[Level.EAGER]
        assert all(0 < threshold < 1 for threshold in thresholds.values())
    assert any(fitted.answer.weights) and any(fitted.sentence.weights)
    assert f"written: {reader / CALIBRATION_FILE}" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [("--most", 0), ("--others", -1)])
def test_numbers_that_mean_nothing_are_refused(
    command: Callable[..., int],
    data: Path,
    reader: Path,
    wrong: tuple[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command(data, "--reader", reader, *wrong)
    assert stopped.value.code == 2
    assert wrong[0] in capsys.readouterr().err.splitlines()[-1]


def test_data_that_cannot_be_read_is_one_line_and_status_1(
    command: Callable[..., int], reader: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path / "none.json", "--reader", reader) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("calibrate: ") and str(tmp_path / "none.json") in line
    assert not (reader / CALIBRATION_FILE).exists()


def test_a_reader_that_is_not_there_is_one_line_and_status_1(
    command: Callable[..., int], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "reader.onnx").write_text("garbage")
    assert command(data, "--reader", tmp_path) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("calibrate: ") and str(tmp_path) in line


def test_data_of_which_nothing_was_held_out_is_one_line_and_status_1(
    command: Callable[..., int],
    data: Path,
    reader: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    held = {q.document for q in load_questions([data]) if is_held_out(q)}
    kept = write_lines(tmp_path / "kept.jsonl", [r for r in rows if r["title"] not in held])
    assert command(kept, "--reader", reader) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("calibrate: ") and str(kept) in line


def test_an_article_is_made_of_a_document_s_contexts_and_answers_are_found_in_it() -> None:
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


def test_a_wrong_answer_beside_the_right_one_is_told_from_one_where_there_is_none() -> None:
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
