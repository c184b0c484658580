"""Whether a stop ends a sentence, in the English of newspapers.

American style has states, companies, ranks and hours with full stops, British style mostly none.
"""

from __future__ import annotations

import re

from corpus.dates import DAYS_AND_MONTHS

__all__ = ["LONGEST_QUOTE", "sentence_ends"]

LONGEST_QUOTE = 300
"""Characters of a quotation that is not cut at a stop inside it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Always before a name, or in the middle of a sentence.
_TITLES = _words(
    "Adm Ald Amb Asst Atty Brig Brigs Capt Capts Cdr Cmdr Cmdrs Cllr Cllrs Col Cols Const Cpl "
    "Cpls Ct Dep Det Dets Dist Dr Drs Ens Fr Ft Gen Gens Gov Govs Herr Hon Insp Lt Lts M Maj "
    "Majs Messrs Mgr Mlle Mme Mmes Mr Mrs Ms Msgr Mt Mts Mx Ofc Pfc Pres Prof Profs Ptl Pte Pvt "
    "Pvts Rep Reps Rev Revs Rt Sec Sen Sens Sfc Sgt Sgts Spc St Ste Sub Supt Treas Vice viz vs "
    "v cf ca approx est Est e.g i.e"
)
# Before a name or after one: an end only where a sentence plainly begins.
_STREETS = _words("St Dr Ave Aves Blvd Rd Sq Ln Ct Hwy Pkwy Mt Ft")
_COMPANIES = _words(
    "Assn Assoc Bros Co Corp Cos Dept Depts Dev Div Inc Inst Intl Ltd Mfg Natl Plc Pty Univ "
    "Jr Sr Esq"
)
# States and provinces as the Associated Press shortens them: after a comma or a hyphen.
_STATES = _words(
    "Ala Alta Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Man Mass Md Mich Minn Miss "
    "Mo Mont Neb Nev Okla Ont Ore Pa Que Sask Tenn Tex Va Vt Wash Wis Wyo"
)
_MONTHS = _words("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")
_BEFORE_NUMBERS = _words("No Nos no nos Art Arts Ch Fig Figs Op ft p pop pp Para Sec Vol vol Vols")
_OF_TIME = frozenset(map(str.title, DAYS_AND_MONTHS)) | _words(
    "Mon Tue Tues Wed Thu Thurs Fri Sat Sun Jan Feb Mar Apr Jun Jul Aug Sept Oct Nov Dec EST EDT "
    "ET CST CDT CT MST MDT PST PDT PT GMT BST CET UTC Eastern Central Pacific Mountain Greenwich "
    "Moscow Beijing"
)
_UNITS = _words("C F K")
# What follows the abbreviated name of a state or body as a part of the same phrase.
_OF_BODIES = _words(
    "Air Ambassador Ambassadors Army Assembly Attorney Attorneys Bank Bankruptcy Border Bureau "
    "Capitol Census Chamber Charter Citizenship City Coast Commission Commissioner Conference "
    "Congress Congressman Congresswoman Consul Consulate Constitution Council Court Customs "
    "Defense Democrat Democrats Department District Embassy Energy Environmental Federal Fish "
    "Food Forces Foreign Forest General Geological Government Governor House Immigration "
    "Internet Interior Justice Labor Marine Marines Marshal Marshals Mayor Military Mission "
    "National Navy Office Olympic Olympics Open Patent Postal President Representative "
    "Republican Republicans Secret Secretary Security Senate Senator Senators Sen Rep Reps Sens "
    "Gov Sgt Lt Gen Soccer Special State States Steel Supreme Tax Tennis Trade Transportation "
    "Treasury Virgin Women Children Refugee Human High"
)
# Words with which a sentence begins whatever came before.
_OPENERS = _words(
    "A About After All Also Although Among An And Another Any As At Because Before Both But By "
    "Buyers Each Early Earlier Even Every Few Following For From Gunmen He Her Here His How "
    "However I If In Instead It Its Last Later Many Meanwhile Mr More Most Mrs Ms Much My "
    "Neither Never No Nobody None Nor Not Nothing Now Of On Once One Only Or Others Our Out "
    "Over Several She Since So Some Still Such Than That The Their Then There These They This "
    "Those Though Three Through To Today Two Under Until Up We What When Where Whether Which "
    "While Who Why With Within Without Yet You Your"
)
# And plurals with which one does, where a verb follows.
_SUBJECTS = _words(
    "Activists Analysts Authorities Banks Charges Critics Crews Doctors Engineers Experts "
    "Families Fans Farmers Firefighters Funds Inspectors Investigators Investors Jurors "
    "Lawmakers Lawyers Nurses Officers Officials Opponents Parents Passengers People Police "
    "Prices Prosecutors Protesters Regulators Relatives Rescuers Researchers Residents Revenue "
    "Sales Scientists Shares Soldiers Students Supporters Teachers Tickets Trains Troops "
    "Villagers Voters Witnesses Workers"
)
_LOOK_BACK = 80  # characters that are looked at before a stop
_PREPOSITIONS = _words("of in to from for by with leave enter into")
_BRANDS = _words("E Yahoo Jeopardy Panic Wham Airplane Oliver Mamma Moulin Hooray Oklahoma")
_STOP = re.compile(
    r"(?P<stop>[.!?…]+)(?P<close>[\"'”’»)\]*_]*)(?P<note>(?:\[[\w ]{1,4}\])*[⁰¹²³⁴-⁹]*)"
    r"(?:(?P<space>\s+)(?=\S)|(?<=[a-z]{3}[.!?])(?=[“\"]?[A-Z][a-z ]))|[。！？]+[”』」）]*"
)
_LAST_WORD = re.compile(r"[^\s(\[“\"‘«—–]*$")
_NEXT_WORD = re.compile(r"[“\"‘'«(\[¿¡]*([^\s,;:.!?”\"’)]*)\.?\S*\s*(\S*)")
_BEGINS = re.compile(r"[“\"‘'«(\[¿¡•*$£€#@]*\s?[^\W_]|[$£€•\u2190-\u2bff\U0001f000-\U0001faff]")
_SAID = re.compile(
    r"(?:[A-Z][\w.'’-]*\s+){1,4}(?:said|says|asked|asks|told|added|wrote|cried|shouted|replied|"
    r"answered|joked|demanded|wondered|exclaimed|tweeted|posted|recalled|continued)\b"
)
_LETTERS = re.compile(r"(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}")
# "At 3 p.m. Mayor Roe spoke": words of time alone are no sentence.
_WHEN = re.compile(
    r"[“\"‘'«(\[]*(?>(?:At|By|From|Until|Till|Before|After|Since|Around|About|Between|On|Just|"
    r"Shortly|Only|Not|Every|Late|Early|Today|Tomorrow|Yesterday|Daily|at|by|from|until|till|"
    r"before|after|since|around|about|and|to|on|the|of|last|next|exactly|precisely|nearly|almost|"
    r"morning|evening|night|noon|midnight|half|past|[ap]\.m\.|[\d:.]+(?:st|nd|rd|th)?|"
    rf"approx\.|(?:{'|'.join(sorted(_OF_TIME))})s?\.?),?\s+)+"
)
_NUMBER = re.compile(r"[\d.,]+")
_QUOTED = re.compile(r"“[^“”\n]*”|(?<!\w)\"[^\"\n]*\"(?!\w)")


def sentence_ends(text: str) -> list[int]:
    """Find where sentences of a paragraph end.

    Args:
        text: a paragraph; a line end in it counts as a space.

    Returns:
        The places behind the last character of each sentence but the last, ascending.
    """
    quotations = [
        found.span() for found in _QUOTED.finditer(text) if len(found[0]) <= LONGEST_QUOTE
    ]
    ends: list[int] = []
    start = place = 0
    for found in _STOP.finditer(text):
        end = found.end() - len(found["space"] or "")
        while place < len(quotations) and quotations[place][1] < end:
            place += 1
        if place < len(quotations) and quotations[place][0] < found.start() < quotations[place][1]:
            if end < quotations[place][1]:
                continue
        if end < len(text) and (found["stop"] is None or _is_end(text, start, found)):
            ends.append(end)
            start = end
    return ends


def _is_end(text: str, start: int, found: re.Match[str]) -> bool:
    before = text[max(start, found.start() - _LOOK_BACK) : found.start()]
    after = text[found.end() : found.end() + 120]
    if not _BEGINS.match(after):
        return False
    following = _NEXT_WORD.match(after)
    word, second = (following[1], following[2]) if following is not None else ("", "")
    if word[:1].islower() and not any(char.isupper() for char in word[1:3]):
        return False  # but for iPhone and eBay
    last = _LAST_WORD.search(before)
    token = last[0] if last is not None else ""
    if found["stop"] != ".":
        if found["close"]:
            return not _SAID.match(after)
        return not (found["stop"] == "!" and token in _BRANDS and word not in _OPENERS)
    if found["close"].strip("*_"):
        return True
    if after[0] in "([" and "." in token:
        return False  # "at 1 p.m. (3 a.m. ET)"
    opens = word in _OPENERS or (word in _SUBJECTS and second[:1].islower())
    return _ends_after(token, before[: len(before) - len(token)], word, second, opens)


def _ends_after(token: str, before: str, word: str, second: str, opens: bool) -> bool:
    """Whether a full stop behind a word ends a sentence, before another that may begin one."""
    stem = token.rpartition("-")[2]
    preceding = (before.split() or [""])[-1]
    if len(token) == 1 and token.isupper():
        return opens or (token in _UNITS and _NUMBER.fullmatch(preceding) is not None)
    if token.lower() in ("a.m", "p.m"):
        day = word.removesuffix("s") if word.endswith("days") else word
        return day not in _OF_TIME and not _WHEN.fullmatch(before.lstrip())
    if token in _STREETS:
        return opens and preceding[-1:].isalnum()
    if token in _TITLES:
        return False
    if token in _COMPANIES:
        return opens
    if token in _MONTHS or token in _BEFORE_NUMBERS:
        return not word[:1].isdigit() and (opens or token not in _MONTHS)
    if stem in _STATES and (preceding.endswith(",") or stem != token):
        return word not in _OF_BODIES
    if _LETTERS.fullmatch(stem):
        return opens or (_is_noun_phrase_over(before.split()[-2:], word, second))
    return not (token.isdigit() and not preceding)  # "1. Ann Roe": a number of a list


def _is_noun_phrase_over(before: list[str], word: str, second: str) -> bool:
    """Whether "of the U.S." is all of it: "Police left" follows, and not "Senate" or "Army"."""
    if word in _OF_BODIES or not second[:1].islower() or before[1:] != ["the"]:
        return False
    return before[0] in _PREPOSITIONS and word.endswith(("s", "Police"))
