"""A folder of small documents of every format, with the words that each of them prints.

The stories are invented. A paragraph of theirs is HTML of ``b i sup sub del``; each format writes
that in its own way, by the library that most programs use for it. What a reader of the page takes
for no part of the article (menus, running heads, offers) is the document's ``around``.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape, unescape
from typing import Any

__all__ = ["Document", "documents"]


@dataclass(frozen=True)
class Document:
    """A file and its truth.

    Attributes:
        name: of the file.
        data: its bytes.
        text: headline and text of its articles, a paragraph a line.
        around: what else stands on it.
    """

    name: str
    data: bytes
    text: str
    around: str = ""

    @property
    def format(self) -> str:
        """Its extension, without the dot."""
        return self.name.rpartition(".")[2]


Story = tuple[str, list[str]]
_FLOOD: Story = (
    "Flood gates of Aldmoor were shut too late, auditor finds",
    [
        "The three flood gates of Aldmoor were shut 47 minutes too late on the night of the storm, "
        "the county auditor said in a report on Tuesday, and 1,240 homes were under water by dawn.",
        "“Nobody was at the desk,” said Auditor Ann Holt. “The alarm rang in an empty room.”",
        "The repairs will cost 24<sup>1</sup> million crowns, the council said. It had set aside "
        "only 3.5 million in the spring, when the 52-year-old pumps were last looked at.",
        "Mayor Tomas Herle, who was abroad, did not answer questions. His deputy, Mira Dahl-Roe, "
        "told the Harbour Post that two <i>night watchmen</i> had since been hired.",
        "A hearing is set for 9 a.m. on 14 May in the old corn hall.",
    ],
)
_STARS: Story = (
    "Twin stars are younger than thought",
    [
        "A pair of stars above the southern sky is about 3 × 10<sup>8</sup> years old, half of "
        "what was thought, astronomers at the Sund observatory reported on Thursday.",
        "The team measured how much CO<sub>2</sub> and H<sub>2</sub>O the dust around them holds, "
        "in a disc 2½ times as wide as the orbit of Neptune.",
        "“It is a <b>nursery</b>, not a graveyard,” said Dr. Lena Brandt, who led the work.",
        "The dish of the observatory has an area of 10<sup>4</sup> m<sup>2</sup>. It cost €18.4m "
        "and was paid for by 14 countries, Chile’s among them.",
    ],
)
_CRASH: Story = (
    "Bus crash near Velden: what is known",
    [
        "A coach left the road near Velden on Friday evening, killing <del>12</del> nine people "
        "and injuring 31, the police said.",
        "The bus belonged to <del>Dorn Travel</del> Brissa Coaches of Grelle, a firm with six "
        "vehicles. Its licence had run out in March, according to the transport office.",
        "“We heard a bang like thunder,” said Olga Marsh, 47, whose farm lies beside the bend.",
        "The speed limit there is 60 km/h; the tachograph showed 93.",
        "Corrections: an earlier version of this article gave a wrong number of victims.",
    ],
)
_ZOO: Story = (
    "Zoo counts its animals and finds one too many",
    [
        "The zoo of Grelle counted 4,310<sup>2</sup> animals this week, one more than it had "
        "bought, hatched or been given: a lynx that nobody can explain.",
        "It weighs 11 kilos. “She walked in by herself, as far as we know,” said the keeper, "
        "Jördis Köhler. The fence is 2.20 metres high.",
        "The town’s hunters deny having lost one. Naïve as it sounds, said their chairman, "
        "Étienne Ó Faoláin, “a lynx goes where it likes”.",
        "The zoo will keep her until the summer, then let her free in the Tarn hills.",
    ],
)
_STRIKE: Story = (
    "Bakers of Sund strike for a second day",
    [
        "Most bakeries in Sund stayed shut on Wednesday as 860 bakers struck for a second day "
        "over night work, and the queues before the six that opened reached to the bridge.",
        "The union asks for 7.5 percent more pay and for no shift to begin before 3 a.m.; the "
        "employers offer 4 percent.",
        "“A loaf costs 38 crowns and I get four of them an hour,” said Pavel Roe, a baker for "
        "twenty-six years. “My son drives a van and earns double.”",
        "Talks go on at the ministry on Monday. The last strike of the bakers, in 1987, lasted "
        "for 19 days and ended with a rise of a tenth.",
        "Hotels have begun to fly in bread from abroad, at three times the price.",
    ],
)
_PORT: Story = (
    "Council rejects sale of the slaughterhouse",
    [
        "The council of Brissa rejected the sale of the old slaughterhouse on Monday by 17 votes "
        "to 12, after a debate of five hours that ended past midnight.",
        "Meridian, a builder from the capital, had offered 6.8 million crowns and promised 140 "
        "flats. Neighbours had gathered 5,012 signatures against it.",
        "“This house is the memory of the harbour,” said Councillor Edda Quist, who voted no.",
        "The firm may still go to court. Its lawyer, J.R. Lindqvist, called the vote “a farce”.",
    ],
)
_GERMAN: Story = (
    "Fähre nach Askvik fällt bis zum Frühjahr aus",
    [
        "Die Fähre nach Askvik fährt bis zum Frühjahr nicht, weil ihre Maschine in der Werft "
        "überholt werden muss, teilte die Hafenbehörde am Montag mit.",
        "„Für die Schüler gibt es ein kleineres Boot“, sagte Kapitän Jörg Holm. Es fasst 24 "
        "Fahrgäste und braucht 40 Minuten länger.",
        "Die Überholung kostet rund 1,3 Millionen Kronen. Den größten Teil zahlt der Staat.",
    ],
)
_STORIES = [_FLOOD, _STARS, _CRASH, _ZOO, _STRIKE, _PORT, _GERMAN]
_TABLE = [
    ["Candidate", "Votes", "Share"],
    ["Odile Marrin", "9,871", "19.9%"],
    ["Tomas Herle", "21,404", "43.1%"],
    ["Edda Quist", "18,366", "37.0%"],
]
_FACTS = ["Founded in 1871", "Owned by the town since 1954", "Closed to traffic in winter"]
_TAGS = re.compile(r"<(/?)(\w+)[^>]*>")
_DELETED = re.compile(r"<del>.*?</del> ?")
_STYLED = re.compile(r"<(b|i|sup|sub|del)>(.*?)</\1>")
_MENU = ["Home", "World", "Politics", "Sport", "Subscribe", "Log in"]


def plain(text: str) -> str:
    """Return what a paragraph prints; what is raised or lowered is a word of its own."""
    text = re.sub(r"</?su[bp]>", " ", _DELETED.sub("", text))
    return " ".join(unescape(_TAGS.sub("", text)).split())


def told(*stories: Story) -> str:
    """Return the truth of stories."""
    return "\n".join(line for title, lines in stories for line in map(plain, [title, *lines]))


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Cut a paragraph into pieces, each with the name of its tag or none."""
    place = 0
    for found in _STYLED.finditer(text):
        if found.start() > place:
            yield text[place : found.start()], ""
        yield found[2], found[1]
        place = found.end()
    if place < len(text):
        yield text[place:], ""


