"""What stands before Gradio, on a small application behind it: who is let in and how often."""

from __future__ import annotations

import base64
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.access.authentication import AccessPolicy, BasicLogin, login_refused, visitor_of
from bot.access.rate_limits import RateLimiter, ServerLimits
from bot.access.users import PasswordVerifier, UserFile
from bot.server.calls import Calls
from bot.server.middleware import OriginMiddleware, RateLimitMiddleware

PASSWORD = "a long password"
SMALL = ServerLimits(requests_a_minute=5, body_bytes=2_000, upload_bytes=5_000)


async def echo(request: Request) -> JSONResponse:
    body = await request.body()
    visitor = visitor_of(request.scope)
    return JSONResponse({"name": visitor.name, "path": request.url.path, "size": len(body)})


async def repeat(request: Request) -> JSONResponse:
    return JSONResponse(await request.json())


def client_of(
    tmp_path: Path,
    gate: AccessPolicy,
    limits: ServerLimits = SMALL,
    address: str = "127.0.0.1",
    **options: Any,
) -> TestClient:
    uploads = tmp_path / "uploads"
    uploads.mkdir(exist_ok=True)
    turnstile = RateLimiter(limits, uploads)
    app = Starlette(
        routes=[
            Route("/gradio_api/call/{name}", repeat, methods=["POST"]),
            Route("/{path:path}", echo, methods=["GET", "POST"]),
        ],
        middleware=[
            Middleware(OriginMiddleware, gate=gate),
            Middleware(
                AuthenticationMiddleware,
                backend=BasicLogin(gate, turnstile),
                on_error=login_refused,
            ),
            Middleware(RateLimitMiddleware, gate=gate, limits=limits, turnstile=turnstile),
            Middleware(Calls, uploads=uploads, defaults={"answer": [None, 7, "x"]}),
        ],
    )
    base = options.pop("base_url", "http://127.0.0.1:7860")
    return TestClient(app, client=(address, 50_000), base_url=base, **options)


@pytest.fixture
def local(tmp_path: Path) -> TestClient:
    return client_of(tmp_path, AccessPolicy())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> UserFile:
    file = UserFile(tmp_path_factory.mktemp("users") / "users")
    file.add("ann", PASSWORD)
    file.add("ben", PASSWORD)
    return file


@pytest.fixture
def users(file: UserFile) -> AccessPolicy:
    return AccessPolicy(PasswordVerifier(file), frozenset({"ann"}), alone=False)


def test_this_machine_is_served_without_a_login(local: TestClient) -> None:
    assert local.get("/x").json() == {"name": None, "path": "/x", "size": 0}


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "[::1]:7860", "127.3.2.1"])
def test_the_names_of_this_machine_are_its_own(local: TestClient, host: str) -> None:
    assert local.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.1.2", "[::2]"])
def test_a_name_that_was_pointed_at_this_machine_is_refused(local: TestClient, host: str) -> None:
    reply = local.get("/", headers={"Host": host})
    assert reply.status_code == 403
    assert "this page is for this machine" in reply.json()["detail"]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://localhost.evil"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_another_site_is_refused(local: TestClient, origin: str, method: str) -> None:
    reply = local.request(method, "/x", headers={"Origin": origin})
    assert reply.status_code == 403
    assert "another site" in reply.json()["detail"]


def test_a_page_of_another_site_is_refused_with_the_visitor_s_password_too(
    tmp_path: Path, users: AccessPolicy
) -> None:
    client = client_of(tmp_path, users)
    reply = client.get("/", auth=("ann", PASSWORD), headers={"Origin": "http://evil.example"})
    assert reply.status_code == 403


