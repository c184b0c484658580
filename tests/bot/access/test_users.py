"""Users: the file they are in, and whether a name and a password belong together."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from bot.access.users import LONGEST_PASSWORD, PasswordVerifier, UserFile, users_beside
from bot.errors import UsersFailure

RIGHT = "a right long password"


@pytest.fixture
def file(tmp_path: Path) -> UserFile:
    file = UserFile(tmp_path / "index.users")
    file.add("ann", RIGHT)
    return file


def test_the_file_holds_names_and_argon2_hashes_and_is_the_owner_s_alone(file: UserFile) -> None:
    assert file.path.read_text().startswith("ann:$argon2id$")
    assert RIGHT not in file.path.read_text()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_name_and_its_password_belong_together_and_nothing_else_does(file: UserFile) -> None:
    keeper = PasswordVerifier(file)
    assert not keeper.knows("ann", RIGHT), "not proved yet"
    assert keeper.admits("ann", RIGHT) and keeper.knows("ann", RIGHT)
    for name, password in (
        ("ann", RIGHT + " "),
        ("ann", ""),
        ("ben", RIGHT),
        ("", ""),
        ("ann", RIGHT + "x" * LONGEST_PASSWORD),
        ("ann:x", RIGHT),
        ("ann", "\udc80"),
    ):
        assert not keeper.knows(name, password)
        assert not keeper.admits(name, password)


def test_what_two_users_are_told_apart_by_is_the_pair(tmp_path: Path) -> None:
    file = UserFile(tmp_path / "users")
    file.add("ann", "b:long password")
    file.add("ben", "another password")
    keeper = PasswordVerifier(file)
    assert keeper.admits("ann", "b:long password")
    assert not keeper.knows("ben", "b:long password")


def test_a_user_who_is_taken_out_is_out_at_once(file: UserFile) -> None:
    keeper = PasswordVerifier(file)
    file.add("ben", "another password")
    assert keeper.admits("ann", RIGHT) and keeper.admits("ben", "another password")
    file.remove("ann")
    assert not keeper.knows("ann", RIGHT) and not keeper.admits("ann", RIGHT)
    assert keeper.admits("ben", "another password")


def test_an_old_password_is_no_longer_right(file: UserFile) -> None:
    keeper = PasswordVerifier(file)
    assert keeper.admits("ann", RIGHT)
    assert not file.add("ann", "the newer password"), "ann was there before"
    assert not keeper.knows("ann", RIGHT) and not keeper.admits("ann", RIGHT)
    assert keeper.admits("ann", "the newer password")


@pytest.mark.parametrize("damage", ["gone", "nonsense", "a folder"])
def test_a_file_that_has_gone_or_is_damaged_lets_nobody_in(file: UserFile, damage: str) -> None:
    keeper = PasswordVerifier(file)
    assert keeper.admits("ann", RIGHT)
    file.path.unlink()
    if damage == "nonsense":
        file.path.write_text(f"ann:{RIGHT}\n")
    elif damage == "a folder":
        file.path.mkdir()
    assert not keeper.knows("ann", RIGHT) and not keeper.admits("ann", RIGHT)


@pytest.mark.parametrize(
    "line",
    ["ann", "ann:plain", ":$argon2id$x", "a b:$argon2id$x", "ann:$argon2id$x\nann:$argon2id$y"],
)
def test_a_line_that_is_no_user_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "users"
    path.write_text(f"ben:$argon2id$x\n{line}\n")
    with pytest.raises(UsersFailure, match=r"users line [23]: not a user"):
        UserFile(path).read()


@pytest.mark.parametrize("name", ["", "a:b", "a\nb", "../x", "-x", "a b", "x" * 65, "é"])
def test_a_name_that_will_not_do_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsersFailure, match="no user name"):
        UserFile(tmp_path / "users").add(name, RIGHT)
    assert not (tmp_path / "users").exists()


@pytest.mark.parametrize("password", ["", "short", "x" * (LONGEST_PASSWORD + 1)])
def test_a_password_that_will_not_do_is_refused_and_not_repeated(
    tmp_path: Path, password: str
) -> None:
    with pytest.raises(UsersFailure, match="a password has 8 to 256 characters$"):
        UserFile(tmp_path / "users").add("ann", password)


def test_nobody_of_that_name_cannot_be_taken_out(file: UserFile) -> None:
    with pytest.raises(UsersFailure, match="no user 'ben'"):
        file.remove("ben")
    assert list(file.read()) == ["ann"]


def test_users_who_are_added_at_once_are_all_there(tmp_path: Path) -> None:
    names = [f"user{number}" for number in range(4)]
    path = tmp_path / "users"
    threads = [
        threading.Thread(target=UserFile(path).add, args=(name, "a long password"))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(UserFile(path).read()) == names


def test_the_file_is_beside_the_index_and_not_in_it() -> None:
    assert users_beside(Path("/data/index")) == Path("/data/index.users")