def documents() -> list[Document]:
    """Write the folder: the same bytes each time, but for dates that libraries put in."""
    made: list[Document] = []
    for write in (
        _pages, _saved_pages, _records, _feeds, _wires, _texts, _pdfs, _word, _open_documents,
        _rich_texts, _books, _slides, _sheets, _mails, _archives,
    ):  # fmt: skip
        made += write()
    return made


# Web pages


def _html(story: Story, inside: str = "", before: str = "", after: str = "", head: str = "") -> str:
    title, lines = story
    body = inside or "".join(f"<p>{line}</p>\n" for line in lines)
    menu = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in _MENU)
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{head}"
        f"</head><body><header><nav><ul>{menu}</ul></nav></header>{before}<main><article>"
        f"<h1>{title}</h1>\n{body}</article></main>{after}<footer><p>© Harbour Post. All rights "
        "reserved.</p></footer></body></html>"
    )


def _paragraphs(lines: Sequence[str], tag: str = "p") -> str:
    return "\n".join(f"<{tag}>{line}</{tag}>" for line in lines)


def _pages() -> Iterator[Document]:
    def page(name: str, story: Story, markup: str, text: str = "", more: str = "") -> Document:
        around = f"{' '.join(_MENU)} © Harbour Post. All rights reserved. {more}"
        return Document(name, markup.encode(), text or told(story), around)

    for number, story in enumerate(_STORIES):
        yield page(f"plain-{number}.html", story, _html(story))
    title, lines = _STRIKE
    first, rest = lines[:2], lines[2:]
    offer = "Sign up for our newsletter and never miss a story."
    inserts = {
        "newsletter": f'<div class="newsletter-signup"><p>{offer}</p></div>',
        "read-also": '<p><strong>READ ALSO: <a href="/x">Ten loaves to bake at home</a></strong>',
        "story-continues": '<p class="ad-label">Story continues below advertisement</p>',
        "caption": '<figure><img src="a.jpg"><figcaption>Bakers at the town hall. Photo: Ida '
        "Vik</figcaption></figure>",
        "hidden": '<p style="display:none">Ninety pandas were never here.</p>'
        '<span class="visually-hidden">opens in new tab</span>',
    }
    for name, insert in inserts.items():
        inside = _paragraphs(first) + insert + _paragraphs(rest)
        yield page(f"{name}.html", _STRIKE, _html(_STRIKE, inside), more=plain(insert))
    consent = "We and our 812 partners store cookies on your device. Accept all or manage choices."
    banner = f'<div id="cookie-consent" role="dialog"><p>{consent}</p><button>OK</button></div>'
    yield page("consent.html", _PORT, _html(_PORT, before=banner), more=f"{consent} OK")
    paywall = "To continue reading, subscribe for 1 crown a month."
    wall = f'<div class="paywall"><h2>{paywall}</h2></div>'
    yield page("paywall.html", _ZOO, _html(_ZOO, after=wall), more=paywall)
    related = "Ferry late again Storm Dora leaves Sund"
    links = "".join(f'<li><a href="/{n}">{word}</a></li>' for n, word in enumerate(
        ("Ferry late again", "Storm Dora leaves Sund")))  # fmt: skip
    aside = f"<aside class=related><h3>More on this</h3><ul>{links}</ul></aside>"
    yield page("related.html", _FLOOD, _html(_FLOOD, after=aside), more=f"More on this {related}")
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in _TABLE)
    table = "\n".join(" ".join(row) for row in _TABLE)
    inside = f"{_paragraphs(_PORT[1])}<table>{rows}</table>"
    yield page("table.html", _PORT, _html(_PORT, inside), f"{told(_PORT)}\n{table}")
    facts = _paragraphs(_FACTS, "li")
    inside = f"{_paragraphs(_ZOO[1])}<ul>{facts}</ul>"
    yield page("list.html", _ZOO, _html(_ZOO, inside), "\n".join([told(_ZOO), *_FACTS]))
    inside = f"{_paragraphs(first)}<h2>What the bakers want</h2>{_paragraphs(rest)}"
    text = "\n".join(map(plain, [title, *first, "What the bakers want", *rest]))
    yield page("subheads.html", _STRIKE, _html(_STRIKE, inside), text)
    inside = f"{_paragraphs(first)}<blockquote><p>{rest[0]}</p></blockquote>{_paragraphs(rest[1:])}"
    yield page("blockquote.html", _STRIKE, _html(_STRIKE, inside))
    inside = "<div>" + "<br><br>".join(_FLOOD[1]) + "</div>"
    yield page("line-breaks.html", _FLOOD, _html(_FLOOD, inside))
    posts = [("14:05", _CRASH[1][0]), ("14:20", _CRASH[1][2]), ("15:00", _CRASH[1][3])]
    inside = "".join(
        f"<div class=post><time datetime=2024-05-01T{at}>{at}</time><p>{line}</p></div>"
        for at, line in posts
    )
    text = "\n".join(map(plain, [_CRASH[0], *(part for post in posts for part in post)]))
    yield page("live-blog.html", _CRASH, _html(_CRASH, inside), text)
    about = {"@type": "NewsArticle", "headline": title, "articleBody": plain(" ".join(lines))}
    head = f'<script type="application/ld+json">{json.dumps(about)}</script>'
    yield page("json-ld.html", _STRIKE, _html(_STRIKE, head=head))
    short = ("Ferry late", ["The ferry to Askvik was late again on Monday, its captain said.",
                            "Nobody was surprised, as it is late most days."])  # fmt: skip
    yield page("short.html", short, _html(short))


