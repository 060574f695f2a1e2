"""A campaign: mails of every kind over the whole path, for so many or so long, and what was found."""

import random
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.triage import reading
from tests.fuzz import path as mail_path
from tests.fuzz import samples
from tests.fuzz.path import MAILBOXES, MailPath, Taken

# Seconds for a mail of up to a megabyte, as promised. Of the processor, so that other work does not count.
MOST = 1.0
# Mails a database: the history is looked at, and a new one begun.
_A_ROUND = 300
_KINDS = ("crafted", "broken", "broken", "broken", "huge")


@dataclass
class Result:
    """What was brought in, what came of it, what took longest, and what was found."""

    seed: int
    mails: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    size: int = 0
    slowest: dict[str, float] = field(default_factory=dict)
    slowest_whole: float = 0.0
    finds: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many mails were brought in."""
        return self.mails.total()

    def note(self, kind: str, raw: bytes, taken: Taken) -> None:
        """Note one that did no harm."""
        self.mails[kind] += 1
        self.size += len(raw)
        self.slowest[kind] = max(self.slowest.get(kind, 0.0), taken.reading)
        self.slowest_whole = max(self.slowest_whole, taken.whole)


def made(seed: int) -> Iterator[tuple[str, bytes]]:
    """Give mails without end: of what kind, and their bytes. The same for the same seed."""
    chance, mails = random.Random(seed), samples.seeds()
    while True:
        kind = chance.choice(_KINDS)
        # A megabyte takes as long as a hundred others.
        if kind == "huge" and chance.random() > 0.25:
            kind = "crafted"
        match kind:
            case "crafted":
                yield kind, samples.crafted(chance)
            case "huge":
                yield kind, samples.huge(chance)
            case _:
                yield kind, samples.broken(chance, mails)


async def run(
    seed: int,
    *,
    mails: int | None = None,
    seconds: float | None = None,
    keep: Path | None = None,
    told: Callable[[Result], None] = lambda _: None,
) -> Result:
    """Bring in so many mails, or for so long; what fails is kept in the folder `keep`."""
    reading.warm_up()
    result, coming = Result(seed), made(seed)
    ends = time.monotonic() + seconds if seconds else None

    def goes_on() -> bool:
        return (mails is None or result.total + len(result.finds) < mails) and (
            ends is None or time.monotonic() < ends
        )

    while goes_on():
        with tempfile.TemporaryDirectory(prefix="sb-fuzz-") as folder:
            async with mail_path.opened(Path(folder)) as path:
                for _ in range(_A_ROUND):
                    if not goes_on():
                        break
                    await _one(path, *next(coming), result, keep)
                    told(result)
                with _finds(result, "history", b"", None):
                    await path.look_at_history()
                result.posts += path.posts
    return result


async def _one(path: MailPath, kind: str, raw: bytes, result: Result, keep: Path | None) -> None:
    mailbox = MAILBOXES[result.total % len(MAILBOXES)]
    with _finds(result, kind, raw, keep):
        taken = await path.take(raw, mailbox)
        if taken.slowest > MOST:
            # Once more, for a machine that was busy with other things.
            again = await path.take(raw[:-1], mailbox)
            taken = min(taken, again, key=lambda one: one.slowest)
        if len(raw) <= samples.MEGABYTE:
            result.note(kind, raw, taken)
        _require_quick(taken)


def _require_quick(taken: Taken) -> None:
    if taken.slowest > MOST:
        raise TimeoutError(f"it took {taken.slowest:.2f} s")


@contextmanager
def _finds(result: Result, kind: str, raw: bytes, keep: Path | None) -> Iterator[None]:
    """Write down whatever fails in this block, and keep what it failed over."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        result.finds.append(f"{kind}: {type(error).__name__}: {error} ({where})")
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{result.seed}-{result.total}-{len(result.finds)}.eml").write_bytes(raw)
