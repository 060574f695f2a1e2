"""Three hundred people answer within a minute, in the message itself: nothing is lost, nobody waits."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import clock
from bot.people import areas, store
from bot.people.model import Morning, Person
from bot.rhythms import Rhythm
from bot.services import Services
from bot.standups import messages, rounds
from bot.standups.model import Asked, Round
from bot.storage.outbox import OutboxRow
from handlers import guard
from tests.journeys.shop import built
from tests.patience import until

PEOPLE = 300
# Slack's, in seconds. The machine that tests may be busy with other things: half of them must do.
SHOWN_AS_ERROR = 3.0
PATIENCE = 180.0
# A Monday, in Lisbon an hour and a half before everybody is asked.
BEGIN = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)


def pressing_send(one: Round, person_id: str) -> dict[str, Any]:
    """Give what Slack sends when somebody presses "Send" below what they wrote."""
    text = {"value": {"type": "plain_text_input", "value": f"{person_id} has packed 40 parcels"}}
    return {
        "type": "block_actions",
        "user": {"id": person_id},
        "trigger_id": f"trigger-{person_id}",
        "channel": {"id": f"D{person_id}"},
        "actions": [{"action_id": messages.SEND, "type": "button", "value": str(one.id)}],
        "state": {"values": {f"standup-{one.id}-0": text}},
    }


async def standing(services: Services) -> tuple[Round, int, int]:
    """Give the round, how many were asked in their message, and how many have answered."""
    async with services.database.read() as session:
        one = (await session.execute(select(Round))).scalar_one()
        asked = (await session.execute(select(func.count()).select_from(Morning))).scalar_one()
        answered = select(func.count()).select_from(Asked).where(Asked.state == "answered")
        return one, asked, (await session.execute(answered)).scalar_one()


@pytest.mark.timeout(450)
async def test_it_loses_no_answer_of_three_hundred(database_url: str, tmp_path: Path) -> None:
    async with built(database_url, tmp_path, now=BEGIN) as shop:
        crowd = [
            shop.workspace.world.add_user(f"Packer {number:03}", tz="Europe/Lisbon")
            for number in range(PEOPLE)
        ]
        async with shop.open() as services:
            await shop.slack.pause()
            async with services.database.write() as session:
                await areas.switch(session, "standups", on=True)
                nora = next(one for one in await store.colleagues(session) if one.name.startswith("Nora"))
                plan = rounds.Plan(
                    "Packing", "daily", Rhythm.on_weekdays(0, 1, 2, 3, 4), "09:30", "C1", tuple(crowd)
                )
                await rounds.begin(session, plan, await session.get_one(Person, nora.id), BEGIN)
            await shop.slack.advance(timedelta(minutes=91))
            await until(lambda: _asked_all(services), within=PATIENCE)

            one, _, _ = await standing(services)
            waits: list[float] = []

            async def answer(person_id: str) -> None:
                begun = clock.monotonic()

                async def ack(**_answer: Any) -> None:
                    waits.append(clock.monotonic() - begun)

                await guard.interaction(services, "action", pressing_send(one, person_id), ack)

            begun = clock.monotonic()
            # Five a second is three hundred a minute; this is ten at once, again and again.
            for start in range(0, PEOPLE, 10):
                await asyncio.gather(*map(answer, crowd[start : start + 10]))
            took = clock.monotonic() - begun

            _, _, answered = await standing(services)
            assert answered == PEOPLE
            assert took < PATIENCE
            assert len(waits) == PEOPLE
            assert median(waits) < SHOWN_AS_ERROR
            report = await until(lambda: _report(services, one), within=PATIENCE)
            assert f"{PEOPLE} answers" in report
            assert "has packed 40 parcels" in report


async def _asked_all(services: Services) -> bool:
    return (await standing(services))[1] >= PEOPLE


async def _report(services: Services, one: Round) -> str:
    async with services.database.read() as session:
        mine = OutboxRow.key.startswith(f"standup:{one.id}:report:")
        row = (await session.execute(select(OutboxRow).where(mine).limit(1))).scalar_one_or_none()
        return str(row.payload["blocks"]) if row else ""
