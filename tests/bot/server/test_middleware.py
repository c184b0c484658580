"""The middleware before Gradio, on a small application: who is let in, how often, with what."""

from __future__ import annotations

import base64
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.access.policy import AccessPolicy, visitor_of
from bot.access.rate_limits import RateLimiter, ServerLimits
from bot.access.users import PasswordVerifier, UserFile
from bot.server.app import access_middleware
from bot.server.gradio_calls import GradioCallMiddleware

PASSWORD = "a long password"
SMALL = ServerLimits(requests_a_minute=5, body_bytes=2_000, upload_bytes=5_000)


async def echo(request: Request) -> JSONResponse:
    body = await request.body()
    visitor = visitor_of(request.scope)
    return JSONResponse({"name": visitor.name, "path": request.url.path, "size": len(body)})


async def repeat(request: Request) -> JSONResponse:
    return JSONResponse(await request.json())


def client_of(
    tmp_path: Path, policy: AccessPolicy, limits: ServerLimits = SMALL, address: str = "127.0.0.1"
) -> TestClient:
    uploads = tmp_path / "uploads"
    uploads.mkdir(exist_ok=True)
    app = Starlette(
        routes=[
            Route("/gradio_api/call/{name}", repeat, methods=["POST"]),
            Route("/{path:path}", echo, methods=["GET", "POST"]),
        ],
        middleware=[
            *access_middleware(policy, limits, RateLimiter(limits, uploads)),
            Middleware(GradioCallMiddleware, uploads=uploads, defaults={"answer": [None, 7, "x"]}),
        ],
    )
    return TestClient(app, client=(address, 50_000), base_url="http://127.0.0.1:7860")


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
    return AccessPolicy(PasswordVerifier(file), frozenset({"ann"}), host="0.0.0.0")


def test_local_request_needs_no_login(local: TestClient) -> None:
    assert local.get("/x").json() == {"name": None, "path": "/x", "size": 0}


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "LocalHost", "[::1]:7860", "127.3.2.1"])
def test_loopback_host_is_served(tmp_path: Path, host: str) -> None:
    client = client_of(tmp_path, AccessPolicy(host="127.3.2.1"))
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "192.168.1.2", "[::2]", "127.3.2.1", "a@b", ""],
)
def test_rebound_host_is_refused_with_advice(local: TestClient, host: str) -> None:
    reply = local.get("/", headers={"Host": host})
    assert reply.status_code == 403
    assert "this page is for this machine" in reply.json()["detail"]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://localhost.evil"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_foreign_origin_is_refused(local: TestClient, origin: str, method: str) -> None:
    reply = local.request(method, "/x", headers={"Origin": origin})
    assert reply.status_code == 403
    assert "another site" in reply.json()["detail"]


