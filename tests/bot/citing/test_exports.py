"""Citations for other programs, read back by them; hostile titles stay titles."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import rispy  # type: ignore[import-untyped]  # it ships no types
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL, Alternative, Answer, Citation
from bot.citing.answered import AnsweredQuestion
from bot.citing.exports import export
from bot.citing.formats import ExportFormat
from bot.sanitize import one_line
from tests.fakes.parsed_html import ANY_TEXT
from tests.fakes.reports import surveyed_answer

TODAY = date(2026, 11, 29)
HOSTILE = ANY_TEXT | st.text("{}\\@\"'$&%#_~^,=\n\r\u2028 TYER-a<i>", max_size=40)
EMBASSY: dict[str, Any] = {
    "title": "Trump blames “Iran”",
    "url": "https://example.org/a%20b?x={y}&z=1#q",
    "source": "BBC News",
    "published": "2019-12-31T10:00:00+01:00",
    "page": 3,
    "author": "Jane Doe and Ann Poe",
}


def cited(number: int = 1, article_id: str = "a.pdf", **known: Any) -> Citation:
    names = ("title", "url", "source", "published")
    fields = {**dict.fromkeys(names), "title": "", **known}
    quote = f"It was said {number}."
    return Citation(number, article_id, quote=quote, start=0, end=len(quote), **fields)


def exported(form: str, *citations: Citation, question: str = "Who?") -> str:
    answer = Answer("Iran [1]", "Iran", not citations, 0.8, citations)
    return export([AnsweredQuestion(question, answer)], form, TODAY)


def bibtex(text: str) -> list[tuple[str, str, dict[str, str]]]:
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    assert len(library.blocks) == len(library.entries)
    return [
        (
            entry.entry_type,
            entry.key,
            {name: field.value for name, field in entry.fields_dict.items()},
        )
        for entry in library.entries
    ]


def ris(text: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = rispy.loads(text)
    return loaded


def test_bibtex_has_all_that_is_known() -> None:
    [(kind, key, fields)] = bibtex(exported("bibtex", cited(**EMBASSY), cited(2, page=5)))
    assert (kind, key) == ("article", "bbcnews2019-a7949e62")
    url = fields.pop("url")
    assert url.startswith("https://example.org/a")
    assert fields == {
        "author": "Jane Doe and Ann Poe",
        "title": "Trump blames “Iran”",
        "journal": "BBC News",
        "date": "2019-12-31",
        "year": "2019",
        "pages": "3, 5",
        "urldate": "2026-11-29",
        "note": "“It was said 1.” “It was said 2.”",
    }
    assert "url = {https://example.org/a%20b?x=%7By%7D&z=1#q}" in exported(
        "bibtex", cited(**EMBASSY)
    )


def test_ris_has_all_that_is_known() -> None:
    [read] = ris(exported("ris", cited(**EMBASSY), cited(2, page=5)))
    assert read == {
        "type_of_reference": "NEWS",
        "id": "bbcnews2019-a7949e62",
        "authors": ["Jane Doe and Ann Poe"],
        "title": "Trump blames “Iran”",
        "secondary_title": "BBC News",
        "year": "2019",
        "date": "2019/12/31",
        "start_page": "3, 5",
        "urls": ["https://example.org/a%20b?x={y}&z=1#q"],
        "access_date": "2026/11/29",
        "notes": ["“It was said 1.”", "“It was said 2.”"],
    }


def test_csl_json_has_all_that_is_known() -> None:
    [item] = json.loads(exported("csl-json", cited(**EMBASSY)))
    assert item == {
        "id": "bbcnews2019-a7949e62",
        "type": "article-newspaper",
        "title": "Trump blames “Iran”",
        "author": [{"literal": "Jane Doe and Ann Poe"}],
        "container-title": "BBC News",
        "issued": {"date-parts": [[2019, 12, 31]]},
        "page": "3",
        "URL": "https://example.org/a%20b?x={y}&z=1#q",
        "accessed": {"date-parts": [[2026, 11, 29]]},
        "note": "“It was said 1.”",
    }


def test_footnotes_follow_chicago() -> None:
    text = exported("chicago", cited(**EMBASSY), cited(2, "b", title="Fog", published="2024-05-01"))
    assert text == (
        "Who?\n\nIran [1]\n\n"
        "1. Jane Doe and Ann Poe, “Trump blames ‘Iran’,” BBC News, December 31, 2019, 3, accessed "
        "November 29, 2026, https://example.org/a%20b?x={y}&z=1#q. “It was said 1.”\n"
        "2. “Fog,” May 1, 2024, accessed November 29, 2026. “It was said 2.”\n"
    )


def test_csv_has_a_row_for_each_citation() -> None:
    other = Alternative("Fog", 0.4, (cited(2, "=b"),))
    answer = Answer("Iran [1]", "Iran", False, 0.8, (cited(**EMBASSY),), (other,))
    text = export([AnsweredQuestion("Who?", answer)], "csv", TODAY)
    first, second = csv.DictReader(io.StringIO(text))
    told = {name: first[name] for name in ("question", "answer", "number", *EMBASSY, "accessed")}
    shown = {name: str(value) for name, value in EMBASSY.items()}
    assert told == shown | {
        "question": "Who?",
        "answer": "Iran",
        "number": "1",
        "accessed": "2026-11-29",
    }
    assert (second["answer"], second["article_id"], second["title"]) == ("Fog", "'=b", "")
    listed = export([AnsweredQuestion("Which?", surveyed_answer())], "csv", TODAY)
    assert [row["answer"] for row in csv.DictReader(io.StringIO(listed))] == ["Elm", "Oak"]


def test_what_is_not_known_is_left_out() -> None:
    bare = cited(url="javascript:alert(1)", published="soon")
    [(kind, _, fields)] = bibtex(exported("bibtex", bare))
    assert (kind, set(fields)) == ("misc", {"urldate", "note"})
    assert set(ris(exported("ris", bare))[0]) == {
        *("type_of_reference", "id", "access_date", "notes")
    }
    assert set(json.loads(exported("csl-json", bare))[0]) == {"id", "type", "accessed", "note"}
    assert "javascript" not in "".join(exported(form, bare) for form in ExportFormat)


@pytest.mark.parametrize("form", ExportFormat)
def test_refusal_cites_nothing(form: ExportFormat) -> None:
    answer = Answer(REFUSAL, None, True, 0.1, (), closest=(cited(title="Fog"),))
    text = export([AnsweredQuestion("Who?", answer)], form, TODAY)
    if form in ("markdown", "chicago"):
        assert "do not say" in text
    if form != "markdown":  # which says that it is no sure answer
        assert "Fog" not in text


def test_article_cited_twice_is_one_entry() -> None:
    same = [cited(number, title="Fog") for number in (1, 2)]
    assert len(bibtex(exported("bibtex", *same))) == len(ris(exported("ris", *same))) == 1


@settings(max_examples=50)
@given(HOSTILE, HOSTILE, HOSTILE)
@example("} @article{x, title={y}}", "a\nER  - \nTY  - BOOK", "\\")
@example("ER  - ", "TY  - NEWS", "{")
def test_hostile_text_is_one_value(title: str, author: str, source: str) -> None:
    hostile = cited(title=title, author=author, source=source)
    plain = cited(2, "b", title="Plain")
    given_values = [one_line(value) for value in (title, author, source)]
    (_, _, first), (_, _, last) = bibtex(exported("bibtex", hostile, plain))
    assert last["title"] == "Plain"
    for name, value in zip(("title", "author", "journal"), given_values, strict=True):
        assert letters(first.get(name, "")) == letters(value), name
    first_ris, last_ris = ris(exported("ris", hostile, plain))
    assert last_ris["title"] == "Plain"
    told = (first_ris.get("title", ""), *(first_ris.get("authors") or [""]))
    assert told == tuple(given_values[:2])
    items: list[Mapping[str, Any]] = json.loads(exported("csl-json", hostile, plain))
    assert items[0].get("title", "") == given_values[0]
    *_, note, last_note = exported("chicago", hostile, plain).rstrip("\n").split("\n")
    assert note.startswith("1. ") and note.endswith("“It was said 1.”")
    assert last_note.startswith("2. “Plain,” ")


def letters(text: str) -> str:
    """Return what decoding of LaTeX leaves as it is, which makes accents of ^ and ~."""
    return "".join(one for one in text if one.isalnum() and one not in "ˆ˜")
