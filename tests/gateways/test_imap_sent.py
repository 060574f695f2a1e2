"""What we send stands in the mailbox's folder of sent mail, once; what a colleague sends there is seen."""

import hashlib
from collections.abc import Iterator

import pytest

from bot.clock import wall
from bot.gateways.imap_sent import Door, SentCourier
from bot.mail.compose import LOOP_HEADER
from bot.ports import Letter, NotDelivered, Uncertain, Undeliverable
from tests.conftest import missing
from tests.gateways import dovecot as servers
from tests.gateways.desk import Desk, mail
from tests.gateways.dovecot import Dovecot, Wire
from tests.patience import until

SENT = "Gesendete Objekte"


@pytest.fixture
def database_kind() -> str:
    """Storage is tested on both databases elsewhere."""
    return "sqlite"


@pytest.fixture(scope="module")
def plain_dovecot() -> Iterator[Dovecot]:
    """Give a mail server that does not mark the folder of sent mail."""
    if not servers.is_there():
        missing(servers.MISSING)
    server = Dovecot(special_use=False)
    try:
        server.start()
        yield server
    finally:
        server.remove()


class Post:
    """The courier for one mail of ours."""

    def __init__(self, desk: Desk, raw: bytes, **changes: object) -> None:
        self.raw = raw
        sha256 = hashlib.sha256(raw).hexdigest()
        doors = {desk.address: Door(desk.account(**changes))}
        self.courier = SentCourier(doors, self.blob)
        self.letter = Letter("u1", "mail.file", {"mailbox": desk.address, "sha256": sha256}, wall())

    async def blob(self, sha256: str) -> bytes:
        assert sha256 == self.letter.payload["sha256"]
        return self.raw


def ours(subject: str, *, size: int = 0) -> bytes:
    return mail(
        subject, sender="orders@shop.example", to="li@factory.example", headers={LOOP_HEADER: "u1"}, size=size
    )


async def test_it_files_what_was_sent_in_the_marked_folder_once(desk: Desk) -> None:
    post = Post(desk, ours("Re: Invoice"))
    assert await post.courier.find(post.letter) is None
    first = await post.courier.deliver(post.letter)
    second = await post.courier.deliver(post.letter)
    assert first.detail == second.detail == {"folder": SENT}
    [(flags, raw)] = desk.server.mails(desk.address, SENT)
    assert raw == post.raw
    assert "Seen" in flags
    assert await post.courier.find(post.letter) == first


@pytest.mark.parametrize("name", ["Отправленные", "已发送", "Éléments envoyés", "Sent Items"])
async def test_it_knows_the_folder_by_its_name_in_many_languages(
    desk: Desk, plain_dovecot: Dovecot, name: str
) -> None:
    desk.server = plain_dovecot
    told = Post(desk, ours("Re: Invoice"), sent_folder=name)
    await told.courier.deliver(told.letter)
    untold = Post(desk, ours("Re: Invoice 2"))
    assert (await untold.courier.deliver(untold.letter)).detail == {"folder": name}


async def test_it_makes_the_folder_where_there_is_none(desk: Desk, plain_dovecot: Dovecot) -> None:
    desk.server = plain_dovecot
    post = Post(desk, ours("Re: Invoice"))
    assert (await post.courier.deliver(post.letter)).detail == {"folder": "Sent"}
    assert len(plain_dovecot.mails(desk.address, "Sent")) == 1


async def test_it_waits_while_the_mailbox_is_full(desk: Desk) -> None:
    desk.address = desk.address.replace("orders", "full")
    post = Post(desk, ours("Re: Catalogue", size=30_000))
    with pytest.raises(NotDelivered) as refused:
        await post.courier.deliver(post.letter)
    assert f"The mailbox {desk.address} is full" in refused.value.sentence
    assert refused.value.retry_after == 900
    assert desk.server.mails(desk.address, SENT) == []
    small = Post(desk, ours("Re: Small"))
    await small.courier.deliver(small.letter)
    assert len(desk.server.mails(desk.address, SENT)) == 1


async def test_it_does_not_know_whether_a_broken_try_got_through_and_looks(desk: Desk) -> None:
    raw = ours("Re: Broken", size=2000)
    async with Wire(desk.server.imap) as wire:
        wire.cut_after = b"xxxxxx"
        post = Post(desk, raw, port=wire.port)
        with pytest.raises(Uncertain):
            await post.courier.deliver(post.letter)
        wire.cut_after = None
        await until(lambda: desk.server.mails(desk.address, SENT))
        assert await post.courier.find(post.letter) is not None
        await post.courier.deliver(post.letter)
    assert len(desk.server.mails(desk.address, SENT)) == 1


async def test_it_tells_what_keeps_it_from_filing(desk: Desk) -> None:
    post = Post(desk, ours("Re: Invoice"), password="wrong")
    with pytest.raises(NotDelivered, match="does not accept user name and password") as refused:
        await post.courier.deliver(post.letter)
    assert refused.value.retry_after == 900
    away = Post(desk, ours("Re: Invoice"), port=1)
    with pytest.raises(NotDelivered, match="cannot be reached") as refused:
        await away.courier.deliver(away.letter)
    assert refused.value.retry_after == 10


async def test_it_gives_up_on_a_mailbox_that_was_taken_out_of_the_settings(desk: Desk) -> None:
    post = Post(desk, ours("Re: Invoice"))
    letter = Letter("u1", "mail.file", {**post.letter.payload, "mailbox": "old@shop.example"}, wall())
    with pytest.raises(Undeliverable, match=r"no mailbox old@shop\.example"):
        await post.courier.deliver(letter)


async def test_it_leaves_filing_to_a_provider_that_does_it_itself(desk: Desk) -> None:
    post = Post(desk, ours("Re: Invoice"), files_sent_itself=True)
    await post.courier.deliver(post.letter)
    assert desk.server.mails(desk.address, SENT) == []


async def test_it_sees_what_a_colleague_sends_from_another_program_and_not_our_own(desk: Desk) -> None:
    desk.server.put(desk.address, SENT, mail("Re: last year", sender=desk.address, to="li@factory.example"))
    async with desk.watching():
        post = Post(desk, ours("Re: Ours"))
        await post.courier.deliver(post.letter)
        desk.server.put(
            desk.address, SENT, mail("Re: By hand", sender=desk.address, to="Li <li@Factory.example>")
        )
        await desk.has("Re: By hand")
    [taken] = await desk.taken()
    assert taken.envelope["sent_elsewhere"] is True
    assert taken.envelope["folder"] == SENT
    assert taken.lane == "mail:factory.example"


async def test_it_takes_a_mail_to_ourselves_as_sent_and_as_received(desk: Desk) -> None:
    async with desk.watching():
        raw = mail("Note to the team", sender=desk.address, to=desk.address)
        desk.server.put(desk.address, SENT, raw)
        desk.server.deliver(desk.address, raw)
        await desk.has("Note to the team", "Note to the team")
    both = [taken.envelope.get("sent_elsewhere", False) for taken in await desk.taken()]
    assert sorted(both) == [False, True]
