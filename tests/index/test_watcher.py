"""A watch over folders: what comes is indexed once, when it is whole, whatever goes wrong."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.errors import NewsbotError
from index import watcher
from index.builder import BuildReport, build_index
from index.errors import EmbedderFailure, IndexBusy, WatchFailure
from index.watcher import FolderWatch, UnreadableFiles, WatchRound
from index.writer import BuildProgress
from tests.fakes.embedder import HashedEmbedder
from tests.index.test_builder_partial import held


class Away:
    """Takes a folder away while the first file is read, as a share that is gone for a moment."""

    def __init__(self, folder: Path, elsewhere: Path) -> None:
        self.folder, self.elsewhere, self.times = folder, elsewhere, 1

    def files(self, done: int, total: int, name: str) -> None:
        if done == 1 and self.times > 0:
            self.times -= 1
            self.folder.rename(self.elsewhere)
        elif done == total and self.elsewhere.exists():
            self.elsewhere.rename(self.folder)

    def passages(self, done: int, total: int) -> None:
        pass

    def articles(self, done: int, total: int) -> None:
        pass


class Watched:
    """A folder, its index, and the watch over it in a thread of its own."""

    def __init__(self, root: Path) -> None:
        self.folder, self.index = root / "articles", root / "index"
        self.folder.mkdir()
        self.rounds: list[WatchRound] = []
        self.reports: list[BuildReport] = []
        self.complaints: list[str] = []
        self.failing: list[NewsbotError] = []
        self.failed = 0
        self.progress: BuildProgress | None = None
        self.stop = threading.Event()
        self.ended: BaseException | None = None
        self._thread: threading.Thread | None = None

    def begin(self, *, prune: bool = False, quiet: float = 0.2) -> FolderWatch:
        watch = FolderWatch(
            [self.folder],
            self.index,
            self._carry_out,
            self.complaints.append,
            prune=prune,
            stop=self.stop,
            quiet=quiet,
        )

        def run() -> None:
            try:
                watch.run()
            except NewsbotError as error:
                self.ended = error

        self._thread = threading.Thread(target=run)
        self._thread.start()
        return watch

    def end(self) -> None:
        self.stop.set()
        if self._thread is not None:
            self._thread.join(60)
            assert not self._thread.is_alive()

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def holds(self, **articles: str) -> None:
        """Wait until a round is over and the index holds exactly these."""
        wanted = {f"{name}.txt": text for name, text in articles.items()}
        until(lambda: bool(self.reports) and self.resting and held(self.index) == wanted)

    @property
    def resting(self) -> bool:
        return len(self.rounds) == len(self.reports) + self.failed

    def _carry_out(self, what: WatchRound) -> BuildReport:
        self.rounds.append(what)
        if self.failing:
            self.failed += 1
            raise self.failing.pop(0)
        report = build_index(
            [self.folder],
            self.index,
            embedder=HashedEmbedder(),
            prune=what.prune,
            only=what.only,
            progress=self.progress,
        )
        self.reports.append(report)
        return report


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it has not happened within a minute"
        time.sleep(0.05)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.end()


def test_present_files_are_indexed_then_new_and_changed_ones(watched: Watched) -> None:
    watched.write("a.txt", "About a.")
    watched.write("b.txt", "About b.")
    watch = watched.begin()
    watched.holds(a="About a.", b="About b.")
    watched.write("c.txt", "About c.")
    watched.holds(a="About a.", b="About b.", c="About c.")
    watched.write("a.txt", "More about a.")
    watched.holds(a="More about a.", b="About b.", c="About c.")
    assert [report.files for report in watched.reports] == [2, 1, 1], "others were read again"
    watched.end()
    tally = watch.tally
    assert (tally.rounds, tally.added, tally.replaced, tally.removed) == (3, 3, 1, 0)
    assert watched.ended is None and watched.complaints == []


def test_folder_moved_in_brings_its_files(watched: Watched, tmp_path: Path) -> None:
    watched.begin()
    until(lambda: bool(watched.reports))
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.txt").write_text("About a.")
    (tmp_path / "made").rename(watched.folder / "town")
    watched.holds(**{"town/a": "About a."})


def test_file_replaced_at_the_same_size_and_time_is_read(watched: Watched) -> None:
    path = watched.write("a.txt", "One.")
    watched.begin()
    watched.holds(a="One.")
    status = path.stat()
    other = watched.folder / ".a.txt.tmp"  # as an editor or rsync does it
    other.write_text("Two.")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.rename(path)
    watched.holds(a="Two.")


def test_unfinished_file_waits_and_holds_up_no_other(watched: Watched) -> None:
    watched.begin(quiet=1.0)
    until(lambda: bool(watched.reports))
    path = watched.folder / "long.txt"
    with open(path, "w", encoding="utf-8") as file:

        def goes_on() -> bool:
            file.write("One of many sentences.\n")
            file.flush()
            return "short.txt" in held(watched.index)

        assert not goes_on()
        watched.write("short.txt", "About it.")
        until(goes_on)  # writes twenty times a second, until the other file is in
        assert "long.txt" not in held(watched.index)
        file.write("The last sentence.")
    until(lambda: "long.txt" in held(watched.index))
    assert held(watched.index)["long.txt"].endswith("The last sentence.")
    assert sum(str(path) in one.only for one in watched.rounds) == 1


def test_burst_of_files_is_one_round_or_two(watched: Watched) -> None:
    watched.begin(quiet=0.5)
    until(lambda: bool(watched.reports))
    for number in range(40):
        watched.write(f"{number}.txt", f"About {number}.")
    watched.holds(**{str(number): f"About {number}." for number in range(40)})
    assert len(watched.reports) <= 3


def test_temporary_names_of_editors_are_not_read(watched: Watched) -> None:
    for name in (".a.txt.swp", "a.txt.part", "a.html.crdownload", "a.txt~", "~$a.txt", "#a.txt#"):
        watched.write(name, "Half of it.")
    watched.write("b.txt", "About b.")
    watched.begin()
    watched.holds(b="About b.")
    assert [round.only for round in watched.rounds] == [{str(watched.folder / "b.txt")}]


def test_failed_round_is_told_once_and_tried_again(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "LOOK_AGAIN_SECONDS", 1)
    watched.failing = [IndexBusy("x: busy"), IndexBusy("x: busy")]
    watched.write("a.txt", "About a.")
    watched.begin()
    watched.holds(a="About a.")
    assert watched.complaints == ["x: busy"]
    assert len(watched.rounds) == 3


def test_lasting_failure_ends_the_watch(watched: Watched) -> None:
    watched.failing = [EmbedderFailure("no such model")]
    watched.begin()
    until(lambda: watched.ended is not None)
    assert str(watched.ended) == "no such model"
    assert watched.complaints == []


def test_files_are_found_without_notices_of_the_system(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told_once(*_: object, **__: object) -> Iterator[set[object]]:
        yield set()
        raise RuntimeError("error in underlying watcher: OS file watch limit reached")

    monkeypatch.setattr("watchfiles.watch", told_once)
    monkeypatch.setattr(watcher, "LOOK_AGAIN_SECONDS", 1)
    watched.write("a.txt", "About a.")
    watched.begin()
    watched.holds(a="About a.")
    watched.write("b.txt", "About b.")
    watched.holds(a="About a.", b="About b.")
    (complaint,) = watched.complaints
    assert "watch limit" in complaint and "every 1 seconds" in complaint


def test_system_that_cannot_watch_is_one_line(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Iterator[set[object]]:
        raise OSError(28, "inotify watch limit reached")
        yield set()

    monkeypatch.setattr("watchfiles.watch", refuse)
    watched.begin()
    until(lambda: watched.ended is not None)
    assert isinstance(watched.ended, WatchFailure) and "limit reached" in str(watched.ended)


def test_articles_of_deleted_files_stay_without_prune(watched: Watched) -> None:
    for name in ("a", "b"):
        watched.write(f"{name}.txt", f"About {name}.")
    watched.begin()
    watched.holds(a="About a.", b="About b.")
    (watched.folder / "a.txt").unlink()
    watched.write("c.txt", "About c.")
    watched.holds(a="About a.", b="About b.", c="About c.")


def test_articles_go_with_their_files_with_prune(watched: Watched) -> None:
    for name in ("a", "b", "c"):
        watched.write(f"{name}.txt", f"About {name}.")
    build_index([watched.folder], watched.index, embedder=HashedEmbedder())
    (watched.folder / "a.txt").unlink()  # before the watch begins
    watch = watched.begin(prune=True)
    watched.holds(b="About b.", c="About c.")
    (watched.folder / "b.txt").unlink()
    watched.holds(c="About c.")
    watched.end()
    assert watch.tally.removed == 2


def test_with_prune_records_go_out_of_a_rewritten_dump(watched: Watched) -> None:
    lines = [f'{{"id": "{name}", "text": "About {name}."}}' for name in "ab"]
    watched.write("d.jsonl", "\n".join(lines))
    watched.begin(prune=True)
    until(lambda: len(held(watched.index)) == 2)
    watched.write("d.jsonl", lines[1])
    until(lambda: held(watched.index) == {"d.jsonl#b": "About b."})


def test_unreadable_file_is_tried_again(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "LOOK_AGAIN_SECONDS", 1)
    watched.write("a.txt", "About a.")
    file = watched.write("share/b.txt", "About b.")
    watched.progress = Away(file.parent, tmp_path / "away")
    watched.begin(prune=True)
    until(lambda: held(watched.index) == {"a.txt": "About a.", "share/b.txt": "About b."})
    first = watched.reports[0]
    assert [(one.cause, one.later) for one in first.failures] == [
        ("no such file or folder", str(file))
    ]
    assert [report.removed for report in watched.reports] == [0] * len(watched.reports)
    (again,) = watched.rounds[1:]
    assert again.only == {str(file)}, "what had been read was read again"


def test_unreadable_file_is_tried_later_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    refused, pauses = UnreadableFiles(), []
    for _ in range(10):
        refused.note(["/a", "/b"], {"/a"})
        begun = now
        while not refused.due():
            now += 10
        assert refused.due() == {"/a"}
        pauses.append(now - begun)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    refused.note(["/a"], set())
    now += 10_000
    assert refused.due() == set()


def test_suddenly_empty_folder_is_taken_for_a_missing_disk(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "LOOK_AGAIN_SECONDS", 1)
    for name in ("a", "b"):
        watched.write(f"{name}.txt", f"About {name}.")
    watched.begin(prune=True)
    watched.holds(a="About a.", b="About b.")
    watched.folder.rename(tmp_path / "away")
    watched.folder.mkdir()
    until(lambda: len(watched.reports) == 2)
    (failure,) = watched.reports[1].failures
    assert failure.path == str(watched.folder) and "a disk may be missing" in failure.cause
    assert held(watched.index) == {"a.txt": "About a.", "b.txt": "About b."}
    time.sleep(3)
    assert len(watched.reports) == 2, "an empty folder was told of again and again"
    (tmp_path / "away/a.txt").unlink()  # while nobody could see it
    watched.folder.rmdir()
    (tmp_path / "away").rename(watched.folder)
    watched.holds(b="About b.")


def test_article_that_another_file_has_stays_with_prune(watched: Watched) -> None:
    record = '{"text": "About it.", "url": "https://news.example/a"}'
    watched.write("a.json", record)
    watched.write("b.json", record)
    watched.begin(prune=True)
    until(lambda: bool(watched.reports))
    (watched.folder / "b.json").unlink()  # the one that it is known to come from
    until(lambda: len(watched.reports) == 2)
    assert held(watched.index) == {"https://news.example/a": "About it."}


def test_index_below_the_folder_is_no_article(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.index = watched.folder / "index"
    watched.write("a.txt", "About a.")
    watched.begin()
    try:
        watched.holds(a="About a.")
        watched.write("b.txt", "About b.")
        watched.holds(a="About a.", b="About b.")
        time.sleep(2)  # its own writing would be noticed by now
        assert len(watched.rounds) == 2
    finally:
        watched.end()


def test_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    for path in (tmp_path / "a.txt", tmp_path / "absent"):
        with pytest.raises(WatchFailure, match="no such folder"):
            FolderWatch([path], tmp_path / "index", lambda _: BuildReport(), print)
