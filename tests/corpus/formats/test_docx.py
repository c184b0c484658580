"""Word documents."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableArticle
from corpus.formats.docx import parse
from corpus.formats.draft import Draft
from corpus.formats.zipped import MOST_ENTRIES
from tests.corpus.formats.conftest import ReadOne

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FIRST = "The river rose by two metres on Tuesday, the mayor of Aldmoor said."
SECOND = "“It is over,” she added."


def document(*, title: str = "", author: str = "") -> bytes:
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = title, author
    made.add_heading("Flood in Aldmoor", 1)
    made.add_paragraph(FIRST)
    table = made.add_table(rows=2, cols=2)
    for number, word in enumerate(("Place", "Metres", "Aldmoor", "2.1")):
        table.cell(number // 2, number % 2).text = word
    made.add_paragraph(SECOND)
    return saved(made)


def saved(made: docx.document.Document) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same archive, each of its files passed through a function."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def with_body(body: str) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        if name != "word/document.xml":
            return content
        head, _, _ = content.partition(b"<w:body>")
        return head + b"<w:body>" + body.encode() + b"</w:body></w:document>"

    return rewritten(saved(docx.Document()), change)


def test_headings_paragraphs_and_tables_keep_their_order(read_one: ReadOne) -> None:
    draft = read_one(document(), "a.docx")
    assert draft.title == "Flood in Aldmoor"
    assert draft.text == f"{FIRST}\n\nPlace | Metres\nAldmoor | 2.1\n\n{SECOND}"
    assert (draft.author, draft.published, draft.key) == (None, None, None)


def test_title_and_author_of_the_properties_are_used(read_one: ReadOne) -> None:
    draft = read_one(document(title="Aldmoor under water", author="Ann Lee"), "a.docx")
    assert (draft.title, draft.author) == ("Aldmoor under water", "Ann Lee")
    assert draft.text.startswith("Flood in Aldmoor\n\nThe river")


def test_title_that_is_also_the_first_line_is_there_once(read_one: ReadOne) -> None:
    draft = read_one(document(title="Flood in  Aldmoor"), "a.docx")
    assert (draft.title, draft.text[:9]) == ("Flood in Aldmoor", "The river")


@pytest.mark.parametrize("title", ["Word Document", "Microsoft Word - flood.doc", "final.docx"])
def test_title_that_a_program_has_put_there_is_none(read_one: ReadOne, title: str) -> None:
    draft = read_one(document(title=title, author="python-docx"), "a.docx")
    assert (draft.title, draft.author) == ("Flood in Aldmoor", None)


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (run("by two ") + f"<w:ins>{run('metres')}</w:ins>", "by two metres"),
        (f"<w:del>{run('x')}<w:r><w:delText>y</w:delText></w:r></w:del>{run('two')}", "two"),
        (run("12 ", "<w:strike/>") + run("9 ", "<w:dstrike/>") + run("nine"), "nine"),
        (run("x", "<w:vanish w:val='true'/>") + run("two", "<w:vanish w:val='0'/>"), "two"),
        (run("x", "<w:rStyle w:val='Secret'/>") + run("two"), "two"),
        (run("two") + "<w:r><w:br/></w:r>" + run("metres"), "two\nmetres"),
        (run("24") + run("1", "<w:vertAlign w:val='superscript'/>") + run(" million"),
         "24¹ million"),
        (run("CO") + run("2", "<w:vertAlign w:val='subscript'/>"), "CO₂"),
        (run("24") + run("1", "<w:position w:val='8'/>") + run(" million"), "24¹ million"),
        (run("CO") + run("2", "<w:position w:val='-6'/>"), "CO₂"),
        (run("by 2", "<w:position w:val='0'/>"), "by 2"),
        (run("two ") + run("x", "<w:strike/>") + run(" metres"), "two metres"),
        (run("20 ") + "<w:r><w:sym w:font='Symbol' w:char='F0B0'/></w:r>" + run("C"), "20 °C"),
        (run("done ") + "<w:r><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>", "done ✓"),
        ("<w:r><w:sym w:font='Symbol' w:char='xyz'/></w:r>" + run("two"), "two"),
    ],
)  # fmt: skip
def test_runs_are_read_as_they_are_seen(read_one: ReadOne, runs: str, text: str) -> None:
    style = (
        b"<w:style w:type='character' w:styleId='Secret'><w:rPr><w:vanish/></w:rPr></w:style>"
        b"</w:styles>"
    )
    data = rewritten(
        with_body(f"<w:p>{run('It rose ')}{runs}{run('.')}</w:p>"),
        lambda name, content: content.replace(b"</w:styles>", style),
    )
    assert read_one(data, "flood.docx").text == f"It rose {text}."


def test_notes_follow_the_text_by_their_numbers(read_one: ReadOne) -> None:
    made = docx.Document()
    for kind, note in (("footnote", "Of that, 7 million went to Tarn."), ("endnote", "In May.")):
        name = PackURI(f"/word/{kind}s.xml")
        head = f"<w:{kind}s xmlns:w='{W}'><w:{kind} w:id='0'><w:p/></w:{kind}>"
        body = f"<w:{kind} w:id='2'><w:p>{run(note)}</w:p></w:{kind}></w:{kind}s>"
        part = Part(name, f"application/xml+{kind}", (head + body).encode(), made.part.package)
        made.part.relate_to(part, f"{RELATIONS}/{kind}s")
    paragraph = made.add_paragraph("It cost 31 million.")
    for xml in (
        "<w:r xmlns:w='{}'><w:footnoteReference w:id='2'/></w:r>",
        "<w:r xmlns:w='{}'><w:endnoteReference w:id='2'/></w:r>",
        "<w:r xmlns:w='{}'><w:footnoteReference w:id='9'/></w:r>",
    ):
        paragraph._p.append(parse_xml(xml.format(W)))
    assert read_one(saved(made), "flood.docx").text.split("\n\n") == [
        "It cost 31 million.¹²³", "¹ Of that, 7 million went to Tarn.", "² In May.",
    ]  # fmt: skip


def test_list_in_a_cell_and_deleted_rows(read_one: ReadOne) -> None:
    item = "<w:pPr><w:pStyle w:val='ListBullet'/></w:pPr>"
    cell = f"<w:tc><w:p>{item}{run('Tarn')}</w:p><w:p>{item}{run('Orr')}</w:p></w:tc>"
    gone = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p>{run('x')}</w:p></w:tc></w:tr>"
    row = f"<w:tr>{cell}<w:tc><w:p>{run('2.1')}</w:p></w:tc></w:tr>"
    assert read_one(with_body(f"<w:tbl>{gone}{row}</w:tbl>"), "a.docx").text == "Tarn Orr | 2.1"


def test_cells_stand_in_their_columns(read_one: ReadOne) -> None:
    wide = "<w:tcPr><w:gridSpan w:val='2'/></w:tcPr>"
    cell = "<w:tc>{}<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>".format
    rows = [
        cell("", "Town") + cell("", "Dead") + cell("", "Hurt"),
        cell("", "Orr") + cell(wide, "none"),
        cell(wide, "Tarn") + cell("", "4"),
    ]
    body = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    assert read_one(with_body(f"<w:tbl>{body}</w:tbl>"), "a.docx").text == (
        "Town | Dead | Hurt\nOrr | none | \nTarn |  | 4"
    )


def test_table_in_a_cell_is_text_of_the_cell(read_one: ReadOne) -> None:
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    body = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='1000000000'/></w:tcPr><w:p><w:r><w:t>a"
        f"</w:t></w:r></w:p>{inner}</w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr>"
        "</w:tbl>"
    )
    assert read_one(with_body(body), "a.docx").text == "a b | c"


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"Flood in Aldmoor", "no ZIP archive"),
        (b"", "no ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Word document, or one with"),
        (b"PK\x03\x04", "damaged ZIP archive"),
        (with_body(""), "no text in it"),
        (rewritten(document(), lambda name, data: b"<a/>"), "not a Word document"),
        (rewritten(document(), lambda name, data: data[:50]), "not a Word document"),
    ],
)
def test_file_of_another_kind_is_refused(read_one: ReadOne, data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_one(data, "a.docx")


def test_archive_of_other_files_is_refused(read_one: ReadOne) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "Flood")
    with pytest.raises(UnreadableArticle, match=r"not a Word document.*KeyError"):
        read_one(file.getvalue(), "a.docx")


def test_bomb_is_refused_before_it_is_unpacked(read_one: ReadOne) -> None:
    many, large, markup = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(MOST_ENTRIES + 1):
            archive.writestr(f"{number}", b"")
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/1.png", b"\x89PNG" + b"\0" * 1_000)
    # Only the archive's list says so: 3 GB, which nothing here has to write.
    stated = large.getvalue().replace(struct.pack("<L", 1_004), struct.pack("<L", 3_000_000_000))
    with zipfile.ZipFile(markup, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 21_000_000)
    for data, cause in (
        (many.getvalue(), "more than 2,000 files"),
        (stated, "larger than 100 MB"),
        (markup.getvalue(), "20 MB without pictures"),
    ):
        with pytest.raises(UnreadableArticle, match=cause):
            read_one(data, "a.docx")


def test_large_pictures_are_no_reason_to_refuse(read_one: ReadOne) -> None:
    data = io.BytesIO(document())
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/1.png", b"\x89PNG" + b"\0" * 21_000_000)
    assert FIRST in read_one(data.getvalue(), "a.docx").text


def test_entities_are_not_made_longer(read_one: ReadOne) -> None:
    entities = "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))

    def bomb(name: str, content: bytes) -> bytes:
        if name != "word/document.xml":
            return content
        prolog, _, rest = content.partition(b"<w:document")
        doctype = f"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>{entities}]>".encode()
        return prolog + doctype + b"<w:document" + rest.replace(b"Flood in", b"Flood &j; in")

    try:
        assert len(read_one(rewritten(document(), bomb), "a.docx").text) < 1_000
    except UnreadableArticle as error:
        assert "Word document" in str(error)


WHOLE = document(title="Aldmoor under water", author="Ann Lee")


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_damaged_document_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[: data.draw(st.integers(0, len(WHOLE)))])
    for place in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), max_size=4)):
        if place < len(damaged):
            damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        (draft,) = parse(bytes(damaged), "a.docx")
    except UnreadableArticle as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(draft, Draft) and draft.text
