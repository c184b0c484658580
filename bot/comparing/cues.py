"""The words by which reports show how what they say is related to what others say."""

from __future__ import annotations

import re

from index.terms import stems

__all__ = [
    "ATTRIBUTED",
    "BLAMED",
    "CAUSED",
    "CAUSES",
    "CORRECTED",
    "CORRECTING_TITLE",
    "CUMULATIVE",
    "DISPUTED",
    "EXPECTED",
    "HEDGED",
    "MEASURED",
    "MOVED",
    "PRICED",
    "RISEN",
    "SUCCEEDED",
    "UNIQUE",
    "WAS_EXPECTED",
    "cue",
]


def cue(phrases: str) -> re.Pattern[str]:
    """Return what finds any of some phrases, which are patterns with commas between them."""
    parts = (re.sub(r"(?<=\|) ", "", " ".join(one.split())) for one in phrases.split(","))
    return re.compile(rf"\b(?:{'|'.join(filter(None, parts))})\b", re.IGNORECASE)


CORRECTED = cue(
    r"""wrong, wrongly, mistake\w*, mistook, erroneous, erroneously, in error, errors?,
    incorrect(?:ly)?, correct(?:ed|s|ion|ions|ing)?, misheard, misread, misreport\w*, misstat\w*,
    misprint\w*, mixed up, mix-up, confused, miscount\w*, miscalculat\w*, mistyped,
    revis(?:ed|es|ion), apologi[sz]e\w*, retract\w*, exaggerated, overstated, understated, in fact,
    (?:not|rather than) (?:as )?(?:first|previously|earlier|originally|initially),
    (?:(?:report|announc|stat|publish|believ|assum)ed|said|thought|given)
    (?:at first|earlier|previously|originally|initially),
    (?:first|earlier|previously|originally|initially)
    (?:(?:report|announc|stat|publish|believ)ed|said|thought|given),
    (?:our|the|an) (?:earlier|first|previous|initial|last) (?:report|article|message|version|issue),
    the true (?:number|figure), counted twice, double[- ]counted,
    we (?:reported|wrote|named|gave|said|stated|claimed)"""
)
"""A text says that something was wrong."""

CORRECTING_TITLE = cue("correction, corrections, corrected, clarification, erratum, revised")

DISPUTED = cue(
    r"""disput\w+, deny, denies, denied, denial, rejects?, rejected, contradict\w*, refut\w+,
    dismiss(?:es|ed)?, contest(?:s|ed)?, rebut\w*, (?<!the )accus(?:es|ed|ing), counter(?:s|ed),
    challenge[sd]?,
    threatens? to sue, took apart, took .+ apart, hits? back, lies?, untrue, propaganda, inflated,
    downplay\w*, own (?:count|tally|figures?|estimate)"""
)
"""A side contradicts another."""

RISEN = cue(
    r"""tolls?, (?:has|have|had) (?:now |already |meanwhile )?(?:reached|risen|climbed|grown|passed|
    topped|increased|swollen|jumped|piled up|soared|doubled), ris(?:es|en|ing) to, rose to,
    (?:climb|increas)(?:s|es|ed|ing)? to, gr(?:ew|own|ows) to, stands? at, now (?:numbers?|totals?),
    up to, so far, to date, totals? (?:\w+ )?(?:\w+ )?to, by now, as of,
    since the (?:start|beginning|outbreak|first)"""
)
"""A count is one of several in time."""

CUMULATIVE = frozenset(
    stems(
        "died dead deaths die killed kill fatalities injured injuries hurt wounded missing "
        "arrested arrests detained detentions evacuated displaced homeless infected infections ill "
        "cases sick signed signatures complaints complain donated donations raised collected "
        "burned burnt destroyed damaged victims found bodies survivors rescued claims registered "
        "vaccinated applications reports sold downloaded visited scored"
    )
)
"""Stems of what adds up as long as it goes on."""

MEASURED = cue("how (?:deep|tall|wide|heavy|far|old|long|big|large|fast)")

PRICED = cue(
    r"""costs?, prices?, fees?, fares?, rent, wages?, salary, rates?, records?, tax, limit,
    interest, temperature, speed, fast, deep, old, long, high, tall, wide, far"""
)
"""What is asked for goes up and down, and does not add up."""

