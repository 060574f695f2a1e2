"""A mailbox on a real mail server is watched: nothing is lost, nothing comes twice, nothing is changed."""

import asyncio

import aiosmtplib
import pytest

from bot.gateways import imap, imap_offer, imap_reading
from bot.gateways.imap import Pace
from bot.gateways.smtp import MailReceiver
from tests.gateways.desk import FAST, IDLE_ONLY, Desk, OneOfTwo, ago, as_imap, mail
from tests.gateways.dovecot import Dovecot, Wire
from tests.patience import until


@pytest.fixture
def database_kind() -> str:
    """Storage is tested on both databases elsewhere."""
    return "sqlite"


async def test_it_takes_a_mail_when_it_comes_and_leaves_it_as_it_was(desk: Desk) -> None:
    async with desk.watching(pace=IDLE_ONLY):
        desk.server.deliver(desk.address, mail("Invoice 7", headers={"X-Weird": "ünicode"}))
        await desk.has("Invoice 7")
    [taken] = await desk.taken()
    [(flags, raw)] = desk.server.mails(desk.address)
    assert taken.raw == raw
    assert "Seen" not in flags
    assert taken.envelope["recipients"] == [desk.address]
    assert taken.envelope["envelope_from"] == "li@factory.example"
    assert taken.lane == "mail:factory.example"
    assert "imported" not in taken.envelope


async def test_it_takes_a_mail_that_comes_while_it_reads_another(desk: Desk) -> None:
    async with Wire(desk.server.imap) as wire:
        wire.meanwhile = (
            b"UID FETCH 1 (UID INTERNALDATE RFC822.SIZE",
            lambda: desk.server.deliver(desk.address, mail("Second")),
        )
        async with desk.watching(pace=IDLE_ONLY, port=wire.port):
            desk.server.deliver(desk.address, mail("First"))
            await desk.has("First", "Second")


async def test_it_leaves_alone_what_was_there_at_its_first_look(desk: Desk) -> None:
    desk.server.deliver(desk.address, mail("From last year"))
    async with desk.watching(pace=IDLE_ONLY):
        desk.server.deliver(desk.address, mail("New"))
        await desk.has("New")


async def test_it_takes_what_came_while_nobody_watched(desk: Desk) -> None:
    async with desk.watching():
        pass
    desk.server.put(desk.address, "INBOX", *(mail(f"Night {number}") for number in range(30)))
    async with desk.watching():
        await desk.has(*(f"Night {number}" for number in range(30)))
    assert await desk.subjects() == [f"Night {number}" for number in range(30)]


async def test_it_takes_a_mail_once_however_often_and_by_whichever_way_it_comes(desk: Desk) -> None:
    raw = mail("Only once", to=desk.address)
    receiver = MailReceiver(desk.store.accept, [desk.address], port=0)
    await receiver.start()
    host, port = receiver.address
    await aiosmtplib.send(
        raw, sender="li@factory.example", recipients=[desk.address], hostname=host, port=port, start_tls=False
    )
    await receiver.stop()
    async with desk.watching():
        desk.server.deliver(desk.address, raw)
        desk.server.deliver(desk.address, raw, sender="bounce@relay.example")
        await until(lambda: desk.offers == 2)
        with desk.server.client(desk.address) as program:
            program.create("Archive")
            program.select("INBOX")
            program.uid("MOVE", "1", "Archive")
            program.select("Archive")
            program.uid("MOVE", "1", "INBOX")
        desk.server.deliver(desk.address, mail("The last"))
        await desk.has("Only once", "The last")
    assert desk.offers == 4


async def test_it_keeps_two_mails_apart_that_share_a_message_id(desk: Desk) -> None:
    async with desk.watching():
        raw = mail("Twins")
        desk.server.deliver(desk.address, raw)
        desk.server.deliver(desk.address, raw.replace(b"\r\n\r\nAbout", b"\r\n\r\nNot about"))
        desk.server.deliver(desk.address, mail("The last"))
        await desk.has("Twins", "Twins", "The last")


