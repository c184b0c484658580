"""One address fetched from the web, when a user gives it: nothing else in newsbot fetches.

httpcore does the talking and httpx the addresses. A client of httpx would bring cookies, proxies
and passwords from the environment and would follow redirects by itself; here none of that exists,
so nothing has to be turned off. In particular no proxy is used: it would look names up by itself,
and which address it connects to could not be checked.
"""

from __future__ import annotations

import base64
import io
import ssl
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib import metadata

import httpcore
import httpx

from corpus.address import clean_address
from corpus.errors import UnexpectedStatus, UnreadableArticle
from corpus.formats.registry import MEGABYTE, Format, format_of
from corpus.packed import GZIP_MAGIC, read_packed
from corpus.walk import shown
from corpus.web.media_types import charset_of, file_name, media_type
from corpus.web.network import CheckedNetwork

__all__ = ["FetchLimits", "Fetched", "Validators", "fetch", "user_agent"]

_REDIRECTS = {301, 302, 303, 307, 308}
_LONGEST_VALIDATOR = 1_000
_UNUSABLE = "not a usable address"


@dataclass(frozen=True)
class FetchLimits:
    """How much a fetch may take.

    Attributes:
        connect_seconds: until an address answers at all.
        read_seconds: between two pieces of the answer.
        seconds: for the whole, redirects included.
        size: bytes received, and bytes once unpacked; a format's own limit counts where lower.
        redirects: how many are followed.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 15.0
    seconds: float = 60.0
    size: int = 50 * MEGABYTE
    redirects: int = 5


@dataclass(frozen=True)
class Validators:
    """What a server told of the state of what it gave, for it to say that nothing has changed.

    Attributes:
        etag: the header ``ETag`` as it came; may be empty.
        modified: the header ``Last-Modified`` as it came; may be empty.
    """

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Fetched:
    """What an address gave.

    Attributes:
        address: where it was in the end, as ``clean_address`` gives it.
        name: a file name that tells the format.
        format: how to read it.
        data: the whole of it, unpacked.
        charset: the encoding that the server names, or None.
        content_type: the header as it came.
        validators: what is sent along the next time.
    """

    address: str
    name: str
    format: Format
    data: bytes
    charset: str | None
    content_type: str = ""
    validators: Validators = Validators()


def fetch(
    address: str,
    *,
    allow_local: bool = False,
    limits: FetchLimits | None = None,
    unless: Validators | None = None,
) -> Fetched:
    """Fetch an address with a GET request, and follow its redirects.

    A user name and password in the address are sent to the host it names, and to none that it
    redirects to. Cookies are not kept.

    Args:
        address: http or https.
        allow_local: take it from the local network too; redirects into it are then followed as
            well.
        limits: of time and size.
        unless: of the state that is known; a server that finds it unchanged answers 304.

    Raises:
        UnexpectedStatus: it answered with another status than 200, such as 304.
        UnreadableArticle: it cannot be had; the text is the cause.
    """
    limits = limits or FetchLimits()
    network = CheckedNetwork(allow_local=allow_local, seconds=limits.seconds)
    url = _url(address)
    authorization = _authorization(url)
    url = _bare(url)
    visited = {str(url)}
    with httpcore.ConnectionPool(
        ssl_context=_trusted(), network_backend=network, max_keepalive_connections=0
    ) as pool:
        while True:
            try:
                answer = _ask(pool, url, authorization, network, limits, unless)
                if isinstance(answer, Fetched):
                    return answer
                if str(answer) in visited:
                    raise UnreadableArticle("redirects in a circle (it may want cookies)")
            except UnreadableArticle as error:
                if len(visited) == 1:
                    raise
                error.args = (f"redirected to {shown(str(url))}: {error}", *error.args[1:])
                raise
            if len(visited) > limits.redirects:
                raise UnreadableArticle(f"redirected more than {limits.redirects} times")
            url, authorization = answer, None
            visited.add(str(url))


def _ask(
    pool: httpcore.ConnectionPool,
    url: httpx.URL,
    authorization: str | None,
    network: CheckedNetwork,
    limits: FetchLimits,
    unless: Validators | None,
) -> Fetched | httpx.URL:
    """Send one request; give what came, or where else to ask."""
    headers: list[tuple[bytes | str, bytes | str]] = [
        ("User-Agent", user_agent()),
        ("Accept", "text/html, application/xhtml+xml, */*;q=0.8"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
    ]
    if authorization is not None:
        headers.append(("Authorization", authorization))
    if unless is not None:
        known = (("If-None-Match", unless.etag), ("If-Modified-Since", unless.modified))
        headers += [(name, value.encode()) for name, value in known if value]
    timeouts = {"connect": limits.connect_seconds, "read": limits.read_seconds}
    timeouts["write"] = limits.read_seconds
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    try:
        with pool.stream(
            "GET", target, headers=headers, extensions={"timeout": timeouts}
        ) as response:
            return _answer(response, url, limits)
    except httpcore.TimeoutException as error:
        if network.overdue:
            seconds = limits.seconds
        elif isinstance(error, httpcore.ConnectTimeout):
            seconds = limits.connect_seconds
        else:
            seconds = limits.read_seconds
        raise UnreadableArticle(f"timed out after {seconds:g} s") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise UnreadableArticle("what it answered is cut off, or is not HTTP") from error


def _answer(
    response: httpcore.Response, url: httpx.URL, limits: FetchLimits
) -> Fetched | httpx.URL:
    headers = {
        name.lower().decode("latin-1"): value.decode("utf-8", "replace")
        for name, value in reversed(response.headers)
    }
    if response.status in _REDIRECTS and headers.get("location"):
        return _bare(_url(headers["location"], url))
    if response.status != HTTPStatus.OK:
        line = f"answered {_status(response.status)}"
        raise UnexpectedStatus(line, response.status, headers.get("retry-after", ""))
    kind = media_type(headers.get("content-type", ""))
    name = file_name(kind, url.path)
    form = format_of(name) if name is not None else None
    if name is None or form is None:
        raise UnreadableArticle(f"of type {shown(kind[:80])}, which is not one that is read")
    data = _body(response, headers, min(limits.size, form.limit))
    if name.lower().endswith(".gz") and data.startswith(GZIP_MAGIC):
        data = _unpacked(data, min(limits.size, form.limit))
    address = clean_address(str(url))
    assert address is not None, "it was looked at before it was asked for"
    content_type = headers.get("content-type", "")
    known = (headers.get(one, "")[:_LONGEST_VALIDATOR] for one in ("etag", "last-modified"))
    name = name.removesuffix(".gz")
    charset = charset_of(content_type)
    return Fetched(address, name, form, data, charset, content_type, Validators(*known))


def _body(response: httpcore.Response, headers: dict[str, str], limit: int) -> bytes:
    packing = headers.get("content-encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise UnreadableArticle(f"packed as {shown(packing[:40])}, which was not asked for")
    length = headers.get("content-length", "")
    too_large = UnreadableArticle(f"larger than {_megabytes(limit)}")
    if length.isdecimal() and int(length[:20]) > limit:
        raise too_large
    data = bytearray()
    for piece in response.iter_stream():
        data += piece
        if len(data) > limit:
            raise too_large
    return _unpacked(bytes(data), limit) if packing.endswith("gzip") and data else bytes(data)


def _unpacked(data: bytes, limit: int) -> bytes:
    unpacked = read_packed(io.BytesIO(data), ".gz", limit + 1)
    if len(unpacked) > limit:
        raise UnreadableArticle(f"larger than {_megabytes(limit)} once unpacked")
    return unpacked


def _url(address: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        url = httpx.URL(address) if base is None else base.join(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise UnreadableArticle(_UNUSABLE) from error
    if url.scheme not in ("http", "https"):
        raise UnreadableArticle("only http and https addresses are fetched")
    if not url.host or clean_address(str(_bare(url))) is None:
        raise UnreadableArticle(_UNUSABLE)
    return url


def _bare(url: httpx.URL) -> httpx.URL:
    return url.copy_with(userinfo=b"", fragment=None)


def _authorization(url: httpx.URL) -> str | None:
    if not url.userinfo:
        return None
    pair = f"{url.username}:{url.password}".encode()
    return f"Basic {base64.b64encode(pair).decode('ascii')}"


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _megabytes(count: int) -> str:
    return f"{count / MEGABYTE:g} MB"


@cache
def _trusted() -> ssl.SSLContext:
    """What certificates are checked against: Mozilla's list, and what the system trusts beside."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


@cache
def user_agent() -> str:
    """Return what newsbot calls itself."""
    try:
        return f"newsbot/{metadata.version('newsbot-qa')}"
    except metadata.PackageNotFoundError:  # run from its source
        return "newsbot"
