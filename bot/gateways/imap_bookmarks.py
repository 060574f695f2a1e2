"""How far each folder of a mailbox was read."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from bot import clock
from bot.gateways.imap_connection import Opened

# Servers give whole seconds of clocks of their own.
_CLOCKS_DIFFER = timedelta(minutes=10)


class Bookmarks(Protocol):
    """Keeps one text for each folder of each mailbox."""

    async def get(self, mailbox: str, folder: str) -> str | None:
        """Give what was kept last."""
        ...

    async def set(self, mailbox: str, folder: str, text: str) -> None:
        """Keep it; committed when this returns."""
        ...


@dataclass(frozen=True)
class Bookmark:
    """How far a folder was read, by the numbers of its mails (UIDs), which hold for one `validity`.

    `first`: the number of the first mail that came after us, 0 once that is unknown. `began` and `seen`: when
    we came, and when we last looked. `unread`: mails that the server would not give out.
    """

    validity: int
    next: int
    first: int
    began: datetime
    seen: datetime
    unread: tuple[int, ...] = ()

    @classmethod
    def begin(cls, opened: Opened) -> Self:
        """Begin now: what is there already is left to the import."""
        now = clock.wall()
        return cls(opened.validity, opened.next_uid, opened.next_uid, now, now)

    @classmethod
    def load(cls, text: str) -> Self:
        """Read it."""
        values: dict[str, Any] = json.loads(text)
        times = {name: datetime.fromisoformat(values[name]) for name in ("began", "seen")}
        return cls(**values | times | {"unread": tuple(values["unread"])})

    def is_before_us(self, opened: Opened, uid: int, at: datetime) -> bool:
        """Tell whether a mail was there before us, so that it is the import's, and never the watcher's."""
        if self.first and self.validity == opened.validity:
            return uid < self.first
        return at < self.ours_from

    @property
    def ours_from(self) -> datetime:
        """From when on mail is the watcher's, where only dates tell: better one too many than one lost."""
        return self.began - _CLOCKS_DIFFER

    def dump(self) -> str:
        """Give it as text."""
        return json.dumps(asdict(self), default=datetime.isoformat)
