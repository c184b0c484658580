"""The whole server: for whom it is, its headers, behind a proxy, for MCP and supervisors."""

from __future__ import annotations

import contextlib
import gc
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest
import uvicorn
from gradio.state_holder import SessionState
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from bot.access.rate_limits import ServerLimits
from bot.access.users import UserFile
from bot.errors import BotError, NotServed, PortBusy
from bot.newsbot import NewsBot
from bot.server.config import ServerConfig, access_policy
from tests.fakes.browser import SAMPLE, ask, free_port, open_page
from tests.fakes.pages import PageWatch
from tests.fakes.served import call, copied, serving_on

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

ANN, BEN = ("ann", "a long password"), ("ben", "another password")
FREE = ServerLimits(requests_a_minute=0)


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users") / "users"
    for name, password in (ANN, BEN):
        UserFile(path).add(name, password)
    return path


@pytest.fixture(scope="module")
def site(bot: NewsBot, users: Path) -> Iterator[str]:
    """For users of whom ann may edit, with MCP."""
    with serving_on(bot, ServerConfig(users=users, editors=["ann"], mcp=True, limits=FREE)) as url:
        yield url


@pytest.fixture(scope="module")
def open_site(bot: NewsBot) -> Iterator[str]:
    """For this machine, with MCP."""
    with serving_on(bot, ServerConfig(mcp=True, limits=FREE)) as url:
        yield url


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", ""])
def test_public_host_needs_users_or_open_to_anyone(host: str, users: Path) -> None:
    with pytest.raises(NotServed, match="newsbot user add NAME.*--open-to-anyone"):
        access_policy(host, ServerConfig())
    assert access_policy(host, ServerConfig(users=users)).verifier is not None
    assert access_policy(host, ServerConfig(open_to_anyone=True)).verifier is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_host_needs_no_users(host: str) -> None:
    assert access_policy(host, ServerConfig()).allowed_hosts != ["*"]


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ({"editors": ["ann"]}, "editors are users"),
        ({"editors": ["eve"], "users": True}, "no user 'eve'"),
        ({"users": False}, "names no user"),
        ({"root_path": "news"}, "neither a path nor an address"),
        ({"root_path": "javascript:x"}, "neither a path nor an address"),
    ],
)
def test_contradictory_config_is_one_line(
    config: dict[str, Any], line: str, users: Path, tmp_path: Path
) -> None:
    if "users" in config:
        config = {**config, "users": users if config["users"] else tmp_path / "none"}
    with pytest.raises(NotServed, match=line):
        access_policy("127.0.0.1", ServerConfig(**config))


def test_foreign_address_cannot_be_listened_on(bot: NewsBot) -> None:
    from bot.server.serving import start

    with pytest.raises(BotError, match="cannot listen on 192.0.2.1") as caught:
        start(bot, "192.0.2.1", free_port(), ServerConfig(open_to_anyone=True))
    assert not isinstance(caught.value, PortBusy)


def test_concurrent_clients_are_all_answered(open_site: str) -> None:
    from gradio_client import Client

    def cited(question: str) -> list[str]:
        client = Client(open_site, verbose=False)
        try:
            reply = client.predict(question, api_name="/answer")
        finally:
            client.close()
        return [citation["article_id"] for citation in reply["citations"]]

    with ThreadPoolExecutor(6) as clients:
        found = list(clients.map(cited, [SAMPLE, "What is the capital of France?"] * 3))
    assert found == [["baghdad-embassy.txt"], []] * 3


def test_stranger_gets_nothing_but_health(site: str) -> None:
    for path in ("/", "/config", "/metrics", "/mcp", "/gradio_api/info", "/gradio_api/heartbeat/x"):
        assert httpx.get(f"{site}{path}").status_code == 401, path
    assert httpx.get(f"{site}/healthz").text == "ok\n"


def test_user_asks_and_editor_changes(site: str, bot: NewsBot) -> None:
    with httpx.Client(base_url=site, auth=BEN, timeout=120) as ben:
        assert call(ben, "answer", question=SAMPLE)["citations"]
        for name, given in (("add", {"text": "x"}), ("remove", {"article_ids": ["x"]})):
            assert call(ben, name, **given) == "you may not add or remove articles"
        assert ben.post("/gradio_api/upload", files={"files": b"x"}).status_code == 403
    with httpx.Client(base_url=site, auth=ANN, timeout=120) as ann:
        added = call(ann, "add", text="The otter count of Fenwick was 44.", title="Otters")
        assert added["added"] == 1
        [made] = [one.id for one in bot.articles() if "otter count" in one.text]
        assert call(ann, "remove", article_ids=[made])["removed"] == 1


