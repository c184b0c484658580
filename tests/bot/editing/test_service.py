"""Articles that visitors add and remove: what is taken, kept and refused, in which order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.access.rate_limits import ServerLimits
from bot.chat.html.progress import progress_html
from bot.editing.jobs import Job
from bot.editing.service import EditingService
from bot.errors import RequestRefused
from bot.newsbot import NewsBot
from index.builder import BuildReport
from index.errors import IndexFailure
from tests.fakes.parsed_html import ParsedHtml
from tests.fakes.served import copied

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder


@pytest.fixture
def received(tmp_path: Path) -> Path:
    folder = tmp_path / "received"
    folder.mkdir()
    return folder


@pytest.fixture
def bot(samples_index: Path, embedder: Embedder, tmp_path: Path) -> NewsBot:
    return copied(samples_index, tmp_path / "index", embedder)


@pytest.fixture
def editing(bot: NewsBot, received: Path) -> Iterator[EditingService]:
    made = EditingService(bot, ServerLimits(changes_waiting=2), received)
    yield made
    made.close()


def test_only_files_in_the_folder_of_uploads_are_read(
    editing: EditingService, received: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The secret of the quokka is 512.")
    (received / "link.txt").symlink_to(secret)
    (received / "folder").symlink_to(tmp_path)
    for path in (
        secret,
        received / "link.txt",
        received / "folder" / "secret.txt",
        received / ".." / "secret.txt",
        received,
        "",
        "\0",
        "/",
        f"{received}-beside/x.txt",
    ):
        with pytest.raises(RequestRefused, match="^not an uploaded file"):
            editing.add([str(path)])
    assert secret.exists()


def test_files_of_one_name_are_articles_of_their_own(
    editing: EditingService, bot: NewsBot, received: Path
) -> None:
    before = {article.id: article.text for article in bot.articles()}
    name = next(one for one in before if one.endswith(".txt"))
    for number in (1, 2):
        path = received / str(number) / name
        path.parent.mkdir()
        path.write_text(f"Report {number}\n\nThe lighthouse of Corrie has {number} keepers.")
        assert editing.add([str(path)]).outcome.result().added == 1
        assert not path.exists(), "an upload is gone once it is taken"
    after = {article.id: article.text for article in bot.articles()}
    assert before.items() <= after.items() and len(after) == len(before) + 2


def hold(editing: EditingService) -> threading.Event:
    """Start a job that runs until the event is set."""
    go = threading.Event()

    def work(job: Job) -> BuildReport:
        go.wait(60)
        return BuildReport()

    editing.jobs.start("Waiting", work)
    return go


def test_jobs_run_in_turn_and_one_too_many_is_refused(editing: EditingService) -> None:
    go = hold(editing)
    waiting = [editing.add(text=f"The ferry carried {n} goats.") for n in range(2)]
    with pytest.raises(RequestRefused, match="^2 changes wait already"):
        editing.add(text="one more")
    go.set()
    generations = [job.outcome.result().generation for job in waiting]
    assert len(set(generations)) == 2
    with pytest.raises(IndexFailure, match="no article 'none'"):
        editing.remove(["none"]).outcome.result()
    assert editing.add(text="The ferry carried 9 goats.").outcome.result().added == 1


def test_added_file_is_kept_and_answers_the_next_question(
    editing: EditingService, bot: NewsBot, received: Path, tmp_path: Path
) -> None:
    text = "Quokka census\n\nThe quokka census counted 512 animals on the island.\n"
    (received / "quokka.txt").write_text(text)
    job = editing.add([str(received / "quokka.txt")])
    assert job.outcome.result().added == 1
    (kept,) = (tmp_path / "index-originals").iterdir()
    assert kept.read_text() == text
    assert bot.answer("How many animals did the quokka census count?").short_answer == "512"
    assert bot.article(kept.name).title == "Quokka census"
    editing.remove([kept.name]).outcome.result()
    assert kept.exists()


def test_pasted_text_becomes_an_article_with_its_date(
    editing: EditingService, bot: NewsBot
) -> None:
    text = "The quokka census counted 512 animals."
    job = editing.add(text=text, title="Quokkas", source="Post", published="2024-05-31")
    job.outcome.result()
    (article,) = [one for one in bot.articles() if one.title == "Quokkas"]
    assert (article.source, (article.published or "")[:10]) == ("Post", "2024-05-31")


def test_unreadable_files_are_named_with_their_causes(
    editing: EditingService, received: Path, tmp_path: Path
) -> None:
    (received / "empty.txt").write_text("")
    (received / "<b>photo.png").write_bytes(b"\x89PNG")
    job = editing.add([str(file) for file in sorted(received.iterdir())])
    assert job.outcome.result().added == 0
    seen = ParsedHtml(progress_html(job))
    assert "b" not in seen.tags
    assert "empty-" in seen.text and ".txt: empty" in seen.text
    assert "b-photo-" in seen.text
    assert str(tmp_path) not in seen.text


def test_address_of_this_machine_is_not_fetched(editing: EditingService) -> None:
    job = editing.add(addresses=["http://127.0.0.1:9/x.html"])
    report = job.outcome.result()
    assert report.added == 0 and len(report.failures) == 1
    assert "http://127.0.0.1:9/x.html" in ParsedHtml(progress_html(job)).text


def kept_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "index-originals").iterdir())


def test_job_that_publishes_nothing_leaves_no_upload(
    editing: EditingService, received: Path, tmp_path: Path
) -> None:
    go = hold(editing)
    (received / "story.txt").write_text("Story\n\nThe mill of Ardle was sold for 90 coins.\n")
    stopped = editing.add([str(received / "story.txt")])
    shared = editing.add(text="The ferry carried 9 goats.")
    assert len([name for name in kept_in(tmp_path) if not name.startswith(".")]) == 2
    editing.jobs.stop(stopped.number)
    go.set()
    with pytest.raises(RequestRefused, match="stopped"):
        stopped.outcome.result(60)
    assert shared.outcome.result(60).added == 1
    (received / "broken.pdf").write_bytes(b"no PDF at all")
    broken = editing.add([str(received / "broken.pdf")]).outcome.result(60)
    assert broken.failures and not broken.published
    (only,) = kept_in(tmp_path)
    assert only.startswith("pasted-")
    again = editing.add(text="The ferry carried 9 goats.").outcome.result(60)
    assert again.unchanged == 1 and kept_in(tmp_path) == [only]


def test_upload_that_exceeds_the_room_is_refused_and_stays(
    bot: NewsBot, received: Path, tmp_path: Path
) -> None:
    editing = EditingService(bot, ServerLimits(originals_bytes=100), received)
    (received / "story.txt").write_text("x" * 101)
    with pytest.raises(RequestRefused, match="--originals-gb"):
        editing.add([str(received / "story.txt")])
    assert (received / "story.txt").exists() and kept_in(tmp_path) == []
    assert editing.jobs.current is None
    editing.close()
    with pytest.raises(RequestRefused, match="closing"):
        editing.add(text="Short.")
    assert kept_in(tmp_path) == []
