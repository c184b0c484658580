"""Earlier versions of corrected articles: kept, bounded, gone with their article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.revisions import SentenceChange
from index.builder import build_index, remove_articles
from index.searcher import Searcher
from tests.fakes.embedder import HashedEmbedder

LONG = " ".join(f"Witness number {n} saw the bus leave the road near Velden." for n in range(12))
TWELVE = f"The crash near Velden killed 12 people. {LONG}"
NINE = TWELVE.replace("12 people", "nine people")


Address = Path | str


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def publish(index: Address, name: str, text: str, title: str = "Bus crash", **fields: str) -> None:
    file = Path(f"{name}.json")
    file.write_text(json.dumps({"title": title, "text": text, **fields}))
    build_index([file], index, embedder=HashedEmbedder())


def opened(index: Address) -> Searcher:
    return Searcher.open(index, HashedEmbedder())


def test_corrected_article_keeps_its_earlier_text(index: Address) -> None:
    publish(index, "a", TWELVE)
    publish(index, "a", NINE)
    publish(index, "a", NINE, author="Ann Lee")  # no correction of what it says
    publish(index, "a", NINE + " It was Dorn's.", title="Bus crash kills nine")
    first, second = opened(index).history("a.json")
    assert first.changes == (
        SentenceChange("The crash near Velden killed 12 people.",
                       "The crash near Velden killed nine people."),
    )  # fmt: skip
    assert (second.title, second.next_title) == ("Bus crash", "Bus crash kills nine")
    assert second.changes == (SentenceChange(None, "It was Dorn's."),)
    assert first.replaced <= second.replaced


def test_revision_of_a_sentence_is_found_in_copies_too(index: Address) -> None:
    publish(index, "agency", TWELVE)
    publish(index, "paper", TWELVE)
    assert opened(index).revision("paper.json", "The crash near Velden killed 12 people.") is None
    publish(index, "agency", NINE)
    searcher = opened(index)
    own = searcher.revision("agency.json", "The crash near Velden killed nine people.")
    assert own is not None and own.earlier == "The crash near Velden killed 12 people."
    copied = searcher.revision("paper.json", own.earlier)
    assert copied == own and copied.article_id == "agency.json"
    publish(index, "agency", LONG)
    withdrawn = opened(index).revision("paper.json", own.earlier)
    assert withdrawn is not None and withdrawn.later is None
    assert opened(index).revision("paper.json", "Witness number 3 saw the bus leave") is None


def test_versions_are_bounded(index: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store.history.MOST_VERSIONS", 2)
    for number in range(5):
        publish(index, "a", f"{number} people came. {LONG}")
    kept = opened(index).history("a.json")
    assert [one.changes[0].earlier for one in kept] == ["2 people came.", "3 people came."]
    monkeypatch.setattr("index.store.history.MOST_CHARACTERS", len(LONG) + 30)
    publish(index, "a", f"5 people came. {LONG}")
    assert len(opened(index).history("a.json")) == 1


def test_versions_go_with_their_article(index: Address) -> None:
    publish(index, "b", LONG, title="Other")
    publish(index, "a", TWELVE)
    publish(index, "a", NINE)
    remove_articles(["a.json"], index)
    publish(index, "a", NINE)
    assert opened(index).history("a.json") == []
