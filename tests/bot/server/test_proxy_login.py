"""Users whom a proxy has logged in, and the audit log that names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.access.audit import audit_beside
from bot.access.policy import AccessPolicy, visitor_of
from bot.access.rate_limits import RateLimiter, ServerLimits
from bot.access.users import PasswordVerifier, UserFile
from bot.errors import NotServed
from bot.newsbot import NewsBot
from bot.server.app import access_middleware
from bot.server.config import ServerConfig, access_policy
from bot.server.middleware import KnownPeer
from tests.fakes.served import call, flooded, serving_on

HEADER = "X-Forwarded-User"
ANN = {HEADER: "ann@example.org"}
QUESTION = "In which town did the river rise?"


def client_of(folder: Path, policy: AccessPolicy, peer: str = "10.1.2.3") -> TestClient:
    async def who(request: Request) -> JSONResponse:
        visitor = visitor_of(request.scope)
        may = policy.may_edit(request)
        return JSONResponse({"name": visitor.name, "client": visitor.client, "edits": may})

    limits = ServerLimits()
    app = Starlette(
        routes=[Route("/{path:path}", who)],
        middleware=access_middleware(policy, limits, RateLimiter(limits, folder)),
    )
    served: Any = KnownPeer(app, policy)
    return TestClient(served, client=(peer, 50_000), base_url="http://127.0.0.1")


def policy_of(**more: Any) -> AccessPolicy:
    config = ServerConfig(user_header=HEADER, trusted_proxies=("10.1.0.0/16", "::1"), **more)
    return access_policy("0.0.0.0", config)


def test_trusted_proxy_names_the_user_and_the_client(tmp_path: Path) -> None:
    client = client_of(tmp_path, policy_of(editors=["ann@example.org"]))
    told = client.get("/", headers={**ANN, "X-Forwarded-For": "203.0.113.9"}).json()
    assert told == {"name": "ann@example.org", "client": "203.0.113.9", "edits": True}
    assert client.get("/", headers={HEADER: "ben"}).json()["edits"] is False


@pytest.mark.parametrize("peer", ["203.0.113.9", "127.0.0.1", "::2", "", "testclient"])
def test_nobody_else_names_a_user(tmp_path: Path, peer: str) -> None:
    """Not even who says that the proxy speaks for it, or that it is the proxy."""
    client = client_of(tmp_path, policy_of(), peer)
    for more in ({}, {"X-Forwarded-For": "10.1.2.3"}, {"Forwarded": "for=10.1.2.3"}):
        reply = client.get("/", headers={**ANN, **more})
        assert (reply.status_code, reply.json()["detail"]) == (
            401,
            "only the proxy may say who you are",
        )


@pytest.mark.parametrize("value", ["", " ", "x" * 257, "a\x7fb"])
def test_name_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    assert client_of(tmp_path, policy_of()).get("/", headers={HEADER: value}).status_code == 401


def test_two_names_are_none(tmp_path: Path) -> None:
    client = client_of(tmp_path, policy_of())
    twice = [(HEADER, "ann"), (HEADER, "root")]
    assert client.get("/", headers=twice).status_code == 401
    assert client.get("/").status_code == 401
    assert client.get("/healthz").status_code == 200


def test_own_users_log_in_beside_the_proxy(tmp_path: Path) -> None:
    file = UserFile(tmp_path / "users")
    file.add("ben", "a long password")
    policy = policy_of(users=file.path)
    assert isinstance(policy.verifier, PasswordVerifier)
    client = client_of(tmp_path, policy, "203.0.113.9")
    assert client.get("/", auth=("ben", "a long password")).json()["name"] == "ben"
    assert client.get("/", headers=ANN).status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"user_header": "a b"}, {"user_header": HEADER, "trusted_proxies": ["proxy"]}]
)
def test_configuration_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(NotServed):
        access_policy("127.0.0.1", ServerConfig(**wrong))


def test_host_of_another_site_is_refused_with_a_header(tmp_path: Path) -> None:
    """A page that points its name at this machine could set the header itself."""
    policy = access_policy("127.0.0.1", ServerConfig(user_header=HEADER))
    client = client_of(tmp_path, policy, "127.0.0.1")
    assert client.get("/", headers=ANN).status_code == 200
    assert client.get("/", headers={**ANN, "Host": "evil.example"}).status_code == 403


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> NewsBot:
    return flooded(tmp_path_factory.mktemp("audited"), "Arlen")


@pytest.fixture(scope="module")
def audited(bot: NewsBot) -> Iterator[str]:
    with serving_on(bot, ServerConfig(user_header=HEADER, audit=True)) as url:
        yield url


def test_log_says_who_asked_searched_and_changed_what(audited: str, bot: NewsBot) -> None:
    with httpx.Client(base_url=audited, headers=ANN, timeout=60) as client:
        assert not call(client, "answer", question=QUESTION)["refused"]
        asked = {"model": "newsbot", "messages": [{"role": "user", "content": QUESTION}]}
        assert client.post("/v1/chat/completions", json=asked).status_code == 200
        assert call(client, "search", question=QUESTION)["hits"]
        assert call(client, "add", text="The fair opened.", title="Fair")["added"] == 1
        ids = [one["id"] for one in call(client, "articles")["articles"] if one["title"] == "Fair"]
        assert call(client, "remove", article_ids=ids)["removed"] == 1
    lines = [json.loads(line) for line in audit_beside(bot.index).read_text().splitlines()]
    assert [line["action"] for line in lines] == ["ask", "ask", "search", "add", "remove"]
    assert {line["user"] for line in lines} == {"ann@example.org"}
    assert [line.get("question") for line in lines[:3]] == [QUESTION] * 3
    assert (lines[3]["title"], lines[4]["articles"]) == ("Fair", ids)


@pytest.mark.parametrize(("audit", "kept"), [(None, False), (False, False), (True, True)])
def test_log_is_off_on_this_machine_unless_asked_for(
    tmp_path: Path, audit: bool | None, kept: bool
) -> None:
    bot = flooded(tmp_path, "Arlen")
    config = ServerConfig(audit=audit, audit_questions=False)
    with serving_on(bot, config) as url, httpx.Client(base_url=url, timeout=60) as client:
        call(client, "answer", question=QUESTION)
    file = audit_beside(bot.index)
    assert file.exists() is kept
    assert not kept or QUESTION not in file.read_text()
