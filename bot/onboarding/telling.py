"""What onboarding tells people outside their morning: answers, what went off track, charts, who joined."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.onboarding import charts, checklist, guide, messages, objectives, quoting, store
from bot.onboarding.checklist import Standing
from bot.onboarding.model import CheckIn, Hire, Objective, Question
from bot.onboarding.objectives import Progress
from bot.onboarding.plans import Plan
from bot.people import notices, permissions
from bot.people import store as people
from bot.people.model import Person
from bot.people.notices import Notice
from bot.storage import outbox
from bot.storage.outbox import OutboxRow
from bot.words import speaking

KIND = "onboarding"
CHART = "onboarding.chart"
APPROVER = "onboarding:approver"


async def started(session: AsyncSession, hire: Hire, plan: Plan, by: Person, now: datetime) -> None:
    """Tell everybody concerned that an onboarding begins: who began it, the hire, the manager, the buddy."""
    stands = await checklist.standing(session, hire, now)
    known = await store.filled(session)
    with speaking(by.language):
        shown = messages.started(stands, plan.name, plan.left(known))
    draft = outbox.Draft(
        key=f"{KIND}:started:{hire.id}", kind="slack.post", lane=f"slack:{by.id}",
        payload={"channel": by.id, "text": shown[0]["text"]["text"], "blocks": shown},
    )  # fmt: skip
    await outbox.add(session, draft)
    await people.withdraw_notices(session, _joined_key(hire.person_id))
    await _greet(session, stands, now)
    for helper in await people.several(session, {hire.manager_id, hire.helper_id} - {by.id}):
        with speaking(helper.language):
            text = messages.made_helper(stands, is_manager=helper.id == hire.manager_id)
        await notices.tell(session, helper, Notice(f"{KIND}:helper:{hire.id}:{helper.id}", KIND, text), now)


async def _greet(session: AsyncSession, stands: Standing, now: datetime) -> None:
    """Greet a hire whose first day has come; where their morning comes before, it does so there."""
    moment = await notices.welcome(session, stands.person, now)
    was_today = await people.morning_of(session, stands.person.id, stands.today) is not None
    is_today = moment <= now or (was_today and stands.date_of(moment) == stands.today)
    if stands.number < 0 or not is_today:
        return
    with speaking(stands.person.language):
        text, shown = messages.welcome(stands, above=was_today)
    notice = Notice(store.welcome_key(stands.hire.id), KIND, text, shown)
    await notices.tell(session, stands.person, notice, now)


async def said(
    session: AsyncSession, hire: Hire, objective: Objective, said: CheckIn, by: Person, now: datetime
) -> None:
    """Answer whoever said where an objective stands, with a chart; tell the manager when it is off track."""
    one = await _progress(session, objective)
    person = await session.get_one(Person, hire.person_id)
    manager = await people.get(session, hire.manager_id)
    text = charts.said(one, manager.name if manager else "")
    await _post(session, by.id, said, text, one)
    if manager and one.last and one.last.is_off and manager.id != by.id:
        with speaking(manager.language):
            text = charts.off_track(one, person, said.note)
        notice = Notice(f"{KIND}:off:{said.id}:{said.value:g}", KIND, text)
        await notices.tell(session, manager, notice, now)


async def _progress(session: AsyncSession, objective: Objective) -> Progress:
    rows = await store.check_ins(session, objective.hire_id)
    return objectives.progress([objective], rows)[0]


async def _post(session: AsyncSession, person_id: str, said: CheckIn, text: str, one: Progress) -> None:
    """Post it with a chart; should Slack refuse the chart, `chart_settled` posts it with a table."""
    shown = charts.with_chart(text, one)
    draft = outbox.Draft(
        key=f"{KIND}:said:{said.id}:{outbox.new_uid()}",
        kind="slack.post",
        lane=f"slack:{person_id}",
        payload={"channel": person_id, "text": text, "blocks": shown},
        purpose=CHART if charts.has_chart(one) else None,
        subject_id=said.id,
    )
    await outbox.add(session, draft)


async def chart_settled(session: AsyncSession, row: OutboxRow) -> None:
    """Say with a table what Slack would not take with a chart."""
    if row.state != "failed":
        return
    said = await session.get_one(CheckIn, row.subject_id)
    one = await _progress(session, await session.get_one(Objective, said.objective_id))
    person = await people.get(session, str(row.payload["channel"]))
    with speaking(person.language if person else "en"):
        shown = charts.with_table(str(row.payload["text"]), one)
    draft = outbox.Draft(
        key=f"{row.key}:table", kind="slack.post", lane=row.lane,
        payload={"channel": row.payload["channel"], "text": row.payload["text"], "blocks": shown},
    )  # fmt: skip
    await outbox.add(session, draft)


async def ask(session: AsyncSession, asker: Person, helper: Person, text: str, now: datetime) -> Question:
    """Hand a question on to a colleague."""
    question = await guide.ask(session, asker, helper.id, text, now)
    with speaking(helper.language):
        words, shown = quoting.question(question, asker.name)
    await notices.tell(session, helper, Notice(f"{KIND}:question:{question.id}", KIND, words, shown), now)
    return question


async def answered(session: AsyncSession, question: Question, by: Person, now: datetime) -> None:
    """Bring an answer to whoever asked."""
    asker = await people.get(session, question.asker_id)
    if asker is None or asker.is_gone:
        return
    with speaking(asker.language):
        words, shown = quoting.answered(question, by.name)
    await notices.tell(session, asker, Notice(f"{KIND}:answer:{question.id}", KIND, words, shown), now)


async def joined(session: AsyncSession, person: Person, named_admins: list[str], now: datetime) -> None:
    """Ask the approver, once, whether somebody who joined is a hire."""
    approver = await approver_of(session, named_admins)
    if approver is None or approver.id == person.id or await store.latest_of(session, person.id):
        return
    with speaking(approver.language):
        words, shown = messages.joined(person)
    await notices.tell(session, approver, Notice(_joined_key(person.id), KIND, words, shown), now)


def _joined_key(person_id: str) -> str:
    return f"{KIND}:joined:{person_id}"


async def approver_of(session: AsyncSession, named_admins: list[str]) -> Person | None:
    """Give who is asked when somebody joins: whom an admin named, else the first admin."""
    chosen = await people.setting(session, APPROVER)
    person = await people.get(session, chosen) if chosen else None
    if person and person.is_colleague:
        return person
    return next(iter(await permissions.admins(session, named_admins)), None)