def _saved_pages() -> Iterator[Document]:
    around = f"{' '.join(_MENU)} © Harbour Post. All rights reserved."
    for number, ending in enumerate(("htm", "php", "shtml")):
        story = _STORIES[number]
        yield Document(f"page.{ending}", _html(story).encode(), told(story), around)
    strict = re.sub(r"=(\w[\w-]*)(?=[ >])", r'="\1"', _html(_PORT)).replace("utf-8>", "utf-8/>")
    strict = strict.replace("<!doctype html>", '<?xml version="1.0" encoding="utf-8"?>')
    strict = strict.replace('meta charset="utf-8"', 'meta charset="utf-8"/').replace("//", "/")
    yield Document("page.xhtml", strict.encode(), told(_PORT), around)
    made = EmailMessage()
    made["Subject"] = _ZOO[0]
    made["MIME-Version"] = "1.0"
    made["Snapshot-Content-Location"] = "https://post.example/zoo"
    made.add_related(_html(_ZOO).encode(), "text", "html", cte="quoted-printable")
    yield Document("page.mhtml", made.as_bytes(), told(_ZOO), around)


# Dumps, feeds and agencies


def _record(story: Story, number: int = 0) -> dict[str, Any]:
    return {
        "id": f"a{number}",
        "title": story[0],
        "text": "\n\n".join(map(plain, story[1])),
        "url": f"https://post.example/{number}",
        "published": "2024-05-01",
    }


