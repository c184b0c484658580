"""A web server on this machine that answers as a test says, well or badly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Answer", "Request", "WebServer", "page", "serve"]

Answer = Callable[["Request"], None]


def page(title: str, text: str) -> str:
    """Make a page in which an article is found."""
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{text}</p><p>{text} That is what the council said on Monday.</p></article></body>"
        "</html>"
    )


class Request(BaseHTTPRequestHandler):
    """One request, and the means to answer it."""

    protocol_version = "HTTP/1.1"

    body = b""  # of a POST

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, WebServer)
        server.requests.append((self.path, dict(self.headers.items())))
        try:
            server.answers[self.path.partition("?")[0]](self)
        except OSError:
            pass  # whoever request has had enough
        self.close_connection = True

    def respond(self, data: bytes | str, kind: str = "text/html", **headers: str) -> None:
        """Answer 200 with this body."""
        body = data.encode() if isinstance(data, str) else data
        self.send_response(200)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, address: str, status: int = 302) -> None:
        """Answer that it is somewhere else."""
        self.send_response(status)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on standard error."""


class WebServer(ThreadingHTTPServer):
    """Answers by path; ``requests`` has the path and the headers of each request so far."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()

    @property
    def at(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serve() -> Iterator[WebServer]:
    """Run a server for as long as the block lasts."""
    server = WebServer()
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
