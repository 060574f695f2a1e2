"""From bytes to text, whatever a mail program claims about them."""

import re
from email.header import decode_header

# What programs write -> what it is in truth: Chinese programs declare gb2312 and send gb18030, and so on.
_TRUE_NAMES = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cn-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "ksc5601": "cp949",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "utf8": "utf-8", "shift-jis": "cp932", "shift_jis": "cp932",
    "unknown-8bit": "utf-8", "default": "utf-8",
}  # fmt: skip
_FALLBACKS = ("utf-8", "gb18030", "latin-1")
# Characters that hide, or turn the direction of, what a reader sees: zero-width, bidi controls, BOM.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?]*\?=")


def decode(content: bytes, charset: str | None) -> str:
    """Decode a body: by the declared charset in its true meaning, else by what fits."""
    declared = (charset or "utf-8").strip().strip("'\"").lower()
    for name in (_TRUE_NAMES.get(declared, declared), *_FALLBACKS):
        try:
            return content.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def header(value: object) -> str:
    """Decode a header: encoded words, also broken ones, and raw bytes of unknown charset; on one line."""
    if value is None:
        return ""
    text = _raw(str(value))
    if "=?" in text:
        text = _words(text)
    return " ".join(visible(text).split())


def _raw(text: str) -> str:
    # The parser keeps undeclared bytes as lone surrogates.
    if any("\udc80" <= char <= "\udcff" for char in text):
        return decode(text.encode("utf-8", "surrogateescape"), "utf-8")
    return text


def _words(text: str) -> str:
    # A character may be split across two words of one charset: join the words before decoding.
    joined = re.sub(r"\?=\s+=\?", "?= =?", text)
    pieces: list[tuple[bytes, str | None]] = []
    try:
        for content, charset in decode_header(joined):
            piece = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
            if pieces and charset and pieces[-1][1] == charset:
                pieces[-1] = (pieces[-1][0] + piece, charset)
            else:
                pieces.append((piece, charset))
    except (ValueError, LookupError):  # broken base64 and the like
        return _ENCODED_WORD.sub("\N{REPLACEMENT CHARACTER}", text)
    return "".join(decode(content, charset) for content, charset in pieces)


def visible(text: str) -> str:
    """Take out what cannot be seen: control characters, zero-width and direction marks."""
    return _CONTROLS.sub("", _INVISIBLE.sub("", text))
