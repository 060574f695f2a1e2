"""What the outbox tells the areas that answer letters: what left or could not, what is in its place."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.letters import messages, replies, store
from bot.letters.desk import Desk
from bot.mail.language import detect
from bot.people.model import Person
from bot.services import Services
from bot.storage import outbox
from bot.storage.outbox import OutboxRow
from bot.storage.triggers import Trigger
from bot.suppliers import strays
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.triage.desk import DESK as TRIAGE
from bot.understanding import translating
from bot.words import speaking

Outcome = Callable[[AsyncSession, OutboxRow], Awaitable[None]]
DESKS: tuple[Desk, ...] = (SUPPLIERS, TRIAGE)


def outcomes(clock: Clock) -> dict[str, Outcome]:
    """Give whom to tell, by the purpose of the delivery."""

    def of(desk: Desk) -> Outcome:
        async def settled(session: AsyncSession, row: OutboxRow) -> None:
            await replies.settled(desk, session, row, clock.now())

        return settled

    return {desk.purpose: of(desk) for desk in DESKS} | {strays.LANDED: strays.landed}


async def translate(services: Services, ref: str, person_id: str, trigger: Trigger) -> None:
    """Put what somebody has begun to answer into the language the other side reads, and tell them."""
    name, _colon, number = ref.partition(":")
    desk, matter_id = next(one for one in DESKS if one.name == name), int(number)
    async with services.database.read() as session:
        person = await session.get_one(Person, person_id)
        matter = await session.get_one(desk.matters, matter_id)
        begun = await store.draft_of(desk, session, matter_id, person_id)
        newest = await store.last_mail(desk, session, matter_id)
        reads, called = await desk.reads(session, matter, newest), await desk.called(session, matter)
    text = begun.text if begun else ""
    names = (newest.sender_name,) if newest.sender_name else ()
    with speaking(person.language):
        done = await translating.translate(services.model, text, detect(text) or "", reads, names)
    async with trigger.transaction() as session:
        with speaking(person.language):
            said = messages.translated(ref, called, text, "" if done.text else done.reason)
        draft = await store.lock_draft(desk, session, matter_id, person_id)
        if done.text and draft is not None:
            # Whoever went on writing meanwhile keeps their words.
            draft.text = done.text if draft.text == text else f"{draft.text}\n\n{done.text}"
            draft.is_open = False
        note = outbox.Draft(
            key=f"{desk.name}:translated:{outbox.new_uid()}",
            kind="slack.ephemeral",
            lane=f"ephemeral:{matter.channel_id}:{person_id}",
            payload={"channel": matter.channel_id, "user": person_id, **said},
        )
        await outbox.add(session, note)