def test_gradio_client_logs_in(site: str) -> None:
    from gradio_client import Client

    client = Client(site, verbose=False, httpx_kwargs={"auth": BEN})
    try:
        assert client.predict(SAMPLE, api_name="/answer")["citations"]
    finally:
        client.close()


def test_injected_script_does_not_run(open_site: str, browser: Browser) -> None:
    context = browser.new_context()
    tab = context.new_page()
    open_page(tab, open_site)
    tab.evaluate(
        """() => {
          const box = document.createElement("div");
          box.innerHTML = "<img src='data:,' onerror='window.hacked = 1'>" +
            "<a id=bad href='javascript:window.hacked = 1'>x</a>";
          const script = document.createElement("script");
          script.textContent = "window.hacked = 1";
          document.body.append(box, script);
          document.getElementById("bad").click();
        }"""
    )
    tab.wait_for_timeout(500)
    assert tab.evaluate("window.hacked") is None
    context.close()


def test_every_response_has_security_headers(open_site: str) -> None:
    for path in ("/", "/config", "/healthz", "/no-such", "/gradio_api/docs", "/assets/none.js"):
        headers = httpx.get(f"{open_site}{path}").headers
        policy = headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
        assert "'unsafe-inline'" not in policy.partition("style-src")[0], path
    refused = httpx.get(open_site, headers={"Origin": "http://evil.example"})
    assert refused.status_code == 403 and "Access-Control-Allow-Origin" not in refused.headers
    assert "Content-Security-Policy" in refused.headers


def test_metrics_count_questions_and_refusals(site: str, open_site: str, bot: NewsBot) -> None:
    def figures() -> dict[str, float]:
        lines = httpx.get(f"{open_site}/metrics").text.splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    before = figures()
    with httpx.Client(base_url=open_site, timeout=120) as client:
        call(client, "answer", question=SAMPLE)
        call(client, "answer", question="What is the capital of France?")
        call(client, "answer", question=" ")
    after = figures()
    for name, more in (
        ("newsbot_questions_total", 2),
        ("newsbot_refusals_total", 1),
        ("newsbot_failures_total", 0),
        ("newsbot_answer_seconds_count", 2),
    ):
        assert after[name] - before[name] == more, name
    status = bot.status()
    assert after["newsbot_articles"] == status.articles
    assert after[f'newsbot_index_info{{generation="{status.generation}"}}'] == 1
    assert httpx.get(f"{open_site}/metrics", headers={"X-Forwarded-For": "1.2.3.4"}).is_error
    assert httpx.get(f"{site}/metrics", auth=BEN).status_code == 200


def test_health_says_whether_the_index_opens(
    samples_index: Path, embedder: Embedder, tmp_path: Path
) -> None:
    bot = copied(samples_index, tmp_path / "index", embedder)
    with serving_on(bot, ServerConfig()) as url:
        assert httpx.get(f"{url}/healthz").text == "ok\n"
        shutil.rmtree(tmp_path / "index")
        down = httpx.get(f"{url}/healthz")
        assert down.status_code == 503 and "no index at" in down.text
        elsewhere = httpx.get(f"{url}/healthz", headers={"X-Forwarded-For": "10.0.0.1"})
        assert elsewhere.text == "the index cannot be opened\n"
        assert "newsbot_index_up 0.0" in httpx.get(f"{url}/metrics").text


