"""A text in another language, or why there is none; a long one goes piece by piece."""

from dataclasses import dataclass
from decimal import Decimal

from bot import languages
from bot.ports import Answered, LanguageModel, NoAnswer, ToTranslate
from bot.words import _

NO_PROVIDER = "none"
# Characters. Short pieces keep a model from leaving sentences out; a longer text than this nobody reads.
_PIECE, _LONGEST = 3000, 30_000


@dataclass(frozen=True)
class Translation:
    """`text` is None when there is no translation; then `reason` says why, in words for people.

    `why` is the same for our code: None also when there was nothing to translate.
    """

    text: str | None
    provider: str
    cost: Decimal
    reason: str = ""
    why: NoAnswer | None = None


async def translate(
    model: LanguageModel, text: str, source: str, target: str, names: tuple[str, ...] = ()
) -> Translation:
    """Translate from `source` ("" when unknown) to `target`, both ISO 639-1 codes, whole or not at all.

    Await it with no transaction open. Numbers, codes, amounts, dates, links and addresses come back exactly.
    """
    if not text.strip():
        return _none(_("There is nothing to translate."))
    if source == target:
        return _none(_("It is in {language} already.").format(language=languages.name(target)))
    if len(text) > _LONGEST:
        return _none(_("The text is too long to translate."), NoAnswer.TOO_LONG)
    done, cost, provider = [], Decimal(0), NO_PROVIDER
    for piece in pieces(text):
        if not any(char.isalpha() for char in piece):
            done.append(piece)
            continue
        lead, tail = piece[: -len(piece.lstrip())], piece[len(piece.rstrip()) :]
        answer = await model.translate(ToTranslate(piece.strip(), source, target, names))
        cost += answer.usage.cost
        if not isinstance(answer, Answered):
            return Translation(None, answer.usage.provider, cost, answer.sentence, answer.reason)
        provider = answer.usage.provider
        done.append(lead + answer.value + tail)
    return Translation("".join(done), provider, cost)


def _none(reason: str, why: NoAnswer | None = None) -> Translation:
    return Translation(None, NO_PROVIDER, Decimal(0), reason, why)


def pieces(text: str) -> list[str]:
    """Cut a text where it breathes; the pieces together are the text."""
    found = []
    while len(text) > _PIECE:
        cut = _cut(text[:_PIECE])
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text] if text else found


def _cut(text: str) -> int:
    for pause in ("\n\n", "\n", ". ", "。", "! ", "? ", "！", "？", " "):
        position = text.rfind(pause)
        if position > len(text) // 3:
            return position + len(pause)
    return len(text)
