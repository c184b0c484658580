"""Standing questions: each change of an answer is there once, whatever is killed meanwhile."""

from __future__ import annotations

import json
import random
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import feedparser
import pytest

from bot.errors import NotifyFailure, QuestionsFailure
from bot.settings import Notify
from bot.watching import questions as questions_module
from bot.watching.atom import atom_feed
from bot.watching.notify import mail_of, send
from bot.watching.question_watch import QuestionWatch
from bot.watching.questions import QuestionStore
from tests.fakes.running import ROOT
from tests.fakes.standing import CountingBot, answer_of
from tests.fakes.web_server import Request, serve

QUESTION = "How many people were evacuated?"


class Desk:
    """A store, a bot whose answer a test sets, and what watches it."""

    def __init__(self, folder: Path, notify: Notify | None = None) -> None:
        self.file = folder / "generation"
        self.store = QuestionStore(folder / "questions.sqlite")
        self.said: list[str] = []
        bot: Any = CountingBot(self.file)
        self.watch = QuestionWatch(self.store, lambda: bot, notify or Notify(), self.said.append)
        self.store.add(QUESTION)

    def becomes(self, number: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(str(number))
        new.replace(self.file)

    def told(self) -> list[tuple[str, str]]:
        """Return the old and the new short answer of each change, the earliest first."""
        return [
            (one.old["short_answer"], one.new["short_answer"])
            for one in reversed(self.store.changes())
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_change_is_kept_with_both_quotes(desk: Desk) -> None:
    for number in (12, 12, 14):
        desk.becomes(number)
        desk.watch.ask()
        desk.watch.ask()
    [change] = desk.store.changes()
    told = change.to_dict()
    assert told["question"] == QUESTION
    assert told["old"]["quotes"][0]["quote"] == "In all, 12 people were evacuated."
    assert told["new"]["quotes"][0]["quote"] == "In all, 14 people were evacuated."


def test_hundred_changes_with_kills_are_told_once_each(tmp_path: Path) -> None:
    """The process that asks is killed again and again, at any moment, and another one starts."""
    received: list[str] = []

    def take(request: Request) -> None:
        received.append(json.loads(request.body)["id"])
        request.respond("")

    with serve() as web:
        web.answers["/hook"] = take
        desk = Desk(tmp_path, Notify(webhook=f"{web.at}/hook"))
        desk.becomes(0)
        desk.watch.ask()
        command = [sys.executable, "-m", "tests.fakes.standing", str(tmp_path), f"{web.at}/hook"]
        process = subprocess.Popen(command, cwd=ROOT)
        chance = random.Random(7)
        kills = set(chance.sample(range(1, 101), 6))
        try:
            for number in range(1, 101):
                desk.becomes(number)
                if number in kills:
                    time.sleep(chance.random() * 0.02)
                    process.kill()
                    process.wait()
                    process = subprocess.Popen(command, cwd=ROOT)
                wait_until(lambda number=number: len(desk.store.changes()) == number)
        finally:
            process.kill()
            process.wait()
        assert desk.told() == [(f"{n} people", f"{n + 1} people") for n in range(100)]
        # What a killed process had claimed is told once its claim has lapsed.
        questions_module._CLAIM, kept = 0.0, questions_module._CLAIM
        try:
            desk.watch.ask()
        finally:
            questions_module._CLAIM = kept
    assert set(received) == {change.id for change in desk.store.changes()}
    assert len(received) <= 100 + len(kills), "again only where the one who told was killed"


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_kill_between_answer_and_change_loses_neither(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.becomes(1)
    desk.watch.ask()
    desk.becomes(2)

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("uuid.uuid4", killed)
        desk.watch.ask()
    assert desk.told() == []
    desk.watch.ask()
    assert desk.told() == [("1 people", "2 people")]


def test_two_who_ask_at_once_write_one_change(desk: Desk) -> None:
    desk.becomes(1)
    desk.watch.ask()
    for number in range(2, 12):
        desk.becomes(number)
        threads = [threading.Thread(target=desk.watch.ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(desk.told()) == 10


def test_drifting_wording_is_compared_with_what_was_told(desk: Desk) -> None:
    [question] = desk.store.all()
    first = answer_of(5)
    desk.store.settle(question, "a", first)
    [question] = desk.store.all()
    reworded = answer_of(5).to_dict() | {"short_answer": "five people"}
    assert question.answer["short_answer"] == "5 people"

    class Reworded:
        def to_dict(self) -> dict[str, Any]:
            return reworded

    other: Any = Reworded()
    assert not desk.store.settle(question, "b", other)
    [question] = desk.store.all()
    assert (question.generation, question.answer["short_answer"]) == ("b", "5 people")


def test_question_is_kept_once_with_its_filters(desk: Desk) -> None:
    assert desk.store.add(f"  {QUESTION} ") == 1
    assert desk.store.add(QUESTION, {"since": date(2024, 5, 1), "source": ["Post"]}) == 2
    assert desk.store.all()[1].filters == {"since": "2024-05-01", "source": ["Post"]}
    desk.store.remove(QUESTION)
    assert desk.store.all() == []
    for unknown in (1, "What?"):
        with pytest.raises(QuestionsFailure, match="no standing question"):
            desk.store.remove(unknown)
    for text in ("", " \n", "x" * 2_001):
        with pytest.raises(QuestionsFailure):
            desk.store.add(text)


def test_removed_question_is_not_brought_back(desk: Desk) -> None:
    [question] = desk.store.all()
    desk.store.remove(question.number)
    assert not desk.store.settle(question, "a", answer_of(1))
    assert (desk.store.all(), desk.store.changes()) == ([], [])


def test_nothing_is_sent_unless_set(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpx.Client", None)
    monkeypatch.setattr("smtplib.SMTP", None)
    for number in (1, 2):
        desk.becomes(number)
        desk.watch.ask()
    assert (len(desk.told()), desk.said) == (1, [])


def test_webhook_that_fails_is_told_again_later(tmp_path: Path) -> None:
    with serve() as web:
        desk = Desk(tmp_path, Notify(webhook=f"{web.at}/secret"))
        web.answers["/secret"] = lambda request: request.send_error(500)
        for number in (1, 2):
            desk.becomes(number)
            desk.watch.ask()
        assert desk.said == ["http://127.0.0.1/…: answered 500"]
        [change] = desk.store.changes()
        with pytest.raises(NotifyFailure):
            send(change, Notify(webhook=f"{web.at}/secret"))
        assert [path for path, _ in web.requests] == ["/secret", "/secret"]


class MailServer(socketserver.StreamRequestHandler):
    """Takes one mail a connection into ``server.taken``."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append(mail.decode())  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 done\r\n")


def test_change_is_mailed_once(tmp_path: Path) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), MailServer) as server:
        server.taken = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at = f"smtp://127.0.0.1:{server.server_address[1]}"
        desk = Desk(tmp_path, Notify("", at, "a@b.example", ("c@d.example", "e@f.example")))
        for number in (1, 2, 2):
            desk.becomes(number)
            desk.watch.ask()
        server.shutdown()
        [mail] = server.taken  # type: ignore[attr-defined]
    assert desk.said == []
    assert "To: c@d.example, e@f.example" in mail and "In all, 2 people were evacuated." in mail


def test_mail_has_both_quotes_and_no_header_of_a_question(desk: Desk) -> None:
    desk.store.add("How many?\r\nBcc: everyone@example.org")
    for number in (1, 2):
        desk.becomes(number)
        desk.watch.ask()
    notify = Notify(smtp="smtp://localhost", mail_from="a@b.example", mail_to=("c@d.example",))
    for change in desk.store.changes():
        mail = mail_of(change, notify)
        assert mail["Bcc"] is None and change.id in mail["Message-ID"]
        assert "In all, 1 people" in mail.get_content()
        assert "In all, 2 people" in mail.get_content()
    with pytest.raises(NotifyFailure, match="mail_from or mail_to"):
        send(change, Notify(smtp="smtp://localhost"))
    with pytest.raises(NotifyFailure, match=r"smtp://…@.*not taken|smtp://.*not taken"):
        send(change, Notify("", "smtp://ann:SECRET@127.0.0.1:9", "a@b.example", ("c@d.example",)))


@pytest.mark.parametrize(
    "server",
    ["smtp://[SECRET", "smtp://ann:SECRET/x@mail.example", "http://x", "SECRET", "smtp://"],
)
def test_mail_server_that_is_none_is_refused_unshown(desk: Desk, server: str) -> None:
    for number in (1, 2):
        desk.becomes(number)
        desk.watch.ask()
    [change] = desk.store.changes()
    with pytest.raises(NotifyFailure, match=r"write it as smtp://HOST") as caught:
        send(change, Notify(smtp=server, mail_from="a@b.example", mail_to=("c@d.example",)))
    assert "ann" not in str(caught.value)


def test_atom_feed_is_read_by_another_program(desk: Desk) -> None:
    desk.store.add("Is <b>x</b> & \x00\x1b so?")
    for number in (1, 2, 3):
        desk.becomes(number)
        desk.watch.ask()
    changes = desk.store.changes()
    read = feedparser.parse(atom_feed(changes, "index", "http://127.0.0.1/questions.atom"))
    assert not read.bozo and read.version == "atom10"
    assert [entry.id for entry in read.entries] == [f"urn:uuid:{one.id}" for one in changes]
    assert "In all, 3 people were evacuated." in read.entries[0].content[0].value
    assert read.feed.updated == changes[0].at
    assert feedparser.parse(atom_feed([], "index", "http://127.0.0.1/")).bozo == 0
