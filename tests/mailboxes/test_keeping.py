"""What is kept of mailboxes is the same for all replicas, and one of them does a thing at a time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import select

from bot import mailing
from bot.settings import Mailbox, Settings
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.mailboxes import Lease, StoredBookmarks, StoredTokens
from bot.storage.outbox import Draft, OutboxRow
from jobs import mailboxes as jobs
from tests.gateways.tokens import TokenServer
from tests.patience import until

ADDRESS = "orders@shop.example"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest_asyncio.fixture
async def replica(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.dispose()


def lease(database: Database, *, seconds: float = 30, takes_over: bool = False) -> Lease:
    return Lease(database, f"mailbox:{ADDRESS}", timedelta(seconds=seconds), takes_over=takes_over)


async def test_it_keeps_a_bookmark_for_each_folder_and_the_last_word_counts(
    database: Database, replica: Database
) -> None:
    kept = StoredBookmarks(database)
    assert await kept.get(ADDRESS, "INBOX") is None
    await kept.set(ADDRESS, "INBOX", "one")
    await kept.set(ADDRESS, "INBOX", "two")
    await kept.set(ADDRESS, "Archiv\x00", "three")
    there = StoredBookmarks(replica)
    assert await there.get(ADDRESS, "INBOX") == "two"
    assert await there.get("else@shop.example", "INBOX") is None


async def test_it_lets_one_replica_watch_and_another_once_that_stops(
    database: Database, replica: Database
) -> None:
    mine, theirs = lease(database), lease(replica)
    assert await mine.hold()
    assert not await theirs.hold()
    assert await mine.hold()
    await mine.let_go()
    assert await theirs.hold()
    assert not await mine.hold()


async def test_it_lets_another_replica_watch_when_one_dies(database: Database, replica: Database) -> None:
    assert await lease(database, seconds=0.3).hold()
    theirs = lease(replica)
    await until(theirs.hold, 5)


async def test_it_takes_over_at_once_only_where_nobody_else_can_be(
    database: Database, replica: Database
) -> None:
    assert await lease(database).hold()
    assert await lease(replica, takes_over=True).hold() is database.is_sqlite


async def test_it_lets_one_replica_at_a_time_refresh_a_token(database: Database, replica: Database) -> None:
    seen: list[str] = []

    async def refreshes(kept: StoredTokens, name: str) -> None:
        async with kept.alone(ADDRESS):
            seen.append(f"{name} in")
            await kept.put(ADDRESS, name)
            seen.append(f"{name} out")

    await asyncio.gather(
        *(
            refreshes(StoredTokens(one), name)
            for one, name in ((database, "a"), (replica, "b"), (database, "c"))
        )
    )
    assert [name for name, _ in map(str.split, seen[::2])] == [name for name, _ in map(str.split, seen[1::2])]
    assert await StoredTokens(replica).get(ADDRESS) == seen[-1][0]


async def test_it_lets_the_next_one_in_when_a_refresh_fails(database: Database) -> None:
    kept = StoredTokens(database)
    with pytest.raises(ConnectionError):
        async with kept.alone(ADDRESS):
            raise ConnectionError
    async with asyncio.timeout(5), kept.alone(ADDRESS):
        pass


async def test_it_fetches_one_token_for_all_replicas_and_keeps_what_replaces_the_settings(
    database: Database, replica: Database
) -> None:
    async with TokenServer(ADDRESS) as server:
        settings = Settings(
            mailbox=[
                Mailbox(
                    address=ADDRESS, imap_host="127.0.0.1", sign_in="oauth", client_id="app-id",
                    client_secret=SecretStr("app-secret"), refresh_token=SecretStr("refresh-0"),
                    token_url=f"{server.url}/token", scope="mail",
                )
            ]
        )  # fmt: skip
        doors = [mailing.doors(settings, one)[ADDRESS] for one in (database, replica)]
        signs = [door.sign_in for door in doors if door.sign_in]
        assert await asyncio.gather(*(sign("") for sign in signs)) == ["access-1", "access-1"]
        assert [form["refresh_token"] for form in server.asked] == ["refresh-0"]
        # The first is refused: the refresh token that came with it is used, and not that of the settings.
        assert await signs[1]("access-1") == "access-2"
        assert server.asked[-1]["refresh_token"] == "refresh-1"


async def test_it_files_a_copy_of_what_left_from_a_mailbox_once_and_of_nothing_else(
    database: Database,
) -> None:
    told: list[int] = []

    async def heard(_session: object, row: OutboxRow) -> None:
        told.append(row.id)

    outcome = jobs.filing({"letters": heard}, {ADDRESS})["letters"]
    async with database.write() as session:
        for number, (sender, state) in enumerate(
            ((ADDRESS.title(), "sent"), (ADDRESS, "failed"), ("else@shop.example", "sent"))
        ):
            payload = {"sender": sender, "recipients": ["li@x.example"], "sha256": f"hash-{number}"}
            row_id = await outbox.add(session, Draft(f"k{number}", "mail.send", "lane", payload))
            row = await outbox.get(session, row_id)
            row.state = state
            await outcome(session, row)
            await outcome(session, row)
    async with database.read() as session:
        rows = (await session.execute(select(OutboxRow).where(OutboxRow.kind == "mail.file"))).scalars().all()
    assert [row.payload for row in rows] == [{"mailbox": ADDRESS, "sha256": "hash-0"}]
    assert len(told) == 6


async def test_it_lets_a_person_sign_in_by_hand_and_all_replicas_have_the_token(
    database: Database, replica: Database
) -> None:
    async with TokenServer(ADDRESS) as server:
        box = Mailbox(
            address=ADDRESS, imap_host="127.0.0.1", sign_in="oauth", client_id="app-id",
            client_secret=SecretStr("app-secret"), token_url=f"{server.url}/token", scope="mail",
            sign_in_url=f"{server.url}/authorize",
        )  # fmt: skip
        settings = Settings(mailbox=[box])
        oauth, page = mailing.by_hand(settings, database, ADDRESS.title())
        code = server.sign_in(page.url)
        for landed in (
            f"http://localhost/?code={code}&state=another",
            "http://localhost/?error=access_denied",
        ):
            with pytest.raises(mailing.NotTheSignIn):
                await mailing.signed_in(oauth, page, landed)
        await mailing.signed_in(oauth, page, f" http://localhost/?code={code}&state={page.state}\n")
        sign = mailing.doors(settings, replica)[ADDRESS].sign_in
        assert sign
        assert await sign("") == "access-1"


def test_it_lets_nobody_sign_in_where_a_password_is_used() -> None:
    settings = Settings(mailbox=[Mailbox(address=ADDRESS, imap_host="x", imap_password=SecretStr("y"))])
    for address in (ADDRESS, "else@shop.example"):
        with pytest.raises(mailing.NoSignIn, match=address):
            mailing.by_hand(settings, Database("sqlite+aiosqlite://"), address)
