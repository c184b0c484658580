"""Saved web pages."""

from __future__ import annotations

import pytest

from corpus.errors import UnreadableArticle
from tests.corpus.formats.conftest import ReadOne

BODY = """
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Flood in Aldmoor</h1>
<p>The river rose by two metres on Tuesday, the mayor of Aldmoor said in a statement.</p>
<p>“It is over,” she added, and thanked the people who had carried sandbags through the night.</p>
</article><footer>Copyright 2019 Aldmoor Post. Last week we wrote about 3 May 2018.</footer>
"""


def page(head: str = "", body: str = BODY) -> str:
    return (
        f"<!DOCTYPE html><html lang='en-GB'><head><title>Flood in Aldmoor</title>{head}</head>"
        f"<body>{body}</body></html>"
    )


def test_page_gives_its_article_and_metadata(read_one: ReadOne) -> None:
    draft = read_one(
        page(
            '<meta property="og:site_name" content="Aldmoor Post">'
            '<meta name="author" content="Ann Lee">'
            '<meta property="article:published_time" content="2019-12-31T14:05:00+01:00">'
            '<link rel="canonical" href="https://example.com/flood">'
        ),
        "a.html",
    )
    assert draft.title == "Flood in Aldmoor"
    assert "“It is over,” she added" in draft.text
    assert "Sport" not in draft.text
    assert draft.published == "2019-12-31T14:05:00+01:00"
    assert (draft.source, draft.author, draft.url, draft.language) == (
        "Aldmoor Post", "Ann Lee", "https://example.com/flood", "en-GB",
    )  # fmt: skip


def test_article_data_gives_the_date_before_other_data(read_one: ReadOne) -> None:
    data = (
        '<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "datePublished": '
        '"2001-01-01"}, {"@type": ["NewsArticle"], "datePublished": "2019-12-31"}]}</script>'
    )
    assert read_one(page(data), "a.html").published == "2019-12-31"


def test_marked_time_is_a_date_and_other_times_are_not(read_one: ReadOne) -> None:
    marked = BODY.replace(
        "<p>", '<time itemprop="datePublished" datetime="2019-12-31">x</time><p>', 1
    )
    assert read_one(page(body=marked), "a.html").published == "2019-12-31"
    other = BODY.replace("on Tuesday", 'on <time datetime="2018-05-03">3 May</time>', 1)
    assert read_one(page(body=other), "a.html").published is None


def test_a_page_without_a_declared_date_has_none(read_one: ReadOne) -> None:
    draft = read_one(page('<meta property="og:updated_time" content="2020-01-01">'), "a.html")
    assert draft.published is None


@pytest.mark.parametrize(
    "data",
    [
        '<!-- {"@type": "NewsArticle", "datePublished": "2019-12-31"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "datePublished": "2019-12-31"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "a\nb // c", "datePublished": "2019-12-31",}',
        '[{"@type": "Person"}, {"@type": "ReportageNewsArticle", "datePublished": "2019-12-31"}];',
        '{"@type": "NewsArticle", /* by hand */ "datePublished": "2019-12-31"}',
        '{"@type": "WebPage", "datePublished": "2019-12-31"}',
        '{"@type": "WebPage", "mainEntity": {"@type": "Article", "datePublished": "2019-12-31"}}',
    ],
)
def test_data_are_read_as_browsers_accept_them(read_one: ReadOne, data: str) -> None:
    script = f'<script type="application/ld+json; charset=utf-8">{data}</script>'
    assert read_one(page(script), "a.html").published == "2019-12-31"


