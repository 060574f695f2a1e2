"""Mail out of a mailbox: what was there before us, what was sent past us, passed on, or came twice."""

from datetime import timedelta

from bot.letters import older
from tests.mailboxes.post_room import HELP, LI, NOW, ORDERS, PARTS, PostRoom, written

LATER, SOONER = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)
FORWARD = """FYI, please answer.

---------- Forwarded message ---------
From: Li Wei <li@ningbo.example>
Date: Tue, 24 Nov 2026 08:00:00 +0000
Subject: Prices
To: Tom <tom@shop.example>

New prices from May.
"""


def sent(text: str, *, answers: str, to: str = LI, number: int = 1) -> bytes:
    """Write what a colleague sends from another program."""
    return written(
        "Re: Kiln 4",
        text,
        sender=f"Tom <{ORDERS}>",
        to=to,
        In_Reply_To=answers,
        Message_ID=f"<sent-{number}@outlook.example>",
    )


# ---- the time before us -------------------------------------------------------------------------------


async def test_it_takes_older_mail_in_without_a_word(room: PostRoom) -> None:
    await room.arrives(written("Kiln 1", "It is ready."), imported=True)
    await room.arrives(sent("Thank you.", answers="<1@x.example>"), imported=True, sent_elsewhere=True)
    await room.arrives(written("Who am I?", "A stranger.", sender="x@nowhere.example"), imported=True)

    assert not await room.leaving()
    assert not await room.conversations()
    assert not await room.strays()
    async with room.database.read() as session:
        known = await older.of(session, [LI])
    assert sorted(one.text for one in known) == ["It is ready.", "Thank you."]


async def test_it_keeps_older_mail_once_though_it_was_in_two_mailboxes(room: PostRoom) -> None:
    raw = written("Kiln 1", "It is ready.")
    await room.arrives(raw, imported=True)
    await room.arrives(b"Received: elsewhere\r\n" + raw, mailbox=PARTS, imported=True)
    async with room.database.read() as session:
        assert len(await older.of(session, [LI])) == 1


async def test_it_leaves_newsletters_of_that_time_out(room: PostRoom) -> None:
    await room.arrives(written("News", "Buy!", List_Unsubscribe="<https://x.example>"), imported=True)
    async with room.database.read() as session:
        assert not await older.of(session, [LI])


# ---- sent from another program ------------------------------------------------------------------------


async def test_it_shows_what_a_colleague_answered_elsewhere_and_stops_waiting(room: PostRoom) -> None:
    await room.arrives(written("Kiln 4", "May we ship?", Message_ID="<4@ningbo.example>"))
    assert (await room.conversations())[0].waiting_since

    answer = sent("Yes, <!channel> ship it.", answers="<4@ningbo.example>")
    await room.arrives(answer, sent_elsewhere=True, arrived_at=LATER.isoformat())

    matter = (await room.conversations())[0]
    assert matter.waiting_since is None
    assert matter.answered_at == LATER
    posts = await room.posts()
    assert len(posts) == 2
    assert "Tom* answered li@ningbo.example from another mail program" in posts[1]
    assert "ship it." in posts[1]
    assert "Answered by *a colleague*" in str((await room.leaving())[-1].payload)


async def test_it_keeps_waiting_for_what_came_in_after_that_answer(room: PostRoom) -> None:
    await room.arrives(written("Kiln 4", "May we ship?", Message_ID="<4@ningbo.example>"))
    further = written("Re: Kiln 4", "Hello?", In_Reply_To="<4@ningbo.example>")
    await room.arrives(further, arrived_at=LATER.isoformat())

    answer = sent("Yes.", answers="<4@ningbo.example>")
    await room.arrives(answer, sent_elsewhere=True, arrived_at=(NOW + timedelta(minutes=1)).isoformat())

    assert (await room.conversations())[0].waiting_since == LATER


