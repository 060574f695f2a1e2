"""The Slack courier: every failure is one of three, and what got through is found again."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.ports import DeliveryError, NotDelivered, Uncertain, Undeliverable
from bot.seed import free_port
from tests.gateways.outside import FILE, Outside, make, opened

POST = {"method": "chat.postMessage"}


@pytest_asyncio.fixture
async def outside() -> AsyncIterator[Outside]:
    async with opened() as made:
        yield made


# ---- what a failure means -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "texts", "meaning"),
    [
        ({"kind": "ratelimited", "seconds": 7}, [], NotDelivered),
        ({"kind": "error", "error": "fatal_error"}, [], Uncertain),
        ({"kind": "error", "error": "internal_error", "when": "after"}, ["hello"], Uncertain),
        ({"kind": "error", "error": "500", "when": "after"}, ["hello"], Uncertain),
        ({"kind": "error", "error": "503"}, [], Uncertain),
        ({"kind": "drop"}, [], Uncertain),
        ({"kind": "drop", "when": "after"}, ["hello"], Uncertain),
        ({"kind": "timeout", "seconds": 1.5}, [], Uncertain),
        ({"kind": "timeout", "seconds": 1.5, "when": "after"}, ["hello"], Uncertain),
        ({"kind": "error", "error": "invalid_blocks"}, [], Undeliverable),
        ({"kind": "error", "error": "is_archived"}, [], Undeliverable),
        ({"kind": "error", "error": "invalid_auth"}, [], NotDelivered),
        ({"kind": "error", "error": "missing_scope"}, [], NotDelivered),
    ],
    ids=str,
)
async def test_it_tells_by_the_failure_whether_it_can_have_got_through(
    outside: Outside, fault: dict[str, object], texts: list[str], meaning: type[DeliveryError]
) -> None:
    outside.fault(**POST, **fault)  # type: ignore[arg-type]
    with pytest.raises(DeliveryError) as caught:
        await outside.post("hello")

    assert type(caught.value) is meaning
    assert outside.texts() == texts
    if fault["kind"] == "ratelimited":
        assert isinstance(caught.value, NotDelivered)
        assert caught.value.retry_after == 7


async def test_it_knows_that_nothing_was_sent_when_nobody_listens() -> None:
    async with opened(url=f"http://127.0.0.1:{free_port()}/api/") as outside:
        with pytest.raises(NotDelivered, match="cannot be reached") as refused:
            await outside.post("hello")
    assert refused.value.retry_after  # such tries are not counted: an outage may last a day


async def test_it_says_in_plain_words_why_it_cannot_be_delivered(outside: Outside) -> None:
    with pytest.raises(Undeliverable, match="the channel does not exist"):
        await outside.courier.deliver(make("slack.post", "a", channel="C0NONE", text="x"))


async def test_it_never_tries_twice_by_itself(outside: Outside) -> None:
    outside.fault("drop", when="after", **POST)
    with pytest.raises(Uncertain):
        await outside.post("hello")

    assert outside.texts() == ["hello"]


# ---- looking --------------------------------------------------------------------------------------------


async def test_it_finds_a_post_by_its_id(outside: Outside) -> None:
    letter = await outside.post("hello", uid="u1")
    found = await outside.courier.find(letter)

    assert found is not None
    assert (found.channel_id, found.ts) == (outside.channel(), outside.said()[0]["ts"])
    assert (
        await outside.courier.find(make("slack.post", "u2", channel=outside.channel(), text="hello")) is None
    )


async def test_it_finds_a_post_behind_several_pages(outside: Outside) -> None:
    letter = await outside.post("the one")
    for number in range(250):
        outside.workspace.room.post(outside.channel(), {"user": outside.user(), "text": str(number)})

    assert await outside.courier.find(letter)


async def test_it_finds_a_reply_in_its_thread(outside: Outside) -> None:
    await outside.post("root")
    root = outside.said()[0]["ts"]
    letter = await outside.post("reply", thread_ts=root)

    found = await outside.courier.find(letter)
    assert found is not None
    assert found.ts == outside.said()[1]["ts"]


async def test_it_says_when_it_could_not_look(outside: Outside) -> None:
    letter = await outside.post("hello")
    outside.fault("ratelimited", method="conversations.history")
    with pytest.raises(NotDelivered):
        await outside.courier.find(letter)


# ---- what can be repeated, and what must not ------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [{"kind": "drop", "when": "after"}, {"kind": "error", "error": "500"}], ids=str
)
async def test_it_may_repeat_an_update(outside: Outside, fault: dict[str, str]) -> None:
    await outside.post("before")
    ts = outside.said()[0]["ts"]
    letter = make("slack.update", "u", channel=outside.channel(), ts=ts, text="after")
    outside.fault(method="chat.update", **fault)
    with pytest.raises(NotDelivered):
        await outside.courier.deliver(letter)
    assert await outside.courier.find(letter) is None

    await outside.courier.deliver(letter)
    assert outside.texts() == ["after"]


async def test_it_shows_something_to_one_person_at_most_once(outside: Outside) -> None:
    letter = make("slack.ephemeral", "u", channel=outside.channel(), user=outside.user(), text="only for you")
    outside.fault("drop", when="after", method="chat.postEphemeral")
    with pytest.raises(Undeliverable, match="unknown whether the person saw it"):
        await outside.courier.deliver(letter)
    with pytest.raises(Undeliverable, match="unknown whether the person saw it"):
        await outside.courier.find(letter)


async def test_it_waits_for_its_turn_with_something_for_one_person(outside: Outside) -> None:
    outside.fault("ratelimited", method="chat.postEphemeral")
    letter = make("slack.ephemeral", "u", channel=outside.channel(), user=outside.user(), text="x")
    with pytest.raises(NotDelivered):
        await outside.courier.deliver(letter)
    await outside.courier.deliver(letter)


async def test_it_gives_up_on_a_response_url_that_is_used_up(outside: Outside) -> None:
    letter = make("slack.respond", "u", response_url=f"{outside.workspace.url}/respond/none", text="x")
    with pytest.raises(Undeliverable, match="no longer takes"):
        await outside.courier.deliver(letter)
    with pytest.raises(Undeliverable):
        await outside.courier.find(letter)


async def test_it_tries_a_response_url_again_when_nobody_listened(outside: Outside) -> None:
    letter = make("slack.respond", "u", response_url=f"http://127.0.0.1:{free_port()}/respond/x", text="x")
    with pytest.raises(NotDelivered):
        await outside.courier.deliver(letter)


# ---- files ------------------------------------------------------------------------------------------------


async def test_it_shares_a_file_in_the_thread_of_its_message(outside: Outside) -> None:
    await outside.post("root")
    root = outside.said()[0]["ts"]
    payload = {"channel": outside.channel(), "thread_ts": root, "name": "list.pdf", "sha256": "x"}
    prepared = await outside.courier.prepare(make("slack.file", "f", **payload))
    assert [one for one in outside.said() if one.get("files")] == []

    await outside.courier.deliver(make("slack.file", "f", progress=dict(prepared), **payload))

    (shared,) = [one for one in outside.said() if one.get("files")]
    assert shared["thread_ts"] == root
    assert outside.workspace.world.contents[prepared["file_id"]] == FILE


@pytest.mark.parametrize(
    ("fault", "shared"),
    [
        ({"kind": "drop", "when": "after"}, 1),
        ({"kind": "drop"}, 0),
        ({"kind": "error", "error": "500", "when": "after"}, 1),
    ],
    ids=str,
)
async def test_it_knows_by_its_shares_whether_a_file_got_through(
    outside: Outside,
    fault: dict[str, str],
    shared: int,
) -> None:
    payload = {"channel": outside.channel(), "name": "list.pdf", "sha256": "x"}
    progress = dict(await outside.courier.prepare(make("slack.file", "f", **payload)))
    letter = make("slack.file", "f", progress=progress, **payload)
    outside.fault(method="files.completeUploadExternal", **fault)
    with pytest.raises(Uncertain):
        await outside.courier.deliver(letter)

    assert bool(await outside.courier.find(letter)) == bool(shared)
    if not shared:
        await outside.courier.deliver(letter)
    assert len([one for one in outside.said() if one.get("files")]) == 1


@pytest.mark.parametrize(
    "fault", [{"kind": "drop", "when": "after"}, {"kind": "error", "error": "500"}], ids=str
)
async def test_it_may_upload_again_what_nobody_has_seen(outside: Outside, fault: dict[str, str]) -> None:
    letter = make("slack.file", "f", channel=outside.channel(), name="list.pdf", sha256="x")
    outside.fault(method="files.getUploadURLExternal", **fault)
    with pytest.raises(NotDelivered):
        await outside.courier.prepare(letter)
    assert (await outside.courier.prepare(letter))["file_id"]