def _about(*numbers: int) -> str:
    return " ".join(f"a{n} https://post.example/{n} 2024-05-01" for n in numbers)


def _records() -> Iterator[Document]:
    body = _paragraphs(_FLOOD[1]) + "<script>track(99)</script>"
    forms: dict[str, tuple[Story, Any]] = {
        "plain": (_PORT, _record(_PORT)),
        "article-body": (_FLOOD, {"@type": "NewsArticle", "headline": _FLOOD[0],
                                  "articleBody": body}),
        "wordpress": (_ZOO, {"title": {"rendered": escape(_ZOO[0])},
                             "content": {"rendered": _paragraphs(_ZOO[1])}}),
        "paragraphs": (_STARS, {"headline": _STARS[0], "body": _STARS[1]}),
    }  # fmt: skip
    for name, (story, value) in forms.items():
        yield Document(f"{name}.json", json.dumps(value).encode(), told(story), _about(0))
    three = [_FLOOD, _CRASH, _STRIKE]
    rows = [_record(story, number) for number, story in enumerate(three)]
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    for ending in ("jsonl", "ndjson"):
        yield Document(f"dump.{ending}", data.encode(), told(*three), _about(0, 1, 2))
    import csv

    for ending, delimiter in (("csv", ","), ("tsv", "\t")):
        lines = io.StringIO()
        table = csv.DictWriter(lines, list(rows[0]), delimiter=delimiter)
        table.writeheader()
        table.writerows(rows)
        yield Document(f"dump.{ending}", lines.getvalue().encode(), told(*three), _about(0, 1, 2))
    lines = io.StringIO()
    marked = csv.writer(lines, delimiter=";")
    marked.writerows([["title", "content"], [_ZOO[0], _paragraphs(_ZOO[1])]])
    yield Document("marked.csv", lines.getvalue().encode(), told(_ZOO))


