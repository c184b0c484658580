"""Several collections behind one address: each page, endpoint and change keeps to its own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bot.newsbot import NewsBot
from bot.server.config import ServerConfig
from tests.fakes.served import call, flooded, serving_on

TOWNS = {"council": "Arlen", "fires": "Bexby"}
QUESTION = "In which town did the river rise?"


@pytest.fixture(scope="module")
def bots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NewsBot]:
    made = {}
    for name, town in TOWNS.items():
        made[name] = flooded(tmp_path_factory.mktemp(name), town)
    return made


@pytest.fixture(scope="module", params=["", "/news"])
def client(bots: dict[str, NewsBot], request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    config = ServerConfig(root_path=request.param)
    with (
        serving_on(bots, config) as at,
        httpx.Client(base_url=at + request.param, timeout=60) as client,
    ):
        yield client


def _titles(told: object) -> str:
    assert isinstance(told, dict), told
    return str([cited["title"] for cited in told["citations"]])


def test_each_collection_has_a_page_of_its_own(client: httpx.Client) -> None:
    for path in ("/", "/c/fires/", "/c/fires"):
        page = client.get(path, follow_redirects=True)
        assert page.status_code == 200 and "gradio" in page.text
        assert 'aria-label=\\"Collections\\"' in page.text or "collections" in page.text
    assert client.get("/c/unknown/").status_code == 404
    assert client.get("/c/fires/healthz").text == "ok\n"


def test_answer_takes_the_collection_by_name(client: httpx.Client) -> None:
    assert "Arlen" in _titles(call(client, "answer", question=QUESTION))
    assert "Bexby" in _titles(call(client, "answer", question=QUESTION, collection="fires"))
    assert "Arlen" in _titles(call(client, "answer", question=QUESTION, collection="council"))
    for name, prefix in (("fires", "/c/fires/a/"), ("council", "/a/")):
        kept = call(client, "answer", question=QUESTION, collection=name, permalink=True)
        assert prefix in kept["permalink"]
        path = prefix + kept["permalink"].rpartition("/")[2]
        assert QUESTION in client.get(path).text
    told = call(client, "answer", question=QUESTION, collection="none")
    assert told == "no collection of that name; there are: council, fires"
    found = call(client, "search", question=QUESTION, collection="fires")
    assert [hit["article_id"] for hit in found["hits"]] == ["bexby.txt"]
    assert call(client, "names", collection="none") == told


def test_endpoints_below_a_collection_are_its_own(client: httpx.Client) -> None:
    with httpx.Client(base_url=str(client.base_url).rstrip("/") + "/c/fires", timeout=60) as fires:
        assert "Bexby" in _titles(call(fires, "answer", question=QUESTION))
        assert [one["id"] for one in call(fires, "articles")["articles"]] == ["bexby.txt"]
        assert call(fires, "add", text="The fair opened.", title="Fair")["added"] == 1
        assert len(call(fires, "articles")["articles"]) == 2
        assert len(call(client, "articles")["articles"]) == 1
        added = [one["id"] for one in call(fires, "articles")["articles"] if one["title"] == "Fair"]
        assert call(fires, "remove", article_ids=added)["removed"] == 1


def test_other_host_is_refused_in_every_collection(bots: dict[str, NewsBot]) -> None:
    """A path of a collection is no prefix of a proxy, which would let any host in."""
    with serving_on(bots) as at, httpx.Client(base_url=at, timeout=60) as client:
        for path in ("/", "/c/fires/"):
            assert client.get(path, headers={"Host": "evil.example"}).status_code == 403
            foreign = {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}
            assert client.get(path, headers=foreign).status_code == 403
