"""Web archives, written by warcio as crawlers do."""

from __future__ import annotations

import gzip
import io
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus import load_articles
from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.warc import MOST_DAMAGED, parse
from corpus.formats.warc_records import LONGEST_PAGE
from corpus.loader import LoadReport
from tests.corpus.formats.conftest import ReadAll, ReadOne
from tests.corpus.formats.test_html import page

ADDRESS = "https://example.com/news/flood-in-aldmoor"


class Archive:
    """An archive that is being written."""

    def __init__(self, *, packed: bool = False) -> None:
        self._file = io.BytesIO()
        self._writer = WARCWriter(self._file, gzip=packed)

    def add(
        self,
        body: bytes | str = page(),
        *,
        address: str = ADDRESS,
        kind: str = "response",
        status: str = "200 OK",
        headers: dict[str, str] | None = None,
    ) -> Archive:
        data = body.encode() if isinstance(body, str) else body
        lines = {"Content-Type": "text/html", **(headers or {})}
        answer = StatusAndHeaders(status, list(lines.items()), protocol="HTTP/1.1")
        self._writer.write_record(
            self._writer.create_warc_record(
                address,
                kind,
                payload=io.BytesIO(data),
                http_headers=answer if kind == "response" else None,
            )
        )
        return self

    def bytes(self) -> bytes:
        return self._file.getvalue()


def chunked(body: bytes) -> bytes:
    parts = [body[place : place + 100] for place in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_a_response_of_html_is_an_article_with_its_address(read_one: ReadOne) -> None:
    draft = read_one(Archive().add().bytes(), "a.warc")
    assert (draft.title, draft.url, draft.key) == ("Flood in Aldmoor", ADDRESS, ADDRESS)
    assert "“It is over,” she added" in draft.text
    assert draft.published is None, "the crawl's date is not that of the page"
    assert draft.place == "record 1 (byte 0)"


def test_the_pages_own_address_and_date_come_first(read_one: ReadOne) -> None:
    head = (
        '<link rel="canonical" href="https://example.com/flood">'
        '<meta property="article:published_time" content="2019-12-31">'
    )
    draft = read_one(Archive().add(page(head)).bytes(), "a.warc")
    assert (draft.url, draft.published) == ("https://example.com/flood", "2019-12-31")


def test_what_is_no_page_is_passed_over(read_all: ReadAll) -> None:
    archive = Archive()
    archive.add(b"software: x", kind="warcinfo").add(b"GET / HTTP/1.1\r\n\r\n", kind="request")
    archive.add(status="301 Moved").add(status="404 Not Found")
    archive.add(b"%PDF-", headers={"Content-Type": "application/pdf"})
    archive.add(b"1.2.3.4", address="dns:example.com", kind="response")
    archive.add(headers={"Content-Type": "Text/HTML; charset=UTF-8"})
    (draft,) = read_all(archive.bytes(), "a.warc")
    assert isinstance(draft, Draft)


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate"])
@pytest.mark.parametrize("chunks", [True, False])
@pytest.mark.parametrize("undone", [True, False])
def test_packed_and_chunked_pages_are_read_and_those_undone_before(
    read_one: ReadOne, name: str, chunks: bool, undone: bool
) -> None:
    plain = page().encode()
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(plain),
        "deflate": zlib.compress(plain),
        "raw deflate": raw.compress(plain) + raw.flush(),
    }[name]
    headers = {"Content-Encoding": name.rpartition(" ")[2]}
    if chunks:
        headers["Transfer-Encoding"] = "chunked"
        packed = chunked(packed)
    data = Archive().add(plain if undone else packed, headers=headers).bytes()
    assert "two metres" in read_one(data, "a.warc").text


def test_the_encoding_that_the_server_names_is_used(read_one: ReadOne) -> None:
    sentence = "Река поднялась на два метра, сообщил мэр города во вторник вечером."
    body = page(body=f"<article><p>{sentence * 3}</p></article>").encode("koi8-r")
    data = Archive().add(body, headers={"Content-Type": "text/html; charset=koi8-r"}).bytes()
    assert sentence in read_one(data, "a.warc").text


