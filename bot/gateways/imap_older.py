"""Mail that was in a mailbox before us: offered oldest first, marked as imported, from where it was left.

Nothing of it may be posted, nudged or answered: that is what `imported` in the envelope says.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from bot.gateways.imap_bookmarks import Bookmark, Bookmarks
from bot.gateways.imap_connection import Account, Connection, Dated, Fetched
from bot.gateways.imap_offer import LARGEST_MAIL, Offer, headers_of, is_ours, offer
from bot.gateways.imap_problems import ConnectionBroke, FolderGone, ServerRefused
from bot.gateways.imap_session import SignIn, connected
from bot.gateways.threads import OwnThread

# No folder is called so: the star stands for any name in IMAP.
_PLACE = "*older"
_SAVE_EVERY = 25
_TRIES = 4
# A sender's clock may be wrong; the server's is believed where they differ so much.
_WRONG = timedelta(days=1)


@dataclass(frozen=True)
class OldMail:
    """A mail of the time before us. `at`: when it was written, as well as can be told."""

    raw: bytes = field(repr=False)
    at: datetime
    folder: str
    is_sent: bool
    offer: Offer


@dataclass(frozen=True, order=True)
class _Place:
    at: datetime
    folder: str
    uid: int
    is_sent: bool
    validity: int


class OlderMail:
    """The older mail of a mailbox: `async with OlderMail(...) as older: async for mail in older.mails()`.

    `since`: leave alone what is older than that. `count` and `oldest` tell how much there is (left).
    """

    def __init__(
        self,
        account: Account,
        bookmarks: Bookmarks,
        *,
        sign_in: SignIn | None = None,
        since: datetime | None = None,
    ) -> None:
        self._account, self._bookmarks, self._sign_in, self._since = account, bookmarks, sign_in, since
        self._stack = AsyncExitStack()
        self._places: list[_Place] = []
        self._open: tuple[str, int] | None = None
        self.refused = 0

    async def __aenter__(self) -> Self:
        """Connect, and see what there is."""
        async with AsyncExitStack() as stack:
            line, thread = await stack.enter_async_context(connected(self._account, self._sign_in))
            places = []
            for folder in self._account.folders:
                places += await self._look(line, thread, folder, is_sent=False)
            if sent := await thread.call(line.sent_folder):
                places += await self._look(line, thread, sent, is_sent=True)
            left_at = await self._bookmarks.get(self._account.address, _PLACE)
            done = datetime.fromisoformat(json.loads(left_at)["done"]) if left_at else None
            # Those of the same second are offered once more; the inbox knows them.
            self._places = sorted(place for place in places if done is None or place.at >= done)
            self._stack = stack.pop_all()
        self._line, self._thread = line, thread
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def count(self) -> int:
        """How many mails there are to take in."""
        return len(self._places)

    @property
    def oldest(self) -> datetime | None:
        """When the first of them was written."""
        return self._places[0].at if self._places else None

    async def mails(self) -> AsyncIterator[OldMail]:
        """Give each mail; asking for the next one says that this one was dealt with.

        `refused` counts those that the server would not give out. A `MailboxError` ends it; begun again, it
        goes on from there.
        """
        done: datetime | None = None
        try:
            for count, place in enumerate(self._places, start=1):
                mail = await self._fetch(place)
                if mail is not None:
                    one = await asyncio.to_thread(
                        offer,
                        mail,
                        self._account.address,
                        place.folder,
                        is_sent=place.is_sent,
                        is_imported=True,
                    )
                    yield OldMail(mail.raw, place.at, place.folder, place.is_sent, one)
                done = place.at
                if count % _SAVE_EVERY == 0:
                    await self._save(done)
        finally:
            if done is not None:
                await self._save(done)

    async def _save(self, done: datetime) -> None:
        await self._bookmarks.set(self._account.address, _PLACE, json.dumps({"done": done.isoformat()}))

    async def _look(self, line: Connection, thread: OwnThread, folder: str, *, is_sent: bool) -> list[_Place]:
        """List what was in a folder before us, to the last mail: the watcher must have all that is newer."""
        try:
            opened = await thread.call(line.open, folder)
        except FolderGone:
            return []
        text = await self._bookmarks.get(self._account.address, folder)
        mark = Bookmark.load(text) if text else Bookmark.begin(opened)
        if not text:
            await self._bookmarks.set(self._account.address, folder, mark.dump())
        dated = await thread.call(line.dates, await thread.call(line.uids))
        return [
            _Place(_when(one), folder, one.uid, is_sent, opened.validity)
            for one in dated
            if mark.is_before_us(opened, one.uid, one.at)
            and (self._since is None or _when(one) >= self._since)
        ]

    async def _fetch(self, place: _Place) -> Fetched | None:
        """Fetch one, over a new connection if the old one broke; None when it is gone, refused, or ours."""
        for attempt in range(_TRIES):
            try:
                return await self._fetch_once(place)
            except ServerRefused:
                self.refused += 1
                return None
            except ConnectionBroke:
                if attempt == _TRIES - 1:
                    raise
                await asyncio.sleep(attempt / 2)
                await self._connect_again()
        return None

    async def _connect_again(self) -> None:
        await self._stack.aclose()
        self._line, self._thread = await self._stack.enter_async_context(
            connected(self._account, self._sign_in)
        )
        self._open = None

    async def _fetch_once(self, place: _Place) -> Fetched | None:
        line, thread = self._line, self._thread
        if self._open != (place.folder, place.validity):
            opened = await thread.call(line.open, place.folder)
            self._open = (place.folder, opened.validity)
            if opened.validity != place.validity:
                raise ServerRefused(
                    address=self._account.address, reason="the folder was made anew meanwhile."
                )
        if place.is_sent:
            header = await thread.call(line.header, place.uid)
            if header is None or is_ours(headers_of(header)):
                return None
        return await thread.call(line.fetch, place.uid, LARGEST_MAIL)


def _when(dated: Dated) -> datetime:
    """Tell when a mail was written: a mailbox that was moved has its servers' dates from the move."""
    if dated.written is None or dated.written > dated.at + _WRONG:
        return dated.at
    return dated.written
