"""The App Home: what waits for an answer, and for admins what could not be delivered."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.people.model import Person
from bot.services import Services
from bot.storage import outbox
from bot.storage.outbox import OutboxRow
from bot.suppliers import messages, store
from handlers.routes import Request, action, event

RETRY = "home.retry"
NOTHING_WAITS = "Nothing waits for an answer. ☕"


@event("app_home_opened")
async def app_home_opened(request: Request) -> None:
    """Draw somebody's Home anew when they open it."""
    if request.body["event"].get("tab") != "home":
        return
    async with request.transaction() as session:
        await outbox.add(session, await _home(request, session))


@action(RETRY)
async def retry(request: Request) -> None:
    """Try a delivery again that was set aside."""
    async with request.transaction() as session:
        if is_admin(request.services, request.person):
            await outbox.retry(session, int(request.value))
        await outbox.add(session, await _home(request, session))
    await request.ack()


def is_admin(services: Services, person: Person) -> bool:
    """Tell whether the settings name this person, by Slack id or mail address."""
    return bool({person.id, (person.email or "").lower()} & {one.lower() for one in services.settings.admins})


async def _home(request: Request, session: AsyncSession) -> outbox.Draft:
    waiting = await store.waiting_conversations(session)
    shown = [blocks.header("Waiting for us"), *messages.waiting_list(waiting[:30])]
    if not waiting:
        shown.append(blocks.section(NOTHING_WAITS))
    if is_admin(request.services, request.person):
        shown += [blocks.divider(), *_deliveries(await outbox.failed(session, limit=10))]
    shown.append(blocks.context("*/supplier* shows all suppliers, */supplier help* what else there is"))
    return outbox.Draft(
        key=f"home:{outbox.new_uid()}",
        kind="slack.home",
        lane=f"home:{request.person.id}",
        payload={"user_id": request.person.id, "view": {"type": "home", "blocks": shown}},
        topic=f"home:{request.person.id}",
    )


def _deliveries(failed: list[OutboxRow]) -> list[blocks.Block]:
    """Show an admin what was set aside, each with a way to try again."""
    if not failed:
        return [blocks.context("✓ Everything has been delivered.")]
    shown = [blocks.section("*Could not be delivered*")]
    for row in failed:
        text = f"{row.kind} · {blocks.when(row.created_at)}\n{blocks.escape(row.error or '')}"
        shown.append(blocks.section(text, accessory=blocks.button("Try again", RETRY, row.id)))
    return shown
