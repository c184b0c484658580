"""newsbot watch, as it is typed, and newsbot index with a web address."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from index.builder import build_index
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.running import COMMAND, ROOT, Capture, output_of, write_articles
from tests.fakes.web_server import page, serve


def test_watch_indexes_new_files_until_ctrl_c(tmp_path: Path) -> None:
    """What arrives meanwhile is indexed, with the model that is loaded once."""
    folder = write_articles(tmp_path / "articles")
    words = ["watch", str(folder), "--index", str(tmp_path / "x")]
    process = subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        assert process.stdout.readline() == f"watching {folder}; Ctrl-C ends it\n"
        assert "2 files read: 2 added" in process.stdout.readline()
        (folder / "new.txt").write_text("Fair\n\nThe fair opened.\n")
        assert "1 file read: 1 added" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    assert out == "stopped after 2 rounds: 3 added, 0 replaced, 0 removed\n"


def test_watch_of_no_folder_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    for path in (str(tmp_path / "absent"), "https://news.example/"):
        status, out, err = output_of(capsys, "watch", path, "--index", tmp_path / "x")
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "no such folder" in err


def test_local_address_is_fetched_only_when_allowed(tmp_path: Path, capsys: Capture) -> None:
    with serve() as web:
        web.answers["/a"] = lambda request: request.respond(page("Ferry", "The ferry was late."))
        words = ("index", f"{web.at}/a", "--index", tmp_path / "x")
        status, out, err = output_of(capsys, *words)
        assert (status, web.requests) == (1, [])
        assert err == (
            f"could not read {web.at}/a: an address of the local network; "
            "allow with --allow-local\n"
        )
        assert "1 could not be read" in out
        # The model need not be loaded to see that an article is the same.
        build_index([f"{web.at}/a"], tmp_path / "x", embedder=HashedEmbedder(), allow_local=True)
        status, out, err = output_of(capsys, *words, "--allow-local", "--prune")
        assert (status, err) == (0, "")
        assert "1 file read: 0 added, 0 replaced, 1 unchanged, 0 removed" in out
