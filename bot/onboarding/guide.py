"""The guide: its chapters, the search that answers questions, and what happens to those it cannot answer."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.onboarding import store
from bot.onboarding.blanks import POINT, as_read, blanks_in, pieces_of
from bot.onboarding.model import KeptChapter, Question
from bot.onboarding.plans import Plan
from bot.patterns import lazy
from bot.people import store as people
from bot.people.model import Person

# A chapter answers when it holds at least so much of what the question is about, rare words counting more;
# less is enough when its title, or a word it is to be found by, is among the words.
_ENOUGH, _ENOUGH_BY_TITLE = 0.55, 0.45
# Of two chapters that fit almost alike, the one of the hire's own plan is shown.
_HOME_BONUS = 1.1
_TITLE_COUNTS = 3
_MOST_PIECES = 2
_SECTION = 2900
# So much of a chapter answers a question; the rest is read by whoever wants more.
_QUOTED = 420
_LETTERS = lazy(r"[^\W_]+", re.UNICODE)
_CJK = lazy(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_STOP = frozenset(
    word
    for line in (
        "a about an and any are as at be been but by can could did do does doing for from get give",
        "got had has have he her here him his how i if in into is it its just know let like make may",
        "me might must my need no not now of on or our out please s shall she should so some tell",
        "than thank thanks that the their them then there these they thing this those to too us want",
        "was we were what when where which who whom whose why will with would you your t m re ll ve d",
        "hello hi hey explain today place way am done find much many",
    )
    for word in line.split()
)
_ENDINGS = ("ational", "ations", "ation", "ments", "ment", "ings", "ing", "edly", "ied", "ies", "ers", "er",
            "ed", "ly", "es", "s", "e", "y")  # fmt: skip
_SHORTEST_STEM, _SHORTEST_PREFIX = 3, 5


@dataclass(frozen=True)
class Chapter:
    """A chapter as it is read, and words it is found by. `home`: it belongs to the reader's own plan."""

    key: str
    title: str
    text: str
    also: str = ""
    home: bool = True


def chapters(
    plans: Iterable[Plan], own: Plan | None, kept: Iterable[KeptChapter], known: Mapping[str, str], who: str
) -> list[Chapter]:
    """Give all chapters with what the shop filled in, those of the reader's plan first."""
    found: dict[str, Chapter] = {}
    for plan in ([own] if own else []) + [one for one in plans if own is None or one.slug != own.slug]:
        for one in plan.guide:
            home = own is None or plan is own
            text = as_read(one.text, known, who)
            # What a blank asks for is found whether somebody filled it in or not.
            also = " ".join([one.also, *blanks_in(one.text)])
            found.setdefault(one.key, Chapter(one.key, one.title, text, also, home))
    for row in kept:
        found[f"kept-{row.id}"] = Chapter(f"kept-{row.id}", row.title, row.text, row.also)
    return sorted(found.values(), key=lambda one: not one.home)


def search(question: str, among: Sequence[Chapter], most: int = 3) -> list[Chapter]:
    """Give the chapters that answer a question, the best first; none when none says enough about it."""
    read = [(one, set(stems(f"{one.title} {one.also}")), Counter(stems(one.text))) for one in among]
    known = {word for _one, title, text in read for word in (*title, *text)}
    # Pairs of characters that stand nowhere are seldom words.
    asked = [word for word in stems(question) if word in known or not _CJK.search(word)]
    wanted = list(dict.fromkeys(asked))
    if not wanted:
        return []
    weights = {word: _rarity(word, read) for word in wanted}
    whole = sum(weights.values())
    scored = []
    for one, title, text in read:
        held = {word: _held(word, title, text) for word in wanted}
        share = sum(weights[word] for word, strength in held.items() if strength) / whole
        score = sum(weights[word] * strength for word, strength in held.items()) * share
        named = any(word in title for word in wanted)
        if share >= (_ENOUGH_BY_TITLE if named else _ENOUGH):
            scored.append((score * (_HOME_BONUS if one.home else 1), one))
    scored.sort(key=lambda pair: -pair[0])
    return [one for score, one in scored[:most] if score >= scored[0][0] / 2]


def _held(word: str, title: Iterable[str], text: Mapping[str, int]) -> float:
    """Tell how strongly a chapter holds a word: in its title, often, or only as the beginning of another."""
    strength = _TITLE_COUNTS * _best(word, title)
    counts = [_likeness(word, other) * (1 + math.log(count)) for other, count in text.items()]
    return strength + max(counts, default=0)


