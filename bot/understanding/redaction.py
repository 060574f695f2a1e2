"""What a model need not know goes out as placeholders (`⟦MAIL_1⟧`) and is put back afterwards."""

import re
from collections import Counter
from collections.abc import Collection, Iterable

from bot.errors import SwitchboardError
from bot.understanding import facts
from bot.understanding.facts import Kind
from bot.words import _

# A placeholder that lost its brackets.
_BARE = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(Kind)})_\d{{1,4}}(?![A-Za-z0-9])|[⟦⟧]", re.IGNORECASE)


class Unfaithful(SwitchboardError):
    """The model's answer was not used: {reason}."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class Redaction:
    """The facts hidden in one request. The same fact has the same placeholder everywhere in it.

    What a stranger wrote in the shape of a placeholder is hidden as well, so that it never becomes a fact.
    """

    def __init__(self, kinds: Collection[Kind], names: Iterable[str] = ()) -> None:
        self._kinds = {Kind.OTHER, *kinds}
        self._names = tuple(names) if Kind.NAME in self._kinds else ()
        self._hidden: dict[tuple[str, int], str] = {}
        self._numbers: dict[tuple[Kind, str], int] = {}

    def hide(self, text: str) -> str:
        """Give the text with placeholders."""
        pieces, position = [], 0
        for fact in facts.find(text, self._names):
            if fact.kind in self._kinds:
                pieces += [text[position : fact.start], self._placeholder(fact)]
                position = fact.end
        return "".join([*pieces, text[position:]])

    def _placeholder(self, fact: facts.Fact) -> str:
        number = self._numbers.get((fact.kind, fact.text))
        if number is None:
            number = 1 + sum(kind == fact.kind for kind, _text in self._numbers)
            self._numbers[fact.kind, fact.text] = number
            self._hidden[fact.kind, number] = fact.text
        return f"⟦{fact.kind}_{number}⟧"

    def restore(self, text: str) -> str:
        """Put the facts back; `Unfaithful` when a placeholder stands there that was never given out."""
        return facts.PLACEHOLDER.sub(self._fact, text)

    def restore_text(self, text: str) -> str:
        """Put the facts back into a text for people; `Unfaithful` also when a broken placeholder is left."""
        if _BARE.search(facts.PLACEHOLDER.sub("", text)):
            raise Unfaithful(_("it broke what stood for something hidden"))
        return self.restore(text)

    def _fact(self, match: re.Match[str]) -> str:
        fact = self._hidden.get((match[1].upper(), int(match[2])))
        if fact is not None:
            return fact
        if match[1].upper() in Kind.__members__:
            raise Unfaithful(_("it speaks of something that was not in the text"))
        return match.group()

    def compare(self, given: str, answer: str) -> None:
        """Check that an answer has every placeholder of what was given; `Unfaithful` when it has not.

        A name may come more often (a language may need it again); everything else exactly as often.
        """
        before, after = _count(given), _count(answer)
        for which, times in before.items():
            enough = after[which] >= 1 if which[0] == Kind.NAME else after[which] == times
            if not enough:
                lost = _("it lost {thing}, or says it too often")
                raise Unfaithful(lost.format(thing=_(facts.WORDS[Kind(which[0])])))


def _count(text: str) -> Counter[tuple[str, int]]:
    return Counter((found[1].upper(), int(found[2])) for found in facts.PLACEHOLDER.finditer(text))
