"""HTML mail into Slack's rich_text: one walk over its tokens, without recursion.

Text elements of rich_text are literal, so nothing in a mail can mention anybody, and links are made only of
http, https and mailto addresses. What a reader would not see is left out; what quotes an older mail is kept
apart.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.mail.charsets import visible
from bot.mail.links import disclosure, is_link
from bot.mail.tags import Token, tokens

Element = dict[str, Any]

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "math"})
_VOID = frozenset(
    {"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "embed", "source", "wbr"}
)
_BLOCKS = frozenset(
    {"p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
     "header", "footer", "blockquote", "pre", "address", "center", "dl", "dt", "dd", "form", "fieldset"}
)  # fmt: skip
_STYLES = {
    "b": "bold", "strong": "bold", "h1": "bold", "h2": "bold", "h3": "bold", "i": "italic", "em": "italic",
    "s": "strike", "del": "strike", "strike": "strike", "code": "code", "tt": "code",
}  # fmt: skip
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|"
    r"font-size\s{0,3}:\s{0,3}(?:0(?:\.0{1,4})?(?:px|pt|r?em|%)?|[01]?\.\d{1,4}p[xt]|1p[xt])\s{0,3}(?:;|!|$)|"
    r"opacity\s{0,3}:\s{0,3}0(?:\.0)?\s{0,3}(?:;|!|$)|mso-hide\s{0,3}:\s{0,3}all|"
    r"(?:^|;)\s{0,3}(?:max-)?(?:width|height)\s{0,3}:\s{0,3}0(?:px|pt|em|%)?\s{0,3}(?:;|!|$)",
    re.IGNORECASE,
)
_QUOTES = ("gmail_quote", "yahoo_quoted", "qmbox", "moz-cite-prefix", "outlookmessageheader",
           "isreplycontent", "ntes_not_fresh_body", "foxmail_quote")  # fmt: skip
# Outlook sets these before the older mail, not around it.
_ONLY_QUOTES_FOLLOW = ("divrplyfwdmsg", "appendonsend")
_SPACE = re.compile(r"[\s\u00a0]+")
_BARE_LINK = re.compile(r"\bhttps?://[^\s<>\"'，。、）)]{3,2000}")
# No mail a person wrote needs more; a crafted one stops here.
_MOST_PIECES = 20_000


@dataclass
class Walked:
    """What an HTML body says: rich_text elements and text of the new part, the text of what it quotes."""

    rich: list[Element]
    text: str
    quoted: str
    inline_images: set[str] = field(default_factory=set)
    whole: bool = True


def walk(source: str) -> Walked:
    """Read an HTML body."""
    walker = _Walker()
    for token in tokens(source):
        walker.take(token)
    return walker.result()


def plain_rich(text: str) -> list[Element]:
    """Give plain text as one rich_text section, with its http addresses as links."""
    pieces: list[Element] = []
    end = 0
    for found in _BARE_LINK.finditer(text):
        url = found.group().rstrip(".,;:!?")
        if not is_link(url):
            continue
        if found.start() > end:
            pieces.append({"type": "text", "text": text[end : found.start()]})
        pieces.append({"type": "link", "url": url})
        end = found.start() + len(url)
    if text[end:]:
        pieces.append({"type": "text", "text": text[end:]})
    return [{"type": "rich_text_section", "elements": pieces}] if pieces else []


@dataclass
class _Open:
    tag: str
    hidden: bool
    quotes: bool
    style: str | None
    link: str | None


class _Walker:
    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._hidden = self._quoting = self._pieces = 0
        self._lists: list[tuple[str, int]] = []
        self._pre = 0
        self._elements: list[Element] = []
        self._section: list[Element] = []
        self._item: list[Element] | None = None
        self._quoted: list[str] = []
        self._label: list[str] = []
        self._images: set[str] = set()
        self._whole = True

    # ---- tokens ---------------------------------------------------------------------------------------

    def take(self, token: Token) -> None:
        """Read one token."""
        if token.kind == "<":
            self._begin(token.text, token.attributes)
        elif token.kind == ">":
            self._end(token.text)
        elif token.kind == "!":
            self._whole = False
        else:
            text = visible(token.text)
            self._write(text if self._pre else _SPACE.sub(" ", text))

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        if tag == "img" and given.get("src", "").lower().startswith("cid:"):
            self._images.add(given["src"][4:])
        if tag == "br":
            self._write("\n")
        elif tag == "hr":
            self._break()
        if tag in _VOID:
            return
        self._enter(tag, given)

    def _enter(self, tag: str, given: dict[str, str]) -> None:
        hidden = tag in _SILENT or "hidden" in given or bool(_HIDDEN.search(given.get("style", "")))
        marks = f"{given.get('class', '')} {given.get('id', '')}".lower()
        quotes = any(mark in marks for mark in _QUOTES) or (
            tag == "blockquote" and (given.get("type", "").lower() == "cite" or "cite" in given)
        )
        if any(mark in marks for mark in _ONLY_QUOTES_FOLLOW) and not self._hidden:
            self._end_section()
            self._quoting += 1
        if tag in _BLOCKS:
            self._break()
        if tag in ("td", "th") and self._section and self._last_char() not in ("\n", ""):
            self._write(" | ")
        if quotes and not self._quoting:
            self._end_section()
        link = given.get("href") if tag == "a" and is_link(given.get("href", "").strip()) else None
        opened = _Open(tag, hidden, quotes, _STYLES.get(tag), link.strip() if link else None)
        self._open.append(opened)
        self._hidden += hidden
        self._quoting += quotes
        if tag == "pre":
            self._pre += 1
        if opened.link:
            self._label = []
        if tag in ("ul", "ol") and not self._silent:
            self._end_section()
            self._lists.append(("ordered" if tag == "ol" else "bullet", 0))
        elif tag == "li" and self._lists and not self._silent:
            self._end_item()
            self._item = []

    def _end(self, tag: str) -> None:
        # Unclosed tags inside are closed with it; an end without a beginning is ignored.
        at = next((index for index in range(len(self._open) - 1, max(-1, len(self._open) - 200), -1)
                   if self._open[index].tag == tag), None)  # fmt: skip
        if at is None:
            return
        for opened in reversed(self._open[at:]):
            self._leave(opened)
        del self._open[at:]

    def _leave(self, opened: _Open) -> None:
        if opened.link and not self._silent:
            self._finish_link(opened.link)
        if opened.tag in ("ul", "ol") and self._lists and not self._silent:
            self._end_item()
            self._lists.pop()
        elif opened.tag == "li" and not self._silent:
            self._end_item()
        if opened.tag in _BLOCKS:
            self._break()
        self._pre -= opened.tag == "pre"
        self._hidden -= opened.hidden
        self._quoting -= opened.quotes

    # ---- writing --------------------------------------------------------------------------------------

    @property
    def _silent(self) -> bool:
        return bool(self._hidden or self._quoting)

    @property
    def _target(self) -> list[Element]:
        return self._section if self._item is None else self._item

    def _last_char(self) -> str:
        target = self._target
        return str(target[-1].get("text", " "))[-1:] if target else ""

    def _write(self, text: str) -> None:
        if self._hidden or not text or self._pieces > _MOST_PIECES:
            return
        if self._quoting:
            self._quoted.append(text)
            return
        if not self._pre and self._last_char() in ("", "\n", " "):
            text = text.lstrip(" ")
            if not text:
                return
        if any(opened.link for opened in self._open[-20:]):
            self._label.append(text)
            return
        self._pieces += 1
        style = {opened.style: True for opened in self._open[-50:] if opened.style}
        piece: Element = {"type": "text", "text": text}
        if style and text.strip():
            piece["style"] = style
        target = self._target
        if target and target[-1]["type"] == "text" and target[-1].get("style") == piece.get("style"):
            target[-1]["text"] += text
        else:
            target.append(piece)

    def _break(self) -> None:
        if self._quoting:
            self._quoted.append("\n")
        elif not self._hidden and self._target and self._last_char() != "\n" and not self._label:
            self._write("\n")

    def _finish_link(self, url: str) -> None:
        label = " ".join("".join(self._label).split())
        self._label = []
        self._pieces += 1
        if not label or self._pieces > _MOST_PIECES:
            return
        piece: Element = {"type": "link", "url": url[:2000]}
        if label != url:
            piece["text"] = label + disclosure(label, url)
        self._target.append(piece)

    def _end_item(self) -> None:
        item, self._item = self._item, None
        if not item or not self._lists:
            return
        _trim(item)
        style, indent = self._lists[-1][0], min(len(self._lists) - 1, 8)
        section = {"type": "rich_text_section", "elements": item}
        last = self._elements[-1] if self._elements else None
        if last and last["type"] == "rich_text_list" and (last["style"], last["indent"]) == (style, indent):
            last["elements"].append(section)
        elif item:
            self._elements.append(
                {"type": "rich_text_list", "style": style, "indent": indent, "elements": [section]}
            )

    def _end_section(self) -> None:
        self._end_item()
        section, self._section = self._section, []
        _trim(section)
        if section:
            self._elements.append({"type": "rich_text_section", "elements": section})

    def result(self) -> Walked:
        for opened in reversed(self._open):
            self._leave(opened)
        self._open.clear()
        self._quoting = self._hidden = 0
        self._end_section()
        quoted = re.sub(r"\n{3,}", "\n\n", "".join(self._quoted)).strip()
        return Walked(self._elements, as_text(self._elements), quoted, self._images, self._whole)


def _trim(pieces: list[Element]) -> None:
    """Take blank space off both ends, and long runs of empty lines out of the middle."""
    for piece in pieces:
        if piece["type"] == "text":
            piece["text"] = re.sub(r"(?: ?\n){3,}", "\n\n", piece["text"])
    while pieces and pieces[0]["type"] == "text" and not (shortened := pieces[0]["text"].lstrip()):
        del pieces[0]
    if pieces and pieces[0]["type"] == "text":
        pieces[0]["text"] = pieces[0]["text"].lstrip()
    while pieces and pieces[-1]["type"] == "text" and not (shortened := pieces[-1]["text"].rstrip()):
        del pieces[-1]
    if pieces and pieces[-1]["type"] == "text":
        shortened = pieces[-1]["text"].rstrip()
        pieces[-1]["text"] = shortened


def as_text(elements: list[Element]) -> str:
    """Give rich_text elements as plain text."""
    blocks = []
    for element in elements:
        if element["type"] == "rich_text_list":
            mark = "•" if element["style"] == "bullet" else "1."
            blocks += [f"{'  ' * element['indent']}{mark} {_flat(item)}" for item in element["elements"]]
        else:
            blocks.append(_flat(element))
    return "\n".join(blocks).strip()


def _flat(section: Element) -> str:
    return "".join(
        piece["text"] if piece["type"] == "text" else _flat_link(piece) for piece in section["elements"]
    )


def _flat_link(piece: Element) -> str:
    label = piece.get("text")
    return f"{label} ({piece['url']})" if label and label not in piece["url"] else piece["url"]
