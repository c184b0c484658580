"""What stands on a page around and between the paragraphs of its article."""

from __future__ import annotations

import re
from typing import Any

from corpus.formats.page_data import is_date_line
from corpus.formats.visibility import remove

__all__ = ["POST_TIME", "is_insert", "only_appeals", "remove_boilerplate", "without_inserts"]

POST_TIME = "data-post-time"
"""Attribute of a line that is the time of a live blog's post."""

_LEAVES = (
    "p", "li", "div", "section", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "td",
    "th", "pre", "aside", "summary", "header", "footer", "article", "address",
)  # fmt: skip
"""Elements that hold text of their own where none of these is inside them."""

_FEWEST_POSTS = 2
_TAGS = {"nav", "menu", "footer", "form", "figcaption"}
_ROLES = {"navigation", "banner", "contentinfo", "search", "toolbar", "menu", "alert"}
_CONSENT_NAMES = set(
    "cookie cookies consent gdpr ccpa cmp onetrust didomi truste cookiebot".split()
)
_NAMES = set(
    "paywall regwall piano subscribe newsletter newsletters signup related recommended "
    "recommendations trending teaser teasers promo promos outbrain taboola sponsored advert "
    "advertisement ads adslot dfp share sharing social comments disqus respond breadcrumb "
    "breadcrumbs pagination navbar navigation sitenav menu masthead caption captions credit "
    "credits copyright donate donation ad ads kicker eyebrow overline".split()
)
_BYLINES = set("byline bylines author authors contributor contributors bio dateline-meta".split())


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


_NAME_PAIRS = re.compile(
    r"(?:^|[-_\s])(?:"
    r"(?:ad|advert)[-_](?:slot|unit|container|wrapper|label)|also[-_]like"
    r"|(?:article|post|entry|story)[-_](?:meta|info|date|byline|tags|footer)"
    r"|(?:email|inline)[-_](?:signup|capture)|follow[-_]us|image[-_]source"
    r"|more[-_](?:on|from|stories|news)|most[-_](?:read|popular|viewed)|posted[-_]on|print[-_]only"
    r"|privacy[-_]\w+|pub[-_]?date|publish(?:ed)?[-_]date|read(?:ing)?[-_]time"
    r"|read[-_]?(?:also|more|next)|sign[-_]up|site[-_](?:header|footer|nav)|skip[-_]link"
    r"|(?:subscription|membership)[-_]\w+|tag[-_]list|timestamp"
    r")(?:$|[-_\s])",
    re.IGNORECASE,
)
_PART = re.compile(r"[a-z]+|[A-Z][a-z]*")

