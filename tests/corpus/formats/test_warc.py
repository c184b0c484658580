"""Web archives, written by warcio as crawlers do."""

from __future__ import annotations

import gzip
import io
import os
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus.errors import UnreadableArticle
from corpus.formats import warc_members, warc_records
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.warc import MOST_DAMAGED, parse, parse_stream
from corpus.formats.warc_records import LONGEST_PAGE
from corpus.loader import LoadReport, load_articles
from tests.corpus.formats import test_pdf
from tests.corpus.formats.conftest import ReadAll, ReadOne
from tests.corpus.formats.test_html import page
from tests.fakes.documents import BODY, epub

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


def members(count: int) -> list[bytes]:
    """Pages, each a gzip member, as crawlers write them."""
    return [Archive(packed=True).add(address=f"{ADDRESS}-{n}").bytes() for n in range(count)]


def video(size: int) -> bytes:
    """The gzip member of a record that is no page and unpacks to many times its size."""
    headers = {"Content-Type": "video/mp4"}
    return Archive(packed=True).add(bytes(size), headers=headers).bytes()


def outcome(found: list[Draft | BadRecord]) -> list[str | None]:
    """The number of each page, and why a record is none."""
    return [
        one.cause if isinstance(one, BadRecord) else (one.key or "").removeprefix(f"{ADDRESS}-")
        for one in found
    ]


def test_html_response_is_an_article_with_its_address(read_one: ReadOne) -> None:
    draft = read_one(Archive().add().bytes(), "a.warc")
    assert (draft.title, draft.url, draft.key) == ("Flood in Aldmoor", ADDRESS, ADDRESS)
    assert "“It is over,” she added" in draft.text
    assert draft.published is None, "the crawl's date is not that of the page"
    assert draft.place == "record 1 (byte 0)"


def test_own_address_and_date_of_a_page_come_first(read_one: ReadOne) -> None:
    head = (
        '<link rel="canonical" href="https://example.com/flood">'
        '<meta property="article:published_time" content="2019-12-31">'
    )
    draft = read_one(Archive().add(page(head)).bytes(), "a.warc")
    assert (draft.url, draft.published) == ("https://example.com/flood", "2019-12-31")


def test_documents_of_other_formats_are_read(read_all: ReadAll) -> None:
    made = test_pdf.pdf([test_pdf.TITLE, *test_pdf.column(test_pdf.BODY)])
    archive = Archive().add(made, headers={"Content-Type": "application/pdf"})
    archive.add(b"%PDF-", headers={"Content-Type": "application/pdf"})
    for kind in ("application/octet-stream", ""):
        archive.add(made, address=f"{ADDRESS}.pdf", headers={"Content-Type": kind})
    book = epub(f"<p>{BODY}</p>", f"<p>{BODY}</p>")
    archive.add(book, headers={"Content-Type": "application/epub+zip"})
    draft, bad, *untold, page_1, page_2 = read_all(archive.bytes(), "a.warc")
    assert [isinstance(one, Draft) and one.url for one in untold] == [f"{ADDRESS}.pdf"] * 2
    assert isinstance(page_1, Draft) and isinstance(page_2, Draft)
    assert page_1.key != page_2.key and page_1.url is page_2.url is None
    assert isinstance(draft, Draft) and draft.text.startswith("The river rose")
    assert (draft.title, draft.url, draft.key) == ("Flood in Aldmoor", ADDRESS, ADDRESS)
    assert isinstance(bad, BadRecord) and "PDF" in bad.cause


