"""Reading a mail: from any bytes whatever to what people need to know of it. It never raises."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import NamedTuple

from bot.mail import attachments, automatic, fields, html, language, quotes, reading
from bot.mail.charsets import decode, header, visible
from bot.mail.compose import LOOP_HEADER
from bot.mail.dates import header_date
from bot.mail.forwarded import inline
from bot.mail.model import Address, Attachment, Automatic, Forwarded, Mail
from bot.words import _, mark

TOO_MANY_PARTS = mark("The mail has more parts than a mail needs; the rest was left out.")
TOO_LONG = mark("The text was longer than a mail needs; only its beginning was taken.")
# A part that only sends the reader elsewhere is no text.
_STUB = re.compile(
    r"view (?:this|it|in|the).{0,40}(?:browser|html)|html.{0,20}(?:client|viewer|format)", re.IGNORECASE
)
_URL = re.compile(r"\(?https?://\S{1,2000}")
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
    mails: list[Message] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class _Text(NamedTuple):
    """What the mail says: in its three parts, in Slack's form, with all it quotes, and its inline images."""

    split: quotes.Parts
    rich: list[html.Element]
    whole: str
    images: set[str]


def parse(raw: bytes, *, limits: Limits = Limits(), own_addresses: Collection[str] = ()) -> Mail:
    """Understand one mail. `own_addresses` are the shop's: a mail from one of them is a loop of ours."""
    mail, is_whole = reading.read(raw)
    body = _Body() if is_whole else _Body(problems=[_(TOO_MANY_PARTS)])
    _fill(body, mail, limits)
    text = _text(body, limits)
    files = _files(body, text.images, limits)
    sender = fields.first(mail, "From") or Address("", "")
    subject = header(mail.get("Subject"))[:1000]
    why = automatic.reason(mail, LOOP_HEADER)
    if why is None and sender.address in {one.lower() for one in own_addresses}:
        why = Automatic.LOOP
    return Mail(
        message_id=next(iter(fields.ids(mail, "Message-ID")), None),
        in_reply_to=next(iter(fields.ids(mail, "In-Reply-To")), None),
        references=tuple(fields.ids(mail, "References")[-100:]),
        sender=sender,
        reply_to=fields.first(mail, "Reply-To"),
        to=fields.addresses(mail, "To"),
        cc=fields.addresses(mail, "Cc"),
        subject=subject,
        date=header_date(mail.get("Date")),
        language=language.detect(text.split.text),
        text=text.split.text,
        rich=tuple(text.rich),
        quoted=text.split.quoted,
        signature=text.split.signature,
        attachments=tuple(files),
        automatic=why,
        bounce=automatic.bounce(mail, text.whole[:20_000]),
        problems=tuple(dict.fromkeys(body.problems)),
        forwarded=_forwarded(body, subject, text.whole, limits) if why is not Automatic.BOUNCE else None,
    )


def _forwarded(body: _Body, subject: str, whole: str, limits: Limits) -> Forwarded | None:
    """Find the mail that was passed on: attached, or in the text."""
    if len(body.mails) != 1:
        return inline(subject, whole)
    inner = body.mails[0]
    held = _Body()
    _fill(held, inner, limits)
    return Forwarded(
        sender=fields.first(inner, "From") or Address("", ""),
        subject=header(inner.get("Subject"))[:1000],
        date=header_date(inner.get("Date")),
        message_id=next(iter(fields.ids(inner, "Message-ID")), None),
        text=_text(held, limits).split.text,
    )


def _fill(body: _Body, mail: Message, limits: Limits) -> None:
    for part in _parts(mail, limits, body):
        _collect(part, body)


def _parts(mail: Message, limits: Limits, body: _Body) -> Iterator[Message]:
    """Walk through the parts that hold something, without descending into mails that are attached."""
    waiting, count = [mail], 0
    while waiting:
        part = waiting.pop(0)
        count += 1
        if count > limits.max_parts:
            body.problems.append(_(TOO_MANY_PARTS))
            return
        children = part.get_payload()
        if part.is_multipart() and part.get_content_maintype() == "multipart" and isinstance(children, list):
            waiting = [child for child in children if isinstance(child, Message)] + waiting
        else:
            yield part


