"""ZIP and tar archives, and packed files."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableArticle
from corpus.formats import archive
from corpus.formats.draft import BadRecord, Draft
from corpus.loader import LoadReport, load_articles
from corpus.packed import read_packed
from tests.corpus.formats import test_docx, test_warc
from tests.corpus.formats.conftest import ReadAll
from tests.fakes.documents import BODY, TITLE, taped, zipped

FILES: dict[str, bytes] = {
    "news/a.txt": f"{TITLE}\n\n{BODY}".encode(),
    "news/b.jsonl": b'{"id": "x", "text": "One."}\n{"text": 5}\n',
    "c.docx": test_docx.document(),
    "d.txt.gz": gzip.compress(b"Packed."),
    "e.warc.gz": test_warc.PACKED,
    "bad.pdf": b"%PDF-",
    ".hidden/a.txt": b"x",
    "__MACOSX/a.txt": b"x",
    "photo.png": b"x",
    "inner.zip": zipped({"a.txt": "x"}),
}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zipped(FILES)),
        ("a.tar", taped(FILES)),
        ("a.tar.gz", taped(FILES, "w:gz")),
        ("a.tgz", taped(FILES, "w:gz")),
        ("a.tar.bz2", taped(FILES, "w:bz2")),
        ("a.tar.xz", taped(FILES, "w:xz")),
        ("a.tar.zst", zstandard.compress(taped(FILES))),
    ],
)
def test_files_of_an_archive_are_read(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    report = LoadReport()
    articles = {article.id: article for article in load_articles([tmp_path], report=report)}
    assert list(articles) == [
        f"{name}#news/a.txt", f"{name}#news/b.jsonl#x", f"{name}#c.docx", f"{name}#d.txt.gz",
        test_warc.ADDRESS,
    ]  # fmt: skip
    assert articles[f"{name}#news/a.txt"].text == BODY
    assert [one.cause for one in report.failures if "bad.pdf" in one.path] == ["a damaged PDF"]
    (skipped,) = [one.cause for one in report.skipped]
    assert skipped == "2 hidden, 1 of other formats, 1 archives in the archive"


def test_of_a_wacz_only_the_web_archives_are_read(read_all: ReadAll) -> None:
    page = test_warc.members(1)[0]
    data = zipped({"archive/a.warc.gz": page, "pages/pages.jsonl": '{"text": "One."}'})
    draft, _ = read_all(data, "a.wacz")
    assert isinstance(draft, Draft)
    assert draft.key == f"archive/a.warc.gz#{test_warc.ADDRESS}-0"


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.zip", b"x"), ("a.tar", b"x" * 2_000), ("a.zip", zipped({"a.png": "x"})), ("a.tgz", b"")],
)
def test_archive_without_known_files_is_refused(read_all: ReadAll, name: str, data: bytes) -> None:
    with pytest.raises(UnreadableArticle):
        read_all(data, name)


def test_damaged_file_costs_only_itself(read_all: ReadAll) -> None:
    data = bytearray(zipped({"a.txt": "One.", "b.txt": "Two." * 99, "c.txt": "Three."}))
    data[data.index(b"b.txt") + 8] ^= 255
    found = read_all(bytes(data), "a.zip")
    assert [type(one) for one in found] == [Draft, BadRecord, Draft]


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_archive_with_changed_bytes_is_read_or_refused(data: st.DataObject) -> None:
    changed = bytearray(zipped({"a.txt": "One.", "b/": "", "c.txt": "Three."}))
    for place in data.draw(st.lists(st.integers(0, len(changed) - 1), min_size=1, max_size=4)):
        changed[place] = data.draw(st.integers(0, 255))
    try:
        assert all(
            isinstance(one, Draft | BadRecord) for one in archive.parse(bytes(changed), "a.zip")
        )
    except UnreadableArticle as error:
        assert "\n" not in str(error)


def test_archive_that_is_cut_off_keeps_what_was_read(read_all: ReadAll) -> None:
    data = taped({"a.txt": b"One.", "b.txt": b"Two." * 10_000}, "w:gz")
    first, bad = read_all(data[:-80], "a.tgz")
    assert isinstance(first, Draft) and isinstance(bad, BadRecord)


def test_bomb_is_given_up(read_all: ReadAll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_ALLOWANCE", 10_000_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(9):
            made.writestr(f"{number}.txt", b"One word. " * 900_000)
    found = read_all(file.getvalue(), "a.zip")
    assert isinstance(found[-1], BadRecord) and "far more than its size" in found[-1].cause
    with tarfile.open(fileobj=(tape := io.BytesIO()), mode="w:gz") as packed:
        for name in ("a.png", "b.txt"):
            info = tarfile.TarInfo(name)
            info.size = 60_000_000
            packed.addfile(info, io.BytesIO(bytes(info.size)))
    (bad,) = read_all(tape.getvalue(), "a.tar.gz")
    assert isinstance(bad, BadRecord) and "far more than its size" in bad.cause


def test_file_that_is_too_large_unpacked_costs_only_itself(read_all: ReadAll) -> None:
    bad, draft = read_all(zipped({"a.txt": b"x" * 20_000_001, "b.txt": "One."}), "a.zip")
    assert bad == BadRecord("a.txt", "larger than 20 MB") and isinstance(draft, Draft)


PACKED = {
    ".gz": gzip.compress(b"Flood" * 100),
    ".bz2": bz2.compress(b"Flood" * 100),
    ".xz": lzma.compress(b"Flood" * 100),
    ".zst": zstandard.compress(b"Flood" * 100),
}


@pytest.mark.parametrize("extension", PACKED)
def test_packed_file_is_unpacked_no_further_than_wanted(extension: str) -> None:
    for most in (7, 500, 501):
        data = read_packed(io.BytesIO(PACKED[extension]), extension, most)
        assert data == (b"Flood" * 100)[:most]
    for bad in (b"Flood in Aldmoor", PACKED[extension][:-9], PACKED[extension][:12] + b"Flood"):
        with pytest.raises((UnreadableArticle, OSError)):
            assert read_packed(io.BytesIO(bad), extension, 501) != b"Flood" * 100
            raise UnreadableArticle("a part of it")
