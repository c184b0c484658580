"""Fetching an address: what is followed, what is refused, and that nothing goes on for ever."""

from __future__ import annotations

import base64
import gzip
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import UnreadableArticle
from corpus.web.fetching import FetchLimits, fetch
from tests.fakes.web_server import Request, WebServer, page, serve

ARTICLE = page("Ferry late", "The ferry to Lundholm was late because of fog.")
LOCAL = "an address of the local network; allow with --allow-local"


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serve() as server:
        server.answers["/a"] = lambda request: request.respond(ARTICLE, "text/html; charset=utf-8")
        yield server


def cause(address: str, limits: FetchLimits | None = None, *, allow_local: bool = True) -> str:
    with pytest.raises(UnreadableArticle) as caught:
        fetch(address, allow_local=allow_local, limits=limits)
    return str(caught.value)


def test_a_page_is_fetched_as_what_the_server_says_it_is(web: WebServer) -> None:
    found = fetch(f"{web.at}/a?id=3#top", allow_local=True)
    assert found.address == f"{web.at}/a?id=3"
    assert (found.name, found.format.module, found.charset) == ("a.html", "html", "utf-8")
    assert found.data == ARTICLE.encode()
    [(path, headers)] = web.requests
    assert path == "/a?id=3"
    assert re.fullmatch(r"newsbot(/\S+)?", headers["User-Agent"])
    assert headers["Host"] == web.at.removeprefix("http://")
    assert "Cookie" not in headers and "Authorization" not in headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_last_address_counts(web: WebServer, status: int) -> None:
    web.answers["/old"] = lambda request: request.redirect("/older?x=1", status)
    web.answers["/older"] = lambda request: request.redirect(f"{web.at}/a", status)
    assert fetch(f"{web.at}/old", allow_local=True).address == f"{web.at}/a"


def test_a_circle_and_a_long_chain_of_redirects_come_to_an_end(web: WebServer) -> None:
    web.answers["/x"] = lambda request: request.redirect("/y")
    web.answers["/y"] = lambda request: request.redirect("/x")
    web.answers["/n"] = lambda request: request.redirect(f"/n?{len(web.requests)}")
    assert "redirects in a circle" in cause(f"{web.at}/x")
    before = len(web.requests)
    assert cause(f"{web.at}/n?0") == "redirected more than 5 times"
    assert len(web.requests) - before == 6


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("ftp://example.org/a", "only http and https addresses are fetched"),
        ("file:///etc/passwd", "only http and https addresses are fetched"),
        ("http://[::1", "not a usable address"),
    ],
)
def test_a_redirect_to_what_is_no_web_address_is_refused(
    web: WebServer, target: str, why: str
) -> None:
    web.answers["/x"] = lambda request: request.redirect(target)
    assert cause(f"{web.at}/x") == why


