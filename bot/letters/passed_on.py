"""A mail that a colleague passed on to one of our mailboxes: it belongs to whoever wrote it first."""

from collections.abc import Collection
from dataclasses import replace
from email.parser import BytesHeaderParser
from email.policy import compat32

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import messages
from bot.mail.compose import LOOP_HEADER
from bot.mail.html import plain_rich
from bot.mail.identity import parted
from bot.mail.language import detect
from bot.mail.model import Automatic, Mail
from bot.people import store as people


async def as_written(session: AsyncSession, mail: Mail, raw: bytes, own: Collection[str]) -> Mail:
    """Give the mail as its first writer sent it, when a colleague passed it on; else the mail itself.

    `own`: the shop's addresses, in lower case. Only what a colleague passes on is believed, and a mail that
    Switchboard itself sent (`raw` says so) stays a loop.
    """
    passed = mail.forwarded
    if passed is None or not passed.sender.address or mail.automatic not in (None, Automatic.LOOP):
        return mail
    if mail.automatic and _is_ours(raw):
        return mail
    sender = mail.sender.address
    if passed.sender.address in own or not (sender in own or await _is_colleague(session, sender)):
        return mail
    note = "" if mail.text == passed.text else mail.text
    said = messages.passed_on(mail.sender.name or sender, note)
    return replace(
        mail,
        sender=passed.sender,
        reply_to=None,
        to=(),
        cc=(),
        message_id=passed.message_id or mail.message_id,
        in_reply_to=None,
        references=(),
        subject=passed.subject or mail.subject,
        date=passed.date or mail.date,
        language=detect(passed.text),
        text=passed.text,
        rich=tuple(plain_rich(passed.text)),
        quoted="",
        signature="",
        automatic=None,
        problems=(said, *mail.problems),
        forwarded=None,
    )


async def _is_colleague(session: AsyncSession, address: str) -> bool:
    return any((one.email or "").lower() == address for one in await people.colleagues(session) if address)


def _is_ours(raw: bytes) -> bool:
    return LOOP_HEADER in BytesHeaderParser(policy=compat32).parsebytes(parted(raw)[0])
