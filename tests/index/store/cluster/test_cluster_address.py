"""How an index in Milvus and PostgreSQL is addressed."""

from __future__ import annotations

import pytest

from index.errors import IndexFailure
from index.store.cluster.cluster_address import EXAMPLE, ClusterAddress


def test_address_names_both_engines_and_the_index() -> None:
    parsed = ClusterAddress.parse(EXAMPLE)
    assert parsed == ClusterAddress("http://host:19530", "news", "postgresql://db/newsbot")
    parsed = ClusterAddress.parse(
        "milvus+https://[::1]/news?catalogue=postgresql://ann@db:5433/newsbot?sslmode=require"
    )
    assert parsed.milvus == "https://[::1]:19530"
    assert parsed.catalogue == "postgresql://ann@db:5433/newsbot?sslmode=require"


@pytest.mark.parametrize(
    "wrong",
    [
        "milvus://host/news",
        "milvus://host/?catalogue=postgresql://db/newsbot",
        "milvus://host/news;drop?catalogue=postgresql://db/newsbot",
        "milvus://host/News?catalogue=postgresql://db/newsbot",
        "milvus:///news?catalogue=postgresql://db/newsbot",
        "milvus://host:port/news?catalogue=postgresql://db/newsbot",
        "milvus://host/news?catalogue=mysql://db/newsbot",
        "milvus://host/news?catalogue=postgresql://db",
        "milvus://host/news?catalogue=postgresql://db/newsbot&colour=red",
    ],
)
def test_misspelt_address_shows_how_it_is_written(wrong: str) -> None:
    with pytest.raises(IndexFailure, match="milvus://host:19530/news"):
        ClusterAddress.parse(wrong)


@pytest.mark.parametrize(
    "secret",
    [
        "milvus://root:hidden@host/news?catalogue=postgresql://db/newsbot",
        "milvus://host/news?catalogue=postgresql://ann:hidden@db/newsbot",
        "milvus://host/news?catalogue=postgresql://db/newsbot?password=hidden",
    ],
)
def test_password_in_an_address_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(IndexFailure, match="PGPASSWORD") as raised:
        ClusterAddress.parse(secret)
    assert "hidden" not in str(raised.value)
