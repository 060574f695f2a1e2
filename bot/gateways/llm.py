"""A language model behind any server that speaks OpenAI's chat completions.

Servers differ in what they take. An answer's form is asked for by schema, else as JSON, else in words; the
rung that worked is remembered. No tools are ever offered. openai is imported when it is first needed: that
takes seconds.
"""

import asyncio
import importlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any

from bot import clock
from bot.errors import SwitchboardError
from bot.ports import (
    Answer,
    Answered,
    Choice,
    Found,
    NoAnswer,
    ToClassify,
    ToDraft,
    ToExtract,
    ToSummarise,
    ToTranslate,
    Unavailable,
    Usage,
)
from bot.understanding import prompts
from bot.understanding.answers import Request, Unreadable
from bot.understanding.prompts import Prompt
from bot.understanding.redaction import Unfaithful
from bot.understanding.settings import ModelSettings, money
from bot.words import _

# A thinking model spends tokens before its first word.
_THINKING = 6000
# A server that so many times in a row answers in the wrong form does not know that form.
_PATIENCE = 3
_NOTE = """\
Your last answer could not be used. Answer with the JSON object alone; copy every sign such as ⟦NAME_1⟧
exactly as often as it stands in the text; say no link, address, account, number or amount that is not
there."""
_AGAIN = frozenset({408, 409, 425, 500, 502, 503, 504, 520, 522, 524, 529})
_UNTAKEN = frozenset({400, 404, 415, 422, 501})


class _Failed(SwitchboardError):
    """The model gave no answer: {sentence}"""  # noqa: D400 - the sentence ends it

    def __init__(self, reason: NoAnswer, sentence: str, *, again: bool = False) -> None:
        super().__init__(sentence=sentence)
        self.reason, self.words, self.again = reason, sentence, again


