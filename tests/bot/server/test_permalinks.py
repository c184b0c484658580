"""An answer under its own address: as it was, and honest about what has become of it."""

from __future__ import annotations

from pathlib import Path

import httpx

from bot.access.users import UserFile
from bot.newsbot import NewsBot
from bot.server.config import ServerConfig
from tests.fakes.browser import SAMPLE
from tests.fakes.kept import SANK, kept_from, three_articles
from tests.fakes.parsed_html import ParsedHtml
from tests.fakes.served import call, serving_on

EMBASSY = "baghdad-embassy.txt"


def states(page: str) -> list[str]:
    return [value for name, value in ParsedHtml(page).attributes if value.startswith("state ")]


def test_quotes_stand_until_their_articles_change(tmp_path: Path) -> None:
    bot = three_articles(tmp_path)
    address = kept_from(bot)
    with serving_on(bot) as url:
        before = httpx.get(url + address).text
        assert states(before) == ["state stands"] * 2
        three_articles(tmp_path, sank="The ferry Aurora reached Halm.", tug="")
        after = httpx.get(url + address).text
        assert sorted(states(after)) == ["state changed", "state gone"]
        assert ParsedHtml(before).text.count(SANK) == ParsedHtml(after).text.count(SANK) == 1


def test_asked_answer_has_an_address_and_files(bot: NewsBot) -> None:
    with serving_on(bot) as url, httpx.Client(base_url=url, timeout=120) as client:
        told = call(client, "answer", question=SAMPLE, articles=[EMBASSY], permalink=True)
        assert "permalink" not in call(client, "answer", question=SAMPLE)
        shown = client.get(told["permalink"])
        assert "default-src 'self'" in shown.headers["content-security-policy"]
        seen = ParsedHtml(shown.text).text
        assert SAMPLE in seen and told["citations"][0]["quote"] in seen
        assert "only 1 article" in seen and f"Articles asked: {EMBASSY}" in seen
        file = client.get(told["permalink"], params={"format": "ris"})
        assert file.text.startswith("TY  - NEWS\n")
        assert file.headers["content-disposition"] == 'attachment; filename="newsbot.ris"'
        assert client.get(told["permalink"], params={"format": "doc"}).status_code == 400
        for unknown in ("a" * 16, "..%2F..%2Fetc", "%00", "a" * 3_000):
            assert client.get(f"/a/{unknown}").status_code == 404


def test_address_needs_the_login_of_the_page(tmp_path: Path) -> None:
    bot = three_articles(tmp_path)
    address = kept_from(bot)
    UserFile(tmp_path / "users").add("ann", "correct horse")
    with serving_on(bot, ServerConfig(users=tmp_path / "users")) as url:
        assert httpx.get(url + address).status_code == 401
        assert httpx.get(url + address, auth=("ann", "correct horse")).status_code == 200
