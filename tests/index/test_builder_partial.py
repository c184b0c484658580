"""Builds that read some of the files, and builds that fetch: what they leave as it is."""

from __future__ import annotations

import json
from pathlib import Path

from index.builder import BuildReport, build_index
from index.errors import IndexMissing
from index.store.opening import open_store
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.web_server import page, serve

Address = Path | str
URL = "https://news.example/a"


def build(
    folder: Path | str, index: Address, *only: Path, prune: bool = False, allow_local: bool = False
) -> BuildReport:
    return build_index(
        [folder],
        index,
        embedder=HashedEmbedder(),
        prune=prune,
        only={str(one) for one in only} if only else None,
        allow_local=allow_local,
    )


def held(index: Address) -> dict[str, str]:
    try:
        snapshot = open_store(index).open()
    except IndexMissing:
        return {}
    return {article.id: article.text for article in snapshot.articles()}


def write(path: Path, text: str, published: str | None = None) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"text": text, "url": URL, "date": published}))
    return path


def test_only_named_files_are_read_and_no_others_pruned(tmp_path: Path, index: Address) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"About {name}.")
    build(folder, index)
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"More about {name}.")
    (folder / "c.txt").unlink()
    report = build(folder, index, folder / "a.txt", prune=True)
    assert (report.files, report.replaced, report.removed) == (1, 1, 1)
    assert held(index) == {"a.txt": "More about a.", "b.txt": "About b."}


def test_later_article_of_an_unread_file_stays(tmp_path: Path, index: Address) -> None:
    folder = tmp_path / "articles"
    write(folder / "late.json", "Late.", "2024-05-02")
    build(folder, index)
    early = write(folder / "early.json", "Early.", "2024-05-01")
    report = build(folder, index, early)
    assert (report.added, report.replaced, report.published) == (0, 0, False)
    assert held(index) == {URL: "Late."} == (build(folder, index) and held(index))
    early = write(folder / "early.json", "Corrected.", "2024-05-03")
    assert build(folder, index, early).replaced == 1
    assert held(index) == {URL: "Corrected."}


def test_fetched_article_is_updated_and_never_pruned(tmp_path: Path, index: Address) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("About a.")
    build(folder, index)
    with serve() as web:
        web.answers["/x"] = lambda request: request.respond(page("Ferry", "The ferry was late."))
        address = f"{web.at}/x"
        assert build(address, index, prune=True, allow_local=True).added == 1
        assert build(address, index, prune=True, allow_local=True).unchanged == 1
        web.answers["/x"] = lambda request: request.respond(page("Ferry", "The ferry was on time."))
        assert build(address, index, prune=True, allow_local=True).replaced == 1
        web.answers["/x"] = lambda request: request.send_error(404)
        report = build(address, index, prune=True, allow_local=True)
        assert (len(report.failures), report.removed) == (1, 0)
    (folder / "a.txt").unlink()
    report = build_index([folder], index, embedder=HashedEmbedder(), prune=True, even_if_empty=True)
    assert report.removed == 1
    assert held(index).keys() == {address}