async def test_it_takes_no_answer_twice(room: PostRoom) -> None:
    await room.arrives(written("Kiln 4", "May we ship?", Message_ID="<4@ningbo.example>"))
    answer = sent("Yes.", answers="<4@ningbo.example>")
    for mailbox in (ORDERS, PARTS):
        await room.arrives(answer, mailbox=mailbox, sent_elsewhere=True, arrived_at=LATER.isoformat())
    assert len(await room.posts()) == 2


async def test_it_takes_a_mail_passed_on_to_a_third_for_no_answer(room: PostRoom) -> None:
    await room.arrives(written("Kiln 4", "May we ship?", Message_ID="<4@ningbo.example>"))
    to_a_third = sent("What do you think?", answers="<4@ningbo.example>", to="bank@money.example")
    await room.arrives(to_a_third, sent_elsewhere=True, arrived_at=LATER.isoformat())
    assert (await room.conversations())[0].waiting_since
    assert len(await room.posts()) == 1


# ---- passed on ----------------------------------------------------------------------------------------


async def test_it_files_what_a_colleague_passed_on_under_whoever_wrote_it(room: PostRoom) -> None:
    await room.arrives(written("Fwd: Prices", FORWARD, sender="Tom <tom@shop.example>"))
    (mail,) = await room.mails()
    assert (mail.sender_address, mail.subject, mail.text) == (LI, "Prices", "New prices from May.")
    assert mail.reply_address == LI
    assert "Passed on by Tom, who wrote: FYI, please answer." in (await room.posts())[0]


async def test_it_files_what_was_passed_on_from_another_mailbox_of_ours(room: PostRoom) -> None:
    await room.arrives(written("Fwd: Prices", FORWARD, sender=PARTS))
    assert [one.sender_address for one in await room.mails()] == [LI]
    assert not await room.strays()


async def test_it_believes_no_stranger_whose_mail_that_was(room: PostRoom) -> None:
    await room.arrives(written("Fwd: Prices", FORWARD, sender="Eve <eve@nowhere.example>"))
    assert not await room.mails()
    assert [one.sender_address for one in await room.strays()] == ["eve@nowhere.example"]


async def test_it_lets_a_mail_of_our_own_that_came_back_stay_a_loop(room: PostRoom) -> None:
    await room.arrives(written("Fwd: Prices", FORWARD, sender=ORDERS, X_Switchboard="abc"))
    assert not await room.mails()
    assert [one.state for one in await room.strays()] == ["aside"]


# ---- the same mail at two addresses -------------------------------------------------------------------


async def test_it_shows_a_mail_to_two_addresses_of_one_area_once(room: PostRoom) -> None:
    raw = written("Kiln 5", "Cracked.", to=f"{ORDERS}, {PARTS}, {HELP}")
    await room.arrives(raw)
    await room.arrives(raw, mailbox=PARTS)
    assert len(await room.posts()) == 1
    assert len(await room.mails()) == 1


async def test_it_shows_a_strangers_mail_to_two_addresses_once(room: PostRoom) -> None:
    raw = written("Offer", "Clay.", sender="new@clay.example", to=f"{ORDERS}, {PARTS}")
    await room.arrives(raw)
    await room.arrives(raw, mailbox=PARTS)
    assert len(await room.posts()) == 1


async def test_it_loses_no_mail_whose_message_id_was_used_before(room: PostRoom) -> None:
    await room.arrives(written("Kiln 5", "Cracked.", Message_ID="<same@x.example>"))
    await room.arrives(written("Kiln 5", "And now broken.", Message_ID="<same@x.example>"), mailbox=PARTS)
    assert len(await room.mails()) == 2


async def test_it_says_that_only_the_beginning_of_a_mail_is_there(room: PostRoom) -> None:
    await room.arrives(written("Plans", "See the files."), cut=True, size=90_000_000)
    assert "Only its beginning is here" in (await room.posts())[0]
