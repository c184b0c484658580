"""Contributions of the index behind the answers: names, order, and what happens to what is left over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.contributions import Contributions, safe_name
from bot.chat.limits import Limits
from bot.errors import Refused
from bot.newsbot import NewsBot
from index.errors import IndexFailure
from tests.bot.chat.served import copied

if TYPE_CHECKING:
    from index.embedder import Embedder

DIGEST = "0123456789abcdef"


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


@pytest.fixture
def bot(samples_index: Path, embedder: Embedder, tmp_path: Path) -> NewsBot:
    return copied(samples_index, tmp_path / "index", embedder)


@pytest.fixture
def changes(bot: NewsBot, uploads: Path) -> Iterator[Contributions]:
    made = Contributions(bot, Limits(changes_waiting=2), uploads)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("flood.txt", "flood-01234567.txt"),
        ("flood.txt.gz", "flood-01234567.txt.gz"),
        ("../../etc/passwd", "passwd-01234567"),
        ("..\\x.html", "x-01234567.html"),
        (".hidden.md", "hidden-01234567.md"),
        ("", "article-01234567"),
        ("..", "article-01234567"),
        ("<b onload=x>.txt", "b onload-x-01234567.txt"),
        ("a\u202etxt.exe", "a-txt-01234567.exe"),
        ("Überschwemmung.txt", "Überschwemmung-01234567.txt"),
    ],
)
def test_a_name_becomes_one_plain_part_of_a_path(name: str, safe: str) -> None:
    assert safe_name(name, DIGEST) == safe


@given(st.text())
def test_any_name_becomes_one_plain_part_of_a_path(name: str) -> None:
    safe = safe_name(name, DIGEST)
    assert Path(safe).name == safe and not safe.startswith(".") and safe.isprintable()
    assert "-01234567" in safe and len(safe.encode()) <= 120


def test_what_does_not_lie_in_the_folder_of_uploads_is_not_read(
    changes: Contributions, uploads: Path, tmp_path: Path
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
        with pytest.raises(Refused, match="^not an uploaded file"):
            changes.add([str(path)])
    assert secret.exists()


def test_two_files_of_one_name_are_two_articles_and_neither_takes_a_sample_s_place(
    changes: Contributions, bot: NewsBot, uploads: Path
) -> None:
    before = {article.id: article.text for article in bot.articles()}
    name = next(one for one in before if one.endswith(".txt"))
    for number in (1, 2):
        path = uploads / str(number) / name
        path.parent.mkdir()
        path.write_text(f"Report {number}\n\nThe lighthouse of Corrie has {number} keepers.")
        assert changes.add([str(path)]).result().added == 1
        assert not path.exists(), "an upload is gone once it is taken"
    after = {article.id: article.text for article in bot.articles()}
    assert before.items() <= after.items() and len(after) == len(before) + 2


def test_changes_are_made_one_after_the_other_and_only_so_many_wait(
    changes: Contributions, bot: NewsBot
) -> None:
    begin = threading.Event()
    held = changes._worker.submit(begin.wait)
    waiting = [changes.add(text=f"The ferry carried {n} goats.") for n in range(3)]
    with pytest.raises(Refused, match="^2 changes wait already"):
        changes.add(text="one more")
    assert (changes.progress().running, changes.progress().waiting) == (True, 2)
    begin.set()
    held.result()
    generations = [future.result().generation for future in waiting]
    assert len(set(generations)) == 3
    assert changes.progress().running is False
    assert changes.add(text="The ferry carried 9 goats.").result().added == 1
    assert bot.status().generation not in generations


def test_a_change_that_fails_is_told_and_the_next_one_goes_on(changes: Contributions) -> None:
    with pytest.raises(IndexFailure, match="no article 'none'"):
        changes.remove(["none"]).result()
    assert changes.add(text="The mill of Ardle was sold.").result().added == 1


def test_a_server_that_closes_takes_no_more(changes: Contributions) -> None:
    changes.close()
    with pytest.raises(Refused, match="closing"):
        changes.add(text="too late")
