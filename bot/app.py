"""The composition root: the one module that knows everybody. It builds the bot, runs it and takes it down."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import installation, mailing, vitals
from bot.clock import Clock, MovableClock, SystemClock
from bot.errors import SettingsError
from bot.gateways import bolt, clockstream, heartbeat, hooks, rooms
from bot.gateways import slack as slack_gateway
from bot.gateways.feeds import Feeds
from bot.gateways.slack import SlackCourier
from bot.gateways.smtp import MailReceiver
from bot.gateways.web import Hook, Problem, Quiet, WebServer
from bot.mailing import Watching
from bot.ports import Courier, LanguageModel
from bot.services import Services
from bot.settings import Settings
from bot.storage import blobs, inbox, migrate, schedule
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.triage import form, reading
from bot.understanding import settings as model_settings
from bot.understanding.nomodel import NoModel
from handlers import (
    areas,
    digests,
    directory,
    events,
    guard,
    home,
    letters,
    mail,
    mailboxes,
    onboarding,
    onboarding_begin,
    onboarding_guide,
    onboarding_work,
    operations,
    people,
    privacy,
    sending,
    setup,
    standups,
    standups_answer,
    standups_begin,
    standups_owner,
    suppliers,
    talk,
    triage,
    triage_cards,
    triage_helps,
    triage_history,
)
from jobs import digests as digest_jobs
from jobs import feeds, upkeep
from jobs import letters as letter_jobs
from jobs import mailboxes as mailbox_jobs
from jobs import onboarding as onboarding_jobs
from jobs import people as people_jobs
from jobs import standups as standup_jobs
from jobs import triage as triage_jobs
from jobs.arrivals import ArrivalWorker
from jobs.crew import Attended, Crew
from jobs.delivery import Dispatcher
from jobs.heartbeat import LifeSigns
from jobs.pacing import Pace
from jobs.schedule import Heartbeat

if TYPE_CHECKING:
    from bot.gateways.imap_sent import Door

# Importing these filled the route table.
ROUTED = (
    areas,
    digests,
    directory,
    events,
    home,
    letters,
    mailboxes,
    onboarding,
    onboarding_begin,
    onboarding_guide,
    onboarding_work,
    operations,
    people,
    privacy,
    sending,
    setup,
    standups,
    standups_answer,
    standups_begin,
    standups_owner,
    suppliers,
    talk,
    triage,
    triage_cards,
    triage_helps,
    triage_history,
)
# Each gives the errands of its area; importing them filled the morning's sections.
PLANNED = (people_jobs, onboarding_jobs, triage_jobs)


async def run(settings: Settings, *, http: bool = False) -> None:
    """Run the bot until cancelled."""
    async with running(settings, http=http):
        # What a start leaves stays; looking through it again and again would stop everything for 0.1 s.
        gc.freeze()
        await asyncio.Event().wait()


@asynccontextmanager
async def running(settings: Settings, *, http: bool = False) -> AsyncIterator[Services]:
    """Run the bot inside this block; at its end everything is put back and closed, within 5 seconds."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database)
        stack.push_async_callback(database.dispose)
        await migrate.require_current(database)
        if database.is_sqlite:
            await _take_over(stack, database, settings)
        client = await stack.enter_async_context(
            slack_gateway.client(
                settings.slack_bot_token.get_secret_value(), settings.slack_api_url, settings.slack_timeout
            )
        )
        clock = await _clock(stack, settings)
        identity = await bolt.identify(client)
        services = Services(
            settings=settings,
            clock=clock,
            database=database,
            views=client,
            model=await _model(stack, settings, database, clock),
            channels=await installation.prepare(client, database, settings, identity, clock.now()),
            bot_user_id=identity.bot_user_id,
            team_id=identity.team_id,
        )
        await _start(stack, services, client, identity, http=http)
        yield services


async def _take_over(stack: AsyncExitStack, database: Database, settings: Settings) -> None:
    """Make sure this is the one process on an embedded database, and free what a dead one held."""
    stack.enter_context(installation.only_process(settings.data_dir))
    async with database.write() as session:
        await inbox.take_back_claims(session)


async def _clock(stack: AsyncExitStack, settings: Settings) -> Clock:
    if not settings.clock_url:
        return SystemClock()
    token = settings.clock_token.get_secret_value()
    return await stack.enter_async_context(clockstream.following(settings.clock_url, token))


async def _model(
    stack: AsyncExitStack, settings: Settings, database: Database, clock: Clock
) -> LanguageModel:
    """Give the language model that is set up, with its budget and its memory; or the one that says no."""
    agreed = model_settings.of(settings)
    if wrong := model_settings.problems(agreed):
        raise SettingsError(problems="\n".join(f"- {problem}" for problem in wrong))
    if not agreed.is_on:
        return NoModel()
    # Who has no model need not hold what asks one.
    from bot.gateways.llm import OpenAIModel  # noqa: PLC0415
    from bot.understanding.asking import ThriftyModel  # noqa: PLC0415

    model = OpenAIModel(agreed)
    stack.push_async_callback(model.close)
    return ThriftyModel(model, agreed, database, clock)