def test_other_records_are_passed_over_and_counted(read_all: ReadAll) -> None:
    archive = Archive()
    archive.add(b"software: x", kind="warcinfo").add(b"GET / HTTP/1.1\r\n\r\n", kind="request")
    archive.add(status="301 Moved").add(status="404 Not Found")
    archive.add(b"1.2.3.4", address="dns:example.com", kind="response")
    for kind in ("image/png", "text/css", "text/javascript", "text/plain", "text/plain", "a/b"):
        archive.add(b"x", headers={"Content-Type": kind})
    archive.add(headers={"Content-Type": "Text/HTML; charset=UTF-8"})
    draft, others = read_all(archive.bytes(), "a.warc")
    assert isinstance(draft, Draft)
    assert others == BadRecord(
        "other records",
        "3 of formats that are not read here: 2 of text/plain, 1 of a/b",
        passed_over=True,
    )


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate"])
@pytest.mark.parametrize("chunks", [True, False])
@pytest.mark.parametrize("undone", [True, False])
def test_page_packed_or_chunked_by_http_is_read(
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


def test_encoding_that_the_server_names_is_used(read_one: ReadOne) -> None:
    sentence = "Река поднялась на два метра, сообщил мэр города во вторник вечером."
    body = page(body=f"<article><p>{sentence * 3}</p></article>").encode("koi8-r")
    data = Archive().add(body, headers={"Content-Type": "text/html; charset=koi8-r"}).bytes()
    assert sentence in read_one(data, "a.warc").text


def test_page_without_an_article_costs_only_itself(read_all: ReadAll) -> None:
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
def test_damaged_record_costs_only_itself(read_all: ReadAll, old: bytes, new: bytes) -> None:
    whole = Archive().add().bytes()
    found = read_all(whole + whole.replace(old, new, 1) + whole, "a.warc")
    assert isinstance(found[0], Draft) and isinstance(found[-1], Draft)
    (bad,) = found[1:-1]
    assert isinstance(bad, BadRecord) and bad.place == f"record 2 (byte {len(whole):,})"


def test_file_that_is_cut_off_loses_its_last_page(read_all: ReadAll) -> None:
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
def test_page_too_large_or_cut_off_costs_only_itself(
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
def test_file_without_pages_is_refused(read_all: ReadAll, data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_all(data, "a.warc")


def test_damage_without_end_is_given_up() -> None:
    began = time.thread_time()
    (page,) = members(1)
    for data in (
        b"WARC/1.0\n" * 20_000,
        b"WARC/1.0\r\nContent-Length: 5\r\n\r\n" * 20_000,
        page + page[:-8] * 20_000,
    ):
        found = list(parse(data, "a.warc"))
        assert len(found) <= MOST_DAMAGED + 2
        assert isinstance(found[-1], BadRecord) and "the rest is left out" in found[-1].cause
    for data in (b"\x1f\x8b\x08" * 30_000, b"\n" * 20_000_000, b"\nWARC/" * 3_000_000):
        assert len(list(parse(page + data, "a.warc"))) == 2
    assert time.thread_time() - began < 9


def test_damage_is_not_written_to_the_console(
    read_all: ReadAll, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = Archive().add(address="https://example.com/a b").bytes()
    read_all(whole.replace(b"Content-Length: ", b"Content-Length: 1", 1) + whole, "a.warc")
    assert capfd.readouterr() == ("", "")


def test_archive_of_any_size_takes_little_memory(tmp_path: Path) -> None:
    pages, film = members(12), video(30_000_000)
    list(parse(pages[0], "a.warc"))  # imports
    (tmp_path / "a.warc.gz").write_bytes(film.join(pages))  # 330 MB
    report = LoadReport()
    tracemalloc.start()
    try:
        articles = list(load_articles([tmp_path], report=report))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [article.id for article in articles] == [f"{ADDRESS}-{n}" for n in range(12)]
    assert report.failures == []
    assert peak < 30_000_000


def test_plain_archive_of_any_size_is_loaded(tmp_path: Path) -> None:
    page, length = Archive().add(address=f"{ADDRESS}-1").bytes(), 3_000_000_000
    with open(tmp_path / "a.warc", "wb") as file:  # with a hole in it
        file.write(page + b"WARC/1.0\r\nContent-Length: %d\r\n\r\n" % length)
        file.seek(length, os.SEEK_CUR)
        file.write(b"\r\n\r\n" + Archive().add(address=f"{ADDRESS}-2").bytes())
    report = LoadReport()
    articles = list(load_articles([tmp_path], report=report))
    assert [article.id for article in articles] == [f"{ADDRESS}-1", f"{ADDRESS}-2"]
    assert report.failures == []


def test_page_comes_before_the_rest_is_read() -> None:
    pages = members(2)
    picture = Archive(packed=True).add(os.urandom(1_000_000), headers={"Content-Type": "image/x"})
    file = io.BytesIO((picture.bytes() * 5).join(pages))
    found = parse_stream(file, "a.warc.gz")
    next(found)
    assert file.tell() < 1_000_000
    assert outcome(list(found)) == ["1"]


@pytest.mark.parametrize("way", ["in one member", "members that cut records in two", "padded"])
def test_archive_packed_in_another_way_is_read(way: str) -> None:
    plain = b"".join(map(gzip.decompress, [*members(3), video(25_000_000), *members(2)]))
    if way == "in one member":
        packed = gzip.compress(plain, 1)
    elif way == "padded":
        packed = bytes(1_000).join([*members(3), *members(2)]) + bytes(1_000)
    else:
        cuts = [*range(0, 10_000, 700), *range(10_000, len(plain), 5_000_000)]
        parts = zip(cuts, [*cuts[1:], len(plain)], strict=True)
        packed = b"".join(gzip.compress(plain[start:end], 1) for start, end in parts)
    assert outcome(list(parse(packed, "a.warc"))) == ["0", "1", "2", "0", "1"]


def test_places_are_counted_in_unpacked_bytes() -> None:
    pages = members(3)
    plain = b"".join(map(gzip.decompress, pages))
    expected = list(parse(plain, "a.warc"))
    assert list(parse(b"".join(pages), "a.warc.gz")) == expected
    assert list(parse(gzip.compress(plain), "a.warc.gz")) == expected


@pytest.mark.parametrize(
    "damage",
    [
        lambda member: b"\0" + member[1:],
        lambda member: member[:200] + bytes(200) + member[400:],
        lambda member: member[:200] + member[300:],
        lambda member: member[:-8] + b"1234" + member[-4:],
        lambda member: member[:300],
        lambda member: b"",
        lambda member: os.urandom(100_000),
        lambda member: bytes(2_000_000),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_damaged_member_costs_its_own_record(damage: Callable[[bytes], bytes], place: int) -> None:
    pages = members(3)
    pages[place] = damage(pages[place])
    found = list(parse(b"".join(pages), "a.warc.gz"))
    good = [one for one in found if isinstance(one, Draft)]
    assert outcome(list(good)) == [str(n) for n in range(3) if n != place]
    assert len(found) - len(good) == bool(pages[place])


@pytest.mark.parametrize("digits", [b"9", b"99999"])
def test_wrong_length_in_a_member_costs_its_own_record(digits: bytes) -> None:
    pages = members(3)
    plain = gzip.decompress(pages[1])
    name = b"\r\nContent-Length: "
    pages[1] = gzip.compress(plain.replace(name, name + digits, 1))
    first, bad, last = list(parse(b"".join(pages), "a.warc.gz"))
    assert outcome([first, last]) == ["0", "2"]
    assert bad == BadRecord(
        f"record 2 (byte {len(plain):,})", "cut off before its end, or of a wrong length"
    )


@pytest.mark.parametrize("missing", [1, 8, 9, 200])
def test_packed_archive_cut_off_loses_its_last_page(missing: int) -> None:
    found = list(parse(b"".join(members(2))[:-missing], "a.warc.gz"))
    assert outcome(found) == ["0", "the gzipped data are cut off before their end"]


def test_pages_before_the_cut_in_one_member_are_read() -> None:
    plain = b"".join(map(gzip.decompress, members(5)))
    found = list(parse(gzip.compress(plain)[:-30], "a.warc.gz"))
    assert outcome(found) == [*"0123", "the gzipped data are cut off before their end"]


def test_member_that_unpacks_without_end_is_left() -> None:
    first, last = members(2)
    packing = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    bomb = packing.compress(b"WARC/1.0\r\nContent-Length: 999999999\r\n\r\n")
    bomb += b"".join(packing.compress(bytes(10_000_000)) for _ in range(13)) + packing.flush()
    found = list(parse(first + bomb + last, "a.warc.gz"))
    assert outcome(found) == ["0", "unpacks to more than 100 times its size", "1"]


def test_file_that_unpacks_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_members, "_FILE_ALLOWANCE", 1_000_000)
    data = video(1_000_000).join(members(20))
    found = list(parse(data, "a.warc.gz"))
    assert isinstance(found[0], Draft) and len(found) < 20
    assert isinstance(found[-1], BadRecord) and "the rest is left out" in found[-1].cause


@pytest.mark.parametrize("packed", [True, False])
def test_search_for_a_record_is_given_up_in_the_end(
    monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(warc_members, "MOST_SEARCHED", 500_000)
    monkeypatch.setattr(warc_records, "MOST_SEARCHED", 500_000)
    first, last = (Archive(packed=packed).add(address=f"{ADDRESS}-{n}").bytes() for n in range(2))
    for size, expected in ((400_000, ["0", "1"]), (2_000_000, ["0"])):
        found = list(parse(first + b"\1" * size + b"\r\n" + last, "a.warc"))
        assert outcome([one for one in found if isinstance(one, Draft)]) == expected
        assert isinstance(found[-1], Draft) == (size < 500_000)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"Flood in Aldmoor", "not valid gzip data"),
        (gzip.compress(b""), "empty"),
        (gzip.compress(b"Flood in Aldmoor " * 10_000), "not a web archive"),
        (gzip.compress(b"Flood in Aldmoor " * 10_000)[:-20], "not a web archive"),
        (members(1)[0][:20], "cut off"),
    ],
)
def test_packed_file_that_is_no_archive_is_refused(data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        list(parse(data, "a.warc.gz"))


WHOLE = Archive().add().add(status="404 Not Found").add(address=f"{ADDRESS}-2").bytes()


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_archive_with_changed_bytes_is_read_or_refused(data: st.DataObject) -> None:
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


PACKED = Archive(packed=True).add().add(status="404 Not Found").add(b"<p>").bytes()
PAGES = members(3)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_changed_byte_of_a_member_costs_no_other_record(data: st.DataObject) -> None:
    damaged = bytearray(PAGES[1])
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    found = list(parse(PAGES[0] + damaged + PAGES[2], "a.warc.gz"))
    assert outcome([found[0], found[-1]]) == ["0", "2"] and len(found) == 3
