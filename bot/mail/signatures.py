"""Where a mail's words end and its signature begins.

What is taken for a signature is folded away, so in doubt a line stays with the words: a closing counts only
when short lines follow it, a rule only when what is below looks like a footer, and only near the end.
"""

import re

from bot.mail.headers import ADDRESS
from bot.mail.words import (
    CLOSINGS,
    DEVICE,
    FOOTER_SENTENCES,
    FROM,
    SENT_FROM_AFTER,
    SENT_FROM_BEFORE,
    SIGNED,
    STRONG_CLOSINGS,
    THANKS,
)
from bot.patterns import lazy

_DASHES = lazy(r"\s*--\s*$|\s*—\s*$")
# A rule of dots, stars or lines, above the footer of a company or a mailing list.
_RULE = lazy(r"^[\s*_.\-=~#·•—–─━]{3,}$")
_FOOTER_SIGN = lazy(
    r"https?://|www\.|@|\+\d|mailing list|unsubscribe|\bltd\b|\bgmbh\b|\binc\b|"
    r"电话|電話|手机|tel\b|有限公司|株式会社|会社|주식회사",
    re.IGNORECASE,
)
# -Anna, – Anna Kona, ~ Tom: a name after a dash, alone on its line.
_DASHED_NAME = lazy(r"^\s*[-–—~]{1,2}\s?[^\W\d_a-z][\w.'’]{1,30}(?: [^\W\d_a-z][\w.'’]{0,30}){0,2}\s*$")
_NAME = lazy(r"^[^\W\d_][\w.'’-]{0,30}(?:\s[^\W\d_][\w.'’-]{0,30}){0,3}\.?$")
_ENDS_SENTENCE = ("?", "？", "。", "！")
_EDGE = " \t*_~-–—,.!،，。！;:：\u200b"
_WINDOW = 80  # lines from the end in which a signature may begin
_FOOTER = 25  # lines a signature may have
_CLOSING_TAIL = 14  # lines that may follow a closing
_POSTSCRIPT = lazy(r"^(?:p\.?\s?s\.?|n\.?b\.?)\s?[:.\s]|^附[:：言]|^追伸", re.IGNORECASE)


def begin(looks: list[str]) -> int:
    """Give the line on which the signature begins: the number of lines when there is none.

    `looks` are the new lines as a reader sees them, the last of them not blank.
    """
    first = next((at for at, look in enumerate(looks) if look.strip()), len(looks))
    for index in range(max(first + 1, len(looks) - _WINDOW), len(looks)):
        look = looks[index]
        if look.strip() and _begins(looks, index, look):
            return index
    return len(looks)


def is_sent_from(look: str) -> bool:
    """Tell whether a telephone or an app wrote this line."""
    line = look.strip(_EDGE + "[]()|").lower()
    if not 6 <= len(line) <= 90 or (", " in line and look.rstrip().endswith(".")):
        return False
    if line.startswith(SENT_FROM_BEFORE):
        return True
    return bool(DEVICE.search(line)) and line.endswith(SENT_FROM_AFTER)


def _begins(looks: list[str], index: int, look: str) -> bool:
    below = [line.strip() for line in looks[index + 1 :] if line.strip()]
    if _DASHES.match(look):
        return len(below) <= _FOOTER and len(looks) - index <= 2 * _FOOTER
    if _RULE.match(look):
        return _is_footer(below)
    if is_sent_from(look):
        return len(below) <= 3
    if _DASHED_NAME.match(look):
        return not below or bool(_RULE.match(below[0]) or _DASHES.match(below[0]) or is_sent_from(below[0]))
    return _is_closing(look, below)


def _is_footer(below: list[str]) -> bool:
    """Tell whether these lines are the footer under a rule, and not the next part of the mail."""
    if not below:
        return True
    if len(below) > _FOOTER:
        return False
    return any(_FOOTER_SIGN.search(line) for line in below) or (
        len(below) <= 4 and not any(_is_sentence(line) for line in below)
    )


def _is_closing(look: str, below: list[str]) -> bool:
    """Tell whether a closing phrase opens the signature: short lines follow, and no sentence."""
    phrase = " ".join(look.strip(_EDGE).lower().replace("i̇", "i").split())
    phrase = phrase.replace(".", "") if len(phrase) <= 6 else phrase  # B.R.
    if len(phrase) > 60:
        return False
    ends_here = any(_POSTSCRIPT.match(line) or _is_sentence(line) for line in below[:3])
    if ends_here or any(_POSTSCRIPT.match(line) for line in below) or not _is_short_enough(below):
        return False
    if all(part.strip() in CLOSINGS for part in phrase.split("/")):  # in two languages, perhaps
        return True
    if SIGNED.match(look.strip(_EDGE)):
        return True
    if phrase in THANKS:
        return bool(below) and bool(_NAME.match(below[0].strip(_EDGE))) and not _is_phrase(below[0])
    return _closes_on_one_line(look)


def _is_short_enough(below: list[str]) -> bool:
    """Allow a name and an address, and more only where a company's footer follows them."""
    return len(below) <= _CLOSING_TAIL or (
        len(below) <= 3 * _CLOSING_TAIL and any(_FOOTER_SIGN.search(line) for line in below[:8])
    )


def _is_phrase(line: str) -> bool:
    return line.strip(_EDGE).lower() in CLOSINGS | THANKS or is_sent_from(line)


def _closes_on_one_line(look: str) -> bool:
    """Read "Best regards, Li Wei", "LG Uwe", "Warm regards from Izmir": a closing, and who or where from."""
    phrase, comma, name = re.sub("[，、،]", ",", look).partition(",")
    if comma and phrase.strip(_EDGE).lower() in CLOSINGS:
        return bool(_NAME.match(name.strip(_EDGE)))
    words = look.strip(_EDGE).split()
    for count in range(1, min(4, len(words))):
        if " ".join(words[:count]).lower().strip(_EDGE) in STRONG_CLOSINGS:
            rest = words[count:]
            return rest[0].lower() in FROM or (len(rest) <= 3 and all(word[0].isupper() for word in rest))
    return False


def _is_sentence(line: str) -> bool:
    if FOOTER_SENTENCES.search(line):
        return False
    if line.endswith(_ENDS_SENTENCE):
        return len(line) > 3
    is_long = len(line) > 60 or (line.endswith((".", "!")) and line.count(" ") >= 5)
    return is_long and not ADDRESS.search(line) and not _FOOTER_SIGN.search(line)
