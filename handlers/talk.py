"""Words to the bot, in a direct message or by a mention: they do what commands do, or ask it something.

What a command would answer is said in the conversation; in a channel only to whoever asked, as commands do.
A window cannot be opened without a click: then the answer is a button that opens it.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.patterns import lazy
from bot.people import absence
from bot.storage import outbox
from bot.storage.triggers import Trigger
from bot.words import _
from handlers import guard, people
from handlers.routes import TABLE, Request, action

OPEN = "talk.open"
_MOST_BLOCKS = 50
# "people" and "supplier" take names; more words than this are a sentence, and no order.
_MOST_WORDS = 4
_PHRASES = (
    (lazy(r"(?:i am|i'm|im|ich bin)\s+(?:back|wieder da|zurück)|我回来了", re.IGNORECASE), "back"),
    (
        lazy(r"(?:i am|i'm|i will be|i'll be|ich bin)\s+(?:away|off|out|weg|abwesend)\s*(.*)", re.IGNORECASE),
        "away",
    ),
    (lazy(r"(?:who is|who's|wer ist)\s+(?:away|here|there|da|weg)", re.IGNORECASE), "people"),
    (lazy(r"(?:who is|who's|wer ist)\s+(.+)", re.IGNORECASE), "people"),
)


@dataclass(frozen=True)
class Said:
    """An answer; its text stands for the blocks where these cannot be shown."""

    text: str
    blocks: list[Block] = field(default_factory=list)


Answer = Callable[[Request, str], Awaitable[Said | None]]
ANSWERS: dict[str, tuple[int, Answer]] = {}


def answers(area: str, order: int) -> Callable[[Answer], Answer]:
    """Let a function answer what somebody asks the bot in their own words; None when it has no answer.

    It only reads, and may take its time: nothing is held while it runs. Lower `order` is asked first.
    """

    def register(function: Answer) -> Answer:
        if area in ANSWERS:
            raise ValueError(f"{area} answers twice")
        ANSWERS[area] = (order, function)
        return function

    return register


async def heard(request: Request, said: dict[str, Any]) -> None:
    """Answer what somebody wrote to the bot."""
    person = request.person
    if person.is_stranger or person.is_bot or person.is_gone:
        return
    text = _words(request, said)
    if not person.may_act:
        await _say(request, said, Said(_(guard.REFUSED)))
    elif order := understood(text):
        await _obey(request, said, *order)
    else:
        await _say(request, said, await _answer(request, text))


def understood(text: str) -> tuple[str, str] | None:
    """Find the command somebody means, and its text; None for what is no order."""
    first, _space, rest = text.partition(" ")
    rest = rest.strip()
    commands = {name.lstrip("/"): name for kind, name in TABLE if kind == "command"}
    if first.startswith("/"):
        name = commands.get(first[1:].lower())
        return (name, rest) if name else None
    word = first.lower().rstrip(".!?")
    for candidate in (word, word.removesuffix("s")):
        if candidate in commands and len(rest.split()) <= _MOST_WORDS:
            return commands[candidate], rest
    if word in people.WORDS and _is_order(word, rest):
        return people.COMMAND, f"{word} {rest}".strip()
    for phrase, meant in _PHRASES:
        if found := phrase.fullmatch(text.strip(" .!?")):
            more = " ".join(filter(None, found.groups()))
            return (people.COMMAND, f"{meant} {more}".strip()) if _is_order(meant, more) else None
    return None


def _is_order(word: str, rest: str) -> bool:
    if not rest:
        return True
    if word == "away":
        # A date is needed only to tell an order from a sentence: any will do.
        return absence.is_understood(rest)
    return word == "people" and len(rest.split()) <= _MOST_WORDS


def _words(request: Request, said: dict[str, Any]) -> str:
    text = str(said.get("text", "")).replace(blocks.mention(request.services.bot_user_id), " ")
    return " ".join(text.split())


async def _answer(request: Request, text: str) -> Said:
    for _order, function in sorted(ANSWERS.values(), key=lambda one: one[0]):
        if text and (found := await function(request, text)):
            return found
    shown = await people.help_blocks(request)
    words = text.split()
    if not words:
        return Said(_("What I can do"), shown)
    known = [*people.WORDS, *(name for kind, name in TABLE if kind == "command")]
    near = get_close_matches(words[0].lower(), known, n=1, cutoff=0.7)
    guess = _("Did you mean *{word}*?").format(word=near[0]) + " " if near else ""
    first = guess + _("I did not understand that. This is what I can do; just write the words to me.")
    return Said(first, [blocks.section(first), *shown])


# ---- doing what a command does ------------------------------------------------------------------------


class _Undo(SwitchboardError):
    """What a command began is undone."""


class _Held(Trigger):
    """A trigger whose transaction stays open, so that the answer leaves with what it tells of."""

    def __init__(self, trigger: Trigger, stack: AsyncExitStack) -> None:
        self._trigger, self._stack = trigger, stack
        self._session: AsyncSession | None = None
        self.done = False
        self.wrong: str | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Give the one transaction, each time anew."""
        if self._session is None:
            self._session = await self._stack.enter_async_context(self._trigger.transaction())
        yield self._session


