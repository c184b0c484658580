"""``newsbot ask --interactive``: questions one after another, at a prompt or from a pipe."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.answers import REFUSAL, Answer
from bot.citing.answered import AnsweredQuestion
from bot.citing.exports import export
from bot.citing.formats import ExportFormat
from bot.cli.interactive import converse
from bot.newsbot import NewsBot
from index.errors import SearchFailure
from tests.fakes.reports import surveyed_answer
from tests.fakes.running import QUESTION, Capture, run_on_terminal


def test_questions_are_asked_with_those_before_them(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    answer = NewsBot(samples_index).answer(QUESTION)
    asked: list[tuple[str, list[tuple[str, str]]]] = []

    def answer_of(question: str, history: list[tuple[str, str]]) -> Answer:
        asked.append((question, history))
        if question == "fails":
            raise SearchFailure("it fails")
        if question == "stopped":
            raise KeyboardInterrupt
        return answer

    lines = [
        "/sources",
        "  two ",
        "",
        "fails",
        "stopped",
        "/sources",
        "three",
        "/new",
        "four",
        "/x",
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    converse(answer_of, "one")
    one, two = (("one", answer.text), ("two", answer.text))
    assert asked == [
        *(("one", []), ("two", [one]), ("fails", [one, two]), ("stopped", [one, two])),
        *(("three", [one, two]), ("four", [])),
    ]
    out, err = capsys.readouterr()
    assert out.count(answer.text) == 4
    assert out.count(f"{answer.citations[0].article_id}  characters") == 2
    assert err.startswith("newsbot: it fails\nno command /x: ")


def test_list_and_timeline_are_shown_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("/sources"))
    answer = surveyed_answer()
    converse(lambda question, history: answer, "Which trees burned?")
    shown, sources = capsys.readouterr().out.split("\n\n", 1)
    rows = [one.value for one in answer.listing.items] + [one.days for one in answer.events]
    assert [one for one in rows if one not in shown] == []
    assert "characters" in sources and "characters" not in shown


def test_conversation_is_exported_by_the_end_of_the_name(
    samples_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    answer = NewsBot(samples_index).answer(QUESTION)
    files = [tmp_path / f"talk.{form.ending}" for form in ExportFormat]
    kept = tmp_path / "kept.md"
    kept.write_text("mine")
    lines = ["/new", f"/export {kept}", "two", "three", *(f"/export {file}" for file in files)]
    lines += [f"/export {wrong}" for wrong in (kept, tmp_path / "talk.doc", "~nobody/a\0.md")]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    filters = {"since": "2019-12-01"}
    converse(lambda question, history: answer, "one", filters)
    asked = [AnsweredQuestion(question, answer, filters) for question in ("two", "three")]
    for file, form in zip(files, ExportFormat, strict=True):
        assert file.read_text(encoding="utf-8") == export(asked, form)
    err = capsys.readouterr().err.splitlines()
    assert err[0] == "nothing to save yet" and err[1] == f"saved: {files[0]}"
    assert err[-3] == f"not saved: {kept}: File exists" and kept.read_text() == "mine"
    assert err[-2].startswith("name a file that ends in .md, .txt") and "not saved" in err[-1]


def test_follow_up_goes_on_as_it_was_read(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    answer = NewsBot(samples_index).answer(QUESTION)
    histories: list[list[tuple[str, str]]] = []

    def answer_of(question: str, history: list[tuple[str, str]]) -> Answer:
        histories.append(history)
        return replace(answer, question_read_as=f"{question} in\x1b full" if history else None)

    monkeypatch.setattr(sys, "stdin", io.StringIO("two\nthree"))
    converse(answer_of, "one")
    assert [question for question, _ in histories[-1]] == ["one", "two in\x1b full"]
    out, _ = capsys.readouterr()
    shown = [line for line in out.splitlines() if line.startswith("read as: ")]
    assert len(shown) == 2 and "\x1b" not in "".join(shown)
    assert shown[0].startswith("read as: two in")


def test_prompt_recalls_a_question_and_ends_on_ctrl_d(samples_index: Path) -> None:
    question = "What is the capital of France?"
    status, seen = run_on_terminal(
        *("ask", "--interactive", "--index", samples_index),
        typed=[
            *(("> ", f"{question}\n"), (REFUSAL, "")),
            *(("> ", "/sources\n"), ("no sources", "")),
            *(("> ", "\x1b[A\x1b[A\n"), (REFUSAL, "")),
            ("> ", "\x04"),  # typed before the prompt it would end the terminal's line, not ours
        ],
    )
    assert status == 0
    assert seen.count(REFUSAL) == 2 and "Traceback" not in seen


def test_ctrl_c_at_the_prompt_ends_quietly(samples_index: Path) -> None:
    status, seen = run_on_terminal(
        "ask", "-i", "--index", samples_index, stop_at="> ", stop_after=0.5
    )
    assert status == 0
    assert "Traceback" not in seen
