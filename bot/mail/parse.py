"""Reading a mail: from any bytes whatever to what people need to know of it. It never raises."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from bot.mail import attachments, automatic, html, language, quotes, reading
from bot.mail.charsets import decode, header, visible
from bot.mail.compose import LOOP_HEADER
from bot.mail.model import Address, Attachment, Automatic, Mail

_ID = re.compile(r"<[^<>\s]{1,900}>")
_ADDRESS = re.compile(r"[^\s<>@\"(),;:\\]{1,64}@[^\s<>@\"(),;:\\]{1,250}")
TOO_MANY_PARTS = "The mail has more parts than a mail needs; the rest was left out."
TOO_LONG = "The text was longer than a mail needs; only its beginning was taken."
# A part that only sends the reader elsewhere is no text.
_STUB = re.compile(
    r"view (?:this|it|in|the).{0,40}(?:browser|html)|html.{0,20}(?:client|viewer|format)", re.IGNORECASE
)
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "message/rfc822": "eml",
            "text/calendar": "ics", "text/html": "html", "text/plain": "txt"}  # fmt: skip
# An image this small, shown inside an HTML mail, is a logo or a tracking pixel.
_TINY_IMAGE = 4096


@dataclass(frozen=True)
class Limits:
    """How much of one mail is taken in. Sizes in bytes, `text` in characters."""

    max_attachment: int = 25 * 1024 * 1024
    max_attachments: int = 50
    max_text: int = 200_000
    max_parts: int = 300


@dataclass
class _Body:
    """The parts of a mail as they are collected."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[tuple[str, str, bytes, str]] = field(default_factory=list)  # name, type, content, content id
    problems: list[str] = field(default_factory=list)


def parse(raw: bytes, *, limits: Limits = Limits(), own_addresses: Collection[str] = ()) -> Mail:
    """Understand one mail. `own_addresses` are the shop's: a mail from one of them is a loop of ours."""
    mail, is_whole = reading.read(raw)
    body = _Body()
    if not is_whole:
        body.problems.append(TOO_MANY_PARTS)
    for part in _parts(mail, limits, body):
        _collect(part, body)
    split, rich, images = _text(body, limits)
    files = _files(body, images, limits)
    sender = _first(mail, "From") or Address("", "")
    why = automatic.reason(mail, LOOP_HEADER)
    if why is None and sender.address in {one.lower() for one in own_addresses}:
        why = Automatic.LOOP
    return Mail(
        message_id=_ids(mail, "Message-ID")[0] if _ids(mail, "Message-ID") else None,
        in_reply_to=_ids(mail, "In-Reply-To")[0] if _ids(mail, "In-Reply-To") else None,
        references=tuple(_ids(mail, "References")[-100:]),
        sender=sender,
        reply_to=_first(mail, "Reply-To"),
        to=_addresses(mail, "To"),
        cc=_addresses(mail, "Cc"),
        subject=header(mail.get("Subject"))[:1000],
        date=_date(mail),
        language=language.detect(split.text),
        text=split.text,
        rich=tuple(rich),
        quoted=split.quoted,
        signature=split.signature,
        attachments=tuple(files),
        automatic=why,
        bounce=automatic.bounce(mail, "\n".join(body.plain)[:20_000]),
        problems=tuple(dict.fromkeys(body.problems)),
    )


def _parts(mail: Message, limits: Limits, body: _Body) -> Iterator[Message]:
    """Walk through the parts that hold something, without descending into mails that are attached."""
    waiting, count = [mail], 0
    while waiting:
        part = waiting.pop(0)
        count += 1
        if count > limits.max_parts:
            body.problems.append(TOO_MANY_PARTS)
            return
        children = part.get_payload()
        if part.is_multipart() and part.get_content_maintype() == "multipart" and isinstance(children, list):
            waiting = [child for child in children if isinstance(child, Message)] + waiting
        else:
            yield part


def _collect(part: Message, body: _Body) -> None:
    kind = part.get_content_type()
    name = _name(part)
    disposition = str(part.get("Content-Disposition", "")).split(";")[0].strip().lower()
    if kind in ("text/plain", "text/html") and disposition != "attachment" and not name:
        text = decode(reading.content(part), _charset(part)).replace("\r\n", "\n").replace("\r", "\n")
        (body.plain if kind == "text/plain" else body.html).append(text)
        return
    if kind in ("message/delivery-status", "text/rfc822-headers"):
        return  # read as a bounce
    if name.lower() == "winmail.dat":
        body.problems.append(
            "The mail came in Outlook's own format (winmail.dat): files inside it stay in there."
        )
    content = reading.content(part)
    if content or name:
        cid = str(part.get("Content-ID", "")).strip().strip("<>")
        body.files.append((name, kind, content, cid))


