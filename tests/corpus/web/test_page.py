"""Addresses among the paths: ids, encodings, formats, failures that name them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.article import Article
from corpus.loader import LoadReport, load_articles
from corpus.web.page import web_pages
from tests.fakes.web_server import WebServer, page, serve

TEXT = "The ferry to Lundholm was late because of fog."
RUSSIAN = "Президент заявил, что реформа будет принята летом. Он добавил, что это важно."


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serve() as server:
        server.answers["/a"] = lambda request: request.respond(page("Ferry late", TEXT))
        yield server


def load(*paths: str | Path, allow_local: bool = True) -> tuple[list[Article], LoadReport]:
    report = LoadReport()
    return list(load_articles(paths, report=report, allow_local=allow_local)), report


def test_an_address_is_an_article_whose_id_is_where_it_was_found(web: WebServer) -> None:
    web.answers["/old"] = lambda request: request.redirect("/a?utm_source=feed&id=7")
    (article,), report = load(f"{web.at}/old#top")
    assert article.id == f"{web.at}/a?id=7"
    assert article.url == f"{web.at}/a?utm_source=feed&id=7"
    assert article.title == "Ferry late" and TEXT in article.text
    assert report.origins == {article.id: f"{web.at}/old#top"}
    assert (report.files, report.articles, report.failures) == (1, 1, [])
    assert (report.roots, report.seen_files) == ([], set())


def test_a_page_cannot_take_the_place_of_another_address(web: WebServer) -> None:
    claim = "<link rel='canonical' href='https://news.example/other'></head>"
    html = page("Ferry late", TEXT).replace("</head>", claim)
    web.answers["/x"] = lambda request: request.respond(html)
    (article,), _ = load(f"{web.at}/x")
    assert article.id == article.url == f"{web.at}/x"


def test_the_page_of_a_bare_site_has_its_address_as_id(web: WebServer) -> None:
    web.answers["/"] = lambda request: request.respond(page("Ferry late", TEXT))
    (article,), _ = load(f"{web.at}/")
    assert article.id == article.url == f"{web.at}/"


def test_bad_address_does_not_stop_the_other_paths(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    web.answers["/gone"] = lambda request: request.send_error(404)
    web.answers["/empty"] = lambda request: request.respond("", "text/plain")
    web.answers["/nothing"] = lambda request: request.respond("<html><body></body></html>")
    secret = web.at.replace("//", "//me:secret@")
    told: list[tuple[str, int, int]] = []
    report = LoadReport()
    addresses = [f"{secret}/gone", f"{web.at}/empty", f"{web.at}/nothing", f"{web.at}/a"]
    articles = load_articles(
        [*addresses, tmp_path / "a.txt", f"{web.at}/a", "mailto://me:secret@news.example"],
        report=report,
        on_file=lambda place, done, total: told.append((str(place), done, total)),
        allow_local=True,
    )
    assert [article.id for article in articles] == ["a.txt", f"{web.at}/a"]
    assert list(map(str, report.failures)) == [
        f"{web.at}/gone: answered 404 Not Found",
        f"{web.at}/empty: empty",
        f"{web.at}/nothing: no article found in the page",
        "mailto://news.example: only http and https addresses are fetched",
    ]
    assert told[0] == (str(tmp_path / "a.txt"), 1, 6)
    assert told[1] == (f"{web.at}/gone", 2, 6)
    assert "secret" not in repr(told) + repr(report)


def test_the_local_network_is_refused_unless_it_is_allowed(web: WebServer) -> None:
    articles, report = load(f"{web.at}/a", allow_local=False)
    assert articles == [] and web.requests == []
    assert [str(one) for one in report.failures] == [
        f"{web.at}/a: an address of the local network; allow with --allow-local"
    ]


def html_in(encoding: str, head: str = "") -> bytes:
    html = page("Реформа", RUSSIAN).replace("</head>", f"{head}</head>")
    return html.encode(encoding)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (html_in("koi8-r"), "text/html; charset=koi8-r"),
        (html_in("koi8-r", "<meta charset=koi8-r>"), "text/html; charset=windows-1251"),
        (html_in("utf-8"), "text/html; charset=iso-8859-1"),
        (html_in("cp1251"), "text/html; charset=no-such-thing"),
        (html_in("cp1251"), "text/html"),
    ],
)
def test_the_server_names_the_encoding_where_the_page_does_not(
    web: WebServer, body: bytes, kind: str
) -> None:
    web.answers["/x"] = lambda request: request.respond(body, kind)
    (article,), _ = load(f"{web.at}/x")
    assert article.title == "Реформа"
    assert "Президент заявил" in article.text


def test_short_text_is_decoded_as_the_server_says(web: WebServer) -> None:
    web.answers["/x"] = lambda request: request.respond(
        "Łódź".encode("cp1250"), "text/plain;charset=cp1250"
    )
    (article,), _ = load(f"{web.at}/x")
    assert article.text == "Łódź"


def test_records_of_a_dump_keep_their_own_addresses(web: WebServer) -> None:
    records = [
        {"text": "One.", "url": "https://news.example/one"},
        {"text": "Two."},
        {"title": "Three."},
    ]
    body = "\n".join(map(json.dumps, records))
    web.answers["/dump"] = lambda request: request.respond(body, "application/x-ndjson")
    articles, report = load(f"{web.at}/dump")
    assert [article.id for article in articles] == ["https://news.example/one", f"{web.at}/dump#2"]
    assert articles[1].url is None
    assert [one.path for one in report.failures] == [f"{web.at}/dump line 3"]


def test_only_strings_with_a_scheme_are_addresses() -> None:
    paths = ["a.txt", "C:/a.txt", "c://a", Path("https://news.example"), "http:a", "./https://x"]
    assert web_pages(paths) == (paths, [])
    files, (first, second) = web_pages(["https://me:p%40@news.example/a", "HTTP://x/", "a"])
    assert files == ["a"]
    assert (first.name, second.name) == ("https://news.example/a", "http://x/")


@pytest.mark.parametrize(
    "address",
    [
        "https://me:secret@news.example/a",
        "https://me:sec/secret@news.example/a",
        "https://me:secret@[::1/a",
        "ftp://me:secret@news.example",
        "https://me:secret@news.example/" + "a" * 3_000,
        "https://me:secret@news.example/a b",
    ],
)
def test_no_name_of_an_address_shows_a_password(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    (found,) = web_pages([address])[1]
    articles, report = load(address)
    assert articles == [] and len(report.failures) == 1
    assert "secret" not in found.name + repr(report)


def test_who_gives_no_address_does_not_wait_for_httpx(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    code = (
        "import sys; from corpus.loader import load_articles; list(load_articles(sys.argv[1:])); "
        "print(sorted({'httpx', 'httpcore', 'ssl', 'http'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
