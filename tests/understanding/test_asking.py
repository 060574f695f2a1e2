"""Stored answers and the day's budget, on both databases."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from aiohttp import web

from bot.clock import MovableClock
from bot.gateways.llm import OpenAIModel
from bot.ports import Answered, Field, NoAnswer, ToClassify, ToExtract, ToSummarise, Unavailable
from bot.storage.database import Database
from bot.understanding import store
from bot.understanding.asking import ThriftyModel, key_of
from bot.understanding.model import ModelAnswer
from bot.understanding.settings import ModelSettings, Price
from tests.understanding.model_server import ModelServer, fails, says, texts, thinks

GOOD = json.dumps({"choice": "delivery", "confidence": 0.9, "words": ["parcel"]})
DAY = "2026-11-24"
PRICES = {"small": Price(Decimal(10), Decimal(100))}  # 100 + 20 tokens are 0.003

Thrifty = Callable[..., ThriftyModel]


def question(number: int = 0) -> ToClassify:
    return ToClassify(f"Where is my parcel {number}?", {"delivery": "parcels", "other": "else"})


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 24, 12, tzinfo=UTC), running=False)


@pytest.fixture
def thrifty(
    server: ModelServer,
    database: Database,
    clock: MovableClock,
    make: Callable[..., OpenAIModel],
    settings_for: Callable[..., ModelSettings],
) -> Thrifty:
    server.usually = says(GOOD)

    def thrifty(**changes: Any) -> ThriftyModel:
        return ThriftyModel(make(**changes), settings_for(**changes), database, clock)

    return thrifty


async def used(database: Database, day: str = DAY) -> tuple[int, Decimal]:
    async with database.read() as session:
        return await store.used(session, day)


async def test_it_asks_once_and_finds_the_stored_answer_after_a_restart(
    server: ModelServer, thrifty: Thrifty
) -> None:
    first = await thrifty(prices=PRICES).classify(question())
    again = await thrifty(prices=PRICES).classify(question())

    assert isinstance(first, Answered)
    assert isinstance(again, Answered)
    assert again.value == first.value
    assert (first.usage.cost, again.usage.cost) == (Decimal("0.003"), 0)
    assert len(server.bodies) == 1


async def test_somebody_joining_the_team_changes_no_answer_but_another_text_or_model_does(
    server: ModelServer, thrifty: Thrifty
) -> None:
    model = thrifty()
    await model.classify(question())
    await model.classify(ToClassify(question().text, MappingProxyType(dict(question().choices)), ("Anna",)))
    assert len(server.bodies) == 1
    await model.classify(question(1))
    await thrifty(model="large").classify(question())
    assert len(server.bodies) == 3


async def test_it_asks_with_no_transaction_open(
    server: ModelServer, database: Database, thrifty: Thrifty
) -> None:
    async def writes(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        async with asyncio.timeout(5), database.write() as session:
            await store.set_aside(database, session, "2000-01-01", 1, ModelSettings(), 1)
        return await says(GOOD)(request, body)

    server.usually = writes
    assert isinstance(await thrifty(tries=1).classify(question()), Answered)


async def test_it_stores_no_failure(server: ModelServer, thrifty: Thrifty) -> None:
    server.script = [fails(401)]
    model = thrifty()
    assert isinstance(await model.classify(question()), Unavailable)
    assert isinstance(await model.classify(question()), Answered)


async def test_it_notes_every_call_and_what_it_took(
    server: ModelServer, database: Database, thrifty: Thrifty
) -> None:
    server.script = [says(GOOD), says(None, refusal="no"), thinks(lambda body: {"lines": texts(body)})]
    model = thrifty(prices=PRICES)
    await model.classify(question(1))
    await model.classify(question(2))
    await model.summarise(ToSummarise(("One", "Two")))

    async with database.read() as session:
        spent = await store.spent(session, DAY, DAY)
    assert spent == [
        store.Spent("classify", 2, 1, 240, Decimal("0.006")),
        store.Spent("summarise", 1, 0, 120, Decimal("0.003")),
    ]
    assert await used(database) == (360, Decimal("0.009"))


@pytest.mark.parametrize("limit", [{"daily_tokens": 2000}, {"daily_money": Decimal("0.05")}])
async def test_it_says_that_the_days_budget_is_used_up_until_the_next_day(
    limit: dict[str, Any], server: ModelServer, clock: MovableClock, thrifty: Thrifty
) -> None:
    model = thrifty(prices=PRICES, **limit)
    number = 0
    while isinstance(answer := await model.classify(question(number)), Answered):
        number += 1
    asked = len(server.bodies)

    assert 0 < number < 20
    assert answer.reason is NoAnswer.BUDGET
    assert answer.sentence.startswith("Today's budget for the model is used up (")
    assert isinstance(await model.classify(question(0)), Answered)  # what is stored costs nothing
    assert len(server.bodies) == asked
    clock.advance(timedelta(days=1))
    assert isinstance(await model.classify(question(number)), Answered)


async def test_many_at_once_stay_within_the_budget(
    server: ModelServer, database: Database, thrifty: Thrifty
) -> None:
    replicas = [thrifty(daily_tokens=5000), thrifty(daily_tokens=5000)]
    answers = await asyncio.gather(*[replicas[one % 2].classify(question(one)) for one in range(30)])
    tokens, _ = await used(database)
    answered = sum(isinstance(one, Answered) for one in answers)
    assert 1 <= answered < 30
    assert tokens == 120 * answered == 120 * len(server.bodies)
    assert tokens <= 5000


async def test_a_call_cut_short_stays_counted(
    server: ModelServer, database: Database, thrifty: Thrifty
) -> None:
    asked = asyncio.Event()

    async def hangs(_request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    server.usually = hangs
    asking = asyncio.create_task(thrifty().classify(question()))
    async with asyncio.timeout(20):
        await asked.wait()
    asking.cancel()
    await asyncio.wait([asking])
    tokens, _ = await used(database)
    assert tokens > 1000


async def test_two_who_asked_the_same_at_once_keep_one_answer(
    server: ModelServer, database: Database, thrifty: Thrifty
) -> None:
    one, other = await asyncio.gather(thrifty().classify(question()), thrifty().classify(question()))
    assert isinstance(one, Answered)
    assert isinstance(other, Answered)
    async with database.read() as session:
        assert await store.answer(session, key_of(question(), ModelSettings(model="small")))
    assert server.bodies


async def test_it_stores_whatever_a_stranger_wrote(server: ModelServer, thrifty: Thrifty) -> None:
    quote = "a\x00b"
    server.usually = thinks(lambda _body: {"quote": quote, "many": [quote, "c"]})
    request = ToExtract(f"{quote} c \ud800", (Field("quote", "q"), Field("many", "m", "quotes")))
    model = thrifty()
    first, again = await model.extract(request), await model.extract(request)
    assert isinstance(first, Answered)
    assert isinstance(again, Answered)
    assert again.value == {
        "quote": "a\N{REPLACEMENT CHARACTER}b",
        "many": ("a\N{REPLACEMENT CHARACTER}b", "c"),
    }


async def test_it_forgets_what_is_old(database: Database, clock: MovableClock, thrifty: Thrifty) -> None:
    model = thrifty()
    await model.classify(question(1))
    clock.advance(timedelta(days=40))
    await model.classify(question(2))
    async with database.write() as session:
        await store.forget(session, clock.now() - timedelta(days=30))
    async with database.read() as session:
        settings = ModelSettings(model="small")
        kept = [await store.answer(session, key_of(question(one), settings)) for one in (1, 2)]
        assert [bool(one) for one in kept] == [False, True]
        assert await store.spent(session, "2026-01-01", DAY) == []
    assert await used(database) == (0, 0)


async def test_a_stored_answer_keeps_no_text_that_was_asked(database: Database, thrifty: Thrifty) -> None:
    await thrifty().classify(question(77))
    async with database.read() as session:
        row = await session.get(ModelAnswer, key_of(question(77), ModelSettings(model="small")))
    assert row is not None
    assert row.value == {"name": "delivery", "confidence": 0.9, "words": ["parcel"]}
