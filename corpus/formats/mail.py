"""E-mail (.eml, .mbox): each message an article, what is attached by its own format."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft, within
from corpus.formats.markup import plain_text
from corpus.formats.properties import title_and_text
from corpus.formats.registry import format_of
from corpus.text import decode_declared, normalise

__all__ = ["MOST_PARTS", "message_in", "parse", "text_of_part"]

MOST_PARTS = 1_000
"""Parts of one message, those in each other counted."""

_FROM_LINE = re.compile(rb"(?:\A|\r?\n)From [^\r\n]*\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADER = re.compile(rb"\A(?:[\w-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n", re.ASCII)
_LONGEST_HEADER = 1_000_000


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read one message, or all of a mailbox.

    Args:
        data: the whole file.
        name: the file's name; a ``.mbox`` holds many messages.

    Yields:
        A Draft for each message: its subject, the name of its sender, its date, and its text, that
        of the HTML where there is one. Then those in its attachments of known formats; one that
        cannot be read is a BadRecord.

    Raises:
        UnreadableArticle: there is no message in the file.
    """
    if not name.lower().endswith(".mbox"):
        message = message_in(data)
        yield from _drafts(message, None, "")
        return
    starts = [found.end() for found in _FROM_LINE.finditer(data)]
    if not starts or not data.startswith(b"From "):
        raise UnreadableArticle("not a mailbox: no line that begins with From")
    ends = [*(found.start() for found in _FROM_LINE.finditer(data)), len(data)][1:]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        place = f"message {number}"
        try:
            message = message_in(_QUOTED_FROM.sub(rb"\1", data[start:end]))
        except UnreadableArticle as error:
            yield BadRecord(place, str(error))
            continue
        yield from _drafts(message, str(number), place)


def message_in(data: bytes) -> EmailMessage:
    """Parse a message.

    Raises:
        UnreadableArticle: the bytes are no message, or one of too many parts.
    """
    data = data.lstrip(b"\r\n")
    if not _HEADER.match(data[:_LONGEST_HEADER]):
        raise UnreadableArticle("not a message: no header")
    message = email.message_from_bytes(data, policy=email.policy.default)
    for number, _ in enumerate(message.walk()):
        if number > MOST_PARTS:
            raise UnreadableArticle(f"more than {MOST_PARTS:,} parts")
    return message


def text_of_part(part: EmailMessage) -> str:
    """The text of a part, in the encoding that it names, if that can be."""
    return decode_declared(_content(part), part.get_content_charset())


def _drafts(message: EmailMessage, key: str | None, place: str) -> Iterator[Draft | BadRecord]:
    attached: list[tuple[str, bytes]] = []
    bodies: dict[str, list[str]] = {"text/html": [], "text/plain": []}
    for part in message.walk():
        if part.is_multipart():
            continue
        file, kind = part.get_filename(), part.get_content_type()
        if file and (part.is_attachment() or kind not in bodies):
            attached.append((file, _content(part)))
        elif kind in bodies:
            bodies[kind].append(text_of_part(part))
    text = normalise("\n\n".join(plain_text(normalise(body)) for body in bodies["text/html"]))
    text = text.strip() or normalise("\n\n".join(bodies["text/plain"])).strip()
    address = parseaddr(str(message.get("From", "")))
    if text or not attached:
        own = str(message.get("Message-ID", "")).strip(" <>")
        title = str(message.get("Subject", ""))
        if title:
            title, text = title_and_text(title, text, "")
        yield Draft(
            title=title,
            text=text,
            author=address[0] or address[1] or None,
            published=str(message.get("Date", "")) or None,
            key=None if key is None and not attached else own or key or "1",
            place=place,
        )
    for file, data in attached:
        yield from _in_attachment(file, data, f"{place} {file}".strip())


def _in_attachment(file: str, data: bytes, place: str) -> Iterator[Draft | BadRecord]:
    kind = format_of(file)
    if kind is None or kind.streamed or kind.module == "mail":
        yield BadRecord(place, "an attachment of a format that is not read here", passed_over=True)
        return
    try:
        if len(data) > kind.limit:
            raise UnreadableArticle("too large")
        for one in kind.parser()(data, file):
            yield within(one, file, place)
    except UnreadableArticle as error:
        yield BadRecord(place, str(error))


def _content(part: EmailMessage) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError) as error:
        raise UnreadableArticle("a part cannot be decoded") from error
    return data if isinstance(data, bytes) else b""
