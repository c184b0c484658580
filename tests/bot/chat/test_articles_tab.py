"""The articles' tab: found, sorted, read, added in three ways and removed, while others ask."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from bot.newsbot import NewsBot
from index.builder import remove_articles
from tests.bot.chat.test_page import HOSTILE
from tests.fakes.browser import ask, open_adding, open_articles, open_page

CENSUS = "Quokka census\n\nThe quokka census counted 512 animals on the island.\n"
QUESTION = "How many animals did the quokka census count?"


def test_articles_are_searched_sorted_and_read_by_keyboard(
    tab: Page, site: str, bot: NewsBot
) -> None:
    open_articles(tab, site)
    rows = tab.locator("table.articles tbody tr")
    expect(rows).to_have_count(13)
    tab.get_by_role("button", name="Date").press("Enter")
    expect(tab.locator("th[aria-sort=descending]")).to_contain_text("Date")
    days = tab.locator("table.articles time").evaluate_all("all => all.map(one => one.dateTime)")
    assert days == sorted(days, reverse=True)
    tab.get_by_label("Search the articles").fill("grelle halvik")
    expect(tab.locator("#table .count")).to_have_text("2 of 13 articles")
    expect(rows).to_have_count(2)
    title = rows.first.locator("button")
    title.press("Enter")
    expect(tab.locator("#reader .pane-title")).to_be_focused()
    whole = tab.locator("#reader .text").evaluate("text => text.textContent")
    assert whole in {article.text for article in bot.articles()}
    tab.keyboard.press("Escape")
    expect(tab.locator("#reader .pane")).to_have_count(0)
    expect(title).to_be_focused()


def test_names_narrow_the_table_and_show_their_quotes(tab: Page, site: str, bot: NewsBot) -> None:
    open_articles(tab, site)
    tab.locator("#table .names summary").press("Enter")
    tab.locator('#table button[name="named"][value="Iran"]').press("Enter")
    chosen = tab.locator('#table button[aria-pressed="true"]')
    expect(chosen).to_have_text("Iran 1")
    expect(tab.locator("#table .count")).to_have_text("1 of 13 articles")
    quotes = tab.locator('#table button[name="quotes"][value="Iran"]')
    quotes.press("Enter")
    expect(tab.locator("#reader .pane-title")).to_be_focused()
    entry = bot.names().entry("Iran")
    expect(tab.locator("#reader .quotes li")).to_have_count(len(entry.quotes))
    tab.locator('#reader button[name="quoted"]').first.press("Enter")
    expect(tab.locator("#reader mark.here")).to_have_text(entry.quotes[0].text)
    tab.keyboard.press("Escape")
    expect(quotes).to_be_focused()
    chosen.press("Enter")
    expect(tab.locator("#table .count")).to_have_text("13 articles")


def test_uploaded_files_answer_the_next_question_of_others(
    tab: Page, own_site: tuple[str, NewsBot], tmp_path: Path
) -> None:
    url, bot = own_site
    (tmp_path / "census.txt").write_text(CENSUS)
    (tmp_path / "broken.pdf").write_bytes(b"no PDF at all")
    other = tab.context.new_page()
    open_page(other, url)
    expect(ask(other, QUESTION)).to_have_class("refusal")

    open_articles(tab, url)
    open_adding(tab, "Files")
    files = tab.locator("#files input[type=file]")
    files.set_input_files([tmp_path / "census.txt", tmp_path / "broken.pdf"])
    expect(tab.locator("#files")).to_contain_text("census")
    tab.get_by_role("button", name="Add the files").click()
    status = tab.locator("#status .job")
    expect(status).to_contain_text("1 added. 14 in the index.")
    expect(status.locator("li")).to_contain_text("broken-")
    expect(tab.locator("#table .count")).to_have_text("14 articles")
    expect(tab.locator(".held")).to_have_text("14 articles indexed")
    expect(ask(other, QUESTION).locator(".short")).to_have_text("512")


def test_pasted_article_is_added_and_removed(tab: Page, own_site: tuple[str, NewsBot]) -> None:
    url, bot = own_site
    open_articles(tab, url)
    open_adding(tab, "Text")
    tab.get_by_label("Title", exact=True).fill("Quokka census")
    tab.get_by_label("Text", exact=True).fill("The quokka census counted 512 animals.")
    tab.get_by_role("button", name="Add the article").click()
    expect(tab.locator("#status .job")).to_contain_text("1 added")
    tab.locator("table.articles").get_by_role("button", name="Quokka census").click()
    tab.get_by_role("button", name="Remove from the index").click()
    tab.get_by_role("button", name="No, keep it").click()
    tab.get_by_role("button", name="Remove from the index").click()
    tab.get_by_role("button", name="Yes, remove it").click()
    expect(tab.locator("#status .job")).to_contain_text("1 removed. 13 in the index.")
    expect(tab.locator("table.articles")).not_to_contain_text("Quokka census")
    expect(tab.locator("#reader .pane")).to_have_count(0)
    assert bot.status().articles == 13


def test_selected_articles_are_removed_in_one_job(tab: Page, own_site: tuple[str, NewsBot]) -> None:
    url, bot = own_site
    before = {article.id for article in bot.articles()}
    open_articles(tab, url)
    boxes = tab.locator('input[name="select"]')
    bar, question = tab.locator("#table .selection"), tab.locator("#selected")
    remove = tab.get_by_role("button", name="Remove these from the index")
    expect(remove).to_be_hidden()
    search = tab.get_by_label("Search the articles")
    search.fill("grelle halvik")
    expect(boxes).to_have_count(2)
    chosen = {boxes.first.get_attribute("value")}
    boxes.first.press("Space")
    expect(bar).to_contain_text("1 selected")
    search.fill("")
    expect(boxes).to_have_count(13)
    expect(tab.locator('input[name="select"]:checked')).to_have_count(1)
    other = tab.locator('input[name="select"]:not(:checked)').last
    chosen.add(other.get_attribute("value"))
    title = tab.locator("table.articles tbody tr").last.locator("button")
    expect(other).to_have_accessible_name(title.inner_text())
    other.press("Space")
    expect(bar).to_contain_text("2 selected")
    tab.locator("table.articles button[name=open]").first.click()  # which changes no choice
    expect(tab.locator("#reader .pane")).to_be_visible()
    remove.press("Enter")
    expect(question).to_contain_text("Remove 2 articles from the index?")
    expect(question.locator("li")).to_have_count(2)
    expect(question.locator("[tabindex]")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="No, keep them")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(question).to_have_count(0)
    expect(bar).to_contain_text("2 selected")
    generation = int(bot.status().generation.partition("-")[0])
    remove.press("Enter")
    expect(question.locator("[tabindex]")).to_be_focused()
    tab.get_by_role("button", name="Yes, remove them").click()
    expect(tab.locator("#status .job")).to_contain_text("2 removed. 11 in the index.")
    expect(boxes).to_have_count(11)
    expect(remove).to_be_hidden()
    expect(question).to_have_count(0)
    assert {article.id for article in bot.articles()} == before - chosen
    assert int(bot.status().generation.partition("-")[0]) == generation + 1


def test_only_selected_articles_are_asked(tab: Page, site: str) -> None:
    open_articles(tab, site)
    boxes = tab.locator('input[name="select"]')
    expect(boxes).to_have_count(13)
    chosen = []
    for number in (1, 4):
        boxes.nth(number).press("Space")
        name = boxes.nth(number).get_attribute("aria-labelledby")
        chosen.append(tab.locator(f"#{name}").inner_text())
    tab.get_by_role("button", name="Ask only these").press("Enter")
    expect(tab.locator("#notice")).to_contain_text("Only 2 articles are asked.")
    expect(tab.locator("#filters > button")).to_contain_text("Only articles: 2 articles")
    ask(tab, "How many passengers did the Grelle ferry carry?")
    tab.locator("button[name=how]").last.click()
    expect(tab.locator("#reading .facts")).to_contain_text("2 articles")
    titles = tab.locator("#reading tbody td > bdi").all_inner_texts()
    assert titles and set(titles) <= set(chosen)


def test_page_is_selected_at_once(tab: Page, own_site: tuple[str, NewsBot]) -> None:
    url, bot = own_site
    open_articles(tab, url)
    boxes = tab.locator('input[name="select"]')
    every = tab.get_by_role("checkbox", name="Select every article on this page")
    bar = tab.locator("#table .selection")
    every.press("Space")
    expect(bar).to_contain_text("13 selected")
    boxes.first.press("Space")
    expect(bar).to_contain_text("12 selected")
    assert every.evaluate("box => box.indeterminate && !box.checked")
    tab.get_by_role("button", name="Clear selection").press("Enter")
    expect(tab.locator('input[name="select"]:checked')).to_have_count(0)
    expect(bar).not_to_contain_text("selected")
    expect(every).to_be_focused()
    boxes.nth(0).press("Space")
    boxes.nth(1).press("Space")
    remove_articles([str(boxes.nth(0).get_attribute("value"))], bot.index)
    tab.get_by_role("button", name="Remove these from the index").click()
    expect(tab.locator("#selected")).to_contain_text("Remove 1 article from the index?")


def test_hostile_names_and_texts_stay_text(
    tab: Page, own_site: tuple[str, NewsBot], tmp_path: Path
) -> None:
    url, bot = own_site
    name = "..\\..\\<img src=x onerror=window.hacked=1>\u202efdp.txt"
    (tmp_path / name).write_text(f"{HOSTILE[0]} {HOSTILE[1]}\n\nQuokkas. {' '.join(HOSTILE)}\n")
    open_articles(tab, url)
    open_adding(tab, "Files")
    tab.locator("#files input[type=file]").set_input_files(tmp_path / name)
    expect(tab.locator("#files")).to_contain_text("fdp")
    tab.get_by_role("button", name="Add the files").click()
    expect(tab.locator("#status .job")).to_contain_text("1 added")
    row = tab.locator("table.articles tbody tr")
    expect(row).to_have_count(14)
    tab.get_by_label("Search the articles").fill("window.hacked")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(HOSTILE[0])
    row.locator("button").click()
    expect(tab.locator("#reader .text")).to_contain_text("[click](javascript:window.hacked=1)")
    inside = tab.locator("#reader, #table, #status")
    expect(inside.locator("script, img, svg, style, iframe, a")).to_have_count(0)
    assert "\u202e" not in tab.locator("#articles-tab").inner_text()
    assert tab.evaluate("window.hacked") is None
    originals = bot.index.with_name("index-originals")
    assert [file.parent for file in originals.rglob("*")] == [originals]
    for width in (1280, 360):
        tab.set_viewport_size({"width": width, "height": 740})
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