@pytest.mark.parametrize(
    ("byline", "published", "updated"),
    [
        ('<p>By Ann Lee <time datetime="2019-12-31">Tuesday</time></p>', "2019-12-31", None),
        ('<time class="entry-date" datetime="2019-12-31">Tuesday</time>', "2019-12-31", None),
        ("<p>By Ann Lee, Aldmoor | December 31, 2019 9:05 a.m. ET</p>",
         "December 31, 2019 9:05 a.m. ET", None),
        ("<p>Published 14:30 GMT, 31 December 2019</p>", "14:30 GMT, 31 December 2019", None),
        ('<p class="date">Geplaatst op 31 december 2019 om 10:00</p>', "31 december 2019 om 10:00",
         None),
        ("<div>Published 31 December 2019, updated 2 January 2020</div>",
         "31 December 2019", "2 January 2020"),
        ('<time datetime="2019-12-31">a</time><p>Updated <time datetime="2020-01-02">b</time></p>',
         "2019-12-31", "2020-01-02"),
        ("<p>The flood of 3 May 2018 was worse.</p>", None, None),
    ],
)  # fmt: skip
def test_byline_gives_the_dates(
    read_one: ReadOne, byline: str, published: str | None, updated: str | None
) -> None:
    draft = read_one(page(body=BODY.replace("<p>", f"{byline}<p>", 1)), "a.html")
    assert (draft.published, draft.updated) == (published, updated)
    assert draft.text.startswith(("The river rose", "The flood of"))
    assert draft.author == ("Ann Lee" if "Ann Lee" in byline else None)


def test_date_in_the_masthead_is_not_the_articles(read_one: ReadOne) -> None:
    masthead = BODY.replace("<article>", '<div class="date">1 May 2026</div><div>')
    assert read_one(page(body=masthead), "a.html").published is None


FIRST, SECOND, *_ = (
    "The river rose by two metres on Tuesday, the mayor of Aldmoor said in a statement.",
    "“It is over,” she added, and thanked the people who had carried sandbags.",
)
ARTICLE = f"<article><h1>Flood in Aldmoor</h1><p>{FIRST}</p>{{}}<p>{SECOND}</p></article>"


@pytest.mark.parametrize(
    "insert",
    [
        "<p>Story continues below advertisement</p>",
        '<p>READ ALSO <a href="/b">Bridge closed in Aldmoor</a></p>',
        "<p><strong>Read more:</strong> <a href='/b'>Bridge closed in Aldmoor</a></p>",
        "<div><h4>The Aldmoor Letter</h4><p>Sign up for our newsletter and get it in your inbox."
        "</p></div>",
        "<div><p>You have read all your free articles. Subscribe to continue reading.</p>"
        "<p>Already a subscriber? Log in</p></div>",
        "<figure><img src='a.jpg'><figcaption>The bridge in 2012</figcaption></figure>",
        '<div><img src="a.jpg"><p class="wp-caption-text">The bridge in 2012</p></div>',
        "<p>Photo: Bo Ray/Aldmoor Post</p>",
        "<p>Image source, Bo Ray</p>",
        '<div class="related"><h3>Related</h3><p><a href="/b">Bridge closed</a></p></div>',
        '<div class="ad"><p>Boots at half the price, only this week at Miller.</p></div>',
        '<div class="share-buttons"><span>Share</span></div>',
        "<p>Advertisement</p>",
    ],
)
def test_what_is_put_into_an_article_is_left_out(read_one: ReadOne, insert: str) -> None:
    body = f'<header><nav><a href="/">Home</a></nav></header>{ARTICLE.format(insert)}'
    assert read_one(page(body=body), "a.html").text == f"{FIRST}\n\n{SECOND}"


CONSENT = (
    "<h2>We value your privacy</h2><p>We and our 94 partners store and access information on a "
    "device, such as cookies.</p><p>By clicking Agree you accept this. You can change your "
    "preferences at any time.</p><a href='#'>Agree</a>"
)


