"""The composition root: the one module that knows everybody. It builds the bot, runs it and takes it down."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot import installation
from bot.clock import Clock, MovableClock, SystemClock
from bot.gateways import bolt, clockstream
from bot.gateways.mailbox import MailCourier, Outgoing
from bot.gateways.slack import SlackCourier, make_client
from bot.gateways.smtp import MailReceiver
from bot.gateways.web import WebServer
from bot.mail import language
from bot.ports import Courier
from bot.services import Services
from bot.settings import Settings
from bot.storage import blobs, inbox, migrate, outbox
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from handlers import events, guard, home, mail, suppliers
from jobs import suppliers as supplier_jobs
from jobs import upkeep
from jobs.arrivals import ArrivalWorker
from jobs.delivery import Dispatcher
from jobs.pacing import Pace
from jobs.schedule import Heartbeat

log = logging.getLogger(__name__)

# Importing these filled the route table.
ROUTED = (events, home, suppliers)
# Slack's socket is looked at this often, in seconds: a dropped one is back within that time.
SOCKET_CHECK = 3.0


@asynccontextmanager
async def running(settings: Settings, *, http: bool = False) -> AsyncIterator[Services]:
    """Run the bot inside this block; at its end everything is put back and closed, within 5 seconds."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database)
        stack.push_async_callback(database.dispose)
        await migrate.require_current(database)
        if database.is_sqlite:
            await _take_over(stack, database, settings)
        client = make_client(
            settings.slack_bot_token.get_secret_value(), settings.slack_api_url, settings.slack_timeout
        )
        stack.push_async_callback(client.session.close)
        clock = await _clock(stack, settings)
        identity = await bolt.identify(client)
        services = Services(
            settings=settings,
            clock=clock,
            database=database,
            views=client,
            channels=await installation.prepare(client, database, settings, identity),
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
    clock = MovableClock()
    token = settings.clock_token.get_secret_value()
    await stack.enter_async_context(clockstream.following(settings.clock_url, token, clock))
    return clock


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
    dispatcher = Dispatcher(
        database,
        _couriers(services, client),
        supplier_jobs.outcomes(clock),
        clock,
        pace=Pace(),
        grace=settings.grace_seconds,
    )
    arrivals = ArrivalWorker(
        database,
        {"slack": partial(events.arrived, services), "mail": partial(mail.arrived, services)},
        lease=timedelta(seconds=settings.lease_seconds),
    )
    heartbeat = Heartbeat(database, clock, {upkeep.KIND: upkeep.errand}, [dispatcher.wake, arrivals.wake])
    for worker in (dispatcher, arrivals):
        await _work(stack, worker)
    heartbeat.start()
    stack.push_async_callback(heartbeat.stop)
    if isinstance(clock, MovableClock):
        clock.on_move = heartbeat.knock_soon
    await _open_doors(stack, services, store, bolt.build(
        client,
        identity,
        store.accept,
        partial(guard.interaction, services),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
    ), http=http)  # fmt: skip
    # Loading the language model takes 0.3 s: now, and not when the first mail waits.
    asyncio.get_running_loop().run_in_executor(None, language.warm_up)


async def _work(stack: AsyncExitStack, worker: Dispatcher | ArrivalWorker) -> None:
    task = asyncio.create_task(worker.run(), name=type(worker).__name__)

    async def stop() -> None:
        await worker.stop()
        await task

    stack.push_async_callback(stop)