_CONSENT = _any_of(
    r"\bpartners\b.{0,80}\b(?:store|access|process|use)\b",
    r"\b(?:access|storing|store) .{0,30}(?:information|cookies) .{0,30}on (?:a|your) "
    r"(?:device|browser|computer)",
    r"\bby (?:clicking|selecting|choosing|continuing|using|tapping)\b.{0,90}"
    r"\b(?:agree|consent|accept)\b",
    r"\b(?:site|page|app) uses cookies",
    r"\bwe (?:and our \w+ |will |may |also )*use (?:our own )?(?:\w+ ){0,3}cookies",
    r"\b(?:change|manage|withdraw|update|set) your (?:\w+ )?"
    r"(?:preferences|consent|choices|settings)",
    r"\bwe (?:value|respect|care about) your privacy",
    r"\byour privacy (?:is important|matters|choices)",
    r"\b(?:accept|reject|allow) (?:all )?cookies",
    r"\bcookie (?:policy|settings|preferences|notice)",
    r"\blegitimate interest",
)
_OFFER = _any_of(
    r"\bsubscribe\b.{0,30}\b(?:to|for)\b.{0,30}\b(?:continue|read|unlock|access|unlimited|keep)",
    r"\balready (?:a |an |have an? )?(?:subscriber|subscribed|member|account|registered)",
    r"\b(?:sign|log) in to (?:continue|read|keep)",
    r"\bto (?:continue|keep) reading",
    r"\b(?:free|remaining) articles? (?:left|remaining|this|per)",
    r"\byou(?:['’]ve| have) (?:reached|read|used|hit) .{0,40}(?:limit|free|articles)",
    r"\bthis (?:article|content|story|page) is (?:only |exclusively |exclusive )?"
    r"(?:for|to|available to|reserved for) .{0,20}(?:subscribers|members|registered)",
    r"\b(?:start|begin|get) (?:your|a) free trial",
    r"\bunlock (?:this|unlimited|full|all)",
    r"\b(?:create|register for|register) (?:an? |your )?(?:free )?account (?:to|for)",
    r"\bcancel any ?time",
    r"\bsubscribers?[- ]only",
    r"\bbecome a (?:member|subscriber)",
    r"\b(?:for|from) (?:just |only )?(?:[$€£¥]\s?\d|\d+ \w+ )[\d.,]*.{0,12}"
    r"(?:a|per) (?:week|month)",
)
_NEWSLETTER = _any_of(
    r"\bsign up\b.{0,80}\b(?:newsletter|e-?mails?|briefing|alerts|inbox)",
    r"\b(?:newsletter|briefing)\b.{0,80}\b(?:inbox|sign up|subscribe)",
    r"\b(?:in|to) your inbox",
    r"\benter your e-?mail",
    r"\bsubscribe to (?:our|the) .{0,40}(?:newsletter|podcast|channel|briefing)",
)
_INSERT = _any_of(
    r"(?:story|article|text|interview) continues (?:below|after)\b.*",
    r"(?:continue reading|keep reading)(?: (?:below|after|the main story)\b.*)?[.…→ ]*",
    r"(?:first |last )?(?:published|posted|updated|modified)(?: on| at)?\s*:?",
    r"advertise?ments?|advert|anzeige|publicité|(?:sponsored|ad|advertisement)\s*:.*",
    r"sponsored(?: content| by .*)?|promoted(?: by .*)?",
    r"(?:also read|don['’]t miss|editor['’]s pick|listen|more|read(?: also| more| next)?|"
    r"recommended|related|see(?: also)?|watch)\s*[:>»|–—]\s?.*",
    r"(?:read|see) (?:also|more|next)\.?",
    r"related(?: articles?| stories| coverage| content| links| topics| news)?",
    r"recommended(?: for you)?|most (?:read|popular|viewed)|trending(?: now)?",
    r"more (?:on|from|about) .{0,60}(?<![.?!])",
    r"you (?:may|might) also (?:like|be interested in).*",
    r"scroll down (?:for|to) .*|(?:click|tap) here\b.*|skip (?:advert|ad|to|past)\w*\b.*",
    r"follow us|follow (?:us|@\w+|.{0,40}\bon) (?:on )?"
    r"(?:twitter|x|facebook|instagram|whatsapp|tiktok|threads|bluesky)\b.*",
    r"share(?: this| on)?(?: article| story| page)?",
    r"(?:image|photo|picture|video|media) (?:source|caption|credit|copyright)s?\s*[:,].*",
    r"(?:photo|photograph|picture|image|illustration|credit|pic|video|graphic)s?(?: credit)?"
    r"\s*(?::|/| by ).{0,120}",
    r"(?:file )?photo(?:graph)? by .*|listen to this article.*",
    r"\d+[- ]min(?:ute)?s?(?: read)?",
    r"comments?(?: ?\(\d+\))?|leave a comment|print(?: this.*)?",
    r"(?:tags?|topics|filed under)\s*:.*",
    r"©.*|copyright (?:©|\(c\)|\d{4}).*|.{0,60}\ball rights reserved\.?",
    r"the post .* (?:appeared first on|first appeared on) .*",
    r"download (?:our|the) .{0,20}app\b.*|join (?:our|the) .{0,30}(?:whatsapp|telegram)\b.*",
    r"(?:have|got) a (?:story|tip)\b.*\?.*",
    r"loading\W*|back to top|sign in|log in|subscribe(?: now)?|accept(?: all)?|menu|search",
)
_SHOUTED = re.compile(
    r"(?:READ ALSO|ALSO READ|READ MORE|READ NEXT|SEE ALSO|RELATED|WATCH|CONTINUE READING)\b.*"
)
_BYLINE = re.compile(
    r"(?:(?:[Ww]ords|[Tt]ext|[Rr]eporting|[Ww]ritten) by|[Bb][Yy]|[Vv]on|[Pp]ar|[Pp]or)\s+"
    r"[^\W\d_a-z][\w.’'-]+(?:,?\s+(?:and\s+|&\s+|de\s+|van\s+|von\s+)?"
    r"[^\W\d_a-z][\w.’'-]*){1,9}(?:\W{1,3}[^.]{0,80})?"
)
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])[:.h][0-5]\d(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,5})?")
_IMPERATIVE = re.compile(
    r"(?:please )?(?:subscribe|sign|log|already|to (?:continue|keep)|you|this|get|unlock|become|"
    r"register|create|start|enter|join|support|want|enjoy|don['’]t|our|the best|stay)\b",
    re.IGNORECASE,
)
_LONGEST_INSERT = 240
_LONGEST_BYLINE = 300
_LONGEST_REMARK = 30  # characters beside a date in its line