def test_a_redirect_into_the_local_network_is_refused(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first address passes for a public one here; the second does not."""
    web.answers["/x"] = lambda request: request.redirect("http://127.0.0.2:1/secret")
    web.answers["/name"] = lambda request: request.redirect("http://user:word@printer.local/")
    monkeypatch.setattr("corpus.web.network.is_public", lambda address: address == "127.0.0.1")
    refused = cause(f"{web.at}/x", allow_local=False)
    assert refused == f"redirected to http://127.0.0.2:1/secret: {LOCAL}"
    refused = cause(f"{web.at}/name", allow_local=False)
    assert refused == f"redirected to http://printer.local/: {LOCAL}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST.", "a.localhost", "[::1]"])
def test_this_machine_is_refused_before_anything_is_sent(web: WebServer, host: str) -> None:
    port = web.server_address[1]
    assert cause(f"http://{host}:{port}/a", allow_local=False) == LOCAL
    assert web.requests == []


@pytest.mark.parametrize("others", [["10.0.0.8"], ["93.184.215.14", "192.168.1.1"]])
def test_a_name_with_one_private_address_is_refused(
    web: WebServer, monkeypatch: pytest.MonkeyPatch, others: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [known(one) for one in others])
    assert cause("http://news.example/a", allow_local=False) == LOCAL


def test_the_address_that_was_checked_is_the_one_connected_to(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, *rest: object, **named: object) -> list[object]:
        asked_for.append(host)
        return [known("127.0.0.1")] if host == "news.example" else list(real(host, *rest, **named))  # type: ignore[call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    port = web.server_address[1]
    found = fetch(f"http://news.example:{port}/a", allow_local=True)
    assert found.address == f"http://news.example:{port}/a"
    assert asked_for.count("news.example") == 1, "a second look-up could answer differently"
    assert web.requests[0][1]["Host"] == f"news.example:{port}"


def known(address: str) -> tuple[object, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))


def test_an_unknown_name_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert cause("http://no.example/") == "no address is known for the name 'no.example'"


@pytest.mark.parametrize(
    ("status", "said"), [(404, "404 Not Found"), (500, "500 Internal Server Error"), (799, "799")]
)
def test_a_status_that_is_not_200_is_named(web: WebServer, status: int, said: str) -> None:
    web.answers["/x"] = lambda request: request.send_error(status, "\x1b[31mlies")
    assert cause(f"{web.at}/x") == f"answered {said}"


def trickle(request: Request, first: bytes, then: bytes) -> None:
    server = request.server
    assert isinstance(server, WebServer)
    request.wfile.write(first)
    while not server.over.wait(0.05):
        request.wfile.write(then)


def test_a_server_that_says_nothing_or_trickles_is_left(web: WebServer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    web.answers["/silent"] = lambda request: web.over.wait(30)
    web.answers["/header"] = lambda request: trickle(request, head, b"X-More: 1\r\n")
    web.answers["/body"] = lambda request: trickle(request, head + b"\r\n<p>", b"x")
    began = time.monotonic()
    silent = FetchLimits(read_seconds=0.3, seconds=20)
    assert cause(f"{web.at}/silent", silent) == "timed out after 0.3 s"
    assert cause(f"{web.at}/header", FetchLimits(seconds=0.5)) == "timed out after 0.5 s"
    assert cause(f"{web.at}/body", FetchLimits(seconds=0.5)) == "timed out after 0.5 s"
    assert time.monotonic() - began < 10


def test_an_endless_body_is_cut_off_at_the_limit(web: WebServer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"

    def pour(request: Request) -> None:
        request.wfile.write(head)
        while not web.over.is_set():
            request.wfile.write(b"word " * 20_000)

    web.answers["/x"] = pour
    assert cause(f"{web.at}/x", FetchLimits(size=2_000_000)) == "larger than 2 MB"


def test_a_length_that_is_too_large_is_refused_before_it_is_read(web: WebServer) -> None:
    def promise(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", "60000000")
        request.end_headers()
        web.over.wait(30)

    web.answers["/x"] = promise
    assert cause(f"{web.at}/x") == "larger than 50 MB"


def test_packed_answers_are_unpacked_up_to_the_limit(web: WebServer) -> None:
    packed = gzip.compress(ARTICLE.encode())
    bomb = gzip.compress(bytes(30_000_000))
    web.answers["/good"] = lambda request: request.respond(packed, Content_Encoding="gzip")
    web.answers["/bomb"] = lambda request: request.respond(bomb, Content_Encoding="gzip")
    web.answers["/bad"] = lambda request: request.respond(ARTICLE, Content_Encoding="gzip")
    web.answers["/br"] = lambda request: request.respond(ARTICLE, Content_Encoding="br")
    web.answers["/a.txt.gz"] = lambda request: request.respond(packed, "application/gzip")
    web.answers["/b.txt.gz"] = lambda request: request.respond(bomb, "application/octet-stream")
    assert fetch(f"{web.at}/good", allow_local=True).data == ARTICLE.encode()
    assert cause(f"{web.at}/bomb") == "larger than 20 MB once unpacked"
    assert cause(f"{web.at}/bad") == "not valid gzip data"
    assert cause(f"{web.at}/br") == "packed as br, which was not asked for"
    found = fetch(f"{web.at}/a.txt.gz", allow_local=True)
    assert (found.name, found.data) == ("a.txt", ARTICLE.encode())
    assert cause(f"{web.at}/b.txt.gz") == "larger than 20 MB once unpacked"


def test_an_answer_that_is_cut_off_or_is_not_http_is_one_line(web: WebServer) -> None:
    def cut(request: Request) -> None:
        request.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n<p>"
        )

    web.answers["/cut"] = cut
    web.answers["/ssh"] = lambda request: request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n") and None
    for path in ("/cut", "/ssh"):
        assert cause(web.at + path) == "what it answered is cut off, or is not HTTP"


def test_nobody_listening_and_no_secure_connection_are_one_line(web: WebServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert cause(f"http://127.0.0.1:{port}/") == "cannot be reached: connection refused"
    secure = web.at.replace("http:", "https:")
    assert cause(f"{secure}/a") == "no secure connection can be made"


def test_certificate_must_be_trusted_and_match_the_name(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example"]
    subprocess.run(
        [*made, "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    web.socket = context.wrap_socket(web.socket, server_side=True)
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **named: (
            [known("127.0.0.1")] if host.endswith(".example") else real(host, *rest, **named)
        ),
    )
    port = web.server_address[1]
    assert cause(f"https://news.example:{port}/a").startswith("its certificate is not trusted: ")
    trusting = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    monkeypatch.setattr("corpus.web.fetching._trusted", lambda: trusting)
    assert fetch(f"https://news.example:{port}/a", allow_local=True).data == ARTICLE.encode()
    refused = cause(f"https://other.example:{port}/a")
    assert refused.startswith("its certificate is not trusted: Hostname mismatch")


def test_password_is_sent_only_to_the_host_it_was_given_for(web: WebServer) -> None:
    web.answers["/x"] = lambda request: request.redirect(
        f"http://other:pw@{request.headers['Host']}/a"
    )
    address = web.at.replace("//", "//me:p%40ss@")
    found = fetch(f"{address}/x", allow_local=True)
    assert found.address == f"{web.at}/a"
    first, second = (headers.get("Authorization") for _, headers in web.requests)
    assert first == "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert second is None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ftp://example.org/a", "only http and https addresses are fetched"),
        ("gopher://example.org", "only http and https addresses are fetched"),
        ("https://", "not a usable address"),
        ("https://me:pass/word@example.org/", "not a usable address"),
        (f"https://example.org/{'a' * 3_000}", "not a usable address"),
    ],
)
def test_what_is_no_web_address_is_refused(address: str, why: str) -> None:
    assert cause(address, allow_local=False) == why


@pytest.mark.parametrize("kind", ["image/png", "application/x-rar", "video/\x1b[31mmp4"])
def test_unknown_type_is_named_before_the_body_is_read(web: WebServer, kind: str) -> None:
    web.answers["/x.html"] = lambda request: request.respond(b"x" * 100, kind)
    said = cause(f"{web.at}/x.html")
    assert "not one that is read" in said or "not HTTP" in said
    assert "\x1b" not in said
