"""Changing the index from the page: followed, stopped, one at a time, with the real builder."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.chat.changes import Change, ChangeBusy, Changes
from bot.chat.progress import progress_html
from bot.newsbot import NewsBot
from index.builder import BuildReport
from tests.bot.chat.seen import Seen

if TYPE_CHECKING:
    from index.embedder import Embedder


@pytest.fixture
def own(tmp_path: Path, samples_index: Path, embedder: Embedder) -> Iterator[NewsBot]:
    """A bot over an index that a test may change."""
    shutil.copytree(samples_index, tmp_path / "index")
    yield NewsBot(tmp_path / "index", embedder=embedder)


def done(change: Change) -> BuildReport:
    assert change.wait(60)
    assert change.problem is None
    assert change.report is not None
    return change.report


def test_files_are_kept_indexed_and_asked_at_the_next_question(
    own: NewsBot, tmp_path: Path
) -> None:
    before = own.status().articles
    file = tmp_path / "quokka.txt"
    file.write_text("Quokka census\n\nThe quokka census counted 512 animals on the island.\n")
    report = done(Changes(own).add_files([file]))
    assert (report.added, own.status().articles) == (1, before + 1)
    assert (tmp_path / "index-originals" / "quokka.txt").read_text() == file.read_text()
    assert own.answer("How many animals did the quokka census count?").short_answer == "512"
    assert own.article("quokka.txt").title == "Quokka census"


def test_pasted_text_becomes_an_article_with_its_date(own: NewsBot) -> None:
    change = Changes(own).add_text(
        "The quokka census counted 512 animals.", "Quokkas", "Post", "2024-05-31", ""
    )
    done(change)
    (article,) = [one for one in own.articles() if one.title == "Quokkas"]
    assert (article.source, (article.published or "")[:10]) == ("Post", "2024-05-31")


def test_what_cannot_be_read_is_named_with_its_cause(own: NewsBot, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "<b>photo.png").write_bytes(b"\x89PNG")
    change = Changes(own).add_files([tmp_path / "empty.txt", tmp_path / "<b>photo.png"])
    assert done(change).added == 0
    seen = Seen(progress_html(change))
    assert "b" not in seen.tags
    assert "empty.txt: empty" in seen.text
    assert "_b_photo.png" in seen.text
    assert str(tmp_path) not in seen.text


def test_an_article_is_removed_and_its_original_stays(own: NewsBot) -> None:
    before = own.status().articles
    assert done(Changes(own).remove(["baghdad-embassy.txt"])).removed == 1
    assert own.status().articles == before - 1


def test_what_fails_is_told_in_one_line(own: NewsBot) -> None:
    change = Changes(own).remove(["no such article"])
    assert change.wait(60)
    assert "no article 'no such article'" in (change.problem or "")
    assert "no such article" in Seen(progress_html(change)).text


def test_an_address_of_this_machine_is_not_fetched(own: NewsBot) -> None:
    change = Changes(own).add_addresses(["http://127.0.0.1:9/x.html"])
    report = done(change)
    assert report.added == 0 and len(report.failures) == 1
    assert "http://127.0.0.1:9/x.html" in Seen(progress_html(change)).text


def test_a_change_can_be_stopped_and_then_nothing_has_changed(own: NewsBot, tmp_path: Path) -> None:
    files = []
    for number in range(3):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_text(f"Title {number}\n\nThe text of article {number} is short.\n")
    changes, generation = Changes(own), own.status().generation
    change = Change("Adding")
    change.stop()
    from index.builder import build_index

    change.run(lambda told: build_index(files, own.index, progress=told))
    assert change.is_stopped and change.is_finished and change.report is None
    assert own.status().generation == generation
    assert "Nothing was changed" in Seen(progress_html(change)).text
    assert done(changes.add_files(files)).added == 3


def test_only_one_change_goes_on_at_a_time(own: NewsBot) -> None:
    changes, hold = Changes(own), threading.Event()

    def slow(change: Change) -> BuildReport:
        hold.wait(60)
        return BuildReport()

    first = changes._start("Adding 2 files", slow)
    with pytest.raises(ChangeBusy, match="Adding 2 files is still going on"):
        changes.remove(["baghdad-embassy.txt"])
    hold.set()
    done(first)
    assert done(changes.remove(["baghdad-embassy.txt"])).removed == 1


def test_progress_is_shown_step_by_step() -> None:
    change = Change("Adding 3 files")
    assert "getting ready" in Seen(progress_html(change)).text
    change.files(1, 3, "<img src=x>.txt")
    seen = Seen(progress_html(change))
    assert "img" not in seen.tags and "<img src=x>.txt" in seen.text
    assert "reading 1 of 3" in seen.text
    change.passages(7, 9)
    assert ("value", "7") in Seen(progress_html(change)).attributes
