"""``newsbot status``: what the index holds, and with --verify whether each file is as written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.newsbot import NewsBot
from index.builder import build_index
from index.store.layout import Manifest, current_generation
from index.store.snapshot import LocalSnapshot
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.running import Capture, output_of


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("Ferry\n\nThe ferry was late.")
    build_index([tmp_path / "a.txt"], tmp_path / "index", embedder=HashedEmbedder())
    return tmp_path / "index"


def flip(file: Path, place: int) -> bytes:
    """Change one bit of a file; give what it held."""
    whole = file.read_bytes()
    file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    return whole


def test_status_counts_what_was_indexed(samples_index: Path, capsys: Capture) -> None:
    known = json.loads(output_of(capsys, "status", "--json", "--index", samples_index)[1])
    assert known["articles"] == len(list(NewsBot(samples_index).articles()))
    printed = output_of(capsys, "status", "--index", samples_index)[1]
    for value in (known["path"], known["model"], str(known["articles"]), known["built_at"]):
        assert value in printed


def test_server_that_does_not_answer_is_a_failure(
    index: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalSnapshot, "ailing", lambda self: {"engine": "Milvus at x: away"})
    status, out, err = output_of(capsys, "status", "--index", index)
    assert (status, err) == (1, "the engine of the index does not answer: Milvus at x: away\n")
    assert "hashed" in out
    told = json.loads(output_of(capsys, "status", "--json", "--index", index)[1])
    assert told["ailing"] == {"engine": "Milvus at x: away"}


def test_verify_of_a_whole_index_is_one_line(index: Path, capsys: Capture) -> None:
    folder = current_generation(index)
    sizes = Manifest.read(folder).sizes
    status, out, err = output_of(capsys, "status", "--verify", "--index", index)
    assert (status, err, out.count("\n")) == (0, "", 1)
    assert out.startswith(f"whole: {len(sizes)} files of {folder.name}, ")
    told = json.loads(output_of(capsys, "status", "--verify", "--json", "--index", index)[1])
    assert told == {
        "path": str(index),
        "whole": True,
        "generation": folder.name,
        "files": len([file for file in folder.rglob("*") if file.is_file()]) - 1,  # the manifest
        "bytes": sum((folder / name).stat().st_size for name in sizes),
    }


def test_verify_names_an_altered_file(index: Path, capsys: Capture) -> None:
    folder = current_generation(index)
    for name, size in Manifest.read(folder).sizes.items():
        for place in {0, size // 2, size - 1} if size else ():
            whole = flip(folder / name, place)
            status, out, err = output_of(capsys, "status", "--verify", "--index", index)
            assert (status, out, err.count("\n")) == (1, "", 1)
            assert str(folder / name) in err and "altered" in err
            (folder / name).write_bytes(whole)
    assert output_of(capsys, "status", "--verify", "--index", index)[0] == 0


def test_verify_names_a_missing_or_truncated_file(index: Path, capsys: Capture) -> None:
    file = current_generation(index) / "catalogue.sqlite"
    file.write_bytes(file.read_bytes()[:-1])
    for _ in range(2):
        status, out, err = output_of(capsys, "status", "--verify", "--json", "--index", index)
        told = json.loads(out)
        assert (status, told["whole"]) == (1, False)
        assert str(file) in told["cause"] and err == f"newsbot: {told['cause']}\n"
        file.unlink(missing_ok=True)


def test_verify_of_no_index_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    words = ("status", "--verify", "--json", "--index", tmp_path / "none")
    status, out, err = output_of(capsys, *words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "no index" in err