def _feeds() -> Iterator[Document]:
    pair = [_STARS, _PORT]
    items = "".join(
        f"<item><title>{story[0]}</title><link>https://post.example/{n}</link><description>"
        f"<![CDATA[{_paragraphs(story[1])}]]></description></item>"
        for n, story in enumerate(pair)
    )
    rss = f'<rss version="2.0"><channel><title>Harbour Post</title>{items}</channel></rss>'
    for ending in ("rss", "xml"):
        yield Document(f"feed.{ending}", rss.encode(), told(*pair), f"Harbour Post {_about(0, 1)}")
    entries = "".join(
        f"<entry><title>{story[0]}</title><id>a{n}</id><updated>2024-05-01T08:00:00Z</updated>"
        f'<content type="html">{escape(_paragraphs(story[1]))}</content></entry>'
        for n, story in enumerate(pair)
    )
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Post</title>{entries}</feed>'
    yield Document("feed.atom", atom.encode(), told(*pair), f"Harbour Post {_about(0, 1)}")


def _wires() -> Iterator[Document]:
    lines = _paragraphs(map(plain, _STRIKE[1]))
    nitf = (
        f"<nitf><head><title>{_STRIKE[0]}</title></head><body><body.head><hedline><hl1>"
        f"{_STRIKE[0]}</hl1></hedline></body.head><body.content>{lines}</body.content></body></nitf>"
    )
    yield Document("nitf.xml", nitf.encode(), told(_STRIKE))
    item = (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"><contentMeta><headline>'
        f"{_STRIKE[0]}</headline></contentMeta><contentSet><inlineXML><html "
        f'xmlns="http://www.w3.org/1999/xhtml"><body>{lines}</body></html></inlineXML>'
        "</contentSet></newsItem>"
    )
    yield Document("newsml.xml", item.encode(), told(_STRIKE))


# Text


def _texts() -> Iterator[Document]:
    import textwrap

    title, lines = _STRIKE[0], list(map(plain, _STRIKE[1]))
    yield Document("plain.txt", "\n\n".join([title, *lines]).encode(), told(_STRIKE))
    wrapped = "\n\n".join(
        textwrap.fill(line, 66, break_on_hyphens=False) for line in [title, *lines]
    )
    yield Document("wrapped.text", wrapped.encode(), told(_STRIKE))
    yield Document("latin.txt", "\n\n".join([_GERMAN[0], *map(plain, _GERMAN[1])]).replace(
        "„", '"').replace("“", '"').encode("latin-1"),
        told(_GERMAN).replace("„", '"').replace("“", '"'))  # fmt: skip
    for ending in ("md", "markdown"):
        text = "\n\n".join([f"# {_ZOO[0]}", *map(_marked_down, _ZOO[1])])
        yield Document(f"zoo.{ending}", text.encode(), told(_ZOO))
    front = f"---\ntitle: {json.dumps(_CRASH[0])}\ndate: 2024-05-01\n---\n\n"
    links = "> [!note] Traffic\n> The [bend](https://post.example/bend) is ==closed== for now."
    text = front + "\n\n".join([*map(_marked_down, _CRASH[1]), links])
    truth = f"{told(_CRASH)}\nTraffic\nThe bend is closed for now."
    yield Document("clipped.md", text.encode(), truth)


def _marked_down(line: str) -> str:
    for tag, mark in (("b", "**"), ("i", "*"), ("del", "~~")):
        line = re.sub(f"</?{tag}>", mark, line)
    return line


# Documents


def _pdfs() -> Iterator[Document]:
    from tests.bench.print_documents import pdfs

    yield from (Document(name, data, told(*stories) + more, around)
                for name, data, stories, more, around in pdfs(_STORIES, _TABLE))  # fmt: skip


