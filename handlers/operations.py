"""How the bot itself is: status, what could not be delivered or dealt with, and the audit log.

An area or a gateway adds lines of its own to the state of the bot with `state`.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.people import messages, roster, store
from bot.people.permissions import Rank
from bot.storage import health, inbox, outbox, schedule
from bot.storage.inbox import InboxRow
from bot.storage.outbox import OutboxRow
from bot.understanding import store as understanding
from bot.words import _, day, hour, mark, n_
from handlers import guard, home, private
from handlers.people import word
from handlers.routes import Request, action

RETRY = "operations.retry"
RETRY_ARRIVAL = "operations.retry_arrival"
# A message that only whoever asked sees.
_STATUS = "operations-status"
# Slower than this, and people notice that something waits.
_SLOW_SECONDS = 120
# What is younger is on its way, this very answer too.
_NOTABLE_SECONDS = 10
_LATE = timedelta(minutes=10)
# What a delivery is, in words an admin knows.
_KINDS = {
    "slack.post": mark("a message in Slack"),
    "slack.update": mark("a change of a message in Slack"),
    "slack.ephemeral": mark("a hint to one person in Slack"),
    "slack.respond": mark("an answer to a click in Slack"),
    "slack.home": mark("somebody's Home tab"),
    "slack.file": mark("a file in Slack"),
    "slack.join": mark("joining a channel"),
    "mail.send": mark("a mail"),
    "mail.file": mark("a copy of a mail for the folder of sent mail"),
}
_SOURCES = {
    "slack": mark("something that happened in Slack"),
    "mail": mark("a mail"),
    "mailbox": mark("older mail of a mailbox"),
}

State = Callable[[Request, AsyncSession], Awaitable[list[str]]]
STATES: dict[str, tuple[int, State]] = {}


def state(name: str, order: int) -> Callable[[State], State]:
    """Let a function give lines for admins about a part of the bot; lower `order` stands higher."""

    def register(function: State) -> State:
        if name in STATES:
            raise ValueError(f"{name} tells its state twice")
        STATES[name] = (order, function)
        return function

    return register


@word("status")
async def status(request: Request, _rest: str) -> None:
    """Say how the bot is; to admins in detail."""
    await private.answer(request, _STATUS)


@private.message(_STATUS)
async def status_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give how the bot is."""
    shown = [blocks.section(await _in_a_sentence(request, session))]
    if request.standing.is_admin:
        shown += await _state_of_everything(request, session)
        shown += await _what_failed(session)
    return _("How Switchboard is"), shown


async def _in_a_sentence(request: Request, session: AsyncSession) -> str:
    found = await health.measure(session, request.services.clock.now())
    failed = found.outbox.get("failed", 0) + found.inbox_aside
    if failing := len(await schedule.failing(session)):
        return "🔴 " + n_(
            "{count} thing that was due did not work. It is tried again by itself; nothing is lost.",
            "{count} things that were due did not work. They are tried again by themselves; nothing is lost.",
            failing,
        ).format(count=failing)
    if failed:
        return "⚠️ " + n_(
            "{count} thing could not be done and waits for an admin.",
            "{count} things could not be done and wait for an admin.",
            failed,
        ).format(count=failed)
    if max(found.inbox_age, found.outbox_age) > _SLOW_SECONDS:
        return "🟠 " + _("I am behind: something has been waiting for minutes. Nothing is lost.")
    return "🟢 " + _("I am well. Everything that came has been dealt with and delivered.")


async def _state_of_everything(request: Request, session: AsyncSession) -> list[Block]:
    lines = []
    for _order, function in sorted(STATES.values(), key=lambda one: one[0]):
        lines += await function(request, session)
    return [blocks.section(blocks.clip("\n".join(lines), blocks.SECTION_TEXT))] if lines else []


@state("slack", order=5)
async def slack(request: Request, _session: AsyncSession) -> list[str]:
    """Tell how Slack reaches the bot: what draws this came that way."""
    by_socket = bool(request.services.settings.slack_app_token.get_secret_value())
    return ["🔌 " + (_("Slack reaches me by Socket Mode") if by_socket else _("Slack reaches me by HTTP"))]


@state("queues", order=10)
async def queues(request: Request, session: AsyncSession) -> list[str]:
    """Tell what waits, inside and on its way out."""
    found = await health.measure(session, request.services.clock.now())
    sent = sum(count for (_kind, end), count in found.delivered.items() if end == "sent")
    lines = ["📤 " + _("delivered in the last 24 hours: {count}").format(count=sent)]
    if found.inbox_age > _NOTABLE_SECONDS:
        lines.append("📥 " + _("waiting to be dealt with: {count}").format(count=found.inbox_waiting))
    if found.outbox_age > _NOTABLE_SECONDS:
        lines.append("📥 " + _("waiting to be delivered: {count}").format(count=found.outbox_waiting))
    return lines