async def test_it_takes_only_what_is_new_after_the_mailbox_was_numbered_anew(desk: Desk) -> None:
    desk.server.put(desk.address, "INBOX", mail("Years old", at=ago(900)), when=as_imap(ago(900)))
    desk.server.put(desk.address, "INBOX", mail("Moved lately", at=ago(500)))
    async with desk.watching():
        desk.server.deliver(desk.address, mail("Known"))
        await desk.has("Known")
    desk.server.deliver(desk.address, mail("Came meanwhile"))
    desk.server.number_anew(desk.address)
    async with desk.watching():
        desk.server.deliver(desk.address, mail("Came after"))
        await desk.has("Known", "Came meanwhile", "Came after")


async def test_it_takes_up_again_after_the_line_broke(desk: Desk) -> None:
    async with Wire(desk.server.imap) as wire, desk.watching(pace=IDLE_ONLY, port=wire.port) as watcher:
        wire.cut()
        desk.server.deliver(desk.address, mail("In the gap"))
        await desk.has("In the gap")
        await until(lambda: watcher.state.connected)
        assert watcher.state.problem is None
        assert wire.connections == 2


async def test_it_notices_a_line_that_has_gone_silent(desk: Desk) -> None:
    async with (
        Wire(desk.server.imap) as wire,
        desk.watching(pace=FAST, port=wire.port, timeout=0.5) as watcher,
    ):
        wire.is_silent = True
        desk.server.deliver(desk.address, mail("Into the silence"))
        await until(lambda: not watcher.state.connected)
        wire.is_silent = False
        await desk.has("Into the silence")


async def test_it_says_that_the_server_is_away_and_goes_on_when_it_is_back(
    desk: Desk, own_dovecot: Dovecot
) -> None:
    desk.server = own_dovecot
    async with desk.watching() as watcher:
        own_dovecot.stop()
        said = await desk.problem(watcher, "cannot be reached")
        assert said == (
            f"The mail server 127.0.0.1 of {desk.address} cannot be reached (connection refused). "
            "Mail waits there meanwhile."
        )
        own_dovecot.start()
        own_dovecot.deliver(desk.address, mail("Back"))
        await desk.has("Back")
        await until(lambda: watcher.state.connected and watcher.state.problem is None)


async def test_it_marks_a_mail_only_after_it_was_stored(desk: Desk) -> None:
    async with desk.watching(mark_seen=True) as watcher:
        with desk.server.client(desk.address) as program:
            program.append("INBOX", r"(\Deleted)", None, mail("Thrown away by a colleague"))  # type: ignore[arg-type]
        await desk.has("Thrown away by a colleague")
        desk.refuses = True
        desk.server.deliver(desk.address, mail("While the database is down"))
        said = await desk.problem(watcher, "could not be stored")
        assert "stays on the mail server" in said
        assert "Seen" not in desk.server.mails(desk.address)[1][0]
        desk.refuses = False
        await desk.has("Thrown away by a colleague", "While the database is down")
        await until(lambda: "Seen" in desk.server.mails(desk.address)[1][0])
    assert len(desk.server.mails(desk.address)) == 2


async def test_it_takes_nothing_twice_when_it_dies_between_storing_and_noting(desk: Desk) -> None:
    async with desk.watching() as watcher:
        desk.forgets = True
        desk.server.deliver(desk.address, mail("Stored, not noted"))
        await desk.problem(watcher, "could not be stored")
    desk.forgets = False
    desk.server.deliver(desk.address, mail("Next"))
    before = desk.offers
    async with desk.watching():
        await desk.has("Stored, not noted", "Next")
    assert desk.offers == before + 2


