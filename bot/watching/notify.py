"""Changed answers sent to a webhook and by mail, where these are set; nothing is sent elsewhere."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.errors import NotifyFailure
from bot.sanitize import clean, one_line
from bot.settings import Notify, masked
from bot.watching.questions import AnswerChange, quotes_of

__all__ = ["change_lines", "mail_of", "send"]

_SECONDS = 20.0
_GREETING = "[127.0.0.1]"  # in place of this machine's name, which nobody needs to look up or know
_PORTS = {"smtp": 587, "smtps": 465}


def send(change: AnswerChange, notify: Notify) -> None:
    """Send a change to the webhook and by mail, where these are set.

    A webhook gets ``AnswerChange.to_dict()`` as JSON; any status below 300 means that it was
    taken. What is sent again after a crash has the same ``id`` and ``Message-ID``.

    Raises:
        NotifyFailure: it was not taken; or what is set is not complete.
    """
    if notify.webhook:
        _post(change, notify.webhook)
    if notify.smtp:
        _mail(change, notify)


def change_lines(change: AnswerChange) -> list[str]:
    """Return a change as plain lines: the question, the old answer and the new, with quotes."""
    return [
        one_line(change.text),
        "",
        *("Before:", *_answer_lines(change.old), ""),
        *("Now:", *_answer_lines(change.new)),
    ]


def mail_of(change: AnswerChange, notify: Notify) -> EmailMessage:
    """Return the mail that reports a change."""
    message = EmailMessage()
    message["Subject"] = one_line(f"Answer changed: {change.text}")[:200]
    message["From"] = notify.mail_from
    message["To"] = ", ".join(notify.mail_to)
    message["Message-ID"] = f"<{change.id}@newsbot.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(change_lines(change)) + "\n")
    return message


def _answer_lines(answer: Mapping[str, Any]) -> list[str]:
    lines = [one_line(answer["short_answer"] or answer["text"])]
    for cited in quotes_of(answer):
        day = (cited["published"] or "")[:10]
        place = ", ".join(filter(None, (cited["title"], cited["source"], day)))
        lines += [f'  "{one_line(clean(cited["quote"]))}"', f"  {one_line(place)}"]
    return lines


def _post(change: AnswerChange, webhook: str) -> None:
    import httpx

    try:
        # No redirect is followed and no proxy of the environment used: it goes to what was set.
        with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
            answered = client.post(
                webhook, json=change.to_dict(), headers={"Idempotency-Key": change.id}
            )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        cause = type(error).__name__
        raise NotifyFailure(f"{masked('webhook', webhook)}: cannot be told ({cause})") from error
    if answered.status_code >= 300:
        raise NotifyFailure(f"{masked('webhook', webhook)}: answered {answered.status_code}")


def _mail(change: AnswerChange, notify: Notify) -> None:
    server = notify.smtp or ""
    if not (notify.mail_from and notify.mail_to):
        raise NotifyFailure("smtp is set, and mail_from or mail_to is not")
    try:
        parts = urlsplit(server)
        port = parts.port or _PORTS[parts.scheme]
        if not parts.hostname:
            raise ValueError("no host")
    except (ValueError, KeyError) as error:  # which may quote a part of the password
        raise NotifyFailure(
            f"{masked('smtp', server)}: write it as smtp://HOST or smtps://HOST, with /, @ and : "
            "in a password as %2F, %40 and %3A"
        ) from error
    try:
        context = ssl.create_default_context()
        is_secure = parts.scheme == "smtps"
        client = (
            smtplib.SMTP_SSL(parts.hostname, port, _GREETING, timeout=_SECONDS, context=context)
            if is_secure
            else smtplib.SMTP(parts.hostname, port, _GREETING, _SECONDS)
        )
        with client:
            client.ehlo()
            if not is_secure and client.has_extn("starttls"):
                client.starttls(context=context)
                is_secure = True
            if parts.username:
                if not is_secure:
                    raise ValueError("it takes no secure connection, and a password is set")
                client.login(unquote(parts.username), unquote(parts.password or ""))
            client.send_message(mail_of(change, notify))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        cause = one_line(str(error))[:200]
        raise NotifyFailure(f"{masked('smtp', server)}: the mail was not taken: {cause}") from error
