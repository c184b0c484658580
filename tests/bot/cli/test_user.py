"""``newsbot user``."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from bot.access.users import PasswordVerifier, UserFile
from tests.fakes.running import Capture, output_of, run_on_terminal

PASSWORD = "a long password"


def test_user_is_added_from_a_pipe_listed_and_removed(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users"
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\nmore\n"))
    added = output_of(capsys, "user", "add", "ann", "--users", users)
    assert added == (0, "ann can log in\n", "")
    assert PasswordVerifier(UserFile(users)).verify("ann", PASSWORD)
    assert output_of(capsys, "user", "list", "--users", users) == (0, "ann\n", "")
    gone = (0, "ann cannot log in any more\n", "")
    assert output_of(capsys, "user", "remove", "ann", "--users", users) == gone
    status, out, err = output_of(capsys, "user", "list", "--users", users)
    assert (status, out) == (0, "") and err.startswith("no users: ")


def test_key_is_printed_once_and_taken_back(tmp_path: Path, capsys: Capture) -> None:
    users = tmp_path / "users"
    UserFile(users).add("ann", PASSWORD)
    status, key, err = output_of(capsys, "user", "key", "ann", "--users", users)
    assert (status, err) == (0, "") and key.startswith("nb-")
    verifier = PasswordVerifier(UserFile(users))
    assert verifier.name_of_key(key.strip()) == "ann"
    taken = output_of(capsys, "user", "key", "ann", "--remove", "--users", users)
    assert taken == (0, "ann has no key\n", "")
    assert verifier.name_of_key(key.strip()) is None


@pytest.mark.parametrize(("name", "typed"), [("a:b", PASSWORD), ("ann", "short"), ("ann", "")])
def test_refused_user_is_one_line_without_the_password(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, name: str, typed: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
    status, out, err = output_of(capsys, "user", "add", name, "--users", tmp_path / "users")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert not typed or typed not in err
    assert not (tmp_path / "users").exists()


@pytest.mark.parametrize("second", [PASSWORD, "something else"])
def test_terminal_password_is_asked_for_twice_unseen(tmp_path: Path, second: str) -> None:
    status, seen = run_on_terminal(
        *("user", "add", "ann", "--users", tmp_path / "users"),
        typed=[("Password: ", f"{PASSWORD}\n"), ("Once more: ", f"{second}\n")],
    )
    same = second == PASSWORD
    assert status == (0 if same else 1)
    assert PASSWORD not in seen and second not in seen
    assert ("can log in" if same else "the two passwords differ") in seen
    assert (tmp_path / "users").exists() == same