async def test_it_says_that_the_password_is_wrong_and_tries_again_slowly(desk: Desk) -> None:
    async with (
        Wire(desk.server.imap) as wire,
        desk.watching(port=wire.port, password="an old one", is_ready=False) as watcher,
    ):
        said = await desk.problem(watcher, "does not accept")
        assert said.startswith(
            f"The mail server 127.0.0.1 does not accept user name and password of {desk.address}."
        )
        assert not watcher.state.connected
        desk.server.user(desk.address, password="an old one")
        await until(lambda: watcher.state.connected)
        assert wire.connections <= 6


async def test_it_says_again_what_could_not_be_noted(desk: Desk) -> None:
    desk.is_deaf = True
    async with desk.watching(password="an old one", is_ready=False) as watcher:
        said = await desk.problem(watcher, "does not accept")
        desk.is_deaf = False
        await until(lambda: desk.states)
        desk.server.user(desk.address, password="an old one")
        await until(lambda: len(desk.states) > 1)
        desk.server.deliver(desk.address, mail("All is well"))
        await desk.has("All is well")
    assert [(one.connected, one.problem) for one in desk.states] == [(False, said), (True, None)]


async def test_it_goes_on_without_a_folder_that_vanished(desk: Desk) -> None:
    with desk.server.client(desk.address) as program:
        program.create("Orders")
    async with desk.watching(folders=("INBOX", "Orders")) as watcher:
        desk.server.put(desk.address, "Orders", mail("Filed by a rule"))
        await desk.has("Filed by a rule")
        with desk.server.client(desk.address) as program:
            program.delete("Orders")
        said = await desk.problem(watcher, "Orders")
        assert said == (
            f"The mailbox {desk.address} has no folder Orders any more. "
            "Put it back, or take it out of the settings."
        )
        desk.server.deliver(desk.address, mail("To the inbox"))
        await desk.has("Filed by a rule", "To the inbox")
        with desk.server.client(desk.address) as program:
            program.create("Orders")
        desk.server.put(desk.address, "Orders", mail("Filed again"))
        await desk.has("Filed by a rule", "To the inbox", "Filed again")
        await until(lambda: watcher.state.problem is None)


async def test_it_lets_one_of_two_replicas_watch(desk: Desk) -> None:
    lease = OneOfTwo()
    async with (
        desk.watching(lease=lease.of("a")) as first,
        desk.watching(lease=lease.of("b"), is_ready=False) as second,
    ):
        desk.server.deliver(desk.address, mail("One"))
        await desk.has("One")
        assert (first.state.connected, second.state.connected) == (True, False)
        lease.holder = "b"
        await until(lambda: second.state.connected)
        desk.server.deliver(desk.address, mail("Two"))
        await desk.has("One", "Two")
        await second.stop()
        await until(lambda: lease.holder == "a")
        desk.server.deliver(desk.address, mail("Three"))
        await desk.has("One", "Two", "Three")
    assert lease.holder is None
    assert desk.offers == 3


async def test_it_passes_by_a_mail_that_breaks_the_line_and_says_so(desk: Desk) -> None:
    async with desk.watching():
        pass
    for subject in ("Before", "Cursed", "After"):
        desk.server.put(desk.address, "INBOX", mail(subject))
    async with Wire(desk.server.imap) as wire:
        wire.cut_at = b"FETCH 2 (UID INTERNALDATE RFC822.SIZE"
        async with desk.watching(port=wire.port) as watcher:
            await desk.has("Before", "After")
            said = await desk.problem(watcher, "cannot give out")
            assert "1 of the mails in INBOX" in said
    async with desk.watching():
        await desk.has("Before", "Cursed", "After")


