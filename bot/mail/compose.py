"""Our answer as a real mail: in the same mail thread, with what it answers quoted below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from bot.mail.model import Address

LOOP_HEADER = "X-Switchboard"
_PREFIX = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|vs|odp|rif|res|ynt|回复|回覆|答复|答覆|返信)(?:\[\d{1,3}\])?\s?[:：])+\s*",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")
# What is quoted in a name. Where a line is too long the library folds it without the quotes, and a name such
# as "x, evil@x.example" would become a recipient.
_QUOTED = re.compile(r'[<>@,;:"\\()\[\]]+')
_FITS = 60
_LONGEST_NAME = 100
_NOT_OF_DOMAINS = re.compile(r"[^\w.\-\[\]:]+")
_ID = re.compile(r"<[^<>\s]{1,900}>")
# The first and the last of a long thread are enough for any program to find it; headers have limits.
_REFERENCES_KEPT = 20


@dataclass(frozen=True)
class Answered:
    """The mail that is answered."""

    message_id: str | None
    references: tuple[str, ...]
    subject: str
    date: datetime
    sender: Address
    text: str
    is_opening: bool = False


def compose_reply(
    *,
    uid: str,
    domain: str,
    sender: Address,
    to: Address,
    cc: Sequence[Address],
    answered: Answered,
    text: str,
    now: datetime,
) -> bytes:
    """Make the mail. Its Message-ID comes from `uid`, so that a repeated try is the same mail."""
    addresses = (sender, to, *cc)
    plain = all(one.address.rpartition("@")[0].isascii() for one in addresses)
    mail = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    mail["Message-ID"] = f"<{uid}@{domain}>"
    mail["Date"] = format_datetime(now)
    mail["From"] = _header(sender)
    mail["To"] = _header(to)
    if cc:
        # Without names: where a list with names in other letters is too long for a line, the library writes a
        # comma as a word, and the recipient behind it is lost.
        mail["Cc"] = [_header(Address("", one.address)) for one in cc]
    mail["Subject"] = _one_line(answered.subject) if answered.is_opening else reply_subject(answered.subject)
    known = [one for one in (*answered.references, answered.message_id or "") if _ID.fullmatch(one)]
    if known:
        mail["In-Reply-To"] = known[-1]
        kept = known if len(known) <= _REFERENCES_KEPT else [known[0], *known[1 - _REFERENCES_KEPT :]]
        mail["References"] = " ".join(dict.fromkeys(kept))
    mail[LOOP_HEADER] = uid
    quotation = "" if answered.is_opening else f"\n{_quotation(answered)}\n"
    body = f"{text.strip()}\n{quotation}"
    mail.set_content(body.encode("utf-8", "replace").decode(), charset="utf-8", cte=_encoding(body))
    return mail.as_bytes()


def reply_subject(subject: str) -> str:
    """Give the subject of an answer: one Re:, whatever stood there before."""
    return f"Re: {_one_line(_PREFIX.sub('', subject, count=1))}".strip()


def _quotation(answered: Answered) -> str:
    who = answered.sender.name or answered.sender.address
    marked = "\n".join(f"> {line}".rstrip() for line in answered.text.splitlines())
    return f"On {answered.date:%Y-%m-%d at %H:%M %Z}, {_one_line(who)} wrote:\n{marked}"


def _header(address: Address) -> HeaderAddress:
    # By its two halves: as a whole the library refuses addresses that exist, such as taro..y@mobile.example.
    local, _, domain = _one_line(address.address).rpartition("@")
    name = _one_line(address.name)
    if len(name) + len(address.address) > _FITS:
        name = _one_line(_QUOTED.sub(" ", name))[:_LONGEST_NAME].strip()
    return HeaderAddress(display_name=name, username=local, domain=_ascii(domain))


def _ascii(domain: str) -> str:
    """Write a domain in the letters that every mail server takes."""
    domain = _NOT_OF_DOMAINS.sub("", domain)
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _one_line(text: str) -> str:
    """Keep a header one header."""
    return " ".join(_BREAKS.sub(" ", text).split())


def _encoding(body: str) -> str:
    # Mostly Latin text stays readable in its source; anything else is shorter in base64.
    return "quoted-printable" if sum(map(str.isascii, body)) * 2 > len(body) else "base64"
