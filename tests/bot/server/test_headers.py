"""The Content-Security-Policy: what it allows, and that it names the page's own scripts."""

from __future__ import annotations

import base64
from hashlib import sha256

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.server.headers import SecurityHeaders, content_policy, inline_scripts

PAGE = (
    "<script>one()</script><script type=module src='./a.js'></script>"
    "<SCRIPT data-x>\ntwo();\n</SCRIPT ><script>one()</script>"
)


def source(script: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'"


async def page(request: Request) -> Response:
    assert "accept-encoding" not in request.headers or request.url.path != "/"

    async def parts():  # type: ignore[no-untyped-def]
        for letter in PAGE:
            yield letter

    return StreamingResponse(parts(), media_type="text/html")


async def packed(_: Request) -> Response:
    return HTMLResponse(b"\x00", headers={"Content-Encoding": "br"})


async def plain(_: Request) -> Response:
    return Response("<script>x</script>", media_type="text/plain")


CLIENT = TestClient(
    SecurityHeaders(
        Starlette(routes=[Route("/", page), Route("/packed", packed), Route("/plain", plain)])
    )
)


def test_inline_scripts_are_named_by_hash_once_each() -> None:
    assert inline_scripts(PAGE.encode()) == [source("one()"), source("\ntwo();\n")]


def test_page_arrives_whole_with_a_policy_of_its_scripts() -> None:
    reply = CLIENT.get("/")
    assert reply.text == PAGE
    policy = reply.headers["Content-Security-Policy"]
    assert policy == content_policy([source("one()"), source("\ntwo();\n")])


def test_other_response_allows_no_inline_script() -> None:
    for path in ("/packed", "/plain", "/none"):
        assert "sha256" not in CLIENT.get(path).headers["Content-Security-Policy"]


def test_policy_allows_no_other_site() -> None:
    policy = content_policy([])
    for directive in policy.split("; "):
        name, *sources = directive.split()
        allowed = {"'self'", "'none'", "data:", "blob:", "'unsafe-inline'", "'unsafe-eval'"}
        assert set(sources) <= allowed, name
    assert "script-src 'self' 'unsafe-eval'; script-src-attr 'none'" in policy
