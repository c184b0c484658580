"""Documents of many formats, made here of a title and paragraphs."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

TITLE = "Flood in Aldmoor"
FIRST = "The river rose by two metres on Tuesday, the mayor of Aldmoor said in a statement."
SECOND = "“It is over,” she added, and thanked all of them for the help of their neighbours."
BODY = f"{FIRST}\n\n{SECOND}"


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def taped(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    """A tar archive of these files; a mode such as ``w:gz`` packs it."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as tape:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tape.addfile(info, io.BytesIO(content))
    return made.getvalue()


def message(text: str = BODY, html: str = "", **attached: bytes) -> bytes:
    """A message; a name such as ``a__pdf`` stands for a file, a.pdf."""
    made = EmailMessage()
    made["Subject"] = TITLE
    made["From"] = "Ann Lee <ann@example.com>"
    made["Date"] = "Tue, 31 Dec 2019 14:05:00 +0100"
    made["Message-ID"] = "<1@example.com>"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    for name, content in attached.items():
        made.add_attachment(
            content, "application", "octet-stream", filename=name.replace("__", ".")
        )
    return made.as_bytes()


def odt(body: str = "", styles: str = "") -> bytes:
    """An OpenDocument text; a heading and two paragraphs unless a body is given."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "style", "meta")
    )
    body = body or f"<text:h>{TITLE}</text:h><text:p>{FIRST}</text:p><text:p>{SECOND}</text:p>"
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    meta = (
        f'<office:document-meta {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        "<dc:creator>Ann Lee</dc:creator><dc:language>en-GB</dc:language></office:meta>"
        "</office:document-meta>"
    )
    mimetype = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": mimetype, "content.xml": content, "meta.xml": meta})


def epub(*pages: str) -> bytes:
    """An EPUB of pages, or of one with a heading and two paragraphs."""
    whole = f"<html><body><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></body></html>"
    texts = pages or (whole,)
    files: dict[str, str] = {
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
        'container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    }
    numbers = range(len(texts))
    items = "".join(
        f'<item id="p{n}" href="p%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in numbers
    )
    spine = "".join(f'<itemref idref="p{n}"/>' for n in numbers)
    files["OEBPS/book.opf"] = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>Aldmoor Post</dc:title><dc:creator>Ann Lee</dc:creator>"
        "<dc:date>2019-12-31</dc:date><dc:language>en</dc:language></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    files |= {f"OEBPS/p {n}.xhtml": text for n, text in enumerate(texts)}
    return zipped(files)


def pptx(*slides: str) -> bytes:
    """A presentation; each slide is the XML of its paragraphs."""
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    texts = slides or (slide_text(TITLE), slide_text(FIRST) + slide_text(SECOND))
    numbers = range(1, len(texts) + 1)
    ids = "".join(f'<p:sldId id="{n}" r:id="r{n}"/>' for n in numbers)
    links = "".join(f'<Relationship Id="r{n}" Target="slides/s{n}.xml"/>' for n in numbers)
    files = {
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{p}" xmlns:r="{r}"><p:sldIdLst>{ids}'
        "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Relationships>{links}</Relationships>",
    }
    for number, text in zip(numbers, texts, strict=True):
        files[f"ppt/slides/s{number}.xml"] = f'<p:sld xmlns:p="{p}" xmlns:a="{a}">{text}</p:sld>'
    return zipped(files)


def slide_text(text: str, properties: str = "") -> str:
    """A paragraph of a slide."""
    return f"<a:p><a:r><a:rPr {properties}/><a:t>{text}</a:t></a:r></a:p>"


def rtf(body: str = "") -> bytes:
    """An RTF document; a heading and two paragraphs unless a body is given."""
    body = body or "\\par ".join((TITLE, FIRST, SECOND))
    escaped = "".join(char if char.isascii() else f"\\u{ord(char)}?" for char in body)
    head = "{\\rtf1\\ansi\\ansicpg1252{\\info{\\author Ann Lee}}{\\fonttbl{\\f0 Arial;}}\\f0 "
    return (head + escaped + "}").encode()