@state("jobs", order=30)
async def jobs(request: Request, session: AsyncSession) -> list[str]:
    """Tell whether the clock's errands are done in time, which fail, and when the next one is."""
    now = request.services.clock.now()
    if failing := await schedule.failing(session):
        said = "🔴 " + _("failing: {errand} ({error}); tried again {time}. The log says more.")
        return [
            said.format(
                errand=blocks.escape(row.key),
                error=blocks.escape(row.error or ""),
                time=blocks.when(row.retry_at or now, "{time_secs}"),
            )
            for row in failing[:5]
        ]
    late = [row for row in await schedule.due(session, now) if row.due < now - _LATE]
    if late:
        names = blocks.escape(", ".join(row.key for row in late[:5]))
        return ["⏰ " + _("late: {errands}").format(errands=names)]
    coming = await schedule.next_due(session)
    if coming is None:
        return ["⏰ " + _("nothing is planned")]
    there = calendar.local(coming, request.person.zone)
    return ["⏰ " + _("the next errand is at {hour}, {day}").format(hour=hour(there), day=day(there))]


@state("model", order=35)
async def model(request: Request, session: AsyncSession) -> list[str]:
    """Tell what the language model has used today, and cost."""
    settings = request.services.settings
    if not settings.llm_model:
        return ["🧠 " + _("no language model is set up: nothing is translated or drafted")]
    tokens, cost = await understanding.used(session, understanding.day_of(request.services.clock.now()))
    told = _("{model} today: {tokens} tokens, {cost} {currency}").format(
        model=blocks.escape(settings.llm_model), tokens=tokens, cost=cost, currency=settings.llm_currency
    )
    return [f"🧠 {told}"]


@state("overviews", order=38)
async def overviews(request: Request, session: AsyncSession) -> list[str]:
    """Tell when the last message of a day or a week was sent."""
    last = await outbox.last_sent(session, ("morning:", "digest:"))
    if last is None:
        return []
    there = calendar.local(last, request.person.zone)
    return ["☀️ " + _("last overview sent at {hour}, {day}").format(hour=hour(there), day=day(there))]


@state("leads", order=40)
async def leads(_request: Request, session: AsyncSession) -> list[str]:
    """Tell which departments have lost their lead."""
    left = await roster.leaders_who_left(session)
    if not left:
        return []
    names = blocks.escape(", ".join(left))
    return ["👤 " + _("no lead any more: {departments}").format(departments=names)]


# ---- what could not be done ---------------------------------------------------------------------------


async def _what_failed(session: AsyncSession) -> list[Block]:
    failed, aside = await outbox.failed(session, limit=10), await inbox.aside(session, limit=10)
    shown = [blocks.section(f"*{_('Could not be delivered')}*")] if failed else []
    shown += map(_delivery, failed)
    shown += [blocks.section(f"*{_('Could not be dealt with')}*")] if aside else []
    return [*shown, *map(_arrival, aside)]


def _delivery(row: OutboxRow) -> Block:
    kind = _(_KINDS[row.kind]) if row.kind in _KINDS else row.kind
    text = f"{kind} · {blocks.when(row.created_at)}\n{blocks.escape(row.error or '')}"
    return blocks.section(text, accessory=blocks.button(_("Try again"), RETRY, row.id))


def _arrival(row: InboxRow) -> Block:
    source = _(_SOURCES[row.source]) if row.source in _SOURCES else row.source
    text = f"{source} · {blocks.when(row.received_at)}\n{blocks.escape(row.error or '')}"
    return blocks.section(text, accessory=blocks.button(_("Try again"), RETRY_ARRIVAL, row.id))


@action(RETRY, needs=Rank.ADMIN)
async def retry(request: Request) -> None:
    """Try a delivery again that was set aside."""
    async with request.transaction() as session:
        await outbox.retry(session, int(request.value))
        await home.redraw(request, session)
    await request.ack()


@action(RETRY_ARRIVAL, needs=Rank.ADMIN)
async def retry_arrival(request: Request) -> None:
    """Deal again with what was given up."""
    async with request.transaction() as session:
        await inbox.retry(session, int(request.value))
        await home.redraw(request, session)
    await request.ack()


@home.section("operations", order=90, needs=Rank.ADMIN)
async def on_home(request: Request, session: AsyncSession) -> list[Block]:
    """Show an admin how the bot is, and what was set aside."""
    sentence = await _in_a_sentence(request, session)
    shown = [blocks.section(f"*{_('How Switchboard is')}*\n{sentence}")]
    return [*shown, *await _state_of_everything(request, session), *await _what_failed(session)]


# ---- audit --------------------------------------------------------------------------------------------


@word("audit")
async def audit(request: Request, _rest: str) -> None:
    """Show admins who changed what, and what left the company."""
    if not request.standing.is_admin:
        await request.ack(text=await guard.needs(request, Rank.ADMIN))
        return
    async with request.services.database.read() as session:
        entries = await store.audit_log(session, limit=40)
        names = await store.names(session, {name for one in entries for name in (one.actor_id, one.subject)})
    await request.ack(text=_("Audit log"), blocks=messages.audit_list(entries, names))