def _charset(part: Message) -> str | None:
    charset = part.get_param("charset")
    return str(charset[2] if isinstance(charset, tuple) else charset) if charset else None


def _name(part: Message) -> str:
    try:
        return header(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):  # a charset of its own that nobody knows
        return ""


def _text(body: _Body, limits: Limits) -> tuple[quotes.Parts, list[html.Element], set[str]]:
    """Choose between the plain and the HTML part, and take quotations and signature off."""
    plain = visible("\n".join(body.plain)).strip()
    source = "\n".join(body.html)[: limits.max_text * 10]
    walked = html.walk(source) if source.strip() else None
    images = walked.inline_images if walked else set()
    if walked and not walked.whole:
        body.problems.append(TOO_LONG)
    usable = plain and not (walked and walked.text and len(plain) < 200 and _STUB.search(plain))
    text = plain if usable else walked.text if walked else ""
    if len(text) > limits.max_text:
        text = text[: limits.max_text]
        body.problems.append(TOO_LONG)
    split = quotes.split(text)
    if walked and walked.quoted and not split.quoted:
        split = quotes.Parts(split.text, walked.quoted, split.signature)
    return split, _rich(split, walked), images


def _rich(split: quotes.Parts, walked: html.Walked | None) -> list[html.Element]:
    """Keep lists, bold and links of the HTML part where it says nothing but the new text."""
    if walked and len(walked.rich) and _has_form(walked.rich) and _same(walked.text, split.text):
        return walked.rich
    return html.plain_rich(split.text)


def _has_form(elements: list[html.Element]) -> bool:
    return any(
        element["type"] != "rich_text_section"
        or any(piece.get("style") or piece["type"] == "link" for piece in element["elements"])
        for element in elements
    )


def _same(one: str, other: str) -> bool:
    def letters(text: str) -> int:
        return sum(map(str.isalnum, re.sub(r"\(?https?://\S+", "", text)))

    return abs(letters(one) - letters(other)) <= 20 + letters(other) // 50


def _files(body: _Body, images: set[str], limits: Limits) -> list[Attachment]:
    kept = [
        file
        for file in body.files
        if not (file[1].startswith("image/") and file[3] in images and len(file[2]) < _TINY_IMAGE)
    ]
    if len(kept) > limits.max_attachments:
        left = len(kept) - limits.max_attachments
        body.problems.append(f"The mail has {len(kept)} files; the last {left} were left out.")
        kept = kept[: limits.max_attachments]
    names = attachments.numbered(
        attachments.safe_name(name, f"file-{number}.{_ENDINGS.get(kind, 'bin')}")
        for number, (name, kind, _, _) in enumerate(kept, start=1)
    )
    return [
        attachments.inspect(name, kind, content, limits.max_attachment)
        for name, (_, kind, content, _) in zip(names, kept, strict=True)
    ]


def _addresses(mail: Message, name: str) -> tuple[Address, ...]:
    values = [_unfold(value) for value in mail.get_all(name, [])]
    try:
        pairs = getaddresses(values, strict=False)
    except (TypeError, ValueError, IndexError):
        return ()
    found = [Address(header(label).strip("'\" ")[:200], _address(address)) for label, address in pairs]
    return tuple(one for one in found if one.address)[:200]


def _unfold(value: object) -> str:
    # Encoded words are decoded after splitting, for they may hide commas; raw 8-bit before, or it is lost.
    text = str(value).replace("\r", " ").replace("\n", " ")[:50_000]
    return text if text.isascii() else header(text)


def _address(address: str) -> str:
    found = _ADDRESS.search(visible(address))
    return found.group().lower().rstrip(".") if found else ""


def _first(mail: Message, name: str) -> Address | None:
    found = _addresses(mail, name)
    return found[0] if found else None


def _ids(mail: Message, name: str) -> list[str]:
    return _ID.findall(header(mail.get(name)))


def _date(mail: Message) -> datetime | None:
    try:
        date = parsedate_to_datetime(str(mail.get("Date", "")))
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