async def test_it_forgets_no_mail_it_passed_by_when_the_line_breaks_later(desk: Desk) -> None:
    async with desk.watching():
        pass
    desk.server.put(desk.address, "INBOX", mail("Before"), mail("Cursed"))
    async with Wire(desk.server.imap) as wire:
        wire.cut_at = b"FETCH 2 (UID INTERNALDATE RFC822.SIZE"
        async with desk.watching(port=wire.port) as watcher:
            await desk.problem(watcher, "cannot give out")
    later = [f"Later {number}" for number in range(30)]
    desk.server.put(desk.address, "INBOX", *map(mail, later))
    async with Wire(desk.server.imap) as wire:
        # After the place was noted on the way, and before the cursed one is asked for again.
        wire.cut_at = b"FETCH 30 (UID INTERNALDATE RFC822.SIZE"
        async with desk.watching(pace=Pace(first_wait=60), port=wire.port, is_ready=False):
            await until(lambda: '"next": 28' in desk.notes[desk.address, "INBOX"])
    async with desk.watching():
        await desk.has("Before", "Cursed", *later)


async def test_it_takes_the_beginning_of_a_mail_that_is_too_large(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (imap_offer, imap_reading):
        monkeypatch.setattr(module, "LARGEST_MAIL", 5000)
    async with desk.watching():
        desk.server.deliver(desk.address, mail("Huge", size=20_000))
        await desk.has("Huge")
    [taken] = await desk.taken()
    assert len(taken.raw) == 5000
    assert taken.envelope["cut"] is True
    assert taken.envelope["size"] > 20_000


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_it_refuses_a_certificate_that_nobody_vouches_for(desk: Desk, security: str) -> None:
    port = desk.server.imaps if security == "tls" else desk.server.imap
    async with desk.watching(host="localhost", port=port, security=security, is_ready=False) as watcher:
        said = await desk.problem(watcher, "certificate")
        assert said.startswith(
            f"The mail server localhost of {desk.address} shows a certificate that cannot be trusted"
        )


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_it_speaks_in_secret_with_a_server_it_trusts(desk: Desk, security: str) -> None:
    port = desk.server.imaps if security == "tls" else desk.server.imap
    tls = desk.server.trusting()
    async with desk.watching(pace=IDLE_ONLY, host="localhost", port=port, security=security, tls=tls):
        for subject in ("One", "Two", "Three"):
            desk.server.deliver(desk.address, mail(subject))
        await desk.has("One", "Two", "Three")


async def test_it_says_when_the_port_speaks_no_tls(desk: Desk) -> None:
    async with desk.watching(security="tls", is_ready=False) as watcher:
        await desk.problem(watcher, "it does not speak TLS at this port")


async def test_it_looks_now_and_then_where_the_server_tells_nothing(desk: Desk) -> None:
    server = Dovecot(extra="imap_capability = IMAP4rev1 UIDPLUS\n")
    try:
        server.start()
        desk.server = server
        async with desk.watching():
            server.deliver(desk.address, mail("Found by looking"))
            await desk.has("Found by looking")
    finally:
        server.remove()


async def test_it_looks_at_once_when_asked(desk: Desk) -> None:
    with desk.server.client(desk.address) as program:
        program.create("Orders")
    pace = IDLE_ONLY
    async with desk.watching(pace=pace, folders=("INBOX", "Orders")) as watcher:
        desk.server.put(desk.address, "Orders", mail("Not told by IDLE"))
        watcher.wake()
        await desk.has("Not told by IDLE")


async def test_it_can_be_told_whether_it_hangs_or_waits_for_mail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "_PATIENCE", 0.5)
    async with Wire(desk.server.imap) as wire, desk.watching(port=wire.port) as watcher:
        wire.is_silent = True
        await until(lambda: watcher.pulse.is_missed)
        wire.is_silent = False
        wire.cut()
        await until(lambda: not watcher.pulse.is_missed)

    async with desk.watching(pace=IDLE_ONLY) as watcher:
        overdue = asyncio.get_running_loop().time() + 1.0
        await until(lambda: asyncio.get_running_loop().time() > overdue)
        assert not watcher.pulse.is_missed
        desk.server.deliver(desk.address, mail("Invoice 8"))
        await desk.has("Invoice 8")
