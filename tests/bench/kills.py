"""Is anything lost, or made twice, when a build on Ray is killed? ``python -m tests.bench.kills``.

A Ray cluster of two machines with a processor each, PostgreSQL and Milvus Lite are started here.
Again and again forty short articles are rewritten, and indexed with ``workers`` by a process of
its own, with the model that comes along. At random moments a worker, a machine or that process
gets a SIGKILL, up to three times in a build. A process that was killed is followed by another one,
which goes on; the articles are rewritten once they are published. Counted are:

- wrong states: what the index holds is neither the old articles nor the new ones;
- missing: an article or a vector that a build which ended has not published;
- made though kept: vectors made of a text whose vector is in the ledger already, as the model looks
  it up before it begins;
- made again: vectors that were made and had not been kept when something was killed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import NewsbotError
from index import ray_workers
from index.builder import build_index
from index.embedding.embedder import load_embedder
from index.store.cluster.cluster_store import ClusterStore
from tests.bench.datasets import print_result
from tests.fakes.servers import ClusterServers

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARTICLES = 40
FILES = 4  # of a task
KINDS = ("worker", "machine", "driver")
WEIGHTS = (5, 2, 3)
MARK = "BENCH_KILLS"
NODE = {"num_cpus": 1}
PATIENCE = 180.0  # seconds for a build


@dataclass
class CheckedEmbedder:
    """The model that comes along. Writes down what it makes, and what of it the ledger has."""

    address: str
    log: Path
    name: str
    fingerprint: str
    dimension: int

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        with ClusterStore(self.address).ledger(self.fingerprint, self.dimension) as ledger:
            kept = len(ledger.find(texts))
        made = load_embedder().embed_passages(texts, on_batch)
        with self.log.open("a") as file:
            file.write(f"{len(texts)} {kept}\n")
        return made

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return load_embedder().embed_query(text)

    def token_count(self, text: str) -> int:
        return load_embedder().token_count(text)


@dataclass
class Bench:
    """One run of the measurement.

    Attributes:
        cluster: of Ray.
        address: of the index.
        folder: of the articles.
        embedder: what each build embeds with.
        chance: random numbers.
        found: what is counted.
    """

    cluster: Any
    address: str
    folder: Path
    embedder: CheckedEmbedder
    chance: random.Random
    found: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.bench.kills", "pymilvus", "ray"])
        self._machine = started(lambda: self.cluster.add_node(**NODE))
        self._before: dict[str, str] = {}
        self._edition = 0
        self.rewrite()

    def rewrite(self) -> None:
        self._edition += 1
        for number in range(ARTICLES):
            text = f"Ferry {number} of edition {self._edition} was late because of fog at Velden."
            (self.folder / f"{number:02d}.txt").write_text(f"Ferry {number}\n\n{text}\n")

    def turn(self, kinds: Sequence[str]) -> None:
        """Build, kill something of each kind on the way, and see what is there afterwards."""
        began = time.monotonic()
        driver: Any = self._context.Process(
            target=build, args=(self.folder, self.address, self.embedder, self.cluster.address)
        )
        driver.start()
        killed = Counter[str]()
        for kind in kinds:
            driver.join(self.chance.uniform(0, median(self.seconds[-5:]) / len(kinds)))
            killed[kind] += self.kill(kind, driver)
        driver.join(PATIENCE)
        if driver.is_alive():
            driver.kill()
            self.found["builds that hang"] += 1
        self.found["builds"] += 1
        for kind in KINDS:
            self.found[f"killed: {kind}"] += killed[kind]
        if not killed.total():
            self.seconds.append(time.monotonic() - began)
        elif not killed["driver"] and driver.exitcode:
            self.found["builds that a lost worker or machine ended"] += 1
        self.look(ended=driver.exitcode == 0)

    def kill(self, kind: str, driver: Any) -> bool:
        if not driver.is_alive():
            return False
        if kind == "machine":
            self.cluster.remove_node(self._machine, allow_graceful=False)
            self._machine = started(lambda: self.cluster.add_node(**NODE))
            return True
        workers = [*running(b"ray::read_and_embed"), *running(b"ray::IDLE")]  # not Ray's agents
        if kind == "worker" and not workers:
            return False
        os.kill(self.chance.choice(workers) if kind == "worker" else driver.pid, signal.SIGKILL)
        return True

    def look(self, ended: bool) -> None:
        """Compare what the index holds with what was there, and with the files."""
        wanted = {
            file.name: file.read_text().split("\n\n")[1].strip() for file in self.folder.iterdir()
        }
        try:
            there = {one.id: one.text for one in ClusterStore(self.address).open().articles()}
        except NewsbotError:
            there = {}  # none was published yet
        if there == wanted:
            if ClusterStore(self.address).verify().files != ARTICLES:
                self.found["missing"] += 1
            self.found["editions published"] += 1
            self._before = wanted
            self.rewrite()
        elif ended:
            self.found["missing"] += 1
        elif there != self._before:
            self.found["wrong states"] += 1
        else:
            self.found["builds that were gone on with"] += 1

    def counted(self) -> dict[str, Any]:
        """Return what was counted, with what the log of the model says."""
        lines = [line.split() for line in self.embedder.log.read_text().splitlines()]
        made = sum(int(count) for count, _ in lines)
        needed = self.found["editions published"] * ARTICLES
        return {
            **dict(sorted(self.found.items())),
            **{name: self.found[name] for name in ("wrong states", "missing")},
            "made though kept": sum(int(kept) for _, kept in lines),
            "vectors needed": needed,
            "made again": made - needed,
            "seconds of a build that nothing happens to": median(self.seconds),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    os.environ[MARK] = str(os.getpid())
    model = load_embedder()
    began = time.monotonic()
    with machines() as cluster, index_address() as address, TemporaryDirectory() as scratch:
        folder = Path(scratch) / "articles"
        folder.mkdir()
        log = Path(scratch) / "log"
        log.touch()
        embedder = CheckedEmbedder(address, log, model.name, model.fingerprint, model.dimension)
        bench = Bench(cluster, address, folder, embedder, random.Random(given.seed))
        for _ in range(3):
            bench.turn(())
        killed = 0
        while killed < given.kills:
            bench.turn(bench.chance.choices(KINDS, WEIGHTS, k=bench.chance.randint(1, 3)))
            killed = sum(count for name, count in bench.found.items() if "killed: " in name)
            took = time.monotonic() - began
            print(f"{took:.0f} s: {json.dumps(bench.counted())}", file=sys.stderr, flush=True)
        bench.turn(())  # what was under way ends
        print_result({"kills": bench.counted()}, given.json)


def build(folder: Path, address: str, embedder: CheckedEmbedder, ray: str) -> None:
    """Index the articles: a process of its own."""
    ray_workers._FILES = FILES
    build_index([folder], address, embedder=embedder, workers=ray)


def running(program: bytes) -> Iterator[int]:
    """Return the processes of this measurement whose command begins so."""
    mark = f"{MARK}={os.environ[MARK]}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(program):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    yield int(folder.name)
        except OSError:
            continue  # it has ended


def started(start: Callable[[], Any]) -> Any:
    """Start something of Ray's, which gives up early where the machine is busy."""
    for _ in range(10):
        try:
            return start()
        except Exception as error:  # Ray has no class of its own for this
            print(error, file=sys.stderr)
    raise SystemExit("Ray does not start")


@contextmanager
def machines() -> Iterator[Any]:
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    os.environ.update(quiet, RAY_worker_niceness="0")  # others may work here, at a usual one
    from ray.cluster_utils import Cluster

    made = started(
        lambda: Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    )
    try:
        yield made
    finally:
        made.shutdown()


@contextmanager
def index_address() -> Iterator[str]:
    servers = ClusterServers.start()
    try:
        with servers.address() as address:
            yield address
    finally:
        servers.stop()


if __name__ == "__main__":
    from tests.bench import kills  # so that a worker finds CheckedEmbedder by its name

    kills.main()