async def _start(
    stack: AsyncExitStack,
    services: Services,
    client: AsyncWebClient,
    identity: bolt.Identity,
    *,
    http: bool,
) -> None:
    """Start the parts in the order in which each needs the one before; they stop in reverse."""
    settings, database, clock = services.settings, services.database, services.clock
    store = await stack.enter_async_context(Inbox(database))
    opened = mailing.doors(settings, database)
    letters_left = mailbox_jobs.filing(letter_jobs.outcomes(clock), mailing.files_sent(opened))
    dispatcher = Dispatcher(
        database,
        _couriers(services, client, opened),
        letters_left | onboarding_jobs.outcomes() | standup_jobs.outcomes(clock),
        clock,
        pace=Pace(),
        grace=settings.grace_seconds,
        lease=timedelta(seconds=settings.lease_seconds / 5),
    )
    arrivals = ArrivalWorker(
        database,
        {
            "slack": partial(events.arrived, services),
            "mail": partial(mail.arrived, services),
            "triage": partial(triage_jobs.arrived, services),
            "triage.form": partial(triage_jobs.filled_in, services),
            "feed": partial(feeds.arrived, services, Feeds().fetch),
            mailbox_jobs.SOURCE: partial(
                mailbox_jobs.take_older, services, mailing.older(opened, database), store.accept
            ),
            standup_jobs.SOURCE: partial(standup_jobs.arrived, services),
            digest_jobs.SOURCE: partial(digest_jobs.arrived, services, partial(rooms.read, client)),
        },
        lease=timedelta(seconds=settings.lease_seconds),
    )
    await _plan_upkeep(services)
    await mailbox_jobs.rehearse(services)
    await people_jobs.plan(services)
    await digest_jobs.plan(services)
    errands = {
        upkeep.KIND: upkeep.errand(upkeep.keeping(settings)),
        **feeds.errands(),
        **standup_jobs.errands(),
    }
    errands |= digest_jobs.errands()
    errands |= mailbox_jobs.errands(settings.admins)
    for area in PLANNED:
        errands |= area.errands()
    knocking = Heartbeat(database, clock, errands, [dispatcher.wake, arrivals.wake])
    crew = Crew()
    _work(stack, crew.engage("The dispatcher of deliveries", dispatcher))
    _work(stack, crew.engage("The inbox worker", arrivals))
    knocking.start()
    stack.push_async_callback(knocking.stop)
    crew.feel("The schedule", knocking.pulse)
    crew.feel("What takes things in", store.pulse)
    if isinstance(clock, MovableClock):
        clock.on_move = knocking.knock_soon
    app = bolt.build(
        client,
        identity,
        store.accept,
        partial(guard.interaction, services),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
    )
    quiet = partial(vitals.quiet, services, dispatcher, arrivals)
    problem = partial(vitals.problem, services, crew)
    await _open_doors(stack, services, store, app, quiet, problem, http=http)
    if opened:
        _work(stack, Watching(services, opened, store.accept, crew))
    if url := settings.heartbeat_url.get_secret_value():
        signs = LifeSigns(problem, partial(heartbeat.beat, url), every=settings.heartbeat_seconds)
        _work(stack, crew.engage("The heartbeat to outside", signs))
    if settings.mailboxes_of("customers"):
        asyncio.get_running_loop().run_in_executor(None, reading.warm_up)


def _work(stack: AsyncExitStack, worker: Attended | Watching) -> None:
    task = asyncio.create_task(worker.run(), name=type(worker).__name__)

    async def stop() -> None:
        await worker.stop()
        await task

    stack.push_async_callback(stop)


def _couriers(
    services: Services, client: AsyncWebClient, opened: "Mapping[str, Door]"
) -> Mapping[str, Courier]:
    """Give who carries what, by the kind of the delivery."""

    async def blob(sha256: str) -> bytes:
        async with services.database.read() as session:
            return await blobs.get(session, sha256)

    slack = SlackCourier(client, blob)
    return {**dict.fromkeys(slack_gateway.KINDS, slack), **mailing.couriers(services.settings, opened, blob)}


async def _plan_upkeep(services: Services) -> None:
    async with services.database.write() as session:
        due = services.clock.now() + timedelta(days=1)
        await schedule.ensure(services.database, session, upkeep.KEY, upkeep.KIND, due)


async def _open_doors(
    stack: AsyncExitStack,
    services: Services,
    store: Inbox,
    app: AsyncApp,
    quiet: Quiet,
    problem: Problem,
    *,
    http: bool,
) -> None:
    """Let the outside in, last of all: what comes is stored, and everything that deals with it runs."""
    settings = services.settings
    web = WebServer(
        host=settings.http_host,
        port=settings.http_port,
        quiet=quiet,
        measures=partial(vitals.measures, services),
        problem=problem,
        hooks=_hooks(settings, store),
        slack=app if http else None,
    )
    post = MailReceiver(
        store.accept,
        [one.address for one in settings.mailbox],
        host=settings.smtp_in_host,
        port=settings.smtp_in_port,
    )
    for door in (web, post):
        await door.start()
        stack.push_async_callback(door.stop)
    if not http:
        await stack.enter_async_context(bolt.connected(app, settings.slack_app_token.get_secret_value()))


def _hooks(settings: Settings, store: Inbox) -> Mapping[str, Hook]:
    secret = settings.webhook_secret.get_secret_value()
    return {"triage": hooks.signed(secret, store.accept, "triage.form", form.problem)} if secret else {}
