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


def test_file_holds_argon2_hashes_for_its_owner_alone(file: UserFile) -> None:
    assert file.path.read_text().startswith("ann:$argon2id$")
    assert RIGHT not in file.path.read_text()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_only_the_right_pair_is_verified(file: UserFile) -> None:
    verifier = PasswordVerifier(file)
    assert not verifier.remembers("ann", RIGHT), "not verified yet"
    assert verifier.verify("ann", RIGHT) and verifier.remembers("ann", RIGHT)
    for name, password in (
        ("ann", RIGHT + " "),
        ("ann", ""),
        ("ben", RIGHT),
        ("", ""),
        ("ann", RIGHT + "x" * LONGEST_PASSWORD),
        ("ann:x", RIGHT),
        ("ann", "\udc80"),
    ):
        assert not verifier.remembers(name, password)
        assert not verifier.verify(name, password)


def test_key_is_kept_as_a_hash_and_found_again(file: UserFile) -> None:
    file.add("ben", RIGHT)
    key = file.make_key("ann")
    verifier = PasswordVerifier(file)
    assert verifier.name_of_key(key) == "ann" and key not in file.path.read_text()
    assert verifier.verify("ann", RIGHT) and verifier.verify("ben", RIGHT)
    file.add("ann", f"{RIGHT}!")
    assert verifier.name_of_key(key) == "ann"
    for wrong in ("", key[:-1], f"{key} ", "nb-", "\udc80"):
        assert verifier.name_of_key(wrong) is None


def test_key_ends_with_its_user_with_a_new_one_and_by_itself(file: UserFile) -> None:
    verifier = PasswordVerifier(file)
    first, second = file.make_key("ann"), file.make_key("ann")
    assert (verifier.name_of_key(first), verifier.name_of_key(second)) == (None, "ann")
    file.remove_key("ann")
    assert verifier.name_of_key(second) is None and verifier.verify("ann", RIGHT)
    third = file.make_key("ann")
    file.remove("ann")
    assert verifier.name_of_key(third) is None
    with pytest.raises(UsersFailure, match="no user 'ann'"):
        file.make_key("ann")


def test_colon_in_a_password_does_not_mix_up_users(tmp_path: Path) -> None:
    file = UserFile(tmp_path / "users")
    file.add("ann", "b:long password")
    file.add("ben", "another password")
    verifier = PasswordVerifier(file)
    assert verifier.verify("ann", "b:long password")
    assert not verifier.remembers("ben", "b:long password")


def test_removed_user_is_out_at_once(file: UserFile) -> None:
    verifier = PasswordVerifier(file)
    file.add("ben", "another password")
    assert verifier.verify("ann", RIGHT) and verifier.verify("ben", "another password")
    file.remove("ann")
    assert not verifier.remembers("ann", RIGHT) and not verifier.verify("ann", RIGHT)
    assert verifier.verify("ben", "another password")


def test_old_password_is_no_longer_right(file: UserFile) -> None:
    verifier = PasswordVerifier(file)
    assert verifier.verify("ann", RIGHT)
    assert not file.add("ann", "the newer password"), "ann was there before"
    assert not verifier.remembers("ann", RIGHT) and not verifier.verify("ann", RIGHT)
    assert verifier.verify("ann", "the newer password")


@pytest.mark.parametrize("damage", ["gone", "nonsense", "a folder"])
def test_missing_or_damaged_file_lets_nobody_in(file: UserFile, damage: str) -> None:
    verifier = PasswordVerifier(file)
    assert verifier.verify("ann", RIGHT)
    file.path.unlink()
    if damage == "nonsense":
        file.path.write_text(f"ann:{RIGHT}\n")
    elif damage == "a folder":
        file.path.mkdir()
    assert not verifier.remembers("ann", RIGHT) and not verifier.verify("ann", RIGHT)


@pytest.mark.parametrize(
    "line",
    ["ann", "ann:plain", ":$argon2id$x", "a b:$argon2id$x", "ann:$argon2id$x\nann:$argon2id$y"],
)
def test_wrong_line_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "users"
    path.write_text(f"ben:$argon2id$x\n{line}\n")
    with pytest.raises(UsersFailure, match=r"users line [23]: not a user"):
        UserFile(path).read()


@pytest.mark.parametrize("name", ["", "a:b", "a\nb", "../x", "-x", "a b", "x" * 65, "é"])
def test_wrong_user_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsersFailure, match="no user name"):
        UserFile(tmp_path / "users").add(name, RIGHT)
    assert not (tmp_path / "users").exists()


@pytest.mark.parametrize("password", ["", "short", "x" * (LONGEST_PASSWORD + 1)])
def test_wrong_password_is_refused_and_not_repeated(tmp_path: Path, password: str) -> None:
    with pytest.raises(UsersFailure, match="a password has 8 to 256 characters$"):
        UserFile(tmp_path / "users").add("ann", password)


def test_unknown_user_cannot_be_removed(file: UserFile) -> None:
    with pytest.raises(UsersFailure, match="no user 'ben'"):
        file.remove("ben")
    assert list(file.read()) == ["ann"]


def test_users_added_concurrently_are_all_there(tmp_path: Path) -> None:
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


def test_default_file_is_beside_the_index() -> None:
    assert users_beside(Path("/data/index")) == Path("/data/index.users")