def _collect(part: Message, body: _Body) -> None:
    kind, name = part.get_content_type(), _name(part)
    if kind.startswith("multipart/"):
        kind = "text/plain"  # its boundary is missing or wrong: what is in it is shown as it is
    disposition = str(part.get("Content-Disposition", "")).split(";")[0].strip().lower()
    if kind in ("text/plain", "text/html") and disposition != "attachment" and not name:
        text = decode(reading.content(part), _charset(part)).replace("\r\n", "\n").replace("\r", "\n")
        (body.plain if kind == "text/plain" else body.html).append(text)
        return
    if kind in ("message/delivery-status", "text/rfc822-headers"):
        return  # read as a bounce
    if name.lower() == "winmail.dat":
        body.problems.append(
            _("The mail came in Outlook's own format (winmail.dat): files inside it stay in there.")
        )
    inner = part.get_payload(0) if kind == "message/rfc822" and part.is_multipart() else None
    if isinstance(inner, Message):
        body.mails.append(inner)
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


def _text(body: _Body, limits: Limits) -> _Text:
    """Choose between the plain and the HTML part, and take quotations and signature off."""
    longest = limits.max_text
    plain, is_cut = _joined(body.plain, longest)
    source = "\n".join(body.html)[: longest * 10]
    walked = html.walk(source) if source.strip() else html.Walked([], "", "")
    if not (walked.text or walked.quoted) or (plain and not (len(plain) < 200 and _STUB.search(plain))):
        split, whole = quotes.split(plain), plain
    else:
        said, is_cut = _joined([walked.text], longest)
        split, whole = _with_quoted(quotes.split(said), walked.quoted[:longest]), f"{said}\n\n{walked.quoted}"
    if is_cut or not walked.whole:
        body.problems.append(_(TOO_LONG))
    return _Text(split, _rich(split, walked), whole[: longest * 2], walked.inline_images)


def _joined(texts: list[str], longest: int) -> tuple[str, bool]:
    """Give what can be seen of some texts, and whether they were longer than a mail needs."""
    text = "\n".join(texts)
    return visible(text[: 2 * longest]).strip()[:longest], len(text) > longest


def _with_quoted(split: quotes.Parts, quoted: str) -> quotes.Parts:
    """Add what the HTML itself marks as quoted; where nothing else is said, show that."""
    if not split.text:
        return quotes.split(quoted)
    return quotes.Parts(split.text, f"{split.quoted}\n{quoted}".strip("\n"), split.signature)


def _rich(split: quotes.Parts, walked: html.Walked) -> list[html.Element]:
    """Keep lists, bold and links of the HTML part where it says nothing but the new text."""
    if _has_form(walked.rich) and _letters(walked.text) == _letters(split.text):
        return walked.rich
    return html.plain_rich(split.text)


def _has_form(elements: list[html.Element]) -> bool:
    return any(
        element["type"] != "rich_text_section"
        or any(piece.get("style") or piece["type"] == "link" for piece in element["elements"])
        for element in elements
    )


def _letters(text: str) -> str:
    """Give the letters only: marks of lists and addresses of links differ between a mail's two forms."""
    return "".join(filter(str.isalpha, _URL.sub("", text)))


def _files(body: _Body, images: set[str], limits: Limits) -> list[Attachment]:
    kept = [
        file
        for file in body.files
        if not (file[1].startswith("image/") and file[3] in images and len(file[2]) < _TINY_IMAGE)
    ]
    if len(kept) > limits.max_attachments:
        left = len(kept) - limits.max_attachments
        said = _("The mail has {count} files; the last {left} were left out.")
        body.problems.append(said.format(count=len(kept), left=left))
        kept = kept[: limits.max_attachments]
    names = attachments.numbered(
        attachments.safe_name(name, f"file-{number}.{_ENDINGS.get(kind, 'bin')}")
        for number, (name, kind, _, _) in enumerate(kept, start=1)
    )
    return [
        attachments.inspect(name, kind, content, limits.max_attachment)
        for name, (_, kind, content, _) in zip(names, kept, strict=True)
    ]