_STANDFIRST = 60
"""Characters of a paragraph in a page's header that make it more than a name and a menu."""


def remove_boilerplate(tree: Any) -> str:
    """Take out of a clean page what surrounds its article and what is put into it.

    Args:
        tree: of the page; ``clean`` has been over it.

    Returns:
        What has been taken out that could pass for an article, in a few words; or nothing.
    """
    removed = _remove_appeals(tree)
    _write_post_times(tree)
    total = max(1, _weight(tree))
    for element in list(tree.iter()):
        if _is_attached(element, tree) and _is_boilerplate(element, total):
            remove(element)
    begun = False
    for element in list(tree.iter(*_LEAVES)):
        if any(child.tag in _LEAVES for child in element.iterdescendants()):
            continue
        text = " ".join(element.text_content().split())
        if is_insert(text) or (not begun and (_BYLINE.fullmatch(text) or is_date_line(text))):
            if element.tag not in ("td", "th"):
                remove(element)
        elif element.tag == "p" and len(text) >= _STANDFIRST:
            begun = True
    return removed


def without_inserts(text: str) -> str:
    """Leave out the paragraphs of a text that are put between those of an article."""
    paragraphs = text.split("\n\n")
    kept = [paragraph for paragraph in paragraphs if not is_insert(paragraph)]
    return "\n\n".join(kept or paragraphs)


def is_insert(text: str) -> bool:
    """Return whether a line is put between an article's paragraphs and is no part of it."""
    line = text.strip(" \t\n*_[]()–—-")
    if not line or len(line) > _LONGEST_INSERT:
        return False
    return bool(_INSERT.fullmatch(line) or _SHOUTED.fullmatch(line))


def only_appeals(text: str) -> str:
    """Return what most of a text asks for, in a few words; empty where it is an article."""
    kinds = [(_appeal(paragraph), len(paragraph)) for paragraph in text.split("\n\n")]
    asking = sum(length for kind, length in kinds if kind)
    return next(kind for kind, _ in kinds if kind) if 2 * asking > len(text) else ""


def _remove_appeals(tree: Any) -> str:
    """Take out what asks for consent, money or an address, with all that belongs to it."""
    kinds: dict[Any, str] = {}
    shares: dict[Any, int] = {}
    for element in tree.iter(*_LEAVES, "span", "a"):
        if any(child.tag in _LEAVES for child in element.iterdescendants()):
            continue
        if element.getparent() in kinds:
            continue
        text = " ".join(element.text_content().split())
        kind = _appeal(text)
        if kind:
            kinds[element] = kind
            node = element
            while node is not None:
                shares[node] = shares.get(node, 0) + len(text)
                node = node.getparent()
    removed = ""
    for element, kind in kinds.items():
        node = element
        while _belongs_to_appeal(node.getparent(), shares):
            node = node.getparent()
        text = " ".join(element.text_content().split())
        if node is not element or _stands_alone(element, text, kind):
            removed = removed or kind
            remove(node)
    return removed


def _appeal(text: str) -> str:
    if _CONSENT.search(text):
        return "a request for consent"
    if _OFFER.search(text):
        return "an offer to subscribe"
    return "a newsletter" if _NEWSLETTER.search(text) else ""


