"""Asking a model once for the same thing, and only while the day's budget lasts.

Everything happens between transactions: a look for a stored answer, one short transaction that sets the cost
aside, the call with nothing open, one short transaction that stores the answer. So it must be awaited with no
transaction open; a re-run after a crash finds the stored answer.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from bot.clock import Clock
from bot.ports import (
    Answer,
    Answered,
    Choice,
    Found,
    LanguageModel,
    NoAnswer,
    ToClassify,
    ToDraft,
    ToExtract,
    ToSummarise,
    ToTranslate,
    Unavailable,
    Usage,
)
from bot.storage.database import Database
from bot.understanding import answers, prompts, store
from bot.understanding.answers import Request
from bot.understanding.settings import ModelSettings
from bot.words import _

_Asked = TypeVar("_Asked", bound=Request)
# The rules, the task and the schema around the texts, in tokens.
_AROUND = 900


def key_of(request: Request, settings: ModelSettings) -> str:
    """Give the hash under which the answer is kept.

    Names to hide are no part of it: somebody joining the team changes no answer.
    """
    asked = {one.name: getattr(request, one.name) for one in fields(request) if one.name != "names"}
    whole = [prompts.VERSION, prompts.kind(request), settings.model, settings.redact, asked]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else asdict(value)


class ThriftyModel:
    """A `LanguageModel` that asks `model` for what is not stored yet, within the budget of `settings`."""

    def __init__(
        self, model: LanguageModel, settings: ModelSettings, database: Database, clock: Clock
    ) -> None:
        self._model, self._settings, self._database, self._clock = model, settings, database, clock

    async def classify(self, request: ToClassify) -> Answer[Choice]:
        """Choose."""
        return await self._ask(request, self._model.classify)

    async def extract(self, request: ToExtract) -> Answer[Mapping[str, Found]]:
        """Find each field."""
        return await self._ask(request, self._model.extract)

    async def summarise(self, request: ToSummarise) -> Answer[tuple[str, ...]]:
        """Give the lines."""
        return await self._ask(request, self._model.summarise)

    async def draft(self, request: ToDraft) -> Answer[str]:
        """Give a draft."""
        return await self._ask(request, self._model.draft)

    async def translate(self, request: ToTranslate) -> Answer[str]:
        """Give the text in the other language."""
        return await self._ask(request, self._model.translate)

    async def _ask(self, request: _Asked, ask: Callable[[_Asked], Awaitable[Answer[Any]]]) -> Answer[Any]:
        key = key_of(request, self._settings)
        if (stored := await self._stored(request, key)) is not None:
            return stored
        tokens_in, tokens_out = _most(request)
        tokens, micros = tokens_in + tokens_out, self._settings.micros(tokens_in, tokens_out)
        day = store.day_of(self._clock.now())
        async with self._database.write() as session:
            if not await store.set_aside(self._database, session, day, tokens, self._settings, micros):
                return Unavailable(NoAnswer.BUDGET, self._used_up())
        # If we die or are stopped here, what was set aside stays counted: it may be charged for.
        answer = await ask(request)
        async with self._database.write() as session:
            call = store.note(day, self._clock.now(), prompts.kind(request), self._settings.model, answer)
            await store.settle(session, call, tokens, micros)
            if isinstance(answer, Answered):
                await store.keep(self._database, session, key, call, answers.dump(answer.value))
        return answer

    async def _stored(self, request: Request, key: str) -> Answered[Any] | None:
        async with self._database.read() as session:
            found = await store.answer(session, key)
        return Answered(answers.load(request, found), Usage(self._settings.model)) if found else None

    def _used_up(self) -> str:
        limits = []
        if self._settings.daily_money is not None:
            limits.append(f"{self._settings.daily_money} {self._settings.currency}")
        if self._settings.daily_tokens is not None:
            limits.append(f"{self._settings.daily_tokens:,} tokens")
        return _("Today's budget for the model is used up ({limits}).").format(limits=", ".join(limits))


def _most(request: Request) -> tuple[int, int]:
    """Estimate the most tokens a first try can take, in and out."""
    around = _AROUND
    if isinstance(request, ToClassify):
        around += prompts.tokens(str(dict(request.choices)))
    elif isinstance(request, ToExtract):
        around += prompts.tokens(str(request.fields))
    return around + sum(map(prompts.tokens, prompts.texts_of(request))), prompts.most_tokens(request)
