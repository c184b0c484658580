"""E-mail, EPUB, ODT, RTF, PPTX, XLSX and MHTML: the text and the fields of each."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.registry import FORMATS
from tests.corpus.formats import test_docx
from tests.corpus.formats.conftest import ReadAll, ReadOne
from tests.corpus.formats.test_html import page
from tests.fakes.documents import (
    BODY,
    FIRST,
    SECOND,
    TITLE,
    epub,
    message,
    odt,
    pptx,
    rtf,
    slide_text,
    zipped,
)


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows or (("title", "text", "id"), (TITLE, BODY, 7)):
        assert book.active is not None
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mhtml() -> bytes:
    head = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.com/a\r\n"
    kind = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    part = "--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    picture = "\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
    return (head + kind + part + page() + picture).encode()


WHOLE: dict[str, bytes] = {
    ".eml": message(),
    ".mbox": b"From ann@example.com Tue Dec 31\n" + message() + b"\n",
    ".odt": odt(),
    ".rtf": rtf(),
    ".epub": epub(),
    ".pptx": pptx(),
    ".xlsx": xlsx(),
    ".mhtml": mhtml(),
    ".php": page().encode(),
}


@pytest.mark.parametrize("extension", WHOLE)
def test_text_and_title_are_read(read_one: ReadOne, extension: str) -> None:
    draft = read_one(WHOLE[extension], f"a{extension}")
    assert draft.title == TITLE
    assert "two metres on Tuesday" in draft.text and "“It is over,” she added" in draft.text
    assert "\\" not in draft.text and "<" not in draft.text and "{" not in draft.text


@pytest.mark.parametrize("extension", [".odt", ".rtf", ".eml", ".xlsx", ".epub"])
def test_paragraphs_stand_apart(read_one: ReadOne, extension: str) -> None:
    assert read_one(WHOLE[extension], f"a{extension}").text == BODY


def test_fields_of_a_message_are_read(read_one: ReadOne) -> None:
    draft = read_one(message(), "a.eml")
    assert (draft.author, draft.published) == ("Ann Lee", "Tue, 31 Dec 2019 14:05:00 +0100")
    assert (draft.key, draft.url) == (None, None)


def test_html_of_a_message_is_read_before_its_plain_text(read_one: ReadOne) -> None:
    head = f"<title>a</title><h1>{TITLE}</h1>"
    html = f"{head}<p>{FIRST}</p><p>Nine<sup>1</sup> boats. <del>Ten</del></p>"
    assert read_one(message("x", html), "a.eml").text == f"{FIRST}\n\nNine¹ boats."


def test_attachments_are_read_by_their_formats(read_all: ReadAll) -> None:
    made = message(
        report__docx=test_docx.document(), bad__pdf=b"%PDF-1.5", photo__png=b"\x89PNG", a__zip=b""
    )
    mail, report, bad, *others = read_all(made, "a.eml")
    assert isinstance(mail, Draft) and mail.key == "1@example.com"
    assert isinstance(report, Draft) and report.key == "report.docx"
    assert bad == BadRecord("bad.pdf", "a damaged PDF")
    assert all(isinstance(one, BadRecord) and one.passed_over for one in others) and others


def test_messages_of_a_mailbox_are_articles(read_all: ReadAll) -> None:
    one = message("A first line.\n>From the town came help.")
    box = b"From a Tue\n" + one + b"\nFrom b Wed\nno header\n\nFrom c Thu\n" + message() + b"\n"
    first, bad, last = read_all(box, "a.mbox")
    assert isinstance(first, Draft) and "\nFrom the town" in first.text
    assert bad == BadRecord("message 2", "not a message: no header")
    assert isinstance(last, Draft) and last.text == BODY and last.place == "message 3"


def test_address_of_a_saved_page_is_where_it_was(read_one: ReadOne) -> None:
    assert read_one(mhtml(), "a.mht").url == "https://example.com/a"


STYLES = "".join(
    f'<style:style style:name="{name}"><style:text-properties {look}/></style:style>'
    for name, look in {
        "S": 'style:text-line-through-style="solid"',
        "H": 'text:display="none"',
        "U": 'style:text-position="super 58%"',
        "L": 'style:text-position="-33% 58%"',
    }.items()
)


def span(style: str, text: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def test_odt_is_read_as_it_is_seen(read_one: ReadOne) -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>So it is."
        "</text:p></text:note-body></text:note>"
    )
    row = "<table:table-row>{}</table:table-row>".format
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>".format
    body = (
        f"<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>{FIRST}</text:p>"
        f"<text:p>Spent 24{span('U', '1')} million.{note}{span('S', 'x')}{span('H', 'y')} CO"
        f"{span('L', '2')}<text:s text:c='2'/>fell<text:line-break/>too.</text:p>"
        f"<table:table>{row(cell('Town') + cell('Metres'))}{row(cell('Orr') + cell('2.1'))}"
        "</table:table>"
    )
    draft = read_one(odt(body, STYLES), "flood.odt")
    assert draft.text.split("\n\n") == [
        FIRST, "Spent 24¹ million.¹ CO₂  fell\ntoo.", "Town | Metres\nOrr | 2.1", "¹ So it is.",
    ]  # fmt: skip
    assert (draft.author, draft.language) == ("Ann Lee", "en-GB")


def test_rtf_is_read_as_it_is_seen(read_one: ReadOne) -> None:
    body = (
        "It rose by {\\strike one }two metres in 24{\\super 1} towns.{\\v hidden} {\\b Bold} "
        "caf\\'e9."
    )
    draft = read_one(rtf(body), "flood.rtf")
    assert draft.text == "It rose by two metres in 24¹ towns. Bold café."
    assert draft.author == "Ann Lee"


def test_notes_and_tables_of_rtf_are_read(read_one: ReadOne) -> None:
    note = r"{\super\chftn}{\footnote \pard{\super\chftn} In \{May\}.}"
    table = r"\trowd\cellx9 Town\cell Metres\cell\row\trowd Orr\cell\cell\row\pard "
    text = read_one(rtf(f"It cost 24{note} million.\\par {table}End."), "a.rtf").text
    assert text.split("\n\n") == [
        "It cost 24¹ million.", "Town | Metres\nOrr | ", "End.", "¹ In {May}.",
    ]  # fmt: skip


def test_covered_cells_of_odt_are_empty(read_one: ReadOne) -> None:
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>".format
    covered = "<table:covered-table-cell/>"
    rows = [
        cell("", "Town") + cell("", "Year") + cell("", "Dead"),
        covered + cell("", "2012") + cell("", "7"),
        cell(" table:number-columns-repeated='2'", "4") + covered,
    ]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    text = read_one(odt(f"<text:p>{FIRST}</text:p><table:table>{body}</table:table>"), "a.odt").text
    assert text.endswith("Town | Year | Dead\n | 2012 | 7\n4 | 4 |")


def test_slides_are_pages(read_one: ReadOne) -> None:
    hidden = slide_text("gone", 'strike="sngStrike"') + slide_text(f"{FIRST} 10")
    raised = slide_text(SECOND)[:-6] + "<a:r><a:rPr baseline='30000'/><a:t>2</a:t></a:r></a:p>"
    table = (
        "<a:tbl><a:tr><a:tc><a:p><a:r><a:t>Orr</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>2.1"
        "</a:t></a:r></a:p></a:tc></a:tr></a:tbl>"
    )
    draft = read_one(pptx(slide_text(TITLE), "", hidden + raised, table), "a.pptx")
    assert (draft.title, draft.text) == (TITLE, f"{FIRST} 10\n\n{SECOND}²\n\nOrr | 2.1")
    assert [draft.text[start:][:5] for start in draft.pages] == ["The r"] * 3 + ["Orr |"]


def test_rows_of_a_workbook_are_articles_or_a_table(read_all: ReadAll, read_one: ReadOne) -> None:
    day = datetime.datetime(2019, 12, 31)
    made = xlsx(("Headline", "Body", "Date"), (TITLE, BODY, day), ("b", None, None))
    draft, bad = read_all(made, "a.xlsx")
    assert isinstance(draft, Draft) and (draft.text, draft.published) == (BODY, "2019-12-31")
    assert bad == BadRecord("sheet 'Sheet' row 3", "empty text")
    table = xlsx(("Town", "Metres", None), (None,), ("Orr", 2.1), ("Tarn", 3.0))
    assert read_one(table, "floods.xlsx").text == "Town | Metres\nOrr | 2.1\nTarn | 3"
    gap = xlsx(("Town", "Year", "Dead"), ("Orr", 2011), (None, 2012, 4))
    assert read_one(gap, "a.xlsx").text == "Town | Year | Dead\nOrr | 2011 | \n | 2012 | 4"


def test_documents_of_an_epub_are_articles(read_all: ReadAll) -> None:
    other = f"<html><body><h2>Help came</h2><p>{SECOND * 2}</p></body></html>"
    first, second = read_all(epub(f"<p>{BODY}</p>", "<p>Cover</p>", other), "a.epub")
    assert isinstance(first, Draft) and isinstance(second, Draft)
    assert (second.title, second.key) == ("Help came", "OEBPS/p 2.xhtml")
    assert (second.source, second.author, second.published) == (
        "Aldmoor Post", "Ann Lee", "2019-12-31",
    )  # fmt: skip


def test_style_of_an_epub_and_its_short_pages_are_read(read_all: ReadAll) -> None:
    made = epub("<p>Cover</p>", "<h1>Note</h1><p>It cost 24<a class='n'>1</a> million.</p>")
    style = {"OEBPS/a.css": b"a.n { vertical-align: super }"}
    (draft,) = read_all(zipped({**unzipped(made), **style}), "a.epub")
    assert isinstance(draft, Draft) and draft.text == "It cost 24¹ million."


@pytest.mark.parametrize("extension", [one for one in WHOLE if one not in (".php", ".mbox")])
def test_file_of_another_kind_is_refused(read_all: ReadAll, extension: str) -> None:
    for data in (b"Flood in Aldmoor", b"", b"PK\x03\x04", zipped({"a.txt": "Flood"})):
        with pytest.raises(UnreadableArticle):
            read_all(data, f"a{extension}")


@pytest.mark.parametrize("extension", [".odt", ".epub", ".pptx", ".xlsx"])
def test_bomb_is_refused_before_it_is_unpacked(read_all: ReadAll, extension: str) -> None:
    with pytest.raises(UnreadableArticle, match="20 MB without pictures"):
        read_all(zipped({"content.xml": b"<a>" + b" " * 21_000_000}), f"a{extension}")


def damage(whole: bytes, data: st.DataObject) -> bytes:
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, max(0, len(whole) - 1)), max_size=5)):
        if place < len(damaged):
            damaged[place] ^= data.draw(st.integers(1, 255))
    return bytes(damaged)


@pytest.mark.parametrize("extension", WHOLE)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_damaged_file_is_read_or_refused(extension: str, data: st.DataObject) -> None:
    damaged = damage(WHOLE[extension], data)
    if WHOLE[extension].startswith(b"PK") and data.draw(st.booleans()):  # a file in the archive
        files = unzipped(WHOLE[extension])
        name = data.draw(st.sampled_from(sorted(files)))
        damaged = zipped({**files, name: damage(files[name], data)})
    try:
        found = list(FORMATS[extension].parser()(bytes(damaged), f"a{extension}"))
    except UnreadableArticle as error:
        assert "\n" not in str(error)
    else:
        assert all(isinstance(one, Draft | BadRecord) for one in found)
