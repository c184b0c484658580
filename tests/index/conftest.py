"""The stores that every test of an index runs on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.servers import ClusterServers, Unavailable

STORES = ("folder", pytest.param("cluster", marks=pytest.mark.cluster))


@pytest.fixture(scope="session")
def cluster() -> Iterator[ClusterServers]:
    """PostgreSQL and Milvus, started for these tests; skipped where they cannot be had."""
    try:
        servers = ClusterServers.start()
    except Unavailable as error:
        pytest.skip(str(error))
    yield servers
    servers.stop()


@pytest.fixture(params=STORES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """The address of an index that is not there yet, in each store."""
    if request.param == "folder":
        yield tmp_path / "index"
        return
    servers: ClusterServers = request.getfixturevalue("cluster")
    with servers.address() as address:
        yield address
