"""Fitting a confidence, on invented articles, with a reader that likes some towns better."""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import ReaderError
from bot.reader import calibrate as fitting
from bot.reader.calibration import (
    ANSWER_FEATURES,
    CALIBRATION_FILE,
    SENTENCE_FEATURES,
    Calibration,
    Regression,
)
from bot.reader.questions import is_held_out, load_questions
from bot.settings import Level
from tests.bot.reader.tiny import one_line, question, town_rows, write_lines


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


def rows(size: int, seed: int = 0) -> list[fitting._Row]:
    """Make rows of which those with a high first feature are mostly right."""
    chance = random.Random(seed)
    made = []
    for number in range(size):
        margin = chance.gauss(0, 1)
        features = (margin, chance.gauss(0, 1), *[0.0] * (len(ANSWER_FEATURES) - 2))
        right = margin + chance.gauss(0, 0.5) > 0
        made.append(fitting._Row(number // 2, "ab"[number % 2], features, right))
    return made


def test_what_goes_with_right_answers_counts_and_what_never_varies_does_not() -> None:
    fitted = fitting._fit(rows(400), ANSWER_FEATURES)
    assert fitted.names == ANSWER_FEATURES
    assert fitted.weights[0] > 5 * abs(fitted.weights[1])
    assert fitted.weights[2:] == (0.0,) * (len(ANSWER_FEATURES) - 2)
    assert abs(fitted.bias) < 0.5


def test_kinds_of_data_that_do_not_predict_each_other_make_it_less_sure() -> None:
    alike = rows(600)
    apart = [
        replace(row, right=random.Random(at).random() < 0.5) if row.family == "b" else row
        for at, row in enumerate(alike)
    ]
    own = [replace(row, family="a") for row in apart]
    sure = (2.0, *[0.0] * (len(ANSWER_FEATURES) - 1))
    said = [fitting._fit(given, ANSWER_FEATURES).probability(sure) for given in (alike, own, apart)]
    assert said[0] > said[1] > said[2] > 0.5


@pytest.mark.parametrize("right", [True, False])
def test_nothing_is_fitted_where_all_is_right_or_nothing_is(right: bool) -> None:
    same = [fitting._Row(row.asked, row.family, row.features, right) for row in rows(20)]
    for given in (same, []):
        with pytest.raises(ReaderError) as caught:
            fitting._fit(given, SENTENCE_FEATURES)
        assert "too few questions" in one_line(caught.value)


@pytest.mark.parametrize("seed", range(5))
def test_levels_are_in_order_and_give_what_they_promise(seed: int) -> None:
    told: list[str] = []
    made = rows(300, seed)
    answer = Regression(ANSWER_FEATURES, (2.0, *[0.0] * (len(ANSWER_FEATURES) - 1)), -1.0)
    levels = fitting._thresholds(made, answer, told.append)
    assert levels[Level.CAUTIOUS] >= levels[Level.BALANCED] >= levels[Level.EAGER]
    best: dict[int, tuple[float, bool]] = {}
    for row in made:
        found = (answer.probability(row.features), row.right)
        best[row.asked] = max(best.get(row.asked, (0.0, False)), found)

    def given(level: Level) -> list[bool]:
        return [right for probability, right in best.values() if probability >= levels[level]]

    cautious = given(Level.CAUTIOUS)
    assert sum(cautious) >= 0.75 * len(cautious)
    assert sum(given(Level.EAGER)) >= 0.95 * sum(right for _, right in best.values())
    assert len(told) == 4