def test_the_page_itself_is_served(local: TestClient) -> None:
    assert local.post("/x", headers={"Origin": "http://127.0.0.1:7860"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": f"Bearer {base64.b64encode(b'ann:a long password').decode()}"},
        {"Authorization": f"Basic {base64.b64encode(b'ann').decode()}"},
        {"Authorization": f"Basic {base64.b64encode(b'ann:wrong password').decode()}"},
        {"Authorization": f"Basic {base64.b64encode(b'ann:').decode()}"},
        {"Authorization": "Basic " + "A" * 100_000},
        {"Authorization": f"Basic {base64.b64encode(bytes(range(128, 256))).decode()}"},
    ],
)
def test_without_the_right_password_nothing_is_served(
    tmp_path: Path, users: AccessPolicy, headers: dict[str, str]
) -> None:
    client = client_of(tmp_path, users)
    for path in ("/", "/metrics", "/mcp", "/gradio_api/info", "/assets/x.js"):
        reply = client.get(path, headers=headers)
        assert reply.status_code == 401
        assert reply.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_user_is_served_by_name(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    for _ in range(2):  # proved, and remembered
        assert client.get("/x", auth=("ann", PASSWORD)).json()["name"] == "ann"


def test_a_supervisor_needs_no_login(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    assert client.get("/healthz").status_code == 200
    assert client.get("/healthz/../metrics").status_code == 401


def test_passwords_can_be_tried_only_a_few_times_by_one_client(
    tmp_path: Path, users: AccessPolicy
) -> None:
    client = client_of(tmp_path, users)
    codes = [client.get("/", auth=("ann", f"wrong {n}")).status_code for n in range(12)]
    assert codes == [401] * 10 + [429] * 2
    assert client.get("/", auth=("ann", PASSWORD)).status_code == 429, "right now or not"
    other = TestClient(client.app, client=("10.0.0.9", 1), base_url="http://127.0.0.1:7860")
    assert other.get("/", auth=("ann", PASSWORD)).status_code == 200
    assert client.get("/", auth=("ann", PASSWORD)).status_code == 200, "proved from elsewhere"


def test_many_passwords_at_once_are_not_more_than_one_after_the_other(
    tmp_path: Path, users: AccessPolicy
) -> None:
    codes: list[int] = []
    with client_of(tmp_path, users) as client:

        def try_one(number: int) -> None:
            codes.append(client.get("/", auth=("ann", f"wrong {number}")).status_code)

        threads = [threading.Thread(target=try_one, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert codes.count(401) <= 11 and codes.count(429) >= 5


def test_a_client_that_asks_too_often_is_told_how_long_to_wait(local: TestClient) -> None:
    codes = [local.post("/x").status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2
    reply = local.post("/x")
    assert "more than 5 requests in a minute: wait" in reply.json()["detail"]
    assert 1 <= int(reply.headers["Retry-After"]) <= 120
    assert local.get("/x").status_code == 200, "reading is not counted"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_each_client_is_counted_by_itself(
    tmp_path: Path, users: AccessPolicy, one: str, other: str, together: bool
) -> None:
    gate = AccessPolicy(alone=False)
    client = client_of(tmp_path, gate, address=one)
    second = TestClient(client.app, client=(other, 1), base_url="http://127.0.0.1:7860")
    for _ in range(5):
        assert client.post("/x").status_code == 200
    assert second.post("/x").status_code == (429 if together else 200)


def test_users_are_counted_by_their_names(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    for _ in range(5):
        assert client.post("/x", auth=("ann", PASSWORD)).status_code == 200
    assert client.post("/x", auth=("ann", PASSWORD)).status_code == 429
    assert client.post("/x", auth=("ben", PASSWORD)).status_code == 200


def test_any_number_of_requests_can_be_allowed(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(), ServerLimits(requests_a_minute=0))
    assert {client.post("/x").status_code for _ in range(200)} == {200}


def test_a_body_that_is_too_large_is_refused_said_or_not(local: TestClient) -> None:
    assert local.post("/x", content=b"x" * 2_000).json()["size"] == 2_000
    reply = local.post("/x", content=b"x" * 2_001)
    assert reply.status_code == 413 and "MB" in reply.json()["detail"]
    assert local.post("/x", content=iter([b"x" * 500] * 5)).status_code == 413
    lying = {"Content-Length": "1e9"}
    assert local.post("/x", content=b"x", headers=lying).status_code == 413


def test_an_upload_may_be_larger_and_needs_the_right_to_add(
    tmp_path: Path, users: AccessPolicy
) -> None:
    client = client_of(tmp_path, users)
    for name, size, status in (("ann", 4_000, 200), ("ann", 6_000, 413), ("ben", 10, 403)):
        reply = client.post(
            "/gradio_api/upload?upload_id=1", content=b"x" * size, auth=(name, PASSWORD)
        )
        assert reply.status_code == status, name


def test_without_users_only_this_machine_may_add(tmp_path: Path) -> None:
    gate = AccessPolicy(alone=False)
    upload = "/gradio_api/upload"
    assert client_of(tmp_path, gate).post(upload).status_code == 200
    assert client_of(tmp_path, gate, address="10.0.0.1").post(upload).status_code == 403
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    assert client_of(tmp_path, gate).post(upload, headers=forwarded).status_code == 403


def test_uploads_that_nobody_indexes_do_not_fill_the_disk(tmp_path: Path) -> None:
    limits = ServerLimits(upload_bytes=1_000, kept_bytes=2_500, requests_a_minute=0)
    client = client_of(tmp_path, AccessPolicy(), limits)
    (tmp_path / "uploads" / "a").mkdir()
    kept = tmp_path / "uploads" / "a" / "kept.txt"
    kept.write_bytes(b"x" * 1_500)
    assert client.post("/gradio_api/upload").status_code == 200
    kept.write_bytes(b"x" * 1_501)
    assert client.post("/gradio_api/upload").status_code == 507
    os.utime(kept, (1, 1))
    assert client.post("/gradio_api/upload").status_code == 200
    assert not kept.exists(), "what has lain there for long is thrown away"


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/vibe-edit",
        "/gradio_api/process_recording",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/deep_link",
        "/monitoring",
        "/docs",
    ],
)
def test_what_nobody_needs_of_gradio_is_not_there(local: TestClient, path: str) -> None:
    assert local.get(path).status_code == 404 and local.post(path).status_code == 404


@pytest.mark.parametrize("path", ["/news", "/news/", "/news/x", "/x", "/newsroom"])
def test_a_proxy_may_leave_the_prefix_or_take_it_off(tmp_path: Path, path: str) -> None:
    client = client_of(tmp_path, AccessPolicy(root_path="/news"))
    expected = {"/news": "/", "/news/": "/", "/news/x": "/x"}.get(path, path)
    assert client.get(path).json()["path"] == expected


def test_behind_a_proxy_its_public_name_is_the_page_s_own(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(root_path="https://news.example/a"))
    ours = {"Origin": "https://news.example"}
    assert client.post("/x", headers=ours).status_code == 200
    assert client.post("/x", headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.get("/x", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/x", headers={"Host": "news.example"}).status_code == 200


FILE = {"meta": {"_type": "gradio.FileData"}}


def strange(tmp_path: Path) -> list[Any]:
    uploads = tmp_path / "uploads"
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    (uploads / "link.txt").symlink_to(outside)
    return [
        "/etc/passwd",
        str(outside),
        f"{uploads}/../secret.txt",
        f"{uploads}/link.txt",
        str(uploads),
        f"{uploads}x/file",
        "http://192.0.2.1/x",
        "relative.txt",
        "\0",
        "",
        None,
        7,
    ]


def test_a_file_that_was_not_uploaded_never_reaches_gradio(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(), ServerLimits(requests_a_minute=0))
    for path in strange(tmp_path):
        file = {"path": path, **FILE}
        for data in ([file], [[{"deep": [file]}]], [{**file, "path2": 1}]):
            for address in ("/gradio_api/call/answer", "/gradio_api/queue/join"):
                reply = client.post(address, json={"data": data})
                assert reply.status_code == 403, path


def test_a_file_that_was_uploaded_does(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(), ServerLimits(requests_a_minute=0))
    file = {"path": str(tmp_path / "uploads" / "abc" / "a.txt"), **FILE}
    reply = client.post("/gradio_api/call/other", json={"data": [file]})
    assert reply.json() == {"data": [file]}


def test_a_key_that_is_there_twice_is_judged_as_it_is_read(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(), ServerLimits(requests_a_minute=0))
    good = tmp_path / "uploads" / "a.txt"
    twice = (
        '{"data": [{"path": "/etc/passwd", "path": "%s", "meta": {"_type": "gradio.FileData"}}]}'
    )
    reply = client.post("/gradio_api/call/other", content=twice % good)
    assert "/etc/passwd" not in reply.text and str(good) in reply.text


@pytest.mark.parametrize("body", ["", "{", "[" * 500, "\ud800".encode("utf-8", "surrogatepass")])
def test_a_body_that_is_no_json_is_one_line(local: TestClient, body: Any) -> None:
    reply = local.post("/gradio_api/call/answer", content=body)
    assert (reply.status_code, reply.json()) == (400, {"detail": "the body is not JSON"})


def test_values_that_have_a_default_may_be_left_out(local: TestClient) -> None:
    for given, filled in (
        ([], [None, 7, "x"]),
        (["q"], ["q", 7, "x"]),
        (["q", 1, 2], ["q", 1, 2]),
        ([1, 2, 3, 4], [1, 2, 3, 4]),
    ):
        assert local.post("/gradio_api/call/answer", json={"data": given}).json()["data"] == filled
