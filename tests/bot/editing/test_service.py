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
from tests.fakes.seen import Seen
from tests.fakes.served import copied

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


@pytest.fixture
def bot(samples_index: Path, embedder: Embedder, tmp_path: Path) -> NewsBot:
    return copied(samples_index, tmp_path / "index", embedder)


@pytest.fixture
def contributions(bot: NewsBot, uploads: Path) -> Iterator[EditingService]:
    made = EditingService(bot, ServerLimits(changes_waiting=2), uploads)
    yield made
    made.close()


def test_what_does_not_lie_in_the_folder_of_uploads_is_not_read(
    contributions: EditingService, uploads: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The secret of the quokka is 512.")
    (uploads / "link.txt").symlink_to(secret)
    (uploads / "folder").symlink_to(tmp_path)
    for path in (
        secret,
        uploads / "link.txt",
        uploads / "folder" / "secret.txt",
        uploads / ".." / "secret.txt",
        uploads,
        "",
        "\0",
        "/",
        f"{uploads}-beside/x.txt",
    ):
        with pytest.raises(RequestRefused, match="^not an uploaded file"):
            contributions.add([str(path)])
    assert secret.exists()


def test_two_files_of_one_name_are_two_articles_and_neither_takes_a_sample_s_place(
    contributions: EditingService, bot: NewsBot, uploads: Path
) -> None:
    before = {article.id: article.text for article in bot.articles()}
    name = next(one for one in before if one.endswith(".txt"))
    for number in (1, 2):
        path = uploads / str(number) / name
        path.parent.mkdir()
        path.write_text(f"Report {number}\n\nThe lighthouse of Corrie has {number} keepers.")
        assert contributions.add([str(path)]).outcome.result().added == 1
        assert not path.exists(), "an upload is gone once it is taken"
    after = {article.id: article.text for article in bot.articles()}
    assert before.items() <= after.items() and len(after) == len(before) + 2


def test_changes_are_made_one_after_the_other_and_only_so_many_wait(
    contributions: EditingService, bot: NewsBot
) -> None:
    begin = threading.Event()

    def hold(change: Job) -> BuildReport:
        begin.wait(60)
        return BuildReport()

    held = contributions.changes.start("Waiting", hold)
    waiting = [contributions.add(text=f"The ferry carried {n} goats.") for n in range(2)]
    with pytest.raises(RequestRefused, match="^2 changes wait already"):
        contributions.add(text="one more")
    assert (contributions.changes.progress().running, contributions.changes.progress().waiting) == (
        True,
        2,
    )
    begin.set()
    held.outcome.result()
    generations = [change.outcome.result().generation for change in waiting]
    assert len(set(generations)) == 2
    assert contributions.changes.progress().running is False
    assert contributions.add(text="The ferry carried 9 goats.").outcome.result().added == 1
    assert bot.status().generation not in generations


def test_a_change_that_fails_is_told_and_the_next_one_goes_on(
    contributions: EditingService,
) -> None:
    with pytest.raises(IndexFailure, match="no article 'none'"):
        contributions.remove(["none"]).outcome.result()
    assert contributions.add(text="The mill of Ardle was sold.").outcome.result().added == 1


def test_a_server_that_closes_takes_no_more(contributions: EditingService) -> None:
    contributions.close()
    with pytest.raises(RequestRefused, match="closing"):
        contributions.add(text="too late")


def test_what_is_added_is_kept_and_asked_at_the_next_question(
    contributions: EditingService, bot: NewsBot, uploads: Path, tmp_path: Path
) -> None:
    text = "Quokka census\n\nThe quokka census counted 512 animals on the island.\n"
    (uploads / "quokka.txt").write_text(text)
    change = contributions.add([str(uploads / "quokka.txt")])
    assert change.outcome.result().added == 1
    (kept,) = (tmp_path / "index-originals").iterdir()
    assert kept.read_text() == text
    assert bot.answer("How many animals did the quokka census count?").short_answer == "512"
    assert bot.article(kept.name).title == "Quokka census"
    contributions.remove([kept.name]).outcome.result()
    assert kept.exists()


def test_pasted_text_becomes_an_article_with_its_date(
    contributions: EditingService, bot: NewsBot
) -> None:
    text = "The quokka census counted 512 animals."
    change = contributions.add(text=text, title="Quokkas", source="Post", published="2024-05-31")
    change.outcome.result()
    (article,) = [one for one in bot.articles() if one.title == "Quokkas"]
    assert (article.source, (article.published or "")[:10]) == ("Post", "2024-05-31")


def test_what_cannot_be_read_is_named_with_its_cause(
    contributions: EditingService, uploads: Path, tmp_path: Path
) -> None:
    (uploads / "empty.txt").write_text("")
    (uploads / "<b>photo.png").write_bytes(b"\x89PNG")
    change = contributions.add([str(file) for file in sorted(uploads.iterdir())])
    assert change.outcome.result().added == 0
    seen = Seen(progress_html(change))
    assert "b" not in seen.tags
    assert "empty-" in seen.text and ".txt: empty" in seen.text
    assert "b-photo-" in seen.text
    assert str(tmp_path) not in seen.text


def test_an_address_of_this_machine_is_not_fetched(contributions: EditingService) -> None:
    change = contributions.add(addresses=["http://127.0.0.1:9/x.html"])
    report = change.outcome.result()
    assert report.added == 0 and len(report.failures) == 1
    assert "http://127.0.0.1:9/x.html" in Seen(progress_html(change)).text


def kept_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "index-originals").iterdir())


def test_a_change_that_is_stopped_or_published_nothing_leaves_no_original(
    contributions: EditingService, uploads: Path, tmp_path: Path
) -> None:
    begin = threading.Event()

    def hold(change: Job) -> BuildReport:
        begin.wait(60)
        return BuildReport()

    contributions.changes.start("Waiting", hold)
    (uploads / "story.txt").write_text("Story\n\nThe mill of Ardle was sold for 90 coins.\n")
    stopped = contributions.add([str(uploads / "story.txt")])
    shared = contributions.add(text="The ferry carried 9 goats.")
    assert len([name for name in kept_in(tmp_path) if not name.startswith(".")]) == 2
    contributions.changes.stop(stopped.number)
    begin.set()
    with pytest.raises(RequestRefused, match="stopped"):
        stopped.outcome.result(60)
    assert shared.outcome.result(60).added == 1
    (uploads / "broken.pdf").write_bytes(b"no PDF at all")
    broken = contributions.add([str(uploads / "broken.pdf")]).outcome.result(60)
    assert broken.failures and not broken.published
    (only,) = kept_in(tmp_path)
    assert only.startswith("pasted-")
    again = contributions.add(text="The ferry carried 9 goats.").outcome.result(60)
    assert again.unchanged == 1 and kept_in(tmp_path) == [only]


def test_what_would_take_too_much_room_is_refused_and_the_upload_stays(
    bot: NewsBot, uploads: Path, tmp_path: Path
) -> None:
    contributions = EditingService(bot, ServerLimits(originals_bytes=100), uploads)
    (uploads / "story.txt").write_text("x" * 101)
    with pytest.raises(RequestRefused, match="--originals-gb"):
        contributions.add([str(uploads / "story.txt")])
    assert (uploads / "story.txt").exists() and kept_in(tmp_path) == []
    assert contributions.changes.current is None
    contributions.close()
    with pytest.raises(RequestRefused, match="closing"):
        contributions.add(text="Short.")
    assert kept_in(tmp_path) == []
