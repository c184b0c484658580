"""Scans are recognised where tesseract is installed, and else named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.errors import UnreadableArticle
from corpus.formats import pdf as pdf_format
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.pdf import parse
from corpus.loader import LoadReport, load_articles
from tests.corpus.formats.test_pdf import column, pdf
from tests.fakes.scans import scan_of

LINES = [
    "The river rose by two metres in Aldmoor on",
    "Monday, and 410 people had to leave their homes.",
    "Mayor Hanne Vold said that the dyke had held.",
]
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed"
)


@needs_tesseract
def test_scanned_page_is_recognised_and_marked(tmp_path: Path) -> None:
    both = pdf(column(["Rain is expected to go on in the valley."]), column(LINES))
    (tmp_path / "flood.pdf").write_bytes(scan_of(both, pages=frozenset([1])))
    report = LoadReport()
    (article,) = load_articles([tmp_path / "flood.pdf"], report=report)
    assert " ".join(LINES) in article.text
    start = article.text.index("The river")
    assert (article.page_at(start), article.recognised) == (2, (2,))
    assert article.is_recognised(start, start + 9) and not article.is_recognised(0, 4)
    assert not report.skipped


@needs_tesseract
def test_picture_without_text_adds_nothing() -> None:
    page = column(["Rain is expected to go on in the valley."])
    (draft,) = parse(scan_of(pdf(page, []), pages=frozenset([1])), "flood.pdf")
    assert isinstance(draft, Draft) and draft.text == page[0][-1]


def test_scan_is_named_where_tesseract_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreadableArticle, match=r"a scan\? \(tesseract.* is not installed\)"):
        list(parse(scan_of(pdf(column(LINES))), "flood.pdf"))
    half = scan_of(pdf(column(LINES), column(LINES)), pages=frozenset([1]))
    draft, unread = parse(half, "flood.pdf")
    assert isinstance(draft, Draft) and draft.recognised == ()
    assert isinstance(unread, BadRecord) and unread.passed_over
    assert unread.place == "page 2" and "tesseract" in unread.cause


def test_program_that_fails_costs_its_page_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "tesseract"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(pdf_format, "tesseract", lambda: str(broken))
    half = scan_of(pdf(column(LINES), column(LINES)), pages=frozenset([1]))
    draft, unread = parse(half, "flood.pdf")
    assert isinstance(draft, Draft) and isinstance(unread, BadRecord)
    assert unread.cause == "a scan: tesseract cannot read it"


def test_time_for_scans_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_format, "_RECOGNISING_SECONDS", -1)
    monkeypatch.setattr(pdf_format, "tesseract", lambda: "never run")
    pages = [column(LINES) for _ in range(13)]
    _, unread = parse(scan_of(pdf(*pages), pages=frozenset(range(1, 13))), "flood.pdf")
    assert isinstance(unread, BadRecord)
    assert unread.place == "page 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more"
