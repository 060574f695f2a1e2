"""From bytes to text, whatever a mail program claims about them."""

import binascii
import codecs
import re

# What programs write -> what it is in truth: Chinese programs declare gb2312 and send gb18030, and so on.
_TRUE_NAMES = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cn-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "ksc5601": "cp949",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "utf8": "utf-8", "shift-jis": "cp932", "shift_jis": "cp932",
    "unknown-8bit": "utf-8", "default": "utf-8",
}  # fmt: skip
# Codecs that Python takes for charsets, that no mail is written in, and that take seconds over a megabyte.
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"})
# Characters that hide, or turn the direction of, what a reader sees: zero-width, bidi controls, BOM.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?(.{0,900}?)\?=(\s{1,20}(?==\?))?")
_HIGH = re.compile(rb"[\x80-\xff]{1,1000}")
_SINGLE = re.compile(rb"(?<![\x80-\xff])(?:[\x80-\xff](?![\x80-\xff])|(?<=[a-z])[\x80-\xff]{2}(?=[a-z]))")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
# Of a header no more is read: a subject has some hundred characters.
_LONGEST_HEADER = 4_000


def decode(content: bytes, charset: str | None) -> str:
    """Decode a body: by the declared charset in its true meaning, else by what fits.

    A few broken bytes do not make it another charset: they are shown as such.
    """
    declared = _true_name(charset)
    if declared != "utf-8" and _is_certainly_utf8(content):
        declared = "utf-8"
    for name in dict.fromkeys((declared, "utf-8")):
        if (text := _decoded(content, name)) is not None:
            return text
    lenient = content.decode(declared, "replace") if _is_text_codec(declared) else ""
    is_nearly_right = lenient.count("\ufffd") * 20 <= sum(char > "\x7f" for char in lenient)
    if lenient and (is_nearly_right or declared not in ("utf-8", "gb18030")):
        return lenient
    chinese = None if _is_western(content) else _decoded(content, "gb18030")
    return content.decode("cp1252", "replace") if chinese is None else chinese


def _is_western(content: bytes) -> bool:
    """Tell bytes with single accented letters among plain ones from Chinese, whose bytes come in pairs."""
    sample = content[:20_000]
    single = len(_SINGLE.findall(sample))
    return single * 2 > len(_HIGH.findall(sample))


def _true_name(charset: str | None) -> str:
    declared = (charset or "utf-8").strip().strip("'\"").lower()
    return _TRUE_NAMES.get(declared, declared)


def _is_text_codec(name: str) -> bool:
    try:
        return codecs.lookup(name).name.replace("-", "_") not in _NO_CHARSETS and bool(b"".decode(name) == "")
    except (LookupError, ValueError, UnicodeError):
        return False


def _decoded(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name) if _is_text_codec(name) else None
    except (LookupError, UnicodeError, ValueError):
        return None


def _is_certainly_utf8(content: bytes) -> bool:
    """Tell whether bytes that were declared as something else are UTF-8: no other charset gives such rows."""
    text = _decoded(content[:100_000], "utf-8") or _decoded(content[:99_997], "utf-8")
    return text is not None and sum(char > "\u07ff" for char in text) >= 3


def header(value: object) -> str:
    """Decode a header: encoded words, also broken ones, and raw bytes of unknown charset; on one line."""
    if value is None:
        return ""
    text = _raw(str(value)[:_LONGEST_HEADER])
    if "=?" in text:
        text = _words(text)
    return " ".join(visible(text).split())


def _raw(text: str) -> str:
    # The parser keeps undeclared bytes as lone surrogates.
    if any("\udc80" <= char <= "\udcff" for char in text):
        return decode(text.encode("utf-8", "surrogateescape"), "utf-8")
    return text


def _words(text: str) -> str:
    """Decode encoded words; a character may be split across two of one charset, so their bytes are joined."""
    said: list[str] = []
    waiting, charset, at = b"", "", 0
    for found in _ENCODED_WORD.finditer(text):
        between = text[at : found.start()]
        at = found.end()
        word = found.group(1).partition("*")[0].lower()
        if waiting and (between or word != charset):
            said.append(decode(waiting, charset))
            waiting = b""
        said.append(between)
        waiting, charset = waiting + _word(found.group(2), found.group(3)), word
    if waiting:
        said.append(decode(waiting, charset))
    return "".join([*said, text[at:]])


def _word(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    digits = _NOT_BASE64.sub(b"", raw)
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def visible(text: str) -> str:
    """Take out what cannot be seen: control characters, zero-width and direction marks."""
    return _CONTROLS.sub("", _INVISIBLE.sub("", text))