SUCCEEDED = cue(
    r"""new, newly, now, succe(?:ed|eds|eded|ssor)\w*, replac\w+, took over, takes over, taken over,
    since, elected, re-?elected, appointed, named, sworn in, becomes?, became, resign\w*, former,
    stepp?(?:ed|s) down, formerly, until, previous(?:ly)?, predecessor, retir\w+, inherit\w+,
    rais(?:ed|es), lower(?:ed|s), increas\w+, cut, ros[ei]\w*, risen, up from, down from,
    instead of, broke, beat, beaten, better(?:ed|s), improv\w+, mov(?:ed|es), relocat\w+, renam\w+,
    chang\w+, today, currently, these days, no longer, dearer, cheaper, costlier, record,
    from (?:\w+day|next|(?:jan|febr)uary|march|april|may|june|july|august|\w+ember|october)"""
)
"""Something took the place of something else."""

MOVED = cue(r"moved?, moves, relocat\w+, transferr?\w*, no longer")

ATTRIBUTED = cue(
    r"""say, says, said, declare[ds]?, insist(?:s|ed)?, claim(?:s|ed)?, announced, argue[sd]?,
    maintain(?:s|ed)?, told, admit(?:s|ted)?, count(?:s|ed), estimate[sd]?, reckon(?:s|ed)?, finds?,
    believe[sd]?, (?<!is )(?<!was )puts?, spoke, speaks?, report(?:s|ed), writes?, wrote, thinks?,
    assure[sd]?, states?, stated, according"""
)
"""Somebody says it."""

_TO_BE = (
    r"(?:[a-z]+ly |also |still |not )?(?:to (?!blame\b)[a-z]+|planned|scheduled|expected|supposed|"
    r"(?:set|fixed|meant|billed|forecast) (?:to|for)|due (?:on|in|for|by|back|to (?:be|begin|start|"
    r"open|reopen|close|end|finish|take|go|come|leave|arrive|return|sail|land|meet|appear|speak|vote|"
    r"decide|rule|resume|play|face|stand|expire)))"
)
EXPECTED = cue(
    rf"""will, shall, would, (?-i:may), might, could(?! (?:be )?(?:see|hear|smell|feel)\w*),
    should(?! have), likely to, (?:is|are|be) {_TO_BE}, (?:scheduled|due|expected) (?:for|on|in|by),
    (?:plan|expect|hope|want|intend|aim|promise|vow|propose|threaten)s? to"""
)
"""Something is planned, or may happen."""

WAS_EXPECTED = cue(
    rf"""should have, (?:was|were|been) {_TO_BE},
    (?:planned|expected|hoped|wanted|intended|aimed|promised|vowed|proposed|threatened) to"""
)
"""Something was planned; whether its time is past is not said."""

HEDGED = cue(
    r"""(?-i:may), might, could, would, will, should, whether, if, unless, allege\w*, suspect\w*,
    possibl[ey], perhaps, probably, apparently, rumou?r\w*, believe[sd]?, unlikely, accus\w+"""
)
"""What is said is not said to be so."""

CAUSED = cue(
    r"""because, caused?, causes, causing, due to, owing to, as a result of, set, started, began,
    starts, begins, led to, blame[sd]?, triggered, sparked, brought (?:down|about), result of"""
)
"""A sentence gives a cause."""

CAUSES = tuple(
    frozenset(stems(words))
    for words in """
lightning
|arson arsonist arsonists petrol deliberately molotov
|wiring wires wire cable cables electrical circuit socket
|cigarette cigarettes smoking smoked|grinding grinder welding welder|chimney
|candle candles lamp stove oven|fireworks flare firework
|heat drought|storm wind gust ice fog snow avalanche rain flood
|pilot driver captain human telephone asleep speeding drunk
|brake brakes engine technical malfunction signal relay gearbox
|bomb bombs missile missiles rocket rockets shell shells explosives mine torpedo
|chlorine chemical chemicals poison pesticide pesticides ammonia cyanide mercury
|virus bacteria bacterium infection disease parasite salmonella
|weld bolt bolts rust corrosion|subsidence landslide earthquake
""".split("|")
)
"""Kinds of causes, each with its words' stems: of two kinds, one at the most is right."""

BLAMED = frozenset(stems("blame blamed responsible guilty fault behind first started starts began"))
"""Stems by which a question asks who did wrong."""

UNIQUE = tuple(
    frozenset(stems(words))
    for words in """
won win wins winner winning|discovered discovers discoverer|painted painter|invented inventor
|blame responsible guilty fault|behind|first|started starts starting|buying buys bought buyer
|designed designer designs|nationality
""".split("|")
)
"""Each with its forms' stems, what only one can be or have done."""
