"""What we understand of a mail."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.words import mark


@dataclass(frozen=True, slots=True)
class Address:
    """Who: `address` in lower case, "" when there is no usable one."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file. `refused` says, for people, why it must not be passed on; its content is then left out."""

    name: str
    type: str
    size: int
    content: bytes = field(repr=False)
    refused: str | None = None


class Automatic(Enum):
    """Why a mail was not written by a person to us: it never gets an answer."""

    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    NEWSLETTER = "newsletter"
    MAILING_LIST = "mailing_list"
    BULK = "bulk"
    LOOP = "loop"
    NO_REPLY = "no_reply"

    @property
    def sentence(self) -> str:
        """Give the reason in words, to be spoken with `_`."""
        return _SENTENCES[self]


_SENTENCES = {
    Automatic.AUTO_REPLY: mark("An automatic reply, such as an out-of-office note."),
    Automatic.BOUNCE: mark("A report that a mail could not be delivered."),
    Automatic.NEWSLETTER: mark("A newsletter."),
    Automatic.MAILING_LIST: mark("A mailing list."),
    Automatic.BULK: mark("Bulk mail."),
    Automatic.LOOP: mark("A mail of our own that came back to us."),
    Automatic.NO_REPLY: mark("Sent by a machine that reads no answers."),
}


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that did not arrive. `original_message_id` with its angle brackets."""

    original_message_id: str | None
    recipient: str | None
    permanent: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail that the sender of this one passed on, as they give it: `text` is its new text.

    `message_id` only when it was attached; a `date` out of words without a zone counts as UTC.
    """

    sender: Address
    subject: str
    date: datetime | None
    message_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. Message-IDs keep their angle brackets; `text` and `rich` are the new text only.

    `rich` holds elements of a Slack rich_text block; `language` is ISO 639-1 or None; `problems` are
    sentences about what could not be read. `forwarded` is believed only when a colleague is the sender.
    """

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    sender: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    language: str | None
    text: str
    rich: tuple[dict[str, Any], ...]
    quoted: str
    signature: str
    attachments: tuple[Attachment, ...]
    automatic: Automatic | None
    bounce: Bounce | None
    problems: tuple[str, ...]
    forwarded: Forwarded | None = None
