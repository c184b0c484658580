"""newsbot feed and newsbot watch, as they are typed, with the feed of a real web server."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

from tests.bot.watching.test_polling import rss
from tests.fakes.running import COMMAND, ROOT, Capture, output_of
from tests.fakes.web_server import serve


def test_feed_is_added_polled_listed_and_removed(tmp_path: Path, capsys: Capture) -> None:
    index = ("--index", tmp_path / "index")
    with serve() as web:
        feed = rss((f"{web.at}/1", "The ferry was late."))
        web.answers["/feed"] = lambda request: request.respond(feed, "application/rss+xml")
        address = f"{web.at}/feed"
        added = output_of(capsys, "feed", "add", address, "--allow-local", *index)
        assert added == (0, f"{address} is watched\n", "")
        assert "not polled yet" in output_of(capsys, "feed", "list", *index)[1]
        status, out, err = output_of(capsys, "feed", "poll", *index)
        assert (status, out, err) == (0, f"{address}: 1 new entry\n", "")
        assert output_of(capsys, "feed", "poll", *index) == (0, "", "")
        [listed] = json.loads(output_of(capsys, "feed", "list", "--json", *index)[1])
        assert listed["address"] == address and listed["polled"] and "given" not in listed
        assert "Report" in output_of(capsys, "feed", "list", "--entries", *index)[1]
        assert output_of(capsys, "feed", "remove", address, *index)[0] == 0
        status, out, err = output_of(capsys, "feed", "list", *index)
        assert (status, out) == (0, "") and err.startswith("no feeds: ")
        status, _, err = output_of(capsys, "feed", "remove", address, *index)
        assert (status, err) == (1, f"newsbot: {address} is not watched\n")
    found = json.loads(output_of(capsys, "status", "--json", *index)[1])
    assert found["articles"] == 1, "what came stays"


def test_failed_poll_is_one_line_and_status_1(tmp_path: Path, capsys: Capture) -> None:
    index = ("--index", tmp_path / "index")
    output_of(capsys, "feed", "add", "http://127.0.0.1:9/feed", *index)
    status, out, err = output_of(capsys, "feed", "poll", *index)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "--allow-local" in err
    assert "failed 1 time" in output_of(capsys, "feed", "list", *index)[1]


def test_watch_polls_feeds_without_a_folder(tmp_path: Path, capsys: Capture) -> None:
    index = ["--index", str(tmp_path / "index")]
    with serve() as web:
        feed = rss((f"{web.at}/1", "The ferry was late."))
        web.answers["/feed"] = lambda request: request.respond(feed, "application/rss+xml")
        output_of(capsys, "feed", "add", f"{web.at}/feed", "--allow-local", *index)
        with subprocess.Popen(
            [*COMMAND, "watch", *index],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "watching 1 feed; Ctrl-C ends it\n"
            assert process.stdout.readline() == f"{web.at}/feed: 1 new entry\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("stopped after")
