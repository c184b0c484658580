"""The sample articles: they load, and each is what its README says it is for."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta

import pytest

from corpus.article import Article
from corpus.loader import LoadReport, load_articles
from corpus.samples import samples_folder


@pytest.fixture(scope="module")
def report() -> LoadReport:
    return LoadReport()


@pytest.fixture(scope="module")
def samples(report: LoadReport) -> dict[str, Article]:
    """The samples by title."""
    return {article.title: article for article in load_articles([samples_folder()], report=report)}


def the_one(samples: dict[str, Article], start_of_title: str) -> Article:
    [found] = [a for title, a in samples.items() if title.startswith(start_of_title)]
    return found


def words(article: Article) -> Counter[str]:
    return Counter(re.findall(r"\w+", article.text.lower()))


def word_overlap(one: Article, other: Article) -> float:
    """Words that both have, over the words that either has, each counted as often as it occurs."""
    a, b = words(one), words(other)
    return (a & b).total() / (a | b).total()


def published(article: Article) -> datetime:
    assert article.published is not None
    return datetime.fromisoformat(article.published)


def test_every_sample_loads_and_none_is_skipped(
    samples: dict[str, Article], report: LoadReport
) -> None:
    assert report.failures == []
    assert report.skipped == []
    assert (report.files, report.articles, len(samples)) == (10, 13, 13)


def test_the_samples_show_six_formats() -> None:
    formats = {path.suffix for path in samples_folder().iterdir()}
    assert formats == {".csv", ".html", ".json", ".jsonl", ".md", ".txt"}


def test_every_sample_has_a_title_and_a_long_body(samples: dict[str, Article]) -> None:
    for title, article in samples.items():
        assert title
        assert 150 <= len(article.text.split()) <= 450, title


def test_samples_have_source_address_and_date(
    samples: dict[str, Article], report: LoadReport
) -> None:
    for article in samples.values():
        if report.origins[article.id].endswith(".txt"):
            assert (article.source, article.url, article.published) == (None, None, None)
        else:
            assert article.source
            assert re.match(r"https://example\.(org|com)/", article.url or "")
            assert published(article).utcoffset() is not None
            assert 2019 <= published(article).year <= 2026


def test_no_sample_has_a_person_as_its_author(samples: dict[str, Article]) -> None:
    assert {article.author for article in samples.values()} <= {None, "Staff"}


def test_the_readme_lists_every_file_and_every_article(samples: dict[str, Article]) -> None:
    readme = (samples_folder().parent / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (?:`([^`]+)`)? ?\| (.+?) \| .+ \|$", readme, flags=re.MULTILINE)
    assert sorted(title for _, title in listed) == sorted(samples)
    files = {name for name, _ in listed if name}
    assert files == {path.name for path in samples_folder().iterdir()}


def test_the_example_question_has_its_sentence(samples: dict[str, Article]) -> None:
    article = the_one(samples, "Trump blames Iran")
    sentence = "the militia Kataib Hezbollah denied being behind the missile attack."
    assert article.text.count(sentence) == 1
    assert "According to The New York Times, " + sentence in article.text
    others = [a for a in samples.values() if a is not article]
    assert not any("missile" in a.text for a in others)


def test_the_two_accounts_of_the_flood_differ_on_the_figures(samples: dict[str, Article]) -> None:
    courier, radio = the_one(samples, "340 people"), the_one(samples, "Merrowford flood")
    assert courier.source != radio.source
    assert published(courier).date() == published(radio).date()
    assert "340 people" in courier.text and "340" not in radio.text
    assert "410 residents" in radio.text and "410" not in courier.text


def test_the_correction_names_the_report_and_both_figures(samples: dict[str, Article]) -> None:
    wrong, right = the_one(samples, "Ostermere hospital opens"), the_one(samples, "Correction:")
    assert wrong.title in right.text
    assert "cost 14.8 million crowns, not 18.4 million crowns" in right.text
    assert "18.4 million" in wrong.text and "14.8 million" not in wrong.text
    assert published(wrong) < published(right)


def test_syndicated_copy_is_the_only_near_duplicate(samples: dict[str, Article]) -> None:
    original, copy = the_one(samples, "Lantern Theatre"), the_one(samples, "Port Sallow's Lantern")
    assert original.source != copy.source
    assert original.text != copy.text
    assert word_overlap(original, copy) > 0.8
    for one in samples.values():
        for other in samples.values():
            if one is not other and {one.id, other.id} != {original.id, copy.id}:
                assert word_overlap(one, other) < 0.5, (one.title, other.title)


def test_the_two_ferry_reports_are_a_year_apart(samples: dict[str, Article]) -> None:
    earlier, later = the_one(samples, "Grelle ferry carried"), the_one(samples, "Grelle ferry sets")
    assert timedelta(days=360) < published(later) - published(earlier) < timedelta(days=370)
    assert "212,400 passengers" in earlier.text and "238,900 passengers" in later.text
