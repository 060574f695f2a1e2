"""What a model may answer: closed forms, checked; then the values our code works with.

An answer has the fields of its form and no others, so nothing in it can name a recipient, a tool or a send.
Whatever should stand in the text is looked for there.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Optional, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from bot.errors import SwitchboardError
from bot.mail.charsets import visible
from bot.ports import (
    Choice,
    Field,
    Found,
    ToClassify,
    ToDraft,
    ToExtract,
    ToSummarise,
    ToTranslate,
)
from bot.understanding import facts
from bot.understanding.redaction import Redaction, Unfaithful
from bot.words import _

Request: TypeAlias = ToClassify | ToExtract | ToSummarise | ToDraft | ToTranslate

_LONGEST_WORDS, _LONGEST_LINE, _MOST_WORDS = 80, 400, 5


class Unreadable(SwitchboardError):
    """The model's answer does not have the form that was asked for."""


class Form(BaseModel):
    """A closed form: what else a model writes is dropped, and the schema says that nothing else is wanted."""

    model_config = ConfigDict(
        extra="ignore", protected_namespaces=(), json_schema_extra={"additionalProperties": False}
    )


class Summary(Form):
    """The lines of a summary."""

    lines: list[str]


class Written(Form):
    """A text: a draft or a translation."""

    text: str


def form(request: Request) -> type[Form]:
    """Give the form in which the answer must come."""
    match request:
        case ToClassify():
            choice: Any = Literal[tuple(request.choices)]
            return create_model(
                "Choice", __base__=Form, choice=(choice, ...), confidence=(float, ...), words=(list[str], ...)
            )
        case ToExtract():
            fields: dict[str, Any] = {one.name: (_type(one), ...) for one in request.fields}
            return create_model("Found", __base__=Form, **fields)
        case ToSummarise():
            return Summary
        case _:
            return Written


def _type(field: Field) -> Any:
    if field.kind == "quotes":
        return list[str]
    if field.kind == "flag":
        return Optional[bool]  # noqa: UP045 - a type made at run time
    if field.kind == "choice":
        choice: Any = Literal[field.choices]
        return Optional[choice]  # noqa: UP045
    return Optional[str]  # noqa: UP045


def parse(said: str, wanted: type[Form]) -> Form:
    """Read what a model said, also with thoughts, fences or words around the JSON; `Unreadable` otherwise."""
    rest = said.rpartition("</think>")[2]
    for match in re.finditer(r"\{", rest[:2000]):
        try:
            found, _ = json.JSONDecoder().raw_decode(rest, match.start())
            return wanted.model_validate(found)
        except (ValueError, RecursionError, ValidationError):
            continue
    raise Unreadable


def read(request: Request, given: tuple[str, ...], answer: Form, hidden: Redaction) -> Any:
    """Make of an answer the value the port promises. `given`: the texts as the model saw them.

    `Unfaithful` when something was lost on the way, or stands there that was not in the texts.
    """
    said: dict[str, Any] = answer.model_dump()
    match request:
        case ToClassify():
            words = _standing([hidden.restore(one) for one in said["words"]], request.text)
            return Choice(said["choice"], _share(said["confidence"]), words[:_MOST_WORDS])
        case ToExtract():
            return {one.name: _found(one, said[one.name], request.text, hidden) for one in request.fields}
        case ToSummarise():
            lines = [" ".join(visible(hidden.restore_text(line)).split()) for line in said["lines"]]
            kept = tuple(line[:_LONGEST_LINE] for line in lines if line)[: request.lines]
            _refuse_made_up("\n".join(kept), request.texts)
            return kept
        case ToDraft():
            draft = visible(hidden.restore_text(said["text"])).strip()
            _refuse_made_up(draft, (*request.thread, *request.saved_replies, request.wish))
            return _filled(draft)
        case ToTranslate():
            hidden.compare(given[0], said["text"])
            translated = visible(hidden.restore_text(said["text"])).strip()
            _refuse_made_up(translated, (request.text,))
            return _filled(translated)


def _share(said: float) -> float:
    return said if 0.0 <= said <= 1.0 else float(said > 1.0)


def _filled(text: str) -> str:
    if not text:
        raise Unfaithful(_("it is empty"))
    return text


def _refuse_made_up(text: str, sources: tuple[str, ...]) -> None:
    if added := facts.made_up(text, sources):
        thing = _(facts.WORDS[added[0].kind])
        raise Unfaithful(_("it has {thing} that stands nowhere").format(thing=thing))


def _standing(quotes: list[str], text: str) -> tuple[str, ...]:
    """Keep the quotes that stand in the text, each once."""
    folded = _fold(text)
    kept = dict.fromkeys(quote.strip() for quote in quotes if len(quote) <= _LONGEST_WORDS)
    return tuple(quote for quote in kept if quote and _fold(quote) in folded)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _found(field: Field, said: Any, text: str, hidden: Redaction) -> Found:
    if said is None or field.kind in ("flag", "choice"):
        return said  # type: ignore[no-any-return] # the form has checked it
    if field.kind == "quotes":
        return _standing([hidden.restore(one) for one in said], text)
    said = hidden.restore(said)
    if field.kind == "date":
        return _day(said)
    if field.kind == "number":
        value = facts.figure(said)
        stands = {facts.figure(one.text) for one in facts.find(text)}
        return value if value in stands else None
    return next(iter(_standing([said], text)), None)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        return None


# ---- for the store ---------------------------------------------------------------------------------------


def dump(value: Any) -> dict[str, Any]:
    """Turn a value into what JSON holds."""
    if isinstance(value, Choice):
        return {"name": value.name, "confidence": value.confidence, "words": list(value.words)}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return {"value": value}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


def load(request: Request, stored: Mapping[str, Any]) -> Any:
    """Turn it back."""
    match request:
        case ToClassify():
            return Choice(stored["name"], stored["confidence"], tuple(stored["words"]))
        case ToExtract():
            return {one.name: _rich(one, stored[one.name]) for one in request.fields}
        case ToSummarise():
            return tuple(stored["value"])
        case _:
            return stored["value"]


def _rich(field: Field, value: Any) -> Found:
    if value is None:
        return None
    if field.kind == "number":
        return Decimal(value)
    if field.kind == "date":
        return date.fromisoformat(value)
    return tuple(value) if field.kind == "quotes" else value
