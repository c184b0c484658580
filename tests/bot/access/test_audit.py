"""The audit log: each action is one line, for its owner alone, and files are rotated."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from bot.access import audit
from bot.access.audit import AuditLog
from bot.access.policy import Visitor
from bot.errors import NotServed

ANN = Visitor("ann", "10.0.0.7")


def test_each_action_is_one_line_whatever_is_in_it(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "new" / "audit.jsonl", lambda: ANN)
    log.record("ask", question='who?\n{"user": "ben"}\u2028\x1b[31m', outcome="refused")
    log.record("remove", articles=["a", "b"])
    log.close()
    lines = (tmp_path / "new" / "audit.jsonl").read_text().split("\n")
    asked, removed = map(json.loads, lines[:-1])
    assert (asked["user"], asked["client"], asked["action"]) == ("ann", "10.0.0.7", "ask")
    assert removed["articles"] == ["a", "b"] and removed["at"] >= asked["at"]


def test_texts_of_questions_are_left_out_where_set_so(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl", lambda: ANN, keep_questions=False)
    log.record("ask", question="a secret", outcome="answered")
    log.record("watch", question="a secret")
    log.close()
    text = (tmp_path / "audit.jsonl").read_text()
    assert "secret" not in text and text.count("\n") == 2


def test_files_are_rotated_and_the_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_MOST_BYTES", 2_000)
    log = AuditLog(tmp_path / "audit.jsonl", lambda: ANN)
    for number in range(200):
        log.record("remove", articles=[number])
    log.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) == 1 + audit._MOST_FILES
    assert all(file.stat().st_size <= 2_000 for file in files)
    if os.name == "posix":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_log_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotServed, match="cannot write"):
        AuditLog(tmp_path / "file" / "audit.jsonl", lambda: ANN)
