"""Word documents."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableArticle
from corpus.formats.docx import MOST_ENTRIES, parse
from corpus.formats.draft import Draft
from tests.corpus.formats.conftest import ReadOne

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


def test_headings_paragraphs_and_tables_are_read_in_their_order(read_one: ReadOne) -> None:
    draft = read_one(document(), "a.docx")
    assert draft.title == "Flood in Aldmoor"
    assert draft.text == f"{FIRST}\n\nPlace | Metres\nAldmoor | 2.1\n\n{SECOND}"
    assert (draft.author, draft.published, draft.key) == (None, None, None)


def test_title_and_author_of_the_properties_are_used(read_one: ReadOne) -> None:
    draft = read_one(document(title="Aldmoor under water", author="Ann Lee"), "a.docx")
    assert (draft.title, draft.author) == ("Aldmoor under water", "Ann Lee")
    assert draft.text.startswith("Flood in Aldmoor\n\nThe river")


def test_a_title_that_is_also_the_first_line_is_there_once(read_one: ReadOne) -> None:
    draft = read_one(document(title="Flood in  Aldmoor"), "a.docx")
    assert (draft.title, draft.text[:9]) == ("Flood in Aldmoor", "The river")


@pytest.mark.parametrize("title", ["Word Document", "Microsoft Word - flood.doc", "final.docx"])
def test_a_title_that_a_program_has_put_there_is_none(read_one: ReadOne, title: str) -> None:
    draft = read_one(document(title=title, author="python-docx"), "a.docx")
    assert (draft.title, draft.author) == ("Flood in Aldmoor", None)


def test_marked_deletions_are_out_and_insertions_in(read_one: ReadOne) -> None:
    body = (
        "<w:p><w:r><w:t>It rose </w:t></w:r><w:ins><w:r><w:t>by two metres</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>slowly</w:delText><w:t>x</w:t></w:r></w:del>"
        "<w:r><w:br/><w:t>on Tuesday.</w:t></w:r></w:p>"
    )
    assert read_one(with_body(body), "flood.docx").text == "It rose by two metres\non Tuesday."


def test_a_table_in_a_cell_is_text_of_the_cell(read_one: ReadOne) -> None:
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
def test_what_is_no_word_document_is_refused(read_one: ReadOne, data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_one(data, "a.docx")


def test_an_archive_of_other_files_is_refused(read_one: ReadOne) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "Flood")
    with pytest.raises(UnreadableArticle, match=r"not a Word document.*KeyError"):
        read_one(file.getvalue(), "a.docx")


def test_a_bomb_is_refused_before_it_is_unpacked(read_one: ReadOne) -> None:
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
def test_a_damaged_document_is_read_or_refused(data: st.DataObject) -> None:
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