def _best(word: str, others: Iterable[str]) -> float:
    return max((_likeness(word, other) for other in others), default=0)


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1
    short, long = sorted((one, other), key=len)
    return 0.6 if len(short) >= _SHORTEST_PREFIX and long.startswith(short) else 0


def _rarity(word: str, read: Sequence[tuple[Chapter, set[str], Counter[str]]]) -> float:
    having = sum(bool(_best(word, title) or _best(word, text)) for _one, title, text in read)
    return math.log(1 + (len(read) + 1) / (having + 0.5))


def stems(text: str) -> list[str]:
    """Give the words of a text that mean something, without their endings; Chinese and the like by pairs."""
    found: list[str] = []
    for word in _LETTERS.findall(text.casefold()):
        if _CJK.search(word):
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        elif word not in _STOP and (len(word) > 1 or word.isdigit()):
            found.append(_stem(word))
    return found


def _stem(word: str) -> str:
    for _time in range(2):
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                word = word[: -len(ending)]
                break
    return word


def paragraphs(text: str) -> list[str]:
    """Give a chapter as mrkdwn in pieces that a section holds: escaped, with points and bold."""
    pieces, piece = [], ""
    for part in re.split(r"\n\s*\n", blocks.escape(text.strip())):
        part = _reflowed(part)  # noqa: PLW2901 - the same paragraph, as Slack shows it
        if piece and len(piece) + len(part) + 2 > _SECTION:
            pieces.append(piece)
            piece = ""
        piece = f"{piece}\n\n{part}" if piece else part
    return [blocks.clip(one, _SECTION) for one in (*pieces, piece)]


def _reflowed(paragraph: str) -> str:
    """Join lines that were only wrapped; points and numbers begin new ones."""
    lines = []
    for piece in pieces_of(paragraph):
        point = POINT.match(piece)
        text = f"• {piece[point.end() :]}" if point and point[0][0] in "-*" else piece
        lines.append(re.sub(r"\*\*([^*]+)\*\*", r"*\1*", text))
    return "\n".join(lines)


def quote(one: Chapter, question: str) -> tuple[str, bool]:
    """Give the part of a chapter that answers, as mrkdwn, and whether there is more of it.

    It is the two pieces that hold most of what was asked, or the beginning when no piece holds any.
    """
    pieces = [piece for part in re.split(r"\n\s*\n", one.text.strip()) for piece in pieces_of(part)]
    wanted = set(stems(question))
    held = [sum(_best(word, stems(piece)) for word in wanted) for piece in pieces]
    best = sorted(range(len(pieces)), key=lambda at: (-held[at], at))
    taken = [best[0]]
    for at in best[1:]:
        room = _QUOTED - sum(len(pieces[number]) for number in taken)
        fits = len(pieces[at]) <= room and len(taken) < _MOST_PIECES
        if fits and (held[at] or not held[best[0]]):
            taken.append(at)
    said = "\n".join(_reflowed(blocks.escape(blocks.clip(pieces[at], 2 * _QUOTED))) for at in sorted(taken))
    return said, len(taken) < len(pieces)


async def ask(session: AsyncSession, asker: Person, helper_id: str, text: str, now: datetime) -> Question:
    """Note a question that goes to a colleague."""
    question = Question(
        asker_id=asker.id, helper_id=helper_id, text=text.strip(), asked_at=now, answer=None,
        answered_by=None, answered_at=None,
    )  # fmt: skip
    session.add(question)
    await session.flush()
    return question


def answer(question: Question, text: str, by: Person, now: datetime) -> None:
    """Keep the answer to a question."""
    question.answer, question.answered_by, question.answered_at = text.strip(), by.id, now


def keep(session: AsyncSession, question: Question, title: str, by: Person, now: datetime) -> None:
    """Keep an answer as a chapter for everybody, found by the words of the question."""
    chapter = KeptChapter(
        title=title.strip(),
        text=question.answer or "",
        also=blocks.clip(question.text, 500),
        kept_by=by.id,
        kept_at=now,
    )
    session.add(chapter)


async def fill(session: AsyncSession, typed: Mapping[str, str], by: Person, now: datetime) -> None:
    """Keep what was typed into blanks; what was emptied is open again."""
    known = await store.filled(session)
    given = {blank: value for blank, value in typed.items() if value and known.get(blank) != value}
    emptied = [blank for blank, value in typed.items() if not value and blank in known]
    rows = [
        {"blank": blank, "value": value, "filled_by": by.id, "filled_at": now}
        for blank, value in given.items()
    ]
    await store.fill(session, rows)
    await store.empty(session, emptied)
    for blank in (*given, *emptied):
        await people.audit(session, now, by.id, "onboarding.filled", blank)
