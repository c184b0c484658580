"""newsbot eval: questions with known answers, asked of the samples."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from corpus.samples import samples_folder
from tests.fakes.invented import link_shipped_reader
from tests.fakes.running import BOTH, ESCAPE, QUESTION, Capture, output_of, screen_of

MEASURES = [
    *("exact_match", "f1", "recall@1", "recall@5", "recall@20", "citation_precision"),
    *("refusal_precision", "refusal_recall", "median_ms", "p95_ms"),
]


def write(folder: Path, *records: object) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return file


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Three questions that the samples answer, and one that they do not."""
    return write(
        tmp_path,
        {"question": QUESTION, "answers": ["Kataib Hezbollah", "the militia Kataib Hezbollah"]},
        {
            "question": "Who was on vacation?",
            "answers": [{"text": "Matthew H. Tueller"}],
            "article_id": "baghdad-embassy.txt",
        },
        {"question": "Did Kataib Hezbollah deny the attack?", "answers": ["denied"]},
        {"question": "What is the capital of France?", "answers": []},
    )


def test_each_measure_is_a_line_with_interval_and_count(
    samples_index: Path, questions: Path, capsys: Capture
) -> None:
    status, out, err = output_of(capsys, "eval", questions, "--index", samples_index)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == MEASURES
    number = r"(\d+\.\d{3}|\d+)"
    for line in lines:
        assert re.fullmatch(rf"\S+ +{number} +{number} to {number}, \d+ questions?", line)
    counts = {line.split()[0]: int(line.split()[-2]) for line in lines}
    assert (counts["f1"], counts["refusal_recall"], counts["median_ms"]) == (3, 1, 4)


def test_named_articles_are_indexed_for_the_run_only(
    questions: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", str(tmp_path / "default"))
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "empty.txt").touch()
    shutil.copy(samples_folder() / "baghdad-embassy.txt", folder)
    before = sorted(tmp_path.iterdir())
    status, out, err = output_of(capsys, "eval", questions, "--articles", folder, "--json")
    assert (status, err.count("\n")) == (0, 1)
    assert err.startswith("could not read ") and "empty.txt" in err, "and the others are asked"
    found = json.loads(out)
    assert list(found) == MEASURES
    for name, estimate in found.items():
        assert set(estimate) == {"mean", "low", "high", "count"}
        assert estimate["low"] <= estimate["mean"] <= estimate["high"]
        assert name.endswith("_ms") or 0 <= estimate["low"] <= estimate["high"] <= 1
    assert (found["refusal_recall"]["mean"], found["refusal_recall"]["count"]) == (1.0, 1)
    assert found["f1"]["mean"] > 0 and found["recall@20"]["mean"] == 1
    assert sorted(tmp_path.iterdir()) == before, "the default index is left alone"


def test_eval_uses_the_named_reader_and_level(
    samples_index: Path, tmp_path: Path, capsys: Capture
) -> None:
    file = write(tmp_path, {"question": QUESTION, "answers": ["Kataib Hezbollah"]})
    reader = link_shipped_reader(tmp_path / "reader")
    words = ("eval", file, "--index", samples_index, "--reader", reader, "--json")
    eager, cautious = (
        json.loads(output_of(capsys, *words, "--level", level)[1])
        for level in ("eager", "cautious")
    )
    assert eager["f1"]["mean"] > 0 and "refusal_precision" not in eager
    assert (cautious["f1"]["mean"], cautious["refusal_precision"]["mean"]) == (0, 0)


def test_wrong_question_file_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    file = write(tmp_path, {"question": "Who?", "answers": []}, {"question": "Who?"})
    absent = tmp_path / "absent.jsonl"
    for path, line in ((file, f"{file}, line 2: "), (absent, f"{absent}: No such file")):
        status, out, err = output_of(capsys, "eval", path, "--index", tmp_path / "none")
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert err.startswith(f"newsbot: {line}")


def test_progress_is_shown_on_a_terminal_only(
    samples_index: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, {"question": QUESTION, "answers": ["Kataib Hezbollah"]})
    words = ("eval", file, "--index", samples_index)
    status, seen = screen_of(monkeypatch, *words, streams=BOTH)
    assert status == 0
    assert "questions" in seen and "1/1" in seen and "files" not in seen
    monkeypatch.setenv("FORCE_COLOR", "1")
    status, out, err = output_of(capsys, *words)
    assert (status, err) == (0, "")
    assert ESCAPE not in out and "1/1" not in out