@pytest.mark.parametrize("holder", ["aside", "dialog", "main", "div", "section", "form"])
@pytest.mark.parametrize("name", ['class="cookie-banner"', 'id="x7"', 'role="dialog"'])
def test_article_is_found_beside_a_banner(read_one: ReadOne, holder: str, name: str) -> None:
    body = f"<div {name}>{CONSENT}</div><{holder} class='modal'>{ARTICLE.format('')}</{holder}>"
    assert read_one(page(body=body), "a.html").text == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (f"<div>{CONSENT}</div>", "no article found in the page, only a request for consent"),
        (
            "<h1>Before you go on</h1><p>We use cookies and data to measure how people use us.</p>"
            "<p>If you accept, we will also use cookies to show you what you like.</p>",
            "no article found in the page, only a request for consent",
        ),
        (
            "<div><h2>This story is for subscribers</h2><p>Subscribe to unlock this story. Cancel "
            "anytime.</p></div>",
            "no article found in the page, only an offer to subscribe",
        ),
    ],
)
def test_page_with_a_banner_alone_is_refused(read_one: ReadOne, body: str, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_one(page(body=body), "a.html")


def test_article_about_consent_is_an_article(read_one: ReadOne) -> None:
    quote = "“By clicking agree, people accept what they never read,” said Ann Lee of the agency."
    body = ARTICLE.format(f"<p>{quote}</p>")
    assert read_one(page(body=body), "a.html").text == f"{FIRST}\n\n{quote}\n\n{SECOND}"


def test_short_page_keeps_its_paragraphs(read_one: ReadOne) -> None:
    body = (
        '<main><article><header><h1>Flood</h1><p class="byline">By Ann Lee</p><time>3 May</time>'
        "</header><figure><img><figcaption>The river. Photo: Bo</figcaption></figure>"
        "<p>The river rose.</p><p>Nobody was hurt.</p></article></main>"
    )
    assert read_one(page(body=body), "a.html").text == "The river rose.\n\nNobody was hurt."


def test_live_blog_keeps_the_times_of_its_posts(read_one: ReadOne) -> None:
    for time in ('<time datetime="2019-12-31T{0}">{0}</time>', '<span class="at">{0}</span>'):
        posts = "".join(
            f"<article><header>{time.format(clock)}<h2>{head}</h2></header><p>{text}</p></article>"
            for clock, head, text in (("10:15", "Over", SECOND), ("08:40", "Water rises", FIRST))
        )
        draft = read_one(page(body=f"<main><h1>Flood in Aldmoor</h1>{posts}</main>"), "a.html")
        assert draft.text.split("\n\n") == [
            "10:15", "Over", SECOND, "08:40", "Water rises", FIRST,
        ]  # fmt: skip


def test_parts_that_extraction_loses_are_kept(read_one: ReadOne) -> None:
    parts = (
        '<aside class="box"><h3>The river</h3><ul><li>410 km long</li></ul></aside>'
        "<table><tr><th>Town</th><th>Metres</th></tr><tr><td><a href='/a'>Aldmoor</a></td>"
        "<td><a href='/2'>2</a></td></tr></table></article><article><h2>In the town</h2>"
    )
    body = f"<main>{ARTICLE.format(parts)}</main>"
    assert read_one(page(body=body), "a.html").text.split("\n\n") == [
        FIRST, "The river", "410 km long", "Town | Metres\nAldmoor | 2", "In the town", SECOND,
    ]  # fmt: skip


@pytest.mark.parametrize("place", ["<h1>Flood</h1>{}<p>{}</p>", "<h1>Flood</h1><p>{1}</p>{0}"])
def test_fact_box_is_kept_wherever_it_stands(read_one: ReadOne, place: str) -> None:
    box = '<aside class="fact-box"><h3>The river</h3><ul><li>410 km long</li></ul></aside>'
    body = f"<main><article>{place.format(box, FIRST)}<p>{SECOND}</p></article></main>"
    assert "The river\n\n410 km long" in read_one(page(body=body), "a.html").text


def test_cells_stand_in_their_columns(read_one: ReadOne) -> None:
    rows = (
        "<tr><th colspan=3>Storms</th></tr><tr><th>Town</th><th>Year</th><th>Dead</th></tr>"
        "<tr><td rowspan=2>Orr</td><td>2011</td><td>4</td></tr><tr><td>2012</td><td>7</td></tr>"
        "<tr><td colspan=2>Tarn</td><td>1</td></tr><tr><td>Sund</td><td colspan=x>2013</td></tr>"
    )
    text = read_one(page(body=ARTICLE.format(f"<table>{rows}</table>")), "a.html").text
    assert text.split("\n\n")[1].splitlines() == [
        "Storms", "Town | Year | Dead", "Orr | 2011 | 4", "| 2012 | 7", "Tarn | | 1",
        "Sund | 2013 |",
    ]  # fmt: skip


def test_own_style_sheet_raises_hides_and_strikes(read_one: ReadOne) -> None:
    sheet = (
        "<style>/* a */ .fn, i.x{vertical-align: super; font-size: 70%} .no{display:none}"
        "@media print{.printed{display:none}} #old{text-decoration: line-through}</style>"
    )
    body = ARTICLE.format(
        "<p>It cost 24<span class='a fn'>1</span> million and 2<b class='x'>2</b> lives. <i id=old>"
        "Ten</i><i class=no>Secret</i> <u class=printed>Nine</u> towns paid.</p>"
    )
    text = read_one(page(sheet, body), "a.html").text
    assert text.split("\n\n")[1] == "It cost 24¹ million and 22 lives. Nine towns paid."


@pytest.mark.parametrize(
    "control", ["&#1;", "&#xFFFE;", "&#0;", "\x02", "\uffff", "&#99999999999;"]
)
def test_character_that_xml_has_not_is_left_out(read_one: ReadOne, control: str) -> None:
    insert = f"<p>It rose{control}<script>x</script>{control} by <b class='{control}'>two</b>.</p>"
    style = f"<style>.{control}{{display:none}}</style>"
    text = read_one(page(style, ARTICLE.format(insert)), "a.html").text
    assert text.split("\n\n")[1] == "It rose by two."


def test_text_in_the_pages_data_stands_in_for_an_empty_page(read_one: ReadOne) -> None:
    data = '{"@type": "NewsArticle", "articleBody": "<p>It rose.</p><p>It fell.</p>"}'
    script = f'<script type="application/ld+json">{data}</script>'
    assert read_one(page(script, "<div id=app></div>"), "a.html").text == "It rose.\n\nIt fell."


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "iso-8859-5", "utf-8"])
def test_the_encoding_that_a_page_declares_is_used(read_one: ReadOne, encoding: str) -> None:
    sentence = "Река поднялась на два метра, сообщил мэр города во вторник вечером."
    source = page(f'<meta charset="{encoding}">', f"<article><p>{sentence * 3}</p></article>")
    assert sentence in read_one(source.encode(encoding), "a.html").text


def test_utf8_is_believed_before_a_wrong_declaration(read_one: ReadOne) -> None:
    assert "“It is over,”" in read_one(page('<meta charset="iso-8859-1">'), "a.html").text


def test_an_xhtml_page_with_a_declaration_is_read(read_one: ReadOne) -> None:
    source = "<?xml version='1.0' encoding='UTF-8'?>\n" + page()
    assert "two metres" in read_one(source, "a.xhtml").text


@pytest.mark.parametrize(
    "source", ["", " \n", "<html></html>", "<!-- only this -->", "<div>" * 5_000]
)
def test_a_page_without_an_article_is_refused(read_one: ReadOne, source: str) -> None:
    with pytest.raises(UnreadableArticle, match="empty|not HTML|no article"):
        read_one(source, "a.html")


def test_an_address_that_no_page_may_link_to_is_left_out(read_one: ReadOne) -> None:
    head = '<link rel="canonical" href="javascript:alert(1)">'
    assert read_one(page(head), "a.html").url is None
