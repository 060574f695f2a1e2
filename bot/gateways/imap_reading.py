"""Reading a folder: every mail that came since last time is offered to the inbox, then the place is noted.

What is new is told by numbers (UIDs), from the moment of the first connection on. A folder that was numbered
anew (moved, restored, made again) is gone through by dates; what we have already is known by its key.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from bot import clock
from bot.gateways.imap_bookmarks import Bookmark, Bookmarks
from bot.gateways.imap_connection import Account, Connection
from bot.gateways.imap_offer import LARGEST_MAIL, headers_of, is_ours, offer
from bot.gateways.imap_problems import MailUnreadable, NotStored, ServerRefused
from bot.gateways.threads import OwnThread
from bot.ports import Accept

T = TypeVar("T")
# A mail moved in from another folder keeps its date, and providers empty their junk folders after 30 days.
_LOOK_BACK = timedelta(days=31)
# How long a mail may have been under way, where only its sender's date tells how old it is.
_UNDER_WAY = timedelta(days=5)
_SAVE_EVERY = 25
# Tries that one mail may spoil before the others go first.
_STUMBLES = 3


class Reader:
    """Reads the folders of one mailbox; `unread_again`: seconds until refused mails are asked for again."""

    def __init__(
        self, account: Account, accept: Accept, bookmarks: Bookmarks, thread: OwnThread, unread_again: float
    ) -> None:
        self._account, self._accept, self._bookmarks = account, accept, bookmarks
        self._thread, self._unread_again = thread, unread_again
        self._stumbles: Counter[tuple[str, int]] = Counter()
        self._asked_again: dict[str, float] = {}

    async def read(self, line: Connection, folder: str, *, is_sent: bool = False) -> None:
        """Offer what is new in `folder`. `MailUnreadable` afterwards, when some mails cannot be had."""
        opened = await self._thread.call(line.open, folder)
        text = await self._stored(self._bookmarks.get(self._account.address, folder))
        mark = Bookmark.load(text) if text else None
        if mark is None:
            await self._save(folder, Bookmark.begin(opened))
            return
        if mark.validity == opened.validity:
            uids = await self._thread.call(line.uids, mark.next)
            again = self._due_again(folder, mark)
            known = await self._take_all(line, folder, mark, [*uids, *again], is_sent=is_sent, saving=True)
        else:
            uids = await self._numbered_anew(line, mark)
            fresh = replace(mark, validity=opened.validity, next=opened.next_uid, first=0, unread=())
            known = await self._take_all(line, folder, fresh, uids, is_sent=is_sent, saving=False)
        now = clock.wall()
        if known != mark or now - mark.seen > timedelta(days=1):
            await self._save(folder, replace(known, seen=now))
        if known.unread:
            raise MailUnreadable(address=self._account.address, folder=folder, count=len(known.unread))

    def _due_again(self, folder: str, mark: Bookmark) -> list[int]:
        """Give the mails that were refused, once in a while."""
        now = clock.monotonic()
        if not mark.unread or now < self._asked_again.get(folder, 0.0):
            return []
        self._asked_again[folder] = now + self._unread_again
        return list(mark.unread)

    async def _numbered_anew(self, line: Connection, mark: Bookmark) -> list[int]:
        """Give the mails that may have come since we last looked; older ones we have, or leave alone."""
        since = max(mark.ours_from, mark.seen - _LOOK_BACK)
        # The server counts days in a zone of its own.
        uids = await self._thread.call(line.uids, 1, (since - timedelta(days=1)).date())
        dated = await self._thread.call(line.dates, uids)
        return [
            one.uid
            for one in dated
            if one.at >= since and (one.written is None or one.written >= since - _UNDER_WAY)
        ]

    async def _take_all(
        self, line: Connection, folder: str, mark: Bookmark, uids: list[int], *, is_sent: bool, saving: bool
    ) -> Bookmark:
        """Take mails in; the bookmark afterwards. `saving`: note the place now and then on the way."""
        for count, uid in enumerate(uids, start=1):
            is_taken = await self._take(line, folder, uid, is_sent=is_sent)
            # A mail refused before stays noted until it is taken: below `next`, nothing else tells of it.
            others = tuple(one for one in mark.unread if one != uid)
            unread = others if is_taken else (*others, uid)
            mark = replace(mark, next=max(mark.next, uid + 1), unread=unread)
            if saving and count % _SAVE_EVERY == 0:
                await self._save(folder, mark)
        return mark

    async def _take(self, line: Connection, folder: str, uid: int, *, is_sent: bool) -> bool:
        """Offer one mail, and only then mark it; False when the server will not give it out."""
        if self._stumbles[folder, uid] >= _STUMBLES:
            del self._stumbles[folder, uid]
            return False
        try:
            if is_sent:
                header = await self._thread.call(line.header, uid)
                if header is None or is_ours(headers_of(header)):
                    return True
            mail = await self._thread.call(line.fetch, uid, LARGEST_MAIL)
        except ServerRefused:
            return False
        except Exception:
            self._stumbles[folder, uid] += 1
            raise
        self._stumbles.pop((folder, uid), None)
        if mail is None:
            return True
        # Hashing 60 MB takes a tenth of a second: not in the loop.
        one = await asyncio.to_thread(offer, mail, self._account.address, folder, is_sent=is_sent)
        await self._stored(one.hand_to(self._accept))
        if self._account.mark_seen and not is_sent:
            await self._thread.call(line.mark_seen, uid)
        return True

    async def _save(self, folder: str, mark: Bookmark) -> None:
        await self._stored(self._bookmarks.set(self._account.address, folder, mark.dump()))

    async def _stored(self, storing: Awaitable[T]) -> T:
        try:
            return await storing
        except Exception as error:  # whatever it was: the mail stays on the server and is taken later
            raise NotStored(address=self._account.address, reason=type(error).__name__) from error
