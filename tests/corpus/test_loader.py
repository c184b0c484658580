"""From paths to articles: ids, dates, bad files and records."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pytest

from corpus.article import Article
from corpus.formats.draft import Draft
from corpus.loader import FAILURES_A_FILE, LoadReport, load_articles
from tests.corpus.formats import test_warc


def write(path: Path, data: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def load(
    *paths: str | Path, taken: dict[str, str] | None = None
) -> tuple[list[Article], LoadReport]:
    report = LoadReport()
    return list(load_articles(paths, report=report, taken=taken)), report


def ids(articles: list[Article]) -> list[str]:
    return [article.id for article in articles]


def failures(report: LoadReport, below: Path) -> dict[str, str]:
    return {one.path.removeprefix(f"{below}/"): one.cause for one in report.failures}


def test_folder_is_read_in_order_with_ids_from_paths(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a.txt", "c.txt.gz"):
        data = f"Text of {name}".encode()
        write(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)
    articles, report = load(tmp_path)
    assert ids(articles) == ["a.txt", "a/z.md", "b.txt", "c.txt.gz"]
    assert articles[3].text == "Text of c.txt.gz"
    assert (report.files, report.articles, report.failures, report.skipped) == (4, 4, [], [])
    assert report.roots == [str(tmp_path)]
    assert report.origins["a/z.md"] == str(tmp_path / "a/z.md")
    assert report.seen_files == {
        str(tmp_path / n) for n in ("b.txt", "a/z.md", "a.txt", "c.txt.gz")
    }


def test_missing_path_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "One.")
    articles, report = load(tmp_path / "nope", "\0", tmp_path / "a.txt", tmp_path / "x.png")
    assert ids(articles) == ["a.txt"]
    assert [one.cause for one in report.failures] == [
        "no such file or folder",
        "not a usable path",
        "no such file or folder",
    ]
    assert report.roots == [str(tmp_path / "a.txt")]


def test_each_bad_file_gets_one_line_and_the_others_are_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"The river rose. " * 100)
    write(tmp_path / "empty.txt", "")
    write(tmp_path / "blank.txt", " \r\n\ufeff\n")
    write(tmp_path / "pdf.txt", b"%PDF-1.7\n\xe2\xe3\xcf\xd3")
    write(tmp_path / "binary.txt", bytes(range(256)))
    write(tmp_path / "cut.txt.gz", packed[:-20])
    write(tmp_path / "damaged.txt.gz", packed[:20] + b"\0\0\0" + packed[23:])
    write(tmp_path / "plain.txt.gz", b"not packed")
    write(tmp_path / "mixed.txt", "Река поднялась.".encode() + b"\xff" + "И упала.".encode())
    write(tmp_path / "cut.json", '[{"text": "One."}, {"te')
    write(tmp_path / "long.txt", "word " * 1_000_001)
    write(tmp_path / "good.txt", "Good.")
    with open(tmp_path / "huge.txt", "wb") as file:
        file.truncate(200_000_000)
    write(tmp_path / "bomb.txt.gz", gzip.compress(bytes(21_000_000)))
    articles, report = load(tmp_path)
    assert ids(articles) == ["good.txt"]
    assert failures(report, tmp_path) == {
        "empty.txt": "empty",
        "blank.txt": "empty text",
        "pdf.txt": "binary, not text: a PDF",
        "binary.txt": "binary, not text",
        "cut.txt.gz": "the gzipped data are cut off before their end",
        "damaged.txt.gz": "not valid gzip data",
        "plain.txt.gz": "not valid gzip data",
        "mixed.txt": "not valid UTF-8 at byte 28",
        "cut.json": "not valid JSON: it is cut off before its end",
        "long.txt": "longer than 5,000,000 characters",
        "huge.txt": "larger than 20 MB (200 MB)",
        "bomb.txt.gz": "larger than 20 MB once unpacked",
    }
    assert len(report.failures) == 12
    assert len(report.seen_files) == 13


def test_bad_records_are_named_by_line_up_to_a_limit(tmp_path: Path) -> None:
    lines = ['{"text": "\\u0000"}', '{"text": "Good."}'] + ["{"] * 50
    write(tmp_path / "a.jsonl", "\n".join(lines))
    articles, report = load(tmp_path / "a.jsonl")
    assert ids(articles) == ["a.jsonl#2"]
    assert report.failures[0].path == f"{tmp_path}/a.jsonl line 1"
    assert len(report.failures) == FAILURES_A_FILE + 1
    assert str(report.failures[-1]) == f"{tmp_path}/a.jsonl: 31 more records cannot be read"


def test_file_that_vanishes_while_loading_gets_one_line(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "One.")
    gone = write(tmp_path / "b.txt", "Two.")
    report = LoadReport()
    loading = load_articles([tmp_path], report=report)
    next(loading)
    gone.unlink()
    assert list(loading) == []
    assert failures(report, tmp_path) == {"b.txt": "no such file or folder"}


def test_archive_that_fails_midway_keeps_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = test_warc.Archive().add(address="https://example.com/1")
    picture = {"Content-Type": "image/png"}
    archive.add(bytes(2_000_000), headers=picture).add(address="https://example.com/2")
    write(tmp_path / "a.warc", archive.bytes())
    write(tmp_path / "b.txt", "Good.")

    class Failing(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 1_000_000:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().read(size) or b""

    def opened(path: Path, mode: str) -> IO[bytes]:
        return cast(IO[bytes], Failing(path)) if path.suffix == ".warc" else open(path, mode)

    monkeypatch.setattr("corpus.loader.open", opened, raising=False)
    articles, report = load(tmp_path)
    assert ids(articles) == ["https://example.com/1", "b.txt"]
    assert failures(report, tmp_path) == {"a.warc": "input/output error"}
    assert report.files == 2, "one of them in part"


def test_the_id_is_the_canonical_address_where_there_is_one(tmp_path: Path) -> None:
    records = [
        {"text": "One.", "url": "HTTPS://Example.com:443/a?utm_source=x&id=3#top"},
        {"text": "Two.", "url": "javascript:alert(1)", "id": "two"},
        {"text": "Three.", "url": "https://example.com/"},
        {"text": "Four.", "id": "two"},
        {"text": "Five.", "id": "two"},
    ]
    write(tmp_path / "x/a.jsonl", "\n".join(map(json.dumps, records)))
    articles, _ = load(tmp_path)
    assert ids(articles) == [
        "https://example.com/a?id=3",
        "x/a.jsonl#two",
        "x/a.jsonl#3",
        "x/a.jsonl#two~2",
        "x/a.jsonl#two~3",
    ]
    assert articles[0].url == "https://Example.com:443/a?utm_source=x&id=3#top"
    assert articles[1].url is None


def test_files_of_one_name_in_two_folders_get_two_ids(tmp_path: Path) -> None:
    write(tmp_path / "x/a.txt", "One.")
    write(tmp_path / "y/a.txt", "Two.")
    both, report = load(tmp_path / "x", tmp_path / "y")
    assert both[0].id == "a.txt"
    assert both[1].id.startswith("a.txt~") and len(both[1].id) == len("a.txt~") + 8
    first, known = load(tmp_path / "x")
    second, _ = load(tmp_path / "y", taken=known.origins)
    assert ids(first) + ids(second) == ids(both)
    # Run again with everything known, in any order, the names stay.
    again, _ = load(tmp_path / "y", tmp_path / "x", taken=report.origins)
    assert sorted(ids(again)) == sorted(ids(both))
    # Where the other file has gone, its name is free.
    (tmp_path / "x/a.txt").unlink()
    alone, _ = load(tmp_path / "y", taken=known.origins)
    assert ids(alone) == ["a.txt"]


@pytest.mark.parametrize(
    ("first", "second", "kept", "yielded"),
    [
        ("2020-01-01", "2020-01-02", "Two.", 2),
        ("2020-01-02", "2020-01-01", "One.", 1),
        ("2020-01-01", None, "One.", 1),
        (None, "2020-01-01", "Two.", 2),
        (None, None, "Two.", 2),
        ("2020-01-01", "2020-01-01T00:00Z", "Two.", 2),
    ],
)
def test_later_published_article_of_an_address_counts(
    tmp_path: Path, first: str | None, second: str | None, kept: str, yielded: int
) -> None:
    for name, text, date in (("a", "One.", first), ("b", "Two.", second)):
        record = {"text": text, "url": "https://example.com/a", "date": date}
        write(tmp_path / f"{name}.json", json.dumps(record))
    articles, report = load(tmp_path)
    assert len(articles) == yielded
    assert {article.id: article.text for article in articles} == {"https://example.com/a": kept}
    assert (report.articles, report.repeated) == (1, 1)
    assert report.origins["https://example.com/a"].endswith(
        "a.json" if kept == "One." else "b.json"
    )


def test_fields_are_bounded_and_the_text_is_normalised_once(tmp_path: Path) -> None:
    record = {
        "title": "A\n" + "very " * 1_000,
        "text": "\ufeff cafe\u0301\r\n\ud800 \0",
        "source": "s" * 1_000,
        "author": [" Ann\nLee ", None],
        "lang": "EN-gb",
        "published": "March 2020",
        "url": "https://example.com/" + "a" * 3_000,
        "id": "k" * 1_000,
    }
    write(tmp_path / "a.json", json.dumps([record]))
    (article,), _ = load(tmp_path)
    assert article.text == "café\n\ufffd"
    assert len(article.title) <= 1_000 and article.title.startswith("A very very")
    assert article.source is not None and len(article.source) == 300
    assert (article.author, article.language) == ("Ann Lee", "en")
    assert (article.published, article.url) == (None, None)
    assert len(article.id) < 300
    assert len(article.content_hash) == 64


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251"])
def test_files_in_other_encodings_give_the_same_article(tmp_path: Path, encoding: str) -> None:
    text = "Президент заявил, что реформа будет принята летом. Он добавил, что это важно."
    write(tmp_path / "a.txt", f"Заголовок\r\n\r\n{text}".encode(encoding))
    (article,), _ = load(tmp_path)
    assert (article.title, article.text) == ("Заголовок", text)


def test_the_caller_is_told_after_each_file_how_many_there_are(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        write(tmp_path / name, "" if name == "b.txt" else "One.")
    told: list[tuple[str, int, int]] = []
    list(
        load_articles(
            [tmp_path], on_file=lambda p, done, total: told.append((Path(p).name, done, total))
        )
    )
    assert told == [("a.txt", 1, 3), ("b.txt", 2, 3), ("c.txt", 3, 3)]


def test_a_folder_of_plain_text_does_not_import_trafilatura(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "One.")
    code = (
        "import sys; from corpus.loader import load_articles; list(load_articles(sys.argv[1:])); "
        "late = {'trafilatura', 'markdown_it', 'yaml', 'charset_normalizer'}; "
        "print(sorted(late & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_fault_in_a_parser_costs_its_own_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(data: bytes, name: str) -> Iterator[Draft]:
        yield Draft("", "Half of it.", key="1", place="record 1")
        raise KeyError("a fault that nobody has found yet")

    monkeypatch.setattr("corpus.formats.csv.parse", broken)
    for name in ("a.txt", "b.csv", "c.txt"):
        (tmp_path / name).write_text("One.")
    articles, report = load(tmp_path)
    assert ids(articles) == ["a.txt", "b.csv#1", "c.txt"]
    (failure,) = report.failures
    assert failure.path.endswith("b.csv") and failure.cause == "cannot be parsed (KeyError)"