class _NoViews:
    """Notes that a window would have opened."""

    def __init__(self) -> None:
        self.wanted = False

    async def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> None:  # noqa: ARG002 - Slack's own
        """Note it."""
        self.wanted = True

    async def views_update(self, *, view_id: str, view: dict[str, Any]) -> None:  # noqa: ARG002
        """Note it."""
        self.wanted = True


async def _obey(request: Request, said: dict[str, Any], command: str, text: str) -> None:
    views, told = _NoViews(), dict[str, Any]()

    async def collect(**answer: Any) -> None:
        told.update(answer)

    async with _undoable(request.trigger) as held:
        services = replace(request.services, views=views)
        body = {"command": command, "text": text, "channel_id": said["channel"], "trigger_id": ""}
        inner = Request("command", command, body, request.person, services, held, request.standing, collect)
        held.wrong = await guard.attempt(inner)
        if held.wrong is None:
            async with held.transaction() as session:
                await outbox.add(session, _draft(request, said, _told(command, text, told, views)))
    if held.wrong is not None:
        await _say(request, said, Said(held.wrong))


@asynccontextmanager
async def _undoable(trigger: Trigger) -> AsyncIterator[_Held]:
    """Hold the transaction open inside this block; nothing of it stays when the command went wrong."""
    stack = AsyncExitStack()
    held = _Held(trigger, stack)
    with suppress(_Undo):
        async with stack:
            yield held
            if held.wrong is not None:
                raise _Undo


def _told(command: str, text: str, told: dict[str, Any], views: _NoViews) -> Said:
    if views.wanted:
        sentence = _("This needs a window:")
        value = f"{command} {text}".strip()
        return Said(
            sentence,
            [blocks.section(sentence, accessory=blocks.button(_("Open"), OPEN, value, style="primary"))],
        )
    return Said(str(told.get("text") or _("Done.")), list(told.get("blocks") or []))


@action(OPEN)
async def open_(request: Request) -> None:
    """Do what was written, now that a click lets a window open."""
    command, _space, text = request.value.partition(" ")
    route = TABLE.get(("command", command))
    if route is not None and request.standing.rank >= route.needs:
        request.body = {**request.body, "command": command, "text": text}
        await route.handler(request)
    if not request.acked:
        await request.ack()


# ---- saying it ----------------------------------------------------------------------------------------


async def _say(request: Request, said: dict[str, Any], answer: Said) -> None:
    async with request.trigger.transaction() as session:
        await outbox.add(session, _draft(request, said, answer))


def _draft(request: Request, said: dict[str, Any], answer: Said) -> outbox.Draft:
    channel_id, alone = said["channel"], said.get("channel_type") == "im"
    payload: dict[str, Any] = {"channel": channel_id, "text": blocks.clip(answer.text, blocks.MESSAGE_TEXT)}
    payload["blocks"] = (answer.blocks or [blocks.section(answer.text)])[:_MOST_BLOCKS]
    if thread_ts := said.get("thread_ts"):
        payload["thread_ts"] = thread_ts
    if not alone:
        payload["user"] = request.person.id
    return outbox.Draft(
        key=f"answer:{channel_id}:{said['ts']}",
        kind="slack.post" if alone else "slack.ephemeral",
        lane=f"slack:{channel_id}" if alone else f"ephemeral:{channel_id}:{request.person.id}",
        payload=payload,
    )
