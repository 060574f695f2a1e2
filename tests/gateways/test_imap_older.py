"""What was in a mailbox before us is offered oldest first, marked so that it stays silent, and resumable."""

from typing import Any

import pytest

from bot.gateways.imap_problems import ConnectionBroke
from bot.mail.compose import LOOP_HEADER
from tests.gateways.desk import Desk, ago, as_imap, mail
from tests.gateways.dovecot import Wire

SENT = "Gesendete Objekte"


@pytest.fixture
def database_kind() -> str:
    """Storage is tested on both databases elsewhere."""
    return "sqlite"


def fill(desk: Desk, *days: float) -> None:
    """Put in a mail for each of these many days ago; the server got them all just now, as after a move."""
    desk.server.put(desk.address, "INBOX", *(mail(f"{day} days ago", at=ago(day)) for day in days))


async def offered(desk: Desk, most: int = 99, **changes: Any) -> list[str]:
    """Take in older mail, up to `most`, and give its subjects."""
    async with desk.older(**changes) as older:
        mails = older.mails()
        subjects = []
        async for one in mails:
            await one.offer.hand_to(desk.accept)
            subjects.append(one.raw.split(b"Subject: ")[1].split(b"\r\n")[0].decode())
            if len(subjects) == most:
                break
        await mails.aclose()
    return subjects


async def test_it_offers_the_oldest_first_whatever_the_server_says_it_got_when(desk: Desk) -> None:
    fill(desk, 10, 300, 20)
    sent = mail("Our answer, 15 days ago", sender=desk.address, to="li@factory.example", at=ago(15))
    own = mail("Relayed by us", sender=desk.address, headers={LOOP_HEADER: "u1"}, at=ago(16))
    desk.server.put(desk.address, SENT, sent, own)
    assert await offered(desk) == [
        "300 days ago",
        "20 days ago",
        "Our answer, 15 days ago",
        "10 days ago",
    ]
    taken = await desk.taken()
    assert all(one.envelope["imported"] for one in taken)
    assert [one.envelope.get("sent_elsewhere", False) for one in taken] == [False, False, True, False]
    assert {one.lane for one in taken} == {f"import:{desk.address}"}


async def test_it_tells_how_much_there_is(desk: Desk) -> None:
    fill(desk, 10, 300, 20)
    async with desk.older() as older:
        assert older.count == 3
        assert older.oldest is not None
        assert abs((older.oldest - ago(300)).total_seconds()) < 60
    async with desk.older(since=ago(30)) as older:
        assert older.count == 2


async def test_it_never_offers_what_came_after_us_and_the_watcher_never_what_came_before(desk: Desk) -> None:
    fill(desk, 5)
    async with desk.watching():
        pass
    # Not yet seen by the watcher, and old by its sender's date: it is new all the same.
    fill(desk, 400)
    assert await offered(desk) == ["5 days ago"]
    async with desk.watching():
        await desk.has("5 days ago", "400 days ago")
    assert [one.envelope.get("imported", False) for one in await desk.taken()] == [True, False]


async def test_it_begins_the_watch_where_nobody_watched_yet(desk: Desk) -> None:
    fill(desk, 5)
    assert await offered(desk) == ["5 days ago"]
    desk.server.deliver(desk.address, mail("Since then"))
    async with desk.watching():
        await desk.has("5 days ago", "Since then")
    assert await offered(desk) == ["5 days ago"]


async def test_it_goes_on_where_it_was_left(desk: Desk) -> None:
    fill(desk, 50, 40, 30, 20)
    assert await offered(desk, most=2) == ["50 days ago", "40 days ago"]
    # The last one was not said to be dealt with: once more, which the inbox knows.
    rest = await offered(desk)
    assert rest[-2:] == ["30 days ago", "20 days ago"]
    await desk.has("50 days ago", "40 days ago", "30 days ago", "20 days ago")


async def test_it_goes_on_over_a_new_line_when_the_old_one_breaks(desk: Desk) -> None:
    fill(desk, 50, 40, 30)
    async with Wire(desk.server.imap) as wire, desk.older(port=wire.port) as older:
        subjects = []
        async for one in older.mails():
            await one.offer.hand_to(desk.accept)
            subjects.append(one.at)
            wire.cut()
        assert len(subjects) == 3
    await desk.has("50 days ago", "40 days ago", "30 days ago")


async def test_it_ends_with_a_sentence_when_the_server_is_gone(desk: Desk) -> None:
    fill(desk, 50, 40, 30)
    async with Wire(desk.server.imap) as wire:
        wire.cut_at = b"UID FETCH 2 (UID INTERNALDATE RFC822"
        with pytest.raises(ConnectionBroke):
            await offered(desk, port=wire.port)
    await offered(desk)
    await desk.has("50 days ago", "40 days ago", "30 days ago")


async def test_it_does_not_import_what_the_watcher_has_after_new_numbers(desk: Desk) -> None:
    desk.server.put(desk.address, "INBOX", mail("Ancient", at=ago(700)), when=as_imap(ago(700)))
    async with desk.watching():
        desk.server.deliver(desk.address, mail("Fresh"))
        await desk.has("Fresh")
    desk.server.number_anew(desk.address)
    async with desk.watching():
        pass
    assert await offered(desk) == ["Ancient"]
