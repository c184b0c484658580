"""Nothing is lost where writing fails: full disks, read-only folders, two writers, odd folders."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index.builder import build_index, remove_articles
from index.errors import IndexCorrupt, IndexFailure, IndexForeign, IndexMissing
from index.searcher import Searcher
from index.store.layout import current_generation
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.limited_writer import PARTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
Outcomes = list[dict[str, Any]]


def limited(kind: str, folder: Path, *, mounts: bool = False) -> Outcomes:
    """Run writers under limits, with mounts that nobody else sees where they are needed."""
    command = [sys.executable, "-m", "tests.fakes.limited_writer", kind, str(folder)]
    if mounts:
        command = [*_namespace(), *command]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    found: Outcomes = json.loads(done.stdout)
    return found


def _namespace() -> list[str]:
    """The command before one that mounts; skips the test where the machine lets nobody do so."""
    for command in (["unshare", "--mount"], ["unshare", "--mount", "--map-root-user"]):
        trial = [*command, "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
        if shutil.which("unshare") and subprocess.run(trial, capture_output=True).returncode == 0:
            return command
    pytest.skip("this machine lets the tests mount nothing: no mount namespaces")


@pytest.fixture(scope="module")
def small_files(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return limited("small-files", tmp_path_factory.mktemp("small-files"))


@pytest.fixture(scope="module")
def full_disk(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return limited("full-disk", tmp_path_factory.mktemp("full-disk"), mounts=True)


@pytest.fixture(scope="module")
def read_only_mount(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return limited("read-only-mount", tmp_path_factory.mktemp("read-only"), mounts=True)


@pytest.fixture(scope="module")
def other_owner() -> Iterator[Outcomes]:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders let no other user in
        os.chmod(folder, 0o755)
        yield limited("other-owner", Path(folder))
        for path in Path(folder).rglob("*"):
            path.chmod(0o755)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build(tmp_path, "ferry", "The ferry was late.")
    return tmp_path / "index"


def build(folder: Path, name: str, text: str) -> None:
    article = folder / f"{name}.txt"
    article.write_text(f"About it\n\n{text}")
    build_index([article], folder / "index", embedder=HashedEmbedder())


def texts(index: Path) -> dict[str, str]:
    found = Searcher.open(index, HashedEmbedder()).articles()
    return {article.id: article.text for article in found}


def state(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder, to tell whether anything was written."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.suffix != ".lock"
    }


def refuse(index: Path, folder: Path, kind: type[IndexFailure] = IndexFailure) -> list[str]:
    """Ask, build and remove; each must be refused in one line, which is given."""
    (folder / "new.txt").write_text("Something new.")
    works: list[Callable[[], object]] = [
        lambda: Searcher.open(index, HashedEmbedder()),
        lambda: build_index([folder / "new.txt"], index, embedder=HashedEmbedder()),
        lambda: remove_articles(["ferry.txt"], index),
    ]
    messages = []
    for work in works:
        with pytest.raises(kind) as failure:
            work()
        messages.append(str(failure.value))
        assert messages[-1] and "\n" not in messages[-1]
    return messages


@pytest.mark.parametrize("kind", ["small_files", "full_disk"])
def test_writer_without_room_leaves_the_old_state(
    kind: str, request: pytest.FixtureRequest
) -> None:
    outcomes: Outcomes = request.getfixturevalue(kind)
    assert len(outcomes) >= 2 * len(PARTS)
    for outcome in outcomes:
        assert outcome["held"] == ("after" if outcome["error"] is None else "before"), outcome
        assert outcome["again"], "the next writer, with room again, left another state"
        if outcome["error"] is not None:
            assert outcome["error"] == "IndexFailure", outcome["message"]
            assert "\n" not in outcome["message"] and "[(" not in outcome["message"]
            assert len(outcome["message"]) < 400
    failed = [outcome for outcome in outcomes if outcome["error"] is not None]
    assert len(failed) > len(PARTS), "there was room enough for most"
    assert {outcomes[place]["error"] for place in (len(PARTS) - 1, 2 * len(PARTS) - 1)} == {None}


@pytest.mark.parametrize("kind", ["other_owner", "read_only_mount"])
def test_read_only_index_is_searched_and_refuses_writers(
    kind: str, request: pytest.FixtureRequest
) -> None:
    *writers, checked = request.getfixturevalue(kind)
    assert len(writers) == 2
    for writer in writers:
        assert writer["error"] == "IndexFailure" and "\n" not in writer["message"]
        assert writer["message"].endswith(("Permission denied", "Read-only file system"))
    assert checked["error"] is None, "its files cannot be verified"
    assert checked["asked"]


def test_second_of_two_writers_builds_on_the_first(index: Path, tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(HashedEmbedder):
        def embed_passages(
            self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
        ) -> NDArray[np.float32]:
            begun.set()
            assert go_on.wait(60)
            return super().embed_passages(texts, on_batch)

    (tmp_path / "bridge.txt").write_text("The bridge was closed.")
    first = threading.Thread(
        target=lambda: build_index([tmp_path / "bridge.txt"], index, embedder=Slow())
    )
    second = threading.Thread(target=lambda: build(tmp_path, "ferry", "The ferry was early."))
    first.start()
    assert begun.wait(60)
    second.start()
    second.join(0.5)
    assert second.is_alive() and texts(index) == {"ferry.txt": "The ferry was late."}
    go_on.set()
    first.join(60)
    second.join(60)
    assert texts(index) == {
        "bridge.txt": "The bridge was closed.",
        "ferry.txt": "The ferry was early.",
    }


def test_concurrent_processes_lose_nothing_of_each_other(index: Path, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from index.builder import build_index\n"
        "from tests.fakes.embedder import HashedEmbedder\n"
        "build_index(sys.argv[1:2], sys.argv[2], embedder=HashedEmbedder())\n"
    )
    expected = texts(index)
    writers = []
    for number in range(4):
        article = tmp_path / f"paper{number}.txt"
        article.write_text(f"Paper {number} was printed.")
        expected[article.name] = article.read_text()
        command = [sys.executable, "-c", program, str(article), str(index)]
        writers.append(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE))
    for writer in writers:
        told = writer.communicate(timeout=120)[1]
        assert writer.returncode == 0, told
    assert texts(index) == expected


def test_index_of_another_version_is_neither_read_nor_written(index: Path, tmp_path: Path) -> None:
    manifest = current_generation(index) / "manifest.json"
    record = json.loads(manifest.read_text())
    record["format_version"] += 1
    manifest.write_text(json.dumps({**record, "something": "new"}))
    before = state(index)
    for message in refuse(index, tmp_path, IndexForeign):
        assert f"index format {record['format_version']}" in message
    assert state(index) == before


@pytest.mark.parametrize(
    "pointer",
    [
        "",
        "\n",
        "..",
        "../../etc",
        "/etc",
        "generations",
        "00000001-zzzzzzzz",
        "1",
        "é",
        "x" * 9_000,
    ],
)
def test_foreign_pointer_is_neither_followed_nor_written(
    index: Path, tmp_path: Path, pointer: str
) -> None:
    (index / "CURRENT").write_text(pointer)
    before = state(index)
    assert all("CURRENT" in message for message in refuse(index, tmp_path, IndexForeign))
    assert state(index) == before


@pytest.mark.parametrize("kind", ["folder", "circle", "elsewhere", "null", "gone"])
def test_pointer_that_is_no_file_leads_nowhere(index: Path, tmp_path: Path, kind: str) -> None:
    pointer = index / "CURRENT"
    pointer.unlink()
    if kind == "folder":
        pointer.mkdir()
    elif kind == "circle":
        pointer.symlink_to(pointer)
    elif kind == "elsewhere":
        (tmp_path / "secret").write_text("a word that nobody is to see")
        pointer.symlink_to(tmp_path / "secret")
    elif kind == "null":
        pointer.symlink_to("/dev/null")
    else:
        pointer.write_text("00000007-0123abcd\n")
    generations = state(index / "generations")
    for message in refuse(index, tmp_path):
        assert "nobody is to see" not in message
    assert state(index / "generations") == generations


def test_damage_to_any_file_is_found_when_it_is_opened(index: Path) -> None:
    folder = current_generation(index)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert {path.name for path in files} >= {"manifest.json", "dense.faiss", "catalogue.sqlite"}
    for file in files:
        whole = file.read_bytes()
        damaged: list[bytes | None] = [None, whole[:-1]] if whole else [None]
        for place in {0, 1, len(whole) // 3, 2 * len(whole) // 3, len(whole) - 1} if whole else ():
            for bit in (1, 128):
                changed = bytes([whole[place] ^ bit])
                damaged.append(whole[:place] + changed + whole[place + 1 :])
        for content in damaged:
            if content is None:
                file.unlink()
            else:
                file.write_bytes(content)
            with pytest.raises((IndexCorrupt, IndexForeign), match=file.name) as failure:
                Searcher.open(index, HashedEmbedder())
            assert "\n" not in str(failure.value)
        file.write_bytes(whole)
    assert texts(index) == {"ferry.txt": "The ferry was late."}


def test_writer_that_finds_damage_leaves_it_as_it_is(index: Path, tmp_path: Path) -> None:
    file = current_generation(index) / "catalogue.sqlite"
    file.write_bytes(file.read_bytes()[:-1])
    before = state(index)
    for message in refuse(index, tmp_path, IndexCorrupt):
        assert str(file) in message
    assert state(index) == before


def test_folder_without_a_generation_becomes_an_index(tmp_path: Path) -> None:
    (tmp_path / "index" / "generations").mkdir(parents=True)
    with pytest.raises(IndexMissing):
        Searcher.open(tmp_path / "index")
    build(tmp_path, "ferry", "The ferry was late.")
    assert texts(tmp_path / "index") == {"ferry.txt": "The ferry was late."}


def test_flipped_bit_in_the_manifest_is_found(index: Path) -> None:
    file = current_generation(index) / "manifest.json"
    whole = file.read_bytes()
    unseen = []
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            Searcher.open(index, HashedEmbedder())
        except IndexFailure as failure:
            assert "\n" not in str(failure)
        else:
            unseen.append(whole[:place].rpartition(b"\n")[2])
    assert unseen == []


def test_writer_follows_no_link_out_of_the_index_folder(index: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("not to be lost")
    (index / "CURRENT.new").symlink_to(precious)
    build(tmp_path, "ferry", "The ferry was early.")
    assert precious.read_text() == "not to be lost"
    assert not (index / "CURRENT").is_symlink()
    assert texts(index) == {"ferry.txt": "The ferry was early."}


def test_highest_generation_number_stops_no_writer(index: Path, tmp_path: Path) -> None:
    (index / "generations" / "99999999-deadbeef").mkdir()
    with suppress(IndexFailure):  # it may refuse, and say so, rather than go on
        build(tmp_path, "ferry", "The ferry was early.")
    assert texts(index)["ferry.txt"] in ("The ferry was late.", "The ferry was early.")


def test_pointer_that_is_a_pipe_keeps_nobody_waiting(index: Path) -> None:
    (index / "CURRENT").unlink()
    os.mkfifo(index / "CURRENT")
    program = "import sys, index.store.layout as g, pathlib\n"
    program += "try: g.current_generation(pathlib.Path(sys.argv[1]))\n"
    program += "except g.IndexForeign: print('refused')\nexcept g.IndexCorrupt: print('refused')\n"
    command = [sys.executable, "-c", program, str(index)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.stdout == "refused\n", done.stderr
