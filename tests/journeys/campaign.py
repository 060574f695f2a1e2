"""What the kill campaign is made of: people who never give up, and what must be there in the end."""

import asyncio
import itertools
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
from sqlalchemy import select

from bot.letters import modals
from bot.storage import inbox, outbox
from bot.storage.database import Database
from bot.storage.inbox import InboxRow
from bot.storage.outbox import OutboxRow
from bot.suppliers.model import Note, Reply
from bot.workspace import Workspace
from bot.workspace.driver import Person, Refusal, Slack

# Who writes, who answers, and where: one channel takes a message a second.
PEOPLE = (
    ("ufficio@tessile-brina.example", "Tom", "#suppliers"),
    ("deniz@anatolia-wood.example", "Diego", "#suppliers"),
    ("mei.huang@huang-ceramics.example", "Nora", "#supplier-huang"),
)


@dataclass
class Story:
    """Everything that was accepted on the way: it must be there, once, in the end."""

    mails: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)  # token -> the supplier's address
    typed: list[str] = field(default_factory=list)
    offers: int = 0
    refusals: int = 0
    over: bool = False


async def supplier_writes(
    story: Story, address: str, ports: list[int], pause: float, chance: random.Random
) -> None:
    """Write mail after mail, new ones and further ones of a conversation, to any of the replicas."""
    first_id = ""
    for number in itertools.count():
        if story.over:
            return
        token = f"mail-{address[:3]}-{number}-end"
        mail = EmailMessage()
        mail["From"], mail["To"] = address, "suppliers@juniper.example"
        mail["Message-ID"] = f"<{token}@{address.partition('@')[2]}>"
        mail["Date"] = "Mon, 23 Nov 2026 09:00:00 +0000"
        if number % 3 == 0:
            first_id = str(mail["Message-ID"])
            mail["Subject"] = f"Order {token}"
        else:
            mail["Subject"], mail["In-Reply-To"] = "Re: Order", first_id
            mail["References"] = first_id
        mail.set_content(f"Dear colleagues, about {token}: the goods are ready.\n")
        await _hand_over(story, mail, ports, chance)
        story.mails.append(token)
        await asyncio.sleep(pause * chance.uniform(0.5, 1.5))


async def _hand_over(story: Story, mail: EmailMessage, ports: list[int], chance: random.Random) -> None:
    """Offer it until it is taken: what broke off is offered again, as RFC 5321 4.5.4 asks."""
    while True:
        story.offers += 1
        try:
            port = chance.choice(ports)
            await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, timeout=5, start_tls=False)
        except (aiosmtplib.SMTPException, OSError):
            await asyncio.sleep(0.1)
        else:
            return


async def colleague_answers(story: Story, slack: Slack, name: str, place: str, address: str) -> None:
    """Answer that supplier's conversations, one after the other, and type something inside each."""
    me = Person(slack, name)
    await me.goes_to(place)
    for number in itertools.count(step=3):
        card = f"mail-{address[:3]}-{number}-end"
        while card not in story.mails:
            if story.over:
                return
            await asyncio.sleep(0.05)
        token = f"reply-{address[:3]}-{number}-end"
        await _answer(story, me, card, token)
        story.replies[token] = address
        await me.opens_thread(card)
        await me.says(f"typed-{address[:3]}-{number}-end")
        story.typed.append(f"typed-{address[:3]}-{number}-end")
        await me.leaves_thread()


async def _answer(story: Story, me: Person, card: str, token: str) -> None:
    """Press, write, look, confirm; whenever Slack says that it did not work, look and go on from there."""
    tried = False
    while True:
        stack = (await me.slack.get("views", **{"as": await me.id()}))["stack"]
        view = stack[-1] if stack else None
        try:
            if view is None:
                if tried:
                    return
                await me.presses("Reply", on=card)
            elif view["callback_id"] == modals.WRITE:
                await me.fills("Your answer", f"We answer {token}.")
                await me.submits()
            elif view["callback_id"] == modals.CONFIRM:
                tried = True
                await me.submits()
            else:
                # It had been taken, and the bot was killed before it could say so.
                assert tried, view["blocks"]
                await me.closes(everything=True)
        except Refusal:
            story.refusals += 1
            await asyncio.sleep(0.1)


FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "ratelimited", "seconds": 1, "method": "chat.postMessage"},
    {"kind": "ratelimited", "seconds": 1, "method": "chat.update"},
    {"kind": "drop", "when": "after", "method": "chat.postMessage"},
    {"kind": "drop", "when": "before", "method": "chat.postMessage"},
    {"kind": "timeout", "when": "after", "seconds": 1.3, "method": "chat.postMessage"},
    {"kind": "timeout", "when": "before", "seconds": 1.3, "method": "chat.postMessage"},
    {"kind": "delay", "seconds": 1.2, "method": "chat.postMessage"},
    {"kind": "error", "when": "after", "error": "internal_error", "method": "chat.postMessage"},
    {"kind": "error", "when": "after", "error": "500", "method": "chat.postMessage"},
    {"kind": "error", "when": "before", "error": "fatal_error", "method": "chat.postMessage"},
    {"kind": "drop", "when": "after", "method": "chat.update"},
    {"kind": "lost_ack"},
    {"kind": "duplicate_envelope"},
)


async def everything_settled(database: Database, story: Story) -> bool:
    """Tell whether nothing waits any more, inside, on its way out, or held."""
    async with database.read() as session:
        unsettled = select(OutboxRow.id).where(OutboxRow.state.in_(outbox.UNSETTLED)).limit(1)
        waits = (await session.execute(unsettled)).first() or await inbox.waiting(session)
        notes = (await session.execute(select(Note.text))).scalars().all()
    return not waits and set(story.typed) <= set(notes)


@dataclass
class Found:
    """What stands in Slack, in the mailboxes and in the database after all is settled."""

    messages: list[str]
    uids: list[str]
    mails: dict[str, list[str]]
    notes: Counter[str]
    rows: list[OutboxRow]
    aside: list[InboxRow]
    replies: Counter[str]


async def look(database: Database, workspace: Workspace) -> Found:
    """Look everywhere."""
    world, bot_id = workspace.world, workspace.world.app["bot_id"]
    said = [one for messages in world.messages.values() for one in messages if one.get("bot_id") == bot_id]
    async with database.read() as session:
        rows = list((await session.execute(select(OutboxRow))).scalars())
        notes = Counter((await session.execute(select(Note.text))).scalars())
        aside = list((await session.execute(select(InboxRow).where(InboxRow.state == "aside"))).scalars())
        replies = Counter((await session.execute(select(Reply.state))).scalars())
    mails: dict[str, list[str]] = {address: [] for address, _, _ in PEOPLE}
    for mail in world.mails.values():
        if mail["direction"] == "in" and mail["address"] in mails:
            mails[mail["address"]].append(mail["text"])
    return Found(
        messages=[json.dumps([one.get("text"), one.get("blocks")]) for one in said],
        uids=[one["metadata"]["event_payload"]["uid"] for one in said if one.get("metadata")],
        mails=mails,
        notes=notes,
        rows=rows,
        aside=aside,
        replies=replies,
    )


def judge(story: Story, found: Found) -> list[str]:
    """Give every complaint: what was lost, what was doubled."""
    complaints = []
    for token in [*story.mails, *story.replies]:
        times = sum(token in message for message in found.messages)
        if times != 1:
            complaints.append(f"{token} stands in Slack {times} times")
    for token, address in story.replies.items():
        times = sum(token in mail for mail in found.mails[address])
        if times != 1:
            complaints.append(f"{token} is in the mailbox {times} times")
    complaints += [
        f"{text} was noted {found.notes[text]} times" for text in story.typed if found.notes[text] != 1
    ]
    complaints += [f"{uid} was posted twice" for uid, times in Counter(found.uids).items() if times > 1]
    lost = {row.uid for row in found.rows if row.kind == "slack.post" and row.state == "sent"} - set(
        found.uids
    )
    complaints += [f"{uid} counts as posted, and is not there" for uid in lost]
    complaints += [
        f"{row.kind} {row.key} ended as {row.state}: {row.error}"
        for row in found.rows
        if row.state == "failed" and row.kind not in ("slack.ephemeral", "slack.respond")
    ]
    complaints += [f"{row.source} {row.key} was set aside: {row.error}" for row in found.aside]
    return complaints


def log_of(path: Path) -> str:
    """Give the end of the bot's log."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-60:])
