"""What goes on with mailboxes: how they are, copies of what was sent, and the mail of the time before us."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, clock
from bot.letters import sending
from bot.letters.desk import Desk
from bot.people import notices, permissions
from bot.people import store as people
from bot.people.notices import Notice
from bot.ports import Accept
from bot.services import Services
from bot.storage import inbox, mailboxes, outbox, schedule
from bot.storage.database import STARTING
from bot.storage.outbox import Draft, OutboxRow
from bot.storage.schedule import ScheduleRow
from bot.storage.triggers import Trigger
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.triage.desk import DESK as TRIAGE
from bot.words import _, speaking
from jobs.letters import Outcome
from jobs.schedule import Errand

SOURCE = "mailbox"
PROBLEM = "mailbox.problem"
# Mail servers restart, and lines drop: admins hear of what lasts.
LASTS = timedelta(minutes=10)
# Whose mailboxes those of an area in the settings are.
_DESKS: Mapping[str, Desk] = {"suppliers": SUPPLIERS, "customers": TRIAGE}
_EVERY = 25
# The import waits while so much waits to be dealt with: what comes now goes first.
_MOST_WAITING = 100
_WAIT = 0.5


# ---- how they are -------------------------------------------------------------------------------------


async def report(
    services: Services, address: str, since: datetime, problem: str | None, *, is_connected: bool
) -> None:
    """Note how a mailbox is now; admins hear of a problem that lasts."""
    async with services.database.write() as session:
        row = await mailboxes.get(session, address, since)
        row.is_connected, row.since, row.problem = is_connected, since, problem
        key = f"{PROBLEM}:{address}"
        if problem:
            due = services.clock.now() + LASTS
            await schedule.ensure(services.database, session, key, PROBLEM, due)
        else:
            await schedule.drop(session, key)


def errands(admins: list[str]) -> Mapping[str, Errand]:
    """Give what is done when it is due; `admins` are those of the settings."""

    async def tell(session: AsyncSession, row: ScheduleRow, now: datetime) -> None:
        address = row.key.removeprefix(f"{PROBLEM}:")
        known = await mailboxes.get(session, address, clock.wall())
        if not known.problem:
            return
        for person in await permissions.admins(session, admins):
            with speaking(person.language):
                text = "📭 " + _("The mailbox {address} has a problem: {problem}").format(
                    address=blocks.escape(address), problem=blocks.escape(known.problem)
                )
                notice = Notice(f"{row.key}:{person.id}:{row.due.isoformat()}", "mailbox", text)
                await notices.tell(session, person, notice, now)

    return {PROBLEM: tell}


async def rehearse(services: Services) -> None:
    """Let each area whose mail is read from a real mailbox begin with a rehearsal, once."""
    read = {one.area for one in services.settings.mailbox if one.imap_host}
    async with services.database.write_in_turn(STARTING) as session:
        for area, desk in _DESKS.items():
            if area in read:
                await sending.begin(session, desk, services.clock.now())


# ---- copies of what was sent --------------------------------------------------------------------------


def filing(outcomes: Mapping[str, Outcome], addresses: Collection[str]) -> dict[str, Outcome]:
    """Let every mail that left from one of these addresses be put into its mailbox's folder of sent mail."""

    def of(outcome: Outcome) -> Outcome:
        async def settled(session: AsyncSession, row: OutboxRow) -> None:
            await outcome(session, row)
            sender = str(row.payload.get("sender", "")).lower()
            if row.kind != "mail.send" or row.state != "sent" or sender not in addresses:
                return
            copy = Draft(
                key=f"mail.file:{row.id}",
                kind="mail.file",
                lane=f"file:{sender}",
                payload={"mailbox": sender, "sha256": row.payload["sha256"]},
                after_id=row.id,
            )
            await outbox.add(session, copy)

        return settled

    return {purpose: of(outcome) for purpose, outcome in outcomes.items()}


# ---- the time before us -------------------------------------------------------------------------------


class Older(Protocol):
    """The older mail of a mailbox, as far as it was not taken in before."""

    @property
    def count(self) -> int:
        """How many there are."""
        ...

    def mails(self) -> AsyncIterator[Any]:
        """Give each; asking for the next one says that this one was dealt with."""
        ...


Open = Callable[[str, datetime | None], AbstractAsyncContextManager[Older] | None]


async def take_older(services: Services, opened: Open, accept: Accept, body: bytes, trigger: Trigger) -> None:
    """Take in the mail of the time before us, silently and slowly; begun again, it goes on where it was."""
    wanted = json.loads(body)
    address = wanted["address"]
    since = datetime.fromisoformat(wanted["since"]) if wanted["since"] else None
    found = opened(address, since)
    if found is None:
        return
    async with found as older:
        taken = await _begin(services, address, older.count)
        async for mail in older.mails():
            await mail.offer.hand_to(accept)
            taken += 1
            if taken % _EVERY == 0:
                await _note(services, address, taken)
                await _let_others_by(services)
    async with trigger.transaction() as session:
        row = await mailboxes.get(session, address, clock.wall())
        row.older, row.older_taken = mailboxes.DONE, taken
        person = await people.get(session, wanted["person"])
        if person is not None:
            with speaking(person.language):
                text = _("The older mail of {address} is in: {count} mails. Nothing was posted or answered.")
                said = "📚 " + text.format(address=blocks.escape(address), count=taken)
                notice = Notice(f"older:{address}:{wanted['asked']}", "mailbox", said)
                await notices.tell(session, person, notice, services.clock.now())


async def _begin(services: Services, address: str, left: int) -> int:
    """Note how many there are; how many were taken in before this beginning."""
    async with services.database.write() as session:
        row = await mailboxes.get(session, address, clock.wall())
        row.older, row.older_count = mailboxes.WANTED, row.older_taken + left
        return row.older_taken


async def _note(services: Services, address: str, taken: int) -> None:
    async with services.database.write() as session:
        (await mailboxes.get(session, address, clock.wall())).older_taken = taken


async def _let_others_by(services: Services) -> None:
    while True:
        async with services.database.read() as session:
            if await inbox.waiting(session) < _MOST_WAITING:
                return
        await asyncio.sleep(_WAIT)
