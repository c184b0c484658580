"""Each check of ``newsbot doctor`` finds what is wrong, and says what to do."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from bot.cli import health
from bot.cli.health import Check, CheckState, examine
from bot.settings import Settings
from index.builder import build_index
from index.store.layout import current_generation
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.running import Capture, output_of


def checks_of(index: Path, settings: Settings | None = None) -> dict[str, Check]:
    return {check.name: check for check in examine(settings or Settings(index))}


def test_healthy_machine_has_nothing_to_mend(samples_index: Path, capsys: Capture) -> None:
    checks = checks_of(samples_index)
    assert not [one for one in checks.values() if one.state is CheckState.BAD]
    for name in ("python", "embedder", "reader", "disk", "index"):
        assert checks[name].state is CheckState.GOOD
    assert current_generation(samples_index).name in checks["index"].found
    status, out, err = output_of(capsys, "doctor", "--index", samples_index)
    assert (status, err) == (0, "")
    assert [line[4:20].strip() for line in out.splitlines() if line[:1] != " "] == [*checks]


def test_missing_index_is_no_failure_and_names_the_command(tmp_path: Path) -> None:
    check = checks_of(tmp_path / "none")["index"]
    assert check.state is CheckState.POOR
    assert check.remedy == f"newsbot index FOLDER --index {tmp_path / 'none'}"


def test_damaged_index_is_status_1_with_its_file(
    samples_index: Path, tmp_path: Path, capsys: Capture
) -> None:
    index = shutil.copytree(samples_index, tmp_path / "index")
    (current_generation(index) / "catalogue.sqlite").write_bytes(b"no database")
    status, out, err = output_of(capsys, "doctor", "--json", "--index", index)
    assert (status, err) == (1, "")
    [bad] = [check for check in json.loads(out) if check["state"] == "bad"]
    assert bad["name"] == "index" and "catalogue.sqlite" in bad["found"] and bad["remedy"]


def test_index_of_another_model_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ferry\n\nThe ferry was late.")
    build_index([tmp_path / "a.txt"], tmp_path / "index", embedder=HashedEmbedder())
    check = checks_of(tmp_path / "index")["index"]
    assert check.state is CheckState.BAD and check.found


def test_altered_weights_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"other weights")
    monkeypatch.setattr("index.embedding.default_model.default_model_folder", lambda: tmp_path)
    check = checks_of(tmp_path)["embedder"]
    assert check.state is CheckState.BAD
    assert str(weights) in check.found and "reinstall" in check.found


def test_reader_that_is_not_there_is_named(tmp_path: Path) -> None:
    check = checks_of(tmp_path, Settings(tmp_path, reader=str(tmp_path / "no-reader")))["reader"]
    assert check.state is CheckState.BAD and "no-reader" in check.found


def test_wheel_file_that_was_altered_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The installer's RECORD says what the weights were."""
    folder = tmp_path / "newsbot_qa-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: newsbot-qa\nVersion: 1\n")
    # Of the empty file, and of another one.
    empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    (folder / "RECORD").write_text(f"model/whole,{empty},0\nmodel/cut,{empty},0\nother,{empty},0\n")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "whole").write_bytes(b"")
    (tmp_path / "model" / "cut").write_bytes(b"x")
    monkeypatch.syspath_prepend(tmp_path)
    assert [*health._altered(tmp_path / "model")] == [tmp_path / "model" / "cut"]


def test_full_disk_and_little_memory_are_poor(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = namedtuple("memory", "available total")(100_000_000, 1_000_000_000)
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory)
    usage = namedtuple("usage", "free")(1_000)
    monkeypatch.setattr("shutil.disk_usage", lambda place: usage)
    checks = checks_of(samples_index)
    for name in ("memory", "disk"):
        assert checks[name].state is CheckState.POOR and checks[name].remedy


def test_absent_extra_is_optional_and_says_how_to_get_it(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    check = checks_of(samples_index)["extra formats"]
    assert check.state is CheckState.OPTIONAL
    assert "pip install 'newsbot-qa[formats]'" in check.remedy
