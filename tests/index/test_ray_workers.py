"""Workers of a Ray cluster of two machines: what they share, and what is left when one is killed.

Ray is in the extra ``ray``, which the tests of every change do not wait for: these are skipped
where it is not there.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index.builder import BuildReport, build_index
from index.errors import IndexFailure
from index.searcher import Searcher
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.servers import ClusterServers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).parents[2]
NODE = {"num_cpus": 1}


@dataclass
class LoggingEmbedder(HashedEmbedder):
    """Writes down what each process embeds, once it is done; may be killed at a text.

    Attributes:
        log: file of the texts.
        fatal: a text at which the process dies, unless the file of that name is there already.
        seconds: that a text takes.
    """

    log: Path
    fatal: str = ""
    seconds: float = 0.0

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.seen = []
        for text in texts:
            time.sleep(self.seconds)
            marker = self.log.with_name("died")
            if self.fatal and self.fatal in text and not marker.exists():
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            with self.log.open("a") as file:
                file.write(f"{os.getpid()} {text.splitlines()[-1]}\n")
        return super().embed_passages(texts, on_batch)


@pytest.fixture(scope="module")
def machines() -> Iterator[Any]:
    """A Ray cluster of two machines with a processor each; the first has the ray:// server."""
    pytest.importorskip("ray", reason="ray is not installed (the extra ray)")
    os.environ["RAY_USAGE_STATS_ENABLED"] = os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    from ray.cluster_utils import Cluster

    # Ray's programs look for the cloud that they run in. It is refused, and not held against us.
    log = os.environ.pop("TESTS_OFFLINE_LOG", None)
    made = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    made.add_node(**NODE)
    if log is not None:
        os.environ["TESTS_OFFLINE_LOG"] = log
    yield made
    made.shutdown()