def test_foreign_origin_is_refused_despite_password(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    reply = client.get("/", auth=("ann", PASSWORD), headers={"Origin": "http://evil.example"})
    assert reply.status_code == 403


def test_own_origin_is_served(local: TestClient) -> None:
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
def test_request_without_password_is_challenged(
    tmp_path: Path, users: AccessPolicy, headers: dict[str, str]
) -> None:
    client = client_of(tmp_path, users)
    for path in ("/", "/metrics", "/mcp", "/gradio_api/info", "/assets/x.js"):
        reply = client.get(path, headers=headers)
        assert reply.status_code == 401
        assert reply.headers["WWW-Authenticate"].startswith("Basic ")


def test_user_is_served_by_name(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    for _ in range(2):  # proved, and remembered
        assert client.get("/x", auth=("ann", PASSWORD)).json()["name"] == "ann"


def test_health_check_needs_no_login(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    assert client.get("/healthz").status_code == 200
    assert client.get("/healthz/../metrics").status_code == 401


def test_wrong_passwords_are_limited_per_client(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    codes = [client.get("/", auth=("ann", f"wrong {n}")).status_code for n in range(12)]
    assert codes == [401] * 10 + [429] * 2
    assert client.get("/", auth=("ann", PASSWORD)).status_code == 429, "right now or not"
    other = TestClient(client.app, client=("10.0.0.9", 1), base_url="http://127.0.0.1:7860")
    assert other.get("/", auth=("ann", PASSWORD)).status_code == 200
    assert client.get("/", auth=("ann", PASSWORD)).status_code == 200, "proved from elsewhere"


def test_concurrent_wrong_passwords_are_limited_too(tmp_path: Path, users: AccessPolicy) -> None:
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


def test_frequent_client_is_told_how_long_to_wait(local: TestClient) -> None:
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
def test_clients_are_counted_apart(
    tmp_path: Path, users: AccessPolicy, one: str, other: str, together: bool
) -> None:
    client = client_of(tmp_path, AccessPolicy(host="0.0.0.0"), address=one)
    second = TestClient(client.app, client=(other, 1), base_url="http://127.0.0.1:7860")
    for _ in range(5):
        assert client.post("/x").status_code == 200
    assert second.post("/x").status_code == (429 if together else 200)


def test_users_are_counted_by_name(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    for _ in range(5):
        assert client.post("/x", auth=("ann", PASSWORD)).status_code == 200
    assert client.post("/x", auth=("ann", PASSWORD)).status_code == 429
    assert client.post("/x", auth=("ben", PASSWORD)).status_code == 200


def test_request_limit_of_zero_allows_any_number(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(), ServerLimits(requests_a_minute=0))
    assert {client.post("/x").status_code for _ in range(200)} == {200}


def test_large_body_is_refused_declared_or_not(local: TestClient) -> None:
    assert local.post("/x", content=b"x" * 2_000).json()["size"] == 2_000
    reply = local.post("/x", content=b"x" * 2_001)
    assert reply.status_code == 413 and "MB" in reply.json()["detail"]
    assert local.post("/x", content=iter([b"x" * 500] * 5)).status_code == 413
    lying = {"Content-Length": "1e9"}
    assert local.post("/x", content=b"x", headers=lying).status_code == 413


def test_upload_may_be_larger_and_needs_an_editor(tmp_path: Path, users: AccessPolicy) -> None:
    client = client_of(tmp_path, users)
    for name, size, status in (("ann", 4_000, 200), ("ann", 6_000, 413), ("ben", 10, 403)):
        reply = client.post(
            "/gradio_api/upload?upload_id=1", content=b"x" * size, auth=(name, PASSWORD)
        )
        assert reply.status_code == status, name


def test_upload_without_users_is_for_local_requests(tmp_path: Path) -> None:
    policy = AccessPolicy(host="0.0.0.0")
    upload = "/gradio_api/upload"
    assert client_of(tmp_path, policy).post(upload).status_code == 200
    assert client_of(tmp_path, policy, address="10.0.0.1").post(upload).status_code == 403
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    assert client_of(tmp_path, policy).post(upload, headers=forwarded).status_code == 403


def test_unindexed_uploads_are_bounded_and_expire(tmp_path: Path) -> None:
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
def test_unneeded_gradio_route_is_closed(local: TestClient, path: str) -> None:
    assert local.get(path).status_code == 404 and local.post(path).status_code == 404


@pytest.mark.parametrize("path", ["/news", "/news/", "/news/x", "/x", "/newsroom"])
def test_proxy_may_leave_the_prefix_or_strip_it(tmp_path: Path, path: str) -> None:
    client = client_of(tmp_path, AccessPolicy(root_path="/news"))
    expected = {"/news": "/", "/news/": "/", "/news/x": "/x"}.get(path, path)
    assert client.get(path).json()["path"] == expected


def test_public_name_of_a_proxy_is_the_page_s_own(tmp_path: Path) -> None:
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


def test_foreign_file_never_reaches_gradio(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(), ServerLimits(requests_a_minute=0))
    for path in strange(tmp_path):
        file = {"path": path, **FILE}
        for data in ([file], [[{"deep": [file]}]], [{**file, "path2": 1}]):
            for address in ("/gradio_api/call/answer", "/gradio_api/queue/join"):
                reply = client.post(address, json={"data": data})
                assert reply.status_code == 403, path


def test_uploaded_file_reaches_gradio(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(), ServerLimits(requests_a_minute=0))
    file = {"path": str(tmp_path / "uploads" / "abc" / "a.txt"), **FILE}
    reply = client.post("/gradio_api/call/other", json={"data": [file]})
    assert reply.json() == {"data": [file]}


def test_duplicate_key_is_checked_as_it_is_read(tmp_path: Path) -> None:
    client = client_of(tmp_path, AccessPolicy(), ServerLimits(requests_a_minute=0))
    good = tmp_path / "uploads" / "a.txt"
    twice = (
        '{"data": [{"path": "/etc/passwd", "path": "%s", "meta": {"_type": "gradio.FileData"}}]}'
    )
    reply = client.post("/gradio_api/call/other", content=twice % good)
    assert "/etc/passwd" not in reply.text and str(good) in reply.text


@pytest.mark.parametrize("body", ["", "{", "[" * 500, "\ud800".encode("utf-8", "surrogatepass")])
def test_body_that_is_not_json_is_one_line(local: TestClient, body: Any) -> None:
    reply = local.post("/gradio_api/call/answer", content=body)
    assert (reply.status_code, reply.json()) == (400, {"detail": "the body is not JSON"})


def test_omitted_values_get_their_defaults(local: TestClient) -> None:
    for given, filled in (
        ([], [None, 7, "x"]),
        (["q"], ["q", 7, "x"]),
        (["q", 1, 2], ["q", 1, 2]),
        ([1, 2, 3, 4], [1, 2, 3, 4]),
    ):
        assert local.post("/gradio_api/call/answer", json={"data": given}).json()["data"] == filled