def _run(talk: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it in a thread of its own: the browser's driver has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, talk).result()


def test_mcp_tools_are_described_and_only_read(open_site: str, bot: NewsBot) -> None:
    from mcp import Client

    async def talk() -> None:
        async with Client(f"{open_site}/mcp") as client:
            tools = (await client.list_tools()).tools
            assert {tool.name for tool in tools} == {
                *(
                    "answer_question",
                    "search_passages",
                    "read_article",
                    "look_up_name",
                    "list_articles",
                )
            }
            for tool in tools:
                assert tool.description and len(tool.description.split()) > 8
                assert tool.annotations and tool.annotations.read_only_hint
                for name, field in tool.input_schema["properties"].items():
                    assert field.get("description"), (tool.name, name)
            reply = await client.call_tool("answer_question", {"question": SAMPLE})
            given = reply.structured_content
            assert given and given["citations"] == bot.answer(SAMPLE).to_dict()["citations"]
            follow_up = {"question": "When did they say so?", "history": [[SAMPLE, given["text"]]]}
            reply = await client.call_tool("answer_question", follow_up)
            assert reply.structured_content and reply.structured_content["question_read_as"]
            [cited] = given["citations"]
            article = await client.call_tool(
                "read_article", {"article_id": cited["article_id"], "start": cited["start"]}
            )
            assert article.structured_content
            assert article.structured_content["text"].startswith(cited["quote"])
            found = await client.call_tool("search_passages", {"question": SAMPLE, "k": 2})
            assert found.structured_content and len(found.structured_content["hits"]) == 2
            only = {"question": "who was hurt", "name": "Iran"}
            found = await client.call_tool("search_passages", only)
            assert found.structured_content and found.structured_content["hits"]
            ids = {hit["article_id"] for hit in found.structured_content["hits"]}
            assert ids == {cited["article_id"]}
            named = await client.call_tool("look_up_name", {"name": "Iran"})
            assert named.structured_content and named.structured_content["kind"] == "place"
            listed = await client.call_tool("list_articles", {"limit": 3})
            assert listed.structured_content and len(listed.structured_content["articles"]) == 3
            for name, wrong in (
                ("answer_question", {"question": "x" * 3_000}),
                ("answer_question", {"question": "x", "since": "soon"}),
                ("answer_question", {"question": "x", "history": [["x"]]}),
                ("read_article", {"article_id": "../../etc/passwd"}),
                ("search_passages", {"question": "x", "k": 10**6}),
            ):
                assert (await client.call_tool(name, wrong)).is_error, (name, wrong)

    _run(talk)


def test_mcp_client_has_to_log_in(site: str) -> None:
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    httpx2 = pytest.importorskip("httpx2", reason="mcp's own HTTP client is not installed")

    async def talk() -> None:
        async with httpx2.AsyncClient(auth=BEN) as http:
            transport = streamable_http_client(f"{site}/mcp", http_client=http)
            async with Client(transport) as client:
                assert (await client.list_tools()).tools

    _run(talk)
    assert httpx.post(f"{site}/mcp", json={}).status_code == 401


@contextlib.contextmanager
def proxy(upstream: str, prefix: str) -> Iterator[str]:
    """A small reverse proxy that shows ``upstream`` below a prefix, as nginx or Caddy would."""

    async def forward(request: Request) -> StreamingResponse:
        path = request.url.path.removeprefix(prefix) or "/"
        headers = [
            (name, value) for name, value in request.headers.raw if name.lower() != b"connection"
        ]
        assert request.client is not None
        headers += [(b"x-forwarded-for", request.client.host.encode())]
        headers += [(b"x-forwarded-host", request.headers["host"].encode())]
        url = httpx.URL(upstream + path, query=request.url.query.encode())
        asked = http.build_request(
            request.method, url, headers=headers, content=await request.body()
        )
        reply = await http.send(asked, stream=True)

        async def body() -> AsyncIterator[bytes]:
            try:
                async for part in reply.aiter_raw():
                    yield part
            finally:
                await reply.aclose()

        answer = StreamingResponse(body(), reply.status_code)
        answer.raw_headers = reply.headers.raw
        return answer

    http = httpx.AsyncClient(timeout=120)
    app = Starlette(routes=[Route(prefix + "{path:path}", forward, methods=["GET", "POST"])])
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{port}{prefix}"
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(20)


def test_remembered_sessions_are_bounded(
    tmp_path: Path, samples_index: Path, embedder: Embedder
) -> None:
    def sessions() -> int:
        gc.collect()
        return sum(type(one) is SessionState for one in gc.get_objects())

    bot = copied(samples_index, tmp_path / "index", embedder)
    gc.freeze()  # what is there already is neither counted nor looked through each time
    with (
        serving_on(bot, ServerConfig(limits=ServerLimits(sessions=3))) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        seen = []
        for _ in range(6):
            call(client, "status")
            seen.append(sessions())
    gc.unfreeze()
    assert seen[:2] == [1, 2]
    assert max(seen) == seen[-1] == 3


def test_page_works_behind_a_proxy_with_a_prefix(bot: NewsBot, browser: Browser) -> None:
    config = ServerConfig(root_path="/deep/news", limits=FREE)
    with serving_on(bot, config) as upstream, proxy(upstream, "/deep/news") as url:
        context = browser.new_context()
        watch, tab = PageWatch(context), context.new_page()
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        open_page(tab, f"{url}/")
        expect(ask(tab, SAMPLE)).to_contain_text("Kataib Hezbollah")
        context.close()
        # The page's own link to its manifest is the one thing that Gradio leaves without a prefix.
        strays = [one for one in asked if not one.startswith((url, "data:", "blob:"))]
        assert all(one.endswith("/manifest.json") for one in strays), strays
        complaints = [one for one in watch.complaints if "404" not in one]
        assert not watch.outside and not complaints
        with httpx.Client(base_url=url, timeout=120) as client:
            asked_for = client.post("/gradio_api/call/v2/answer", json={"question": SAMPLE}).json()
            told = client.get(f"/gradio_api/call/v2/answer/{asked_for['event_id']}").text
            assert "baghdad-embassy.txt" in told
            assert client.get("/metrics").status_code == 403, "not for whom a proxy speaks for"
            assert call(client, "add", text="x") == "you may not add or remove articles"
