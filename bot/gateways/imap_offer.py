"""A mail of a mailbox as it is offered to the inbox: its key, its envelope, its lane."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from bot.gateways.imap_connection import Fetched
from bot.mail.compose import LOOP_HEADER
from bot.mail.identity import names, parted
from bot.ports import Accept

SOURCE = "mail"
# More than any server takes in; what is larger is offered cut off, with its true size.
LARGEST_MAIL = 60 * 1024 * 1024
_LONGEST = 2000
_BRACKETED = re.compile(r"<([^<>\s@]{1,64}@[^<>\s@]{1,250})>")
_BARE = re.compile(r"([^<>\s@,;:\"]{1,64}@[^<>\s@,;:\"]{1,250})")


@dataclass(frozen=True)
class Offer:
    """What `Accept` is given."""

    key: str
    body: bytes
    lane: str
    blobs: Mapping[str, bytes] = field(repr=False)

    async def hand_to(self, accept: Accept) -> bool:
        """Offer it; False when the inbox had it already."""
        return await accept(SOURCE, self.key, self.body, lane=self.lane, blobs=self.blobs)


def offer(
    mail: Fetched, address: str, folder: str, *, is_sent: bool = False, is_imported: bool = False
) -> Offer:
    """Make the offer of a mail in `folder` of the mailbox `address`.

    The envelope says `sent_elsewhere` for what a colleague sent from another program, `imported` for what was
    there before us (it must post, nudge and answer nothing), `cut` when only the beginning was fetched.
    """
    sha256, key = names(mail.raw, address)
    headers = headers_of(mail.raw)
    is_cut = len(mail.raw) >= LARGEST_MAIL
    envelope = {
        "envelope_from": _first(headers, "Return-Path"),
        "recipients": [address.lower()],
        "sha256": sha256,
        "size": mail.size if is_cut else len(mail.raw),
        "arrived_at": mail.at.isoformat(),
        "folder": folder,
        **dict.fromkeys(("cut",) if is_cut else (), True),
        **dict.fromkeys(("sent_elsewhere",) if is_sent else (), True),
        **dict.fromkeys(("imported",) if is_imported else (), True),
    }
    # A mail to ourselves is both, sent and received.
    key = f"sent:{key}" if is_sent else key
    lane = f"import:{address.lower()}" if is_imported else f"mail:{_domain(headers, is_sent=is_sent)}"
    return Offer(key, json.dumps(envelope).encode(), lane, {sha256: mail.raw})


def headers_of(raw: bytes) -> Message:
    """Read the headers of a mail."""
    return BytesHeaderParser(policy=compat32).parsebytes(parted(raw)[0])


def is_ours(headers: Message) -> bool:
    """Tell whether Switchboard itself sent it."""
    return headers.get(LOOP_HEADER) is not None


def _domain(headers: Message, *, is_sent: bool) -> str:
    """Give the domain of the other side: what one of them says, and what is said to it, stays in order."""
    both = ("To", "Cc") if is_sent else ("Return-Path", "From")
    address = next((one for name in both if (one := _first(headers, name))), "")
    return address.rpartition("@")[2].lower()


def _first(headers: Message, name: str) -> str:
    """Give the first address of a header, else "". Only to sort by: nobody is written to by it."""
    said = str(headers.get(name, ""))[:_LONGEST]
    found = _BRACKETED.search(said) or _BARE.search(said)
    return found[1].lower() if found else ""