@pytest.fixture
def address(cluster: ClusterServers) -> Iterator[str]:
    with cluster.address() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty articles: thirty in files, ten in one large file."""
    made = tmp_path / "articles"
    made.mkdir()
    for number in range(30):
        (made / f"{number:02d}.txt").write_text(f"Ferry {number}\n\nFerry {number} was late.\n")
    with gzip.open(made / "more.jsonl.gz", "wt") as file:
        for number in range(30, 40):
            record = {"id": number, "title": f"Ferry {number}", "text": f"Ferry {number} was late."}
            file.write(json.dumps(record) + "\n")
        file.write("{")
    (made / "empty.txt").touch()
    return made


def build(folder: Path, address: str, machines: Any, **embedder: Any) -> BuildReport:
    embedding = LoggingEmbedder(folder.parent / "log", **embedder)
    return build_index([folder], address, embedder=embedding, workers=machines.address)


def embedded(folder: Path) -> tuple[Counter[str], set[int]]:
    """Return how often each text was embedded, and by which processes."""
    lines = [line.split(" ", 1) for line in (folder.parent / "log").read_text().splitlines()]
    return Counter(text for _, text in lines), {int(process) for process, _ in lines}


def found(address: Path | str) -> dict[str, str]:
    return {one.id: one.content_hash for one in Searcher.open(address, HashedEmbedder()).articles()}


@pytest.mark.usefixtures("small_tasks")
def test_workers_build_the_index_that_one_process_does(
    folder: Path, address: str, machines: Any, tmp_path: Path
) -> None:
    alone = build_index([folder], tmp_path / "alone", embedder=HashedEmbedder())
    report = build(folder, address, machines, seconds=0.1)
    counts, processes = embedded(folder)
    assert set(counts.values()) == {1} and len(counts) == 40
    assert len(processes) > 1 and os.getpid() not in processes, "both machines worked, alone"
    assert (report.added, report.embedded, report.taken_over) == (40, 40, 0)
    assert (report.files, report.failures) == (alone.files, alone.failures)
    assert found(address) == found(tmp_path / "alone")
    (folder / "00.txt").write_text("Ferry 0\n\nFerry 0 was on time.\n")
    (folder / "01.txt").unlink()
    report = build_index(
        [folder],
        address,
        embedder=LoggingEmbedder(tmp_path / "log"),
        workers=machines.address,
        prune=True,
    )
    assert (report.replaced, report.removed, report.embedded) == (1, 1, 1)
    assert sum(embedded(folder)[0].values()) == 41, "what is unchanged is not embedded again"
    other = LoggingEmbedder(tmp_path / "log")
    other.fingerprint = "0" * 64
    report = build_index([], address, embedder=other, workers=machines.address, rebuild=True)
    assert (report.unchanged, report.embedded, report.taken_over) == (39, 39, 0)
    counts, processes = embedded(folder)
    assert sum(counts.values()) == 41 + 39 and os.getpid() not in processes


@pytest.mark.usefixtures("small_tasks")
def test_killed_worker_costs_what_it_had_not_kept(
    folder: Path, address: str, machines: Any
) -> None:
    report = build(folder, address, machines, fatal="Ferry 17 ")
    counts, _ = embedded(folder)
    assert report.added == report.embedded == len(found(address)) == len(counts) == 40
    assert sum(counts.values()) < 40 + 4, "more than the chunk that was lost"


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.ray_workers._FILES", 5)
    monkeypatch.setattr("index.ray_workers._LARGE", 150)  # more.jsonl.gz is read here


@pytest.mark.usefixtures("small_tasks")
def test_killed_driver_is_gone_on_with(folder: Path, address: str, machines: Any) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from index import ray_workers\n"
        "from tests.index.test_ray_workers import LoggingEmbedder, build_index\n"
        "ray_workers._FILES = 5\n"
        "embedder = LoggingEmbedder(Path(sys.argv[1]).parent / 'log', seconds=0.1)\n"
        "build_index([sys.argv[1]], sys.argv[2], embedder=embedder, workers=sys.argv[3])\n"
    )
    words = [sys.executable, "-c", program, folder, address, machines.address]
    process = subprocess.Popen(words, cwd=ROOT)
    log = folder.parent / "log"
    until = time.monotonic() + 60
    while time.monotonic() < until and not (log.exists() and len(embedded(folder)[0]) > 15):
        time.sleep(0.05)
    process.kill()
    process.wait()
    with pytest.raises(IndexFailure, match="no index"):
        Searcher.open(address)
    report = build(folder, address, machines)
    counts, _ = embedded(folder)
    assert report.added == len(found(address)) == len(counts) == 40
    assert report.taken_over >= 10 and report.embedded == 40 - report.taken_over
    assert sum(counts.values()) <= 40 + 2 * 5, "more than the tasks that were under way"


@pytest.mark.usefixtures("small_tasks")
def test_lost_machine_is_done_without(folder: Path, address: str, machines: Any) -> None:
    lost = machines.add_node(**NODE)
    removed = list[bool]()

    class Progress:
        def files(self, done: int, total: int, name: str) -> None:
            if done == 5 and not removed:
                machines.remove_node(lost, allow_graceful=False)
                removed.append(True)

        def passages(self, done: int, total: int) -> None: ...

        def articles(self, done: int, total: int) -> None: ...

    embedder = LoggingEmbedder(folder.parent / "log", seconds=0.02)
    report = build_index(
        [folder], address, embedder=embedder, workers=machines.address, progress=Progress()
    )
    assert removed and report.added == len(found(address)) == 40


def test_local_workers_build_an_index(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray", reason="ray is not installed (the extra ray)")
    monkeypatch.delenv("TESTS_OFFLINE_LOG", raising=False)  # as above
    embedder = LoggingEmbedder(folder.parent / "log")
    report = build_index([folder], address, embedder=embedder, workers="local")
    assert report.added == report.embedded == len(embedded(folder)[0]) == 40


def test_workers_need_a_cluster_and_a_catalogue(folder: Path, address: str, tmp_path: Path) -> None:
    with pytest.raises(IndexFailure, match="--workers needs an index in Milvus"):
        build_index([folder], tmp_path / "x", embedder=HashedEmbedder(), workers="local")
    pytest.importorskip("ray", reason="ray is not installed (the extra ray)")
    with pytest.raises(IndexFailure, match=r"^no Ray cluster at 127\.0\.0\.1:9: ") as raised:
        build_index([folder], address, embedder=HashedEmbedder(), workers="127.0.0.1:9")
    assert "\n" not in str(raised.value)
