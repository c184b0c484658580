"""PostgreSQL and Milvus Lite as processes of the tests, on free ports of this machine.

``NEWSBOT_TEST_MILVUS`` (``milvus://host:19530``) and ``NEWSBOT_TEST_POSTGRES`` (``postgresql://…``)
name servers to use in their place; ``tests/conftest.py`` takes the prefix off.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["ClusterServers", "Unavailable"]

_DEBIAN = Path("/usr/lib/postgresql")
_names = itertools.count()


class Unavailable(Exception):
    """A server cannot be had here."""


class ClusterServers:
    """One server of each kind, for as many indexes as are asked for."""

    def __init__(self, folder: Path, milvus: str, catalogue: str) -> None:
        """Use servers at these addresses; ``folder`` is theirs alone."""
        self._folder = folder
        self._milvus = milvus
        self._catalogue = catalogue
        self._processes: list[subprocess.Popen[bytes]] = []

    @classmethod
    def start(cls) -> ClusterServers:
        """Start what the environment names no address of.

        Raises:
            Unavailable: something is not installed.
        """
        for package in ("psycopg", "psycopg_pool", "pymilvus"):
            if importlib.util.find_spec(package) is None:
                raise Unavailable(f"{package} is not installed (the extra cluster)")
        folder = Path(tempfile.mkdtemp(prefix="newsbot-servers-"))
        folder.chmod(0o755)  # PostgreSQL runs as another user where this one is root
        made = cls(folder, os.environ.get("TEST_MILVUS", ""), os.environ.get("TEST_POSTGRES", ""))
        try:
            if not made._catalogue:
                made._start_postgres()
            if not made._milvus:
                made._start_milvus()
        except BaseException:
            made.stop()
            raise
        return made

    @property
    def milvus_uri(self) -> str:
        """The HTTP address of Milvus."""
        from index.store.cluster.cluster_address import ClusterAddress

        return ClusterAddress.parse(f"{self._milvus}/x?catalogue={self._catalogue}").milvus

    @property
    def milvus_folder(self) -> Path | None:
        """The files of Milvus Lite, where it was started."""
        folder = self._folder / "milvus"
        return folder if folder.exists() else None

    def stop(self) -> None:
        """Stop what was started."""
        for process in self._processes:
            process.send_signal(signal.SIGINT)  # PostgreSQL then asks nobody to finish
        for process in self._processes:
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def address(self) -> Iterator[str]:
        """Yield the address of a new index, and remove it afterwards."""
        from index.errors import IndexFailure
        from index.store.cluster.cluster_store import ClusterStore

        name = f"t{os.getpid()}_{next(_names)}_{secrets.token_hex(2)}"
        address = f"{self._milvus}/{name}?catalogue={self._catalogue}"
        yield address
        try:
            ClusterStore(address).drop()
        except IndexFailure:
            pass  # a test may leave the store such that it is not

    def _start_postgres(self) -> None:
        programs = _postgres_programs()
        user = "postgres" if os.geteuid() == 0 else None
        data = self._folder / "postgres"
        data.mkdir()
        if user is not None:
            shutil.chown(data, user)
        port = _free_port()
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C"]
            + ["-U", "newsbot", "--no-sync"],
            user=user, cwd=data, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            raise Unavailable(f"initdb: {made.stderr.strip().splitlines()[-1]}")
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._processes.append(
            subprocess.Popen(
                [programs / "postgres", "-D", data, "-p", str(port), *options],
                user=user,
                cwd=data,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        )
        _wait_for(port, self._processes[-1])
        self._catalogue = f"postgresql://newsbot@127.0.0.1:{port}/postgres"
        import psycopg

        for _ in range(600):  # it listens before it answers
            try:
                psycopg.connect(self._catalogue).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise Unavailable("PostgreSQL does not answer")

    def _start_milvus(self) -> None:
        program = Path(sys.executable).with_name("milvus-lite")
        if not program.exists():
            raise Unavailable("milvus-lite is not installed (the extra test)")
        port = _free_port()
        self._processes.append(
            subprocess.Popen(
                [program, "server", "--data-dir", self._folder / "milvus"]
                + ["--host", "127.0.0.1", "--port", str(port)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        _wait_for(port, self._processes[-1])
        self._milvus = f"milvus://127.0.0.1:{port}"


def _postgres_programs() -> Path:
    found = shutil.which("initdb")
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found is None and not versions:
        raise Unavailable("PostgreSQL is not installed (initdb)")
    return (versions[-1] if versions else Path(str(found))).parent


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as opened:
            if opened.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise Unavailable(f"{process.args} does not start")