def _belongs_to_appeal(element: Any, shares: dict[Any, int]) -> bool:
    if element is None or element.tag in ("html", "body", "article", "main"):
        return False
    whole = len(" ".join(element.text_content().split()))
    if 2 * shares.get(element, 0) < whole:
        return False
    return next(element.iter("article", "main", "h1"), None) is None


def _stands_alone(element: Any, text: str, kind: str) -> bool:
    """Whether a line between others is the page's own, not what an article says or quotes."""
    if kind == "a request for consent":
        return bool(element.getparent().tag == "body")
    return len(text) <= 2 * _LONGEST_INSERT and _IMPERATIVE.match(text) is not None


def _is_boilerplate(element: Any, total: int) -> bool:
    tag = element.tag
    if tag in ("html", "body", "article", "main", "h1"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    parts = {part.lower() for part in _PART.findall(names)}
    length = len(element.text_content())
    if parts & _BYLINES and length <= _LONGEST_BYLINE:
        return True
    if tag == "figure":
        return next(element.iter("table", "blockquote", "pre"), None) is None
    if tag == "footer" and next(element.iterancestors("blockquote"), None) is not None:
        return False
    named = bool(parts & (_NAMES | _CONSENT_NAMES)) or _NAME_PAIRS.search(names) is not None
    if not (named or tag in _TAGS or (element.get("role") or "").lower() in _ROLES):
        site = tag == "header" and next(element.iterancestors("article", "main"), None) is None
        return site and not _leads(element)
    if next(element.iter("article", "main", "h1"), None) is not None:
        return False
    return 2 * _weight(element) <= total or bool(parts & {"comments", "disqus", "respond"})


def _leads(header: Any) -> bool:
    """Whether a header has the article's headline or first paragraph in it."""
    return next(header.iter("h1"), None) is not None or any(
        len(paragraph.text_content()) >= _STANDFIRST for paragraph in header.iter("p")
    )


def _weight(element: Any) -> int:
    """Characters of its paragraphs, or of all of it where it has none."""
    paragraphs = sum(len(one.text_content()) for one in element.iter("p"))
    return paragraphs or len(element.text_content())


def _is_attached(element: Any, tree: Any) -> bool:
    return element is not tree and element.getparent() is not None


def _write_post_times(tree: Any) -> None:
    """Make the times of a live blog's posts lines of their own; other times in lines stay."""
    posts: dict[Any, Any] = {}
    times = list(tree.iter("time"))
    times += [one for one in tree.iter("span", "div", "p", "a") if _is_clock(one)]
    times = [one for one in times if _is_apart(one)]
    for time in times:
        post = time.getparent()
        while post is not None and next(post.iter("p"), None) in (None, time):
            post = post.getparent()
        if post is not None and post.tag != "body":
            posts.setdefault(post, time)
    outer = {above for post in posts for above in post.iterancestors() if above in posts}
    posts = {post: time for post, time in posts.items() if post not in outer}
    if len(posts) < _FEWEST_POSTS:
        posts = {}
    for post, time in posts.items():
        line = post.makeelement("p", {POST_TIME: "1"})
        line.text = " ".join(time.text_content().split())
        post.insert(0, line)
        line.tail, post.text = post.text, None
    for time in times:
        remove(time)


def _is_apart(time: Any) -> bool:
    """Whether a time stands in no sentence and in no cell."""
    holder = time.getparent()
    if holder is None or holder.tag in ("td", "th", "dt", "dd"):
        return False
    return len(_line_of(holder)) <= len(time.text_content()) + _LONGEST_REMARK


def _line_of(element: Any) -> str:
    """The text of an element that stands in no block inside it."""
    parts = [element.text or ""]
    for child in element:
        parts += ["" if child.tag in _LEAVES else child.text_content(), child.tail or ""]
    return " ".join("".join(parts).split())


def _is_clock(element: Any) -> bool:
    text = element.text_content().strip() if not len(element) else ""
    return len(text) < _STANDFIRST and _CLOCK.fullmatch(text) is not None