def test_a_page_without_an_article_does_not_stop_the_others(read_all: ReadAll) -> None:
    first, second = read_all(Archive().add("<html></html>").add().bytes(), "a.warc")
    assert first == BadRecord("record 1 (byte 0)", "no article found in the page")
    assert isinstance(second, Draft)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\nContent-Length: ", b"\r\nContent-Length: 9"),
        (b"\r\nContent-Length: ", b"\r\nContent-Length: -"),
        (b"\r\nContent-Length: ", b"\r\nContent-Wisdom: "),
        (b"WARC/1.", b"WURC/1."),
        (b"HTTP/1.1 200", b"HTTQ/1.1 200"),
        (b"<article>", b""),
    ],
)
def test_a_damaged_record_does_not_stop_the_others(
    read_all: ReadAll, old: bytes, new: bytes
) -> None:
    whole = Archive().add().bytes()
    found = read_all(whole + whole.replace(old, new, 1) + whole, "a.warc")
    assert isinstance(found[0], Draft) and isinstance(found[-1], Draft)
    (bad,) = found[1:-1]
    assert isinstance(bad, BadRecord) and bad.place == f"record 2 (byte {len(whole):,})"


def test_a_file_that_is_cut_off_loses_its_last_page(read_all: ReadAll) -> None:
    whole = Archive().add().bytes()
    first, second = read_all((whole * 2)[:-200], "a.warc")
    assert isinstance(first, Draft)
    assert isinstance(second, BadRecord) and second.cause.startswith("cut off before its end")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"<p>" + b" " * LONGEST_PAGE, "larger than 20 MB"),
        (gzip.compress(b" " * (LONGEST_PAGE + 1)), "larger than 20 MB unpacked"),
        (gzip.compress(page().encode())[:-20], "cut off before its end"),
    ],
)
def test_a_page_that_is_too_large_is_no_reason_to_stop(
    read_all: ReadAll, body: bytes, cause: str
) -> None:
    archive = Archive().add(body, headers={"Content-Encoding": "gzip"}).add()
    first, second = read_all(archive.bytes(), "a.warc")
    assert isinstance(first, BadRecord) and cause in first.cause
    assert isinstance(second, Draft)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "empty"),
        (b"Flood in Aldmoor", "not a web archive"),
        (Archive().add(status="404 Not Found").bytes(), "holds no page"),
    ],
)
def test_what_is_no_archive_of_pages_is_refused(read_all: ReadAll, data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_all(data, "a.warc")


def test_damage_without_end_is_given_up() -> None:
    began = time.thread_time()
    for data in (b"WARC/1.0\n" * 20_000, b"WARC/1.0\r\nContent-Length: 5\r\n\r\n" * 20_000):
        found = list(parse(data, "a.warc"))
        assert len(found) <= MOST_DAMAGED + 1
        assert isinstance(found[-1], BadRecord) and "the rest is left out" in found[-1].cause
    assert time.thread_time() - began < 5


def test_nothing_is_written_to_the_console(
    read_all: ReadAll, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = Archive().add(address="https://example.com/a b").bytes()
    read_all(whole.replace(b"Content-Length: ", b"Content-Length: 1", 1) + whole, "a.warc")
    assert capfd.readouterr() == ("", "")


def test_an_archive_packed_record_by_record_is_loaded(tmp_path: Path) -> None:
    archive = Archive(packed=True)
    for number in range(3):
        archive.add(address=f"{ADDRESS}-{number}")
    (tmp_path / "CC-NEWS.warc.gz").write_bytes(archive.bytes())
    report = LoadReport()
    articles = list(load_articles([tmp_path], report=report))
    assert [article.id for article in articles] == [f"{ADDRESS}-{n}" for n in range(3)]
    assert report.failures == []


WHOLE = Archive().add().add(status="404 Not Found").add(address=f"{ADDRESS}-2").bytes()


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_damaged_archive_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[: data.draw(st.integers(0, len(WHOLE)))])
    for place in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), max_size=5)):
        if place < len(damaged):
            damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        found = list(parse(bytes(damaged), "a.warc"))
    except UnreadableArticle as error:
        assert "\n" not in str(error)
    else:
        assert found and all(isinstance(one, Draft | BadRecord) for one in found)
