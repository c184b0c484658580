"""PDF files, made here byte by byte: what a page is made of is then known."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.pdf import MOST_PAGES, parse
from tests.corpus.formats.conftest import ReadOne

Placed = tuple[float, float, float, str]
"""x and y in points from the lower left, size, text."""

TITLE = (72.0, 720.0, 18.0, "Flood in Aldmoor")
BODY = (
    "The river rose by two metres on Tuesday, the mayor of Ald-",
    "moor said in a statement. People had carried sandbags thr-",
    "ough the night.",
    "“It is over,” she added, and thanked all of them for the well-",
    "known help of neighbours.",
)
READ = (
    "The river rose by two metres on Tuesday, the mayor of Ald-moor said in a statement. "
    "People had carried sandbags through the night."
)


def column(lines: Sequence[str], *, top: float = 690.0, x: float = 72.0) -> list[Placed]:
    return [(x, top - 14 * number, 11.0, line) for number, line in enumerate(lines)]


def pdf(*pages: Sequence[Placed], info: str = "", xmp: str = "", catalog: str = "") -> bytes:
    """A whole file; each line of a page is a text object of its own."""
    contents = []
    for page in pages:
        lines = [
            b"BT /F %g Tf %g %g Td (%s) Tj ET"
            % (size, x, y, text.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)"))
            for x, y, size, text in page
        ]
        contents.append(b"\n".join(lines))
    return pdf_of(contents, info=info, xmp=xmp, catalog=catalog)


def pdf_of(contents: Sequence[bytes], *, info: str = "", xmp: str = "", catalog: str = "") -> bytes:
    """A whole file of pages whose content streams are given, packed as they mostly are."""
    first = 6
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(contents)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /Metadata 5 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /CreationDate (D:20200101120000Z) {info} >>".encode(),
        b"<< /Type /Metadata /Length %d >>\nstream\n%s\nendstream" % (len(xmp), xmp.encode()),
    ]
    for number, content in enumerate(contents):
        packed = zlib.compress(content)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F 3 0 R >> >> >>" % (first + 2 * number + 1)
        )
        objects.append(
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
        )
    made = bytearray(b"%PDF-1.5\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    made += b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(made) - len(table) - len(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)),
    )
    return bytes(made)


def xmp_of(inner: str) -> str:
    return (
        '<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">'
        f"<rdf:Description xmp:CreateDate='2020-01-01'>{inner}</rdf:Description></rdf:RDF>"
        "</x:xmpmeta>"
    )


def test_lines_become_paragraphs_and_the_first_the_title(read_one: ReadOne) -> None:
    other = column(["Ald-moor is the old way to write it."], top=550)
    draft = read_one(pdf([TITLE, *column(BODY), *other]), "a.pdf")
    assert draft.title == "Flood in Aldmoor"
    assert draft.text.split("\n\n") == [
        READ,
        "“It is over,” she added, and thanked all of them for the well-known help of neighbours.",
        "Ald-moor is the old way to write it.",
    ]
    assert (draft.author, draft.published, draft.source, draft.key) == (None, None, None, None)


def test_indented_line_begins_a_paragraph(read_one: ReadOne) -> None:
    full = "The river rose by two metres and the people carried sand all night."
    lines = [*column([full, full]), *column([full], top=662, x=84), *column([full], top=648)]
    assert read_one(pdf(lines), "a.pdf").text.split("\n\n") == [f"{full} {full}"] * 2


def test_sentence_goes_on_in_the_next_column_and_page(read_one: ReadOne) -> None:
    pages = (
        [
            *column(["The river rose and all", "the people went there", "one by one, by night,"]),
            *column(["to the town hall of", "the old city where", "the mayor waited in"], x=320),
        ],
        column(["Aldmoor to sleep."]),
    )
    draft = read_one(pdf(*pages), "flood.pdf")
    assert draft.text == (
        "The river rose and all the people went there one by one, by night, to the town hall of "
        "the old city where the mayor waited in Aldmoor to sleep."
    )
    assert [draft.text[start : start + 7] for start in draft.pages] == ["The riv", "Aldmoor"]


LEFT = (
    "The bridge over the Tarn was",
    "closed on Friday, when cracks",
    "were found in two pillars.",
)
RIGHT = (
    "Engineers will look at them",
    "in May. Until then buses go",
    "through the village of Orr.",
)


@pytest.mark.parametrize("gutter", [7.0, 40.0])
@pytest.mark.parametrize("by_rows", [True, False])
def test_columns_are_read_to_their_ends(read_one: ReadOne, gutter: float, by_rows: bool) -> None:
    right = column(RIGHT, x=72 + 152 + gutter)
    both = [one for pair in zip(column(LEFT), right, strict=True) for one in pair]
    body = both if by_rows else [*column(LEFT), *right]
    wide = (72.0, 600.0, 11.0, "Both mayors say that the money has been asked for since spring.")
    draft = read_one(pdf([TITLE, *body, wide]), "a.pdf")
    assert draft.text.split("\n\n") == [" ".join(LEFT), " ".join(RIGHT), wide[3]]


def test_rows_of_a_table_stand_on_lines_of_their_own(read_one: ReadOne) -> None:
    rows = [("Town", "Metres"), ("Aldmoor", "2.1"), ("Tarn", "1.8"), ("Orr", "0.4")]
    cells = [
        (x, 600.0 - 16 * line, 11.0, cell)
        for line, row in enumerate(rows)
        for x, cell in zip((72.0, 200.0), row, strict=True)
    ]
    text = read_one(pdf([*column(LEFT), *cells]), "a.pdf").text
    assert text.endswith(f"pillars.\n\n{chr(10).join(' | '.join(row) for row in rows)}")


def test_raised_and_lowered_figures_stay_apart_from_others(read_one: ReadOne) -> None:
    content = (
        b"BT /F 11 Tf 72 700 Td (The fund spent 24) Tj /F 7 Tf 4 Ts (1) Tj /F 11 Tf 0 Ts "
        b"( million and let 10) Tj /F 7 Tf 4 Ts (4*) Tj 0 Ts /F 11 Tf ( tons of CO) Tj "
        b"/F 7 Tf -2 Ts (2) Tj 0 Ts /F 11 Tf ( out.) Tj ET"
    )
    text = "The fund spent 24¹ million and let 10⁴* tons of CO₂ out."
    assert read_one(pdf_of([content]), "a.pdf").text == text


@pytest.mark.parametrize("turn", [b"0 1 -1 0 400 72", b"-1 0 0 -1 500 400", b"0 -1 1 0 72 500"])
def test_text_of_a_turned_page_is_read(read_one: ReadOne, turn: bytes) -> None:
    content = b"BT /F 11 Tf %s Tm 14 TL (The river rose) Tj T* (by two metres.) Tj ET" % turn
    assert read_one(pdf_of([content]), "a.pdf").text == "The river rose by two metres."


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("A 47-", "year-old man came."), "A 47-year-old man came."),
        (("A 47-year-", "old man came."), "A 47-year-old man came."),
        (("North Rhine-", "Westphalia voted."), "North Rhine-Westphalia voted."),
        (("For two-", "and three-year terms."), "For two- and three-year terms."),
        (("The years 2019-", "2021 were dry."), "The years 2019-2021 were dry."),
        (("It is a gov-", "ernment plan."), "It is a government plan."),
    ],
)
def test_hyphen_at_a_line_end_stays_in_a_compound(
    read_one: ReadOne, lines: tuple[str, str], text: str
) -> None:
    assert read_one(pdf(column(lines)), "a.pdf").text == text


def test_struck_words_are_left_out_and_underlined_ones_kept(read_one: ReadOne) -> None:
    line = [(72.0, "Killed"), (110.0, "12"), (126.0, "nine people in Aldmoor on Tuesday.")]
    texts = [f"BT /F 11 Tf {x:g} 690 Td ({text}) Tj ET" for x, text in line]
    rules = ["110 693 12.2 .6 re f", "126 688 150 .6 re f", "60 693 400 .6 re f"]
    data = pdf_of(["\n".join(texts + rules).encode()])
    assert read_one(data, "a.pdf").text == "Killed nine people in Aldmoor on Tuesday."


def test_page_that_names_its_number_alone_does_not_print_it(read_one: ReadOne) -> None:
    made = pdf([TITLE, *column(BODY), (280, 30, 9, "Page 1 of 3")])
    assert read_one(made, "a.pdf").text.endswith("neighbours.")


def test_running_heads_and_page_numbers_are_left_out(read_one: ReadOne) -> None:
    pages = [
        [
            (72.0, 770.0, 9.0, "The Aldmoor Post, 31 December 2019"),
            *column([f"This is what is said about matter {'one two three four'.split()[page]}."]),
            (300.0, 30.0, 9.0, f"Page {page + 7} of 10"),
        ]
        for page in range(4)
    ]
    draft = read_one(pdf(*pages), "flood.pdf")
    assert "Aldmoor Post" not in draft.text and "of 10" not in draft.text
    assert draft.text.count("This is what is said") == 4


def test_head_of_two_parts_is_left_out_of_two_pages(read_one: ReadOne) -> None:
    head = [(72.0, 770.0, 9.0, "The Aldmoor Post"), (450.0, 770.0, 9.0, "31 December 2019")]
    first = [*column(LEFT), *column(RIGHT, x=320)]
    draft = read_one(pdf([*head, *first], [*head, *column(["Then it rained."])]), "flood.pdf")
    assert draft.text.split("\n\n") == [" ".join(LEFT), " ".join(RIGHT), "Then it rained."]


def test_end_of_a_sentence_alone_in_a_column_is_read_last(read_one: ReadOne) -> None:
    lines = [*LEFT, *LEFT[:2], "and were found in two"]
    draft = read_one(pdf([*column(lines), *column(["pillars."], x=320, top=694)]), "a.pdf")
    assert draft.text.endswith("and were found in two pillars.")


def test_headline_of_several_lines_is_one(read_one: ReadOne) -> None:
    head = [(72.0, 740 - 22.0 * n, 18.0, line) for n, line in enumerate(("Flood in", "Aldmoor"))]
    assert read_one(pdf([*head, *column(LEFT)]), "a.pdf").title == "Flood in Aldmoor"


def test_number_that_counts_no_pages_stays(read_one: ReadOne) -> None:
    pages = [[*column(["The mayor gave two numbers."]), (300.0, 30.0, 11.0, n)] for n in ("7", "9")]
    assert read_one(pdf(*pages), "flood.pdf").text.count("9") == 1


def test_title_author_and_language_come_from_the_document(read_one: ReadOne) -> None:
    info = "/Title (Aldmoor under water) /Author (Ann Lee)"
    draft = read_one(pdf([TITLE, *column(BODY)], info=info, catalog="/Lang (en-GB)"), "a.pdf")
    assert (draft.title, draft.author, draft.language) == (
        "Aldmoor under water", "Ann Lee", "en-GB",
    )  # fmt: skip
    assert draft.text.startswith("Flood in Aldmoor\n\nThe river")


@pytest.mark.parametrize("title", ["flood_v2.indd", "Microsoft Word - a.doc", "(anonymous)", "--"])
def test_title_put_there_by_a_program_is_none(read_one: ReadOne, title: str) -> None:
    info = f"/Title ({title}) /Author (\\(anonymous\\))"
    draft = read_one(pdf([TITLE, *column(BODY)], info=info), "a.pdf")
    assert (draft.title, draft.author) == ("Flood in Aldmoor", None)


def test_first_paragraph_that_is_a_sentence_is_no_title(read_one: ReadOne) -> None:
    draft = read_one(pdf(column(["The river rose."]), column(["It fell."])), "aldmoor_flood.pdf")
    assert (draft.title, draft.text) == ("Aldmoor flood", "The river rose.\n\nIt fell.")


def test_title_that_is_also_the_first_line_is_there_once(read_one: ReadOne) -> None:
    draft = read_one(pdf([TITLE, *column(BODY)], info="/Title (Flood in Aldmoor)"), "a.pdf")
    assert (draft.title, draft.text[:9]) == ("Flood in Aldmoor", "The river")


@pytest.mark.parametrize(
    ("inner", "published", "source"),
    [
        ("<prism:publicationDate>2019-12-31</prism:publicationDate>", "2019-12-31", None),
        ("<dc:date><rdf:Seq><rdf:li>2019-12-31</rdf:li></rdf:Seq></dc:date>", "2019-12-31", None),
        ("<dc:date><rdf:Seq><rdf:li>2019</rdf:li><rdf:li>2020</rdf:li></rdf:Seq></dc:date>",
         None, None),
        ("<dc:publisher><rdf:Bag><rdf:li>Aldmoor Post</rdf:li></rdf:Bag></dc:publisher>",
         None, "Aldmoor Post"),
        ("<prism:publicationName>Aldmoor Post</prism:publicationName>", None, "Aldmoor Post"),
        ("<dc:publisher>&x; <b>", None, "&x;"),
        ("<<<", None, None),
    ],
)  # fmt: skip
def test_date_is_that_of_publication_or_none(
    read_one: ReadOne, inner: str, published: str | None, source: str | None
) -> None:
    draft = read_one(pdf([TITLE, *column(BODY)], xmp=xmp_of(inner)), "a.pdf")
    assert (draft.published, draft.source) == (published, source)


def test_file_with_a_password_is_refused_unless_it_is_empty(read_one: ReadOne) -> None:
    for password in ("secret", ""):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([TITLE, *column(BODY)])))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        file = io.BytesIO()
        writer.write(file)
        if password:
            with pytest.raises(UnreadableArticle, match=r"^encrypted with a password$"):
                read_one(file.getvalue(), "a.pdf")
        else:
            assert read_one(file.getvalue(), "a.pdf").title == "Flood in Aldmoor"


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "not a PDF"),
        (b"Flood in Aldmoor", "not a PDF"),
        (b"%PDF-1.5\n", "a damaged PDF"),
        (pdf([]), "no text in it: a scan"),
        (pdf(*[[]] * (MOST_PAGES + 1)), "more than 1,000 pages"),
    ],
)
def test_file_that_is_no_article_is_refused(read_one: ReadOne, data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_one(data, "a.pdf")


def test_page_of_more_characters_than_a_page_has_is_refused(
    read_one: ReadOne, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.formats.pdf.MOST_CHARACTERS", 100)
    with pytest.raises(UnreadableArticle, match="page 2: too large"):
        read_one(pdf(column(["Short."]), column(["Long " * 30])), "a.pdf")


@pytest.mark.parametrize(
    "crafted",
    [
        (b"/Kids [6 0 R]", b"/Kids [2 0 R]"),  # a page tree that holds itself
        (b"/Contents 7 0 R", b"/Contents 6 0 R"),
        (b"/Font << /F 3 0 R >>", b"/Font << /F 6 0 R >>"),
        (b"/Size 8", b"/Prev 9 /Size 8"),
        (b"startxref\n", b"startxref\n9"),
        (b"/Metadata 5 0 R", b"/Metadata 1 0 R"),
        (b"/Count 1", b"/Count 999999999"),
    ],
)
def test_loops_and_lies_end(crafted: tuple[bytes, bytes]) -> None:
    data = pdf([TITLE, *column(BODY)])
    assert crafted[0] in data
    try:
        (draft,) = parse(data.replace(*crafted), "a.pdf")
    except UnreadableArticle as error:
        assert "\n" not in str(error)
    else:
        assert "river" in draft.text


WHOLE = pdf([TITLE, *column(BODY)], column(BODY), info="/Title (Flood)", xmp=xmp_of(""))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[: data.draw(st.integers(len(WHOLE) // 3, len(WHOLE)))])
    for place in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), max_size=5)):
        if place < len(damaged):
            damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        (draft,) = parse(bytes(damaged), "a.pdf")
    except UnreadableArticle as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(draft, Draft) and draft.text
