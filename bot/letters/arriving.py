"""A mail on its way in: what every desk reads from it in the same way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.letters.model import fold
from bot.mail.model import Attachment, Mail

# Re:, AW:, 回复: and their like, with the counters some programs add (Re[2]:).
REPLY_PREFIX = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|vs|odp|rif|res|ynt|bls|回复|回覆|答复|答覆|返信|fwd?|wg|tr|rv|转发|轉寄)"
    r"(?:\[\d{1,3}\])?\s?[:：])+\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Arrived:
    """A mail as it reached us: `sha256` names its raw bytes, `mailbox` is the address of ours it came to.

    `vouched`: a person fetched it back, so that it counts as written by somebody.
    """

    mail: Mail
    sha256: str
    mailbox: str
    at: datetime
    vouched: bool = False

    @property
    def refers_to(self) -> list[str]:
        """The Message-IDs it refers to, the nearest first."""
        mail = self.mail
        return [one for one in (mail.in_reply_to, *reversed(mail.references)) if one]


def folded_subject(subject: str) -> str:
    """Make the subjects of one conversation the same: without Re: and the like, case and spaces."""
    return fold(REPLY_PREFIX.sub("", subject, count=1))


def files(attachments: Sequence[Attachment]) -> list[dict[str, Any]]:
    """Give the names and sizes of what came with a letter and was not refused."""
    return [{"name": one.name, "size": one.size} for one in attachments if not one.refused]


def columns(arrived: Arrived) -> dict[str, Any]:
    """Give what is recorded of a mail; who gets the answer is the area's."""
    mail = arrived.mail
    return {
        "message_id": mail.message_id,
        "references": list(mail.references),
        "sender_name": mail.sender.name,
        "sender_address": mail.sender.address,
        "subject": mail.subject,
        "written_at": mail.date or arrived.at,
        "arrived_at": arrived.at,
        "language": mail.language,
        "text": mail.text,
        "rich": [dict(element) for element in mail.rich],
        "quoted": mail.quoted,
        "signature": mail.signature,
        "refused": [*mail.problems, *(file.refused for file in mail.attachments if file.refused)],
        "files": files(mail.attachments),
        "sha256": arrived.sha256,
    }
