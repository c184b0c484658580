"""CSV and TSV."""

from __future__ import annotations

import pytest

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from tests.corpus.formats.conftest import ReadAll, ReadOne


@pytest.mark.parametrize(("mark", "name"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.tsv")])
def test_the_delimiter_is_the_one_that_fits_the_header(
    read_one: ReadOne, mark: str, name: str
) -> None:
    header = mark.join(["ID", "Headline", "Publish Date", "Body", "Link", "Authors"])
    row = mark.join(
        [
            "7",
            "Flood",
            "2019-12-31",
            '"It rose, fell;\tand ""stayed"".\nSo."',
            "https://e.com/a",
            "A",
        ]
    )
    assert read_one(f"\ufeff{header}\r\n{row}\r\n", name) == Draft(
        "Flood", 'It rose, fell;\tand "stayed".\nSo.', "https://e.com/a", None, "A",
        "2019-12-31", None, "7", "line 2",
    )  # fmt: skip


@pytest.mark.parametrize("mark", [";", "|"])
def test_separator_line_of_excel_is_followed_and_skipped(read_one: ReadOne, mark: str) -> None:
    source = (
        f"\ufeffsep={mark}\r\ntitle{mark}article\r\nFlood{mark}<p>It rose, fell.</p><p>So.</p>\r\n"
    )
    draft = read_one(source, "a.csv")
    assert (draft.title, draft.text, draft.key) == ("Flood", "It rose, fell.\n\nSo.", "1")


def test_a_field_longer_than_pythons_own_limit_is_read(read_one: ReadOne) -> None:
    text = "word " * 100_000
    assert read_one(f"text\n{text}\n", "a.csv").text == text


def test_bad_rows_are_reported_with_their_line(read_all: ReadAll) -> None:
    rows = [b"id,text", b"1,One.", b"2", b"3,too,many", b"", b"4,\xd0\xd0", "5,Пять.".encode()]
    found = read_all(b"\n".join(rows), "a.csv")
    assert [one.text for one in found if isinstance(one, Draft)] == ["One.", "Пять."]
    assert [(one.place, one.cause) for one in found if isinstance(one, BadRecord)] == [
        ("line 3", "no text (no text, body, content, article or the like)"),
        ("line 4", "3 fields, where the header has 2"),
        ("line 6", "not valid UTF-8"),
    ]


def test_a_row_cut_off_inside_its_quotes_is_reported(read_all: ReadAll) -> None:
    good, bad = read_all('id,text\n1,One.\n2,"Two and th', "a.csv")
    assert isinstance(good, Draft)
    assert isinstance(bad, BadRecord) and bad.place == "line 3" and "cut off" in bad.cause


def test_a_quote_that_swallows_the_file_stops_at_the_limit(read_all: ReadAll) -> None:
    found = read_all('id,text\n1,One.\n2,"' + "Two.\n" * 1_100_000, "a.csv")
    assert len(found) == 2
    assert isinstance(found[1], BadRecord) and "unclosed quote" in found[1].cause


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("id,name\n1,x\n", "no column named text, body, content, article"),
        ("just some words\n", "no column named"),
        ("id,text\n", "no rows"),
    ],
)
def test_a_bad_file_is_refused_with_its_cause(read_all: ReadAll, source: str, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_all(source, "a.csv")