@dataclass(frozen=True)
class _Dialect:
    """What a server takes. `rung`: 0 a schema, 1 JSON without a schema, 2 words only."""

    rung: int = 0
    length_word: str = "max_completion_tokens"
    temperature: bool = True
    thinking: int = 0

    def arguments(self, prompt: Prompt, note: str) -> dict[str, Any]:
        """Put the prompt into this server's words; `note` is said after it."""
        system = prompt.system if self.rung == 0 else prompt.system_with_schema
        arguments: dict[str, Any] = {
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": f"{prompt.user}\n\n{note}".strip()},
            ],
            self.length_word: prompt.most_tokens + self.thinking,
        }
        if self.temperature:
            arguments["temperature"] = 0
        if self.rung == 0:
            schema = {"name": prompt.kind, "strict": True, "schema": prompt.schema}
            arguments["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.rung == 1:
            arguments["response_format"] = {"type": "json_object"}
        return arguments

    def after(self, complaint: str) -> "_Dialect | None":
        """Give what to try after the server took offence; None when nothing is left."""
        if self.length_word in complaint and self.length_word != "max_tokens":
            return replace(self, length_word="max_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        return self.lower()

    def lower(self) -> "_Dialect | None":
        """Give the next rung; None at the last."""
        return replace(self, rung=self.rung + 1) if self.rung < 2 else None


@dataclass
class _Asking:
    """One request under way: until when (real seconds), in which dialect, and what it has used so far."""

    prompt: Prompt
    until: float
    dialect: _Dialect
    misread: bool = False
    note: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


class OpenAIModel:
    """A `LanguageModel` behind a server."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._dialect = _Dialect()
        self._misread = 0
        self._quiet_until = 0.0
        self._turns = asyncio.Semaphore(settings.at_once)
        self._importing = asyncio.Lock()
        self._openai: Any = None
        self._client: Any = None

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.close()

    async def classify(self, request: ToClassify) -> Answer[Choice]:
        """Choose."""
        return await self._ask(request)

    async def extract(self, request: ToExtract) -> Answer[Mapping[str, Found]]:
        """Find each field."""
        return await self._ask(request)

    async def summarise(self, request: ToSummarise) -> Answer[tuple[str, ...]]:
        """Give the lines."""
        return await self._ask(request)

    async def draft(self, request: ToDraft) -> Answer[str]:
        """Give a draft."""
        return await self._ask(request)

    async def translate(self, request: ToTranslate) -> Answer[str]:
        """Give the text in the other language."""
        return await self._ask(request)

    # ---- asking -----------------------------------------------------------------------------------------

    async def _ask(self, request: Request) -> Answer[Any]:
        if sum(map(len, prompts.texts_of(request))) > self._settings.longest_text:
            return Unavailable(NoAnswer.TOO_LONG, _("The text is too long for the model."))
        await self._start()
        # Looking for what to hide takes milliseconds a page: not in the loop.
        prompt = await asyncio.to_thread(prompts.prepare, request, redact=self._settings.redact)
        asking = _Asking(prompt, clock.monotonic() + self._settings.deadline, self._dialect)
        try:
            async with asyncio.timeout(self._settings.deadline), self._turns:
                value = await self._until_answered(asking)
        except TimeoutError:
            sentence = _too_slow(self._settings.deadline)
            return Unavailable(NoAnswer.TIMEOUT, sentence, self._usage(asking))
        except _Failed as failed:
            return Unavailable(failed.reason, failed.words, self._usage(asking))
        return Answered(value, self._usage(asking))

    async def _start(self) -> None:
        async with self._importing:
            if self._client is None:
                self._openai = await asyncio.to_thread(importlib.import_module, "openai")
                # Its own time-out is ten minutes and it retries twice: ours decide. An empty key raises,
                # and a local server looks at none.
                self._client = self._openai.AsyncOpenAI(
                    api_key=self._settings.key or "none",
                    base_url=self._settings.base_url or "https://api.openai.com/v1",
                    timeout=self._settings.timeout,
                    max_retries=0,
                )

    async def _until_answered(self, asking: _Asking) -> Any:
        for number in range(1, self._settings.tries + 1):
            await self._keep_quiet(asking)
            try:
                return await self._once(asking)
            except _Failed as failed:
                if not failed.again or number == self._settings.tries:
                    raise
                # Never all at the same instant.
                pause = self._settings.pause * 2 ** (number - 1) * random.uniform(1, 1.5)  # noqa: S311
                if clock.monotonic() + pause >= asking.until:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError

    async def _keep_quiet(self, asking: _Asking) -> None:
        """Wait as long as the server has asked everybody to; say so at once when that is too long."""
        wait = self._quiet_until - clock.monotonic()
        if wait > 0:
            if clock.monotonic() + wait >= asking.until:
                raise _Failed(NoAnswer.BUSY, "The model's server asks to wait; it has too much to do.")
            await asyncio.sleep(wait)

    async def _once(self, asking: _Asking) -> Any:
        said = _said(await self._complete(asking), asking)
        try:
            value = asking.prompt.read(said)
        except Unreadable as error:
            asking.dialect, asking.misread, asking.note = (
                asking.dialect.lower() or asking.dialect,
                True,
                _NOTE,
            )
            raise _Failed(
                NoAnswer.UNREADABLE, _("The model's answer could not be read."), again=True
            ) from error
        except Unfaithful as error:
            asking.note = _NOTE
            sentence = error.sentence
            raise _Failed(NoAnswer.UNFAITHFUL, sentence, again=True) from error
        self._remember(asking)
        return value

    def _remember(self, asking: _Asking) -> None:
        """Keep the dialect that worked. One answer in the wrong form does not make a server simple."""
        self._misread = self._misread + 1 if asking.misread else 0
        if not asking.misread or self._misread >= _PATIENCE:
            self._dialect, self._misread = asking.dialect, 0

    async def _complete(self, asking: _Asking) -> Any:
        while True:
            arguments = asking.dialect.arguments(asking.prompt, asking.note)
            try:
                # The client's own time-out is for each read: a server that trickles would never end.
                async with asyncio.timeout(self._settings.timeout):
                    return await self._client.chat.completions.create(model=self._settings.model, **arguments)
            except self._openai.APIStatusError as error:
                asking.dialect = self._after(error, asking.dialect)
            except (TimeoutError, self._openai.APITimeoutError) as error:
                # It may have worked, and be charged for.
                asking.tokens_in += _estimate(asking.prompt)
                sentence = _too_slow(self._settings.timeout)
                raise _Failed(NoAnswer.TIMEOUT, sentence, again=True) from error
            except self._openai.APIConnectionError as error:
                raise _Failed(
                    NoAnswer.UNREACHABLE, _("The model's server cannot be reached."), again=True
                ) from error
            except (self._openai.OpenAIError, ValueError) as error:
                raise _Failed(
                    NoAnswer.UNREADABLE, _("The model's answer could not be read."), again=True
                ) from error

    def _after(self, error: Any, dialect: _Dialect) -> _Dialect:
        """Give the dialect to try next, or raise what the server's refusal means."""
        status, code = error.status_code, str(error.code or "")
        wait = _asked_to_wait(error.response.headers)
        self._quiet_until = max(self._quiet_until, clock.monotonic() + wait)
        complaint = f"{error.message} {error.body}"
        if status == 402 or "insufficient_quota" in complaint:
            raise _Failed(
                NoAnswer.TURNED_AWAY, _("The account with the model's provider has no credit left.")
            )
        if status in (401, 403):
            raise _Failed(NoAnswer.TURNED_AWAY, _("The model's server does not accept our key."))
        if status == 429:
            raise _Failed(NoAnswer.BUSY, _("The model's server has too much to do."), again=True)
        if "context_length" in code:
            raise _Failed(NoAnswer.TOO_LONG, _("The text is too long for the model."))
        if "content_filter" in code or "content_policy" in code:
            raise _Failed(NoAnswer.REFUSED, _("The model's server refuses to read this text."))
        if status == 404 and "response_format" not in complaint:
            sentence = _("The server knows no model “{model}”, or its address is wrong.")
            raise _Failed(NoAnswer.TURNED_AWAY, sentence.format(model=self._settings.model))
        following = dialect.after(complaint) if status in _UNTAKEN else None
        if following is None:
            again = status in _AGAIN or status >= 500
            sentence = _("The model's server has trouble (it answered {status}).")
            raise _Failed(NoAnswer.UNREACHABLE, sentence.format(status=status), again=again)
        return following

    def _usage(self, asking: _Asking) -> Usage:
        micros = self._settings.micros(asking.tokens_in, asking.tokens_out)
        return Usage(self._settings.model, asking.tokens_in, asking.tokens_out, money(micros))


def _too_slow(seconds: float) -> str:
    return _("The model did not answer within {seconds} seconds.").format(seconds=f"{seconds:g}")


def _estimate(prompt: Prompt) -> int:
    return prompts.tokens(prompt.system_with_schema + prompt.user)


def _said(completion: Any, asking: _Asking) -> str:
    """Give the text of a completion, and count what it took. A server may leave out anything."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    text = getattr(message, "content", None) or ""
    usage = getattr(completion, "usage", None)
    asking.tokens_in += getattr(usage, "prompt_tokens", None) or _estimate(asking.prompt)
    asking.tokens_out += getattr(usage, "completion_tokens", None) or prompts.tokens(str(text))
    finish = getattr(choice, "finish_reason", None)
    if getattr(message, "refusal", None) or finish == "content_filter":
        raise _Failed(NoAnswer.REFUSED, "The model refuses to read this text.")
    if finish == "length":
        again = not asking.dialect.thinking
        asking.dialect = replace(asking.dialect, thinking=_THINKING)
        raise _Failed(NoAnswer.CUT_OFF, "The model's answer was cut off.", again=again)
    return str(text)


def _asked_to_wait(headers: Mapping[str, str]) -> float:
    """Read Retry-After, in seconds (at most an hour); 0 when the server did not say."""
    said = headers.get("retry-after", "").strip()
    try:
        if "retry-after-ms" in headers:
            wait = float(headers["retry-after-ms"]) / 1000
        elif said.replace(".", "", 1).isdecimal():
            wait = float(said)
        else:
            wait = (parsedate_to_datetime(said) - clock.wall()).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(max(0.0, wait), 3600.0)