def _word() -> Iterator[Document]:
    import docx

    def written(story: Story, more: Callable[[Any], None] = lambda _: None) -> bytes:
        made = docx.Document()
        made.add_heading(story[0], 0)
        for line in story[1]:
            paragraph = made.add_paragraph()
            for text, tag in runs(line):
                run = paragraph.add_run(text)
                run.bold, run.italic = tag == "b" or None, tag == "i" or None
                if tag in ("sup", "sub"):
                    setattr(run.font, {"sup": "superscript", "sub": "subscript"}[tag], True)
                run.font.strike = tag == "del" or None
        more(made)
        return _saved(made)

    for number, story in enumerate(_STORIES[:5]):
        yield Document(f"word-{number}.docx", written(story), told(story))

    def table(made: Any) -> None:
        grid = made.add_table(len(_TABLE), len(_TABLE[0]))
        for cells, row in zip(grid.rows, _TABLE, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                cell.text = text

    rows = "\n".join(" ".join(row) for row in _TABLE)
    yield Document("table.docx", written(_PORT, table), f"{told(_PORT)}\n{rows}")

    def running(made: Any) -> None:
        made.sections[0].header.paragraphs[0].text = "Harbour Post, page proof"
        for line in _FACTS:
            made.add_paragraph(line, style="List Bullet")
        made.add_paragraph().add_run("Eighty otters are not here.").font.hidden = True

    yield Document("list.docx", written(_ZOO, running), "\n".join([told(_ZOO), *_FACTS]),
                   "Harbour Post, page proof")  # fmt: skip


def _saved(made: Any) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _open_documents() -> Iterator[Document]:
    from odf.opendocument import OpenDocumentText
    from odf.style import Style, TextProperties
    from odf.text import H, P, Span

    looks = {
        "b": {"fontweight": "bold"},
        "i": {"fontstyle": "italic"},
        "sup": {"textposition": "super 58%"},
        "sub": {"textposition": "sub 58%"},
        "del": {"textlinethroughstyle": "solid"},
    }
    for number, story in enumerate((_FLOOD, _STARS, _CRASH, _GERMAN)):
        made = OpenDocumentText()
        styles = {}
        for tag, look in looks.items():
            styles[tag] = Style(name=f"S{tag}", family="text")
            styles[tag].addElement(TextProperties(**look))
            made.automaticstyles.addElement(styles[tag])
        made.text.addElement(H(outlinelevel=1, text=story[0]))
        for line in story[1]:
            paragraph = P()
            for text, tag in runs(line):
                if tag:
                    paragraph.addElement(Span(stylename=styles[tag], text=text))
                else:
                    paragraph.addText(text)
            made.text.addElement(paragraph)
        yield Document(f"writer-{number}.odt", _saved(made), told(story))


def _rich_texts() -> Iterator[Document]:
    words = {"b": "b", "i": "i", "sup": "super", "sub": "sub", "del": "strike"}
    for number, story in enumerate((_FLOOD, _STARS, _CRASH, _GERMAN)):
        lines = [
            "".join(f"{{\\{words[tag]} {text}}}" if tag else text for text, tag in runs(line))
            for line in story[1]
        ]
        body = "\\par\n".join([f"{{\\b {story[0]}}}", *lines])
        units = body.encode("utf-16-le")
        coded = "".join(
            char if char.isascii() else f"\\u{ord(char)}?" for char in units.decode("utf-16-le")
        )
        head = "{\\rtf1\\ansi\\ansicpg1252\\uc1{\\fonttbl{\\f0 Times;}}\\f0\\fs24 "
        yield Document(f"rich-{number}.rtf", f"{head}{coded}\\par}}".encode(), told(story))


def _books() -> Iterator[Document]:
    from ebooklib import epub

    for number, stories in enumerate(([_FLOOD, _STARS], [_ZOO], [_STRIKE, _GERMAN, _CRASH])):
        book = epub.EpubBook()
        book.set_identifier(f"post-{number}")
        book.set_title("Harbour Post")
        book.set_language("en")
        chapters = []
        for place, story in enumerate(stories):
            chapter = epub.EpubHtml(title=story[0], file_name=f"c{place}.xhtml")
            chapter.content = f"<h1>{story[0]}</h1>{_paragraphs(story[1])}"
            book.add_item(chapter)
            chapters.append(chapter)
        book.toc = chapters
        book.add_item(epub.EpubNcx())
        book.add_item(epub.EpubNav())
        book.spine = ["nav", *chapters]
        file = io.BytesIO()
        epub.write_epub(file, book)
        around = " ".join(["Harbour Post", *(story[0] for story in stories)])
        yield Document(f"book-{number}.epub", file.getvalue(), told(*stories), around)


def _slides() -> Iterator[Document]:
    import pptx

    for number, story in enumerate((_ZOO, _STARS, _PORT)):
        made = pptx.Presentation()
        made.core_properties.title = story[0]
        texts = [(story[0], story[1][:2]), ("What comes next", story[1][2:])]
        for title, lines in texts:
            slide = made.slides.add_slide(made.slide_layouts[1])
            slide.shapes.title.text = title
            frame = slide.placeholders[1].text_frame
            for place, line in enumerate(lines):
                paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
                for text, tag in runs(line):
                    run = paragraph.add_run()
                    run.text = text
                    if tag in ("sup", "sub"):
                        run.font._element.set("baseline", "30000" if tag == "sup" else "-25000")
        text = "\n".join([told(texts[0]), told(texts[1])])
        yield Document(f"talk-{number}.pptx", _saved(made), text)


def _sheets() -> Iterator[Document]:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Articles"
    rows = [_record(story, number) for number, story in enumerate((_FLOOD, _PORT))]
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(row)
    yield Document("articles.xlsx", _saved(book), told(_FLOOD, _PORT), _about(0, 1))
    book = openpyxl.Workbook()
    for row in [["Station", "Rain", "Gauge"], ["Askvik", 12, 4.5], ["Sund", 7, 3.25]]:
        book.active.append(row)
    text = "Station Rain Gauge\nAskvik 12 4.5\nSund 7 3.25"
    yield Document("rain.xlsx", _saved(book), f"Rain\n{text}")  # its name is its title


# Mail and archives


def _message(story: Story, form: str) -> bytes:
    made = EmailMessage()
    made["Subject"] = story[0]
    made["From"] = "Harbour Post <post@example.com>"
    made["Date"] = "Wed, 01 May 2024 08:00:00 +0200"
    text = "\n\n".join(map(plain, story[1]))
    made.set_content(text, cte="base64" if form == "base64" else "quoted-printable")
    if form == "html":
        page = f"<html><body><h1>{story[0]}</h1>{_paragraphs(story[1])}</body></html>"
        made.add_alternative(page, subtype="html")
    return made.as_bytes()


def _mails() -> Iterator[Document]:
    around = "Subject From Date Harbour Post post@example.com"
    forms = [(_STRIKE, "plain"), (_GERMAN, "base64"), (_ZOO, "html")]
    for story, form in forms:
        # The first heading of an HTML mail says once more what its subject says.
        yield Document(f"{form}.eml", _message(story, form), told(story), f"{around} {story[0]}")
    box = b"".join(
        b"From post@example.com Wed May  1 08:00:00 2024\n" + _message(story, form) + b"\n\n"
        for story, form in forms
    )
    titles = " ".join(story[0] for story, _ in forms)
    yield Document("tips.mbox", box, told(*(story for story, _ in forms)), f"{around} {titles}")


def _archives() -> Iterator[Document]:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    around = f"{' '.join(_MENU)} © Harbour Post. All rights reserved. "
    pair = [_FLOOD, _PORT]
    crawl = io.BytesIO()
    writer = WARCWriter(crawl, gzip=False)
    for number, story in enumerate(pair):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        body = io.BytesIO(_html(story).encode())
        address = f"https://post.example/{number}"
        writer.write_record(
            writer.create_warc_record(address, "response", body, http_headers=headers)
        )
    yield Document("crawl.warc", crawl.getvalue(), told(*pair), around * 2)
    packed = {"archive/data.warc": crawl.getvalue(), "datapackage.json": b"{}"}
    yield Document("crawl.wacz", _zipped(packed), told(*pair), around * 2)
    files = {"a/flood.txt": "\n\n".join([_FLOOD[0], *map(plain, _FLOOD[1])]).encode(),
             "b/port.html": _html(_PORT).encode()}  # fmt: skip
    yield Document("folder.zip", _zipped(files), told(*pair), around)
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    yield Document("folder.tgz", tape.getvalue(), told(*pair), around)


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()
