"""The file of users: names, argon2 hashes of their passwords, and hashes of their keys.

Each user is a line, ``name:$argon2id$…``, with ``:`` and the SHA-256 of a key where the user has
one: a key is random and long, so that no slow hash has to protect it. The file is written whole and
renamed into place, and only its owner may read it. A server reads it again whenever it has changed,
so that a removed user is out at once; a file that is missing or damaged lets nobody in.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import UsersFailure
from index.address import IndexAddress, beside

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["LONGEST_PASSWORD", "SHORTEST_PASSWORD", "PasswordVerifier", "UserFile", "users_beside"]

SHORTEST_PASSWORD = 8
"""Characters; NIST SP 800-63B asks for as many."""

LONGEST_PASSWORD = 256
"""Characters; what is longer is refused before it is hashed."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_LARGEST_FILE = 1_000_000
_LOCK_SECONDS = 10
_KEY_HASH = re.compile(r"[0-9a-f]{64}|")
_Stamp = tuple[int, int, int]
_Hashes = tuple[str, str]  # of the password, and of the key or empty


def users_beside(index: IndexAddress) -> Path:
    """Return the file of users that belongs to an index."""
    return beside(index, ".users")


class UserFile:
    """The file of users, as ``newsbot user`` reads and writes it."""

    def __init__(self, path: Path) -> None:
        """Take the file's path; it need not exist."""
        self.path = path

    def read(self) -> dict[str, _Hashes]:
        """Return each user's hashes, of password and key, by name; empty where there is no file.

        Raises:
            UsersFailure: it cannot be read, or a line is not a user.
        """
        try:
            with self.path.open("rb") as file:
                data = file.read(_LARGEST_FILE + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UsersFailure(f"{self.path}: {error.strerror or error}") from error
        found: dict[str, _Hashes] = {}
        for number, line in enumerate(data.decode("ascii", "replace").splitlines(), start=1):
            name, _, hashes = line.partition(":")
            hashed, _, key = hashes.partition(":")
            is_user = hashed.startswith("$argon2") and _KEY_HASH.fullmatch(key)
            if not _NAME.fullmatch(name) or not is_user or name in found:
                raise UsersFailure(f"{self.path} line {number}: not a user of newsbot user add")
            found[name] = hashed, key
        return found

    def add(self, name: str, password: str) -> bool:
        """Add a user, or change a user's password.

        Returns:
            Whether the user is new.

        Raises:
            UsersFailure: the name or the password is not allowed, or the file cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise UsersFailure(
                f"{name!r} is no user name: take up to 64 letters, digits and . _ @ - , "
                "a letter or a digit first"
            )
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise UsersFailure(
                f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
            )
        hashed = _hasher().hash(password.encode("utf-8", "surrogatepass"))
        with self._locked():
            users = self.read()
            new = name not in users
            self._write({**users, name: (hashed, users.get(name, ("", ""))[1])})
        return new

    def make_key(self, name: str) -> str:
        """Make a user's key, which takes the place of an earlier one; only its hash is kept.

        Raises:
            UsersFailure: there is no such user, or the file cannot be written.
        """
        key = f"nb-{secrets.token_urlsafe(32)}"
        self._set_key(name, _key_hash(key))
        return key

    def remove_key(self, name: str) -> None:
        """Make a user's key worthless; raises what ``make_key`` does."""
        self._set_key(name, "")

    def _set_key(self, name: str, hashed: str) -> None:
        with self._locked():
            users = self.read()
            if name not in users:
                raise UsersFailure(f"no user {name!r} in {self.path}")
            self._write({**users, name: (users[name][0], hashed)})

    def remove(self, name: str) -> None:
        """Remove a user.

        Raises:
            UsersFailure: there is none of that name, or the file cannot be written.
        """
        with self._locked():
            users = self.read()
            if name not in users:
                raise UsersFailure(f"no user {name!r} in {self.path}")
            self._write({other: hashed for other, hashed in users.items() if other != name})

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self.path.with_name(f"{self.path.name}.lock"), timeout=_LOCK_SECONDS)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise UsersFailure(f"{self.path}: another process is writing to it") from error
        except OSError as error:
            raise UsersFailure(f"cannot write {self.path}: {error.strerror or error}") from error
        try:
            yield
        finally:
            lock.release()

    def _write(self, users: Mapping[str, _Hashes]) -> None:
        lines = "".join(f"{name}:{':'.join(filter(None, users[name]))}\n" for name in sorted(users))
        try:
            # mkstemp's files are the owner's alone, and stay so when renamed.
            handle, made = tempfile.mkstemp(dir=self.path.parent, prefix=".users-")
            try:
                with open(handle, "w", encoding="ascii") as file:
                    file.write(lines)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(made, self.path)
            except BaseException:
                os.unlink(made)
                raise
        except OSError as error:
            raise UsersFailure(f"cannot write {self.path}: {error.strerror or error}") from error


class PasswordVerifier:
    """Checks names and passwords. Safe for threads.

    A password that was right is remembered as a keyed digest, so that argon2 works once for each
    user and not for each request. An unknown name costs as much time as a wrong password.
    """

    def __init__(self, file: UserFile) -> None:
        """Take the file of users; it is read when first needed."""
        self._file = file
        self._decoy = _hasher().hash(secrets.token_urlsafe())
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._stamp: _Stamp | None = None
        self._users: dict[str, _Hashes] = {}
        self._digests: dict[str, bytes] = {}

    def remembers(self, name: str, password: str) -> bool:
        """Return whether this pair was right before and still is; takes no time to speak of."""
        self._reload()
        given = self._digest(name, password)
        with self._lock:
            remembered = self._digests.get(name)
        return remembered is not None and hmac.compare_digest(remembered, given)

    def verify(self, name: str, password: str) -> bool:
        """Return whether this pair is right, by argon2."""
        from argon2.exceptions import InvalidHashError, VerificationError

        self._reload()
        with self._lock:
            (hashed, _), stamp = self._users.get(name, (None, "")), self._stamp
        try:
            given = password[:LONGEST_PASSWORD].encode("utf-8", "surrogatepass")
            _hasher().verify(hashed or self._decoy, given)
        except (InvalidHashError, VerificationError):
            return False
        if hashed is None or len(password) > LONGEST_PASSWORD:
            return False
        with self._lock:
            if self._stamp == stamp:
                self._digests[name] = self._digest(name, password)
                return True
        return False  # the file has changed meanwhile: the next request is judged by the new one

    def name_of_key(self, key: str) -> str | None:
        """Return the user that a key was made for; None where there is none."""
        self._reload()
        hashed = _key_hash(key)
        with self._lock:
            return next((name for name, (_, own) in self._users.items() if own == hashed), None)

    def _digest(self, name: str, password: str) -> bytes:
        pair = f"{name}\0{password}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, pair, sha256).digest()

    def _reload(self) -> None:
        try:
            found = self._file.path.stat()
            stamp: _Stamp | None = (found.st_mtime_ns, found.st_ino, found.st_size)
        except OSError:
            stamp = None
        with self._lock:
            if stamp is not None and stamp == self._stamp:
                return
            try:
                users = {} if stamp is None else self._file.read()
            except UsersFailure:
                users = {}
            self._stamp, self._users, self._digests = stamp, users, {}


def _key_hash(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    # The least that OWASP's password storage cheat sheet asks for: 19 MiB, one thread. More would
    # make a login slow on a machine that is answering.
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
