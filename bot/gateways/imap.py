"""Mail in, by IMAP: one watcher a mailbox. Stored before anything is marked; nothing is ever deleted."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot import clock
from bot.gateways.imap_bookmarks import Bookmarks
from bot.gateways.imap_connection import Account, Connection
from bot.gateways.imap_problems import FolderGone, MailboxError, MailUnreadable
from bot.gateways.imap_reading import Reader
from bot.gateways.imap_session import SignIn, get_in
from bot.gateways.oauth import OAuthError
from bot.gateways.threads import OwnThread
from bot.ports import Accept
from bot.pulse import Pulse

log = logging.getLogger(__name__)

# Seconds until a mailbox counts as hanging: a folder may be large, and its server slow.
_PATIENCE = 600.0


@dataclass(frozen=True)
class MailboxState:
    """How a mailbox is, for Home: `problem` is a sentence; `since` the real time of the last change."""

    address: str
    connected: bool
    since: datetime
    problem: str | None = None


@dataclass(frozen=True)
class Pace:
    """Seconds: between looks at what IDLE does not tell, between tries, and between renewals of the lease."""

    recheck: float = 60.0
    first_wait: float = 1.0
    longest_wait: float = 300.0
    slow_wait: float = 60.0
    longest_slow_wait: float = 3600.0
    renew: float = 10.0
    unread_again: float = 3600.0


class Lease(Protocol):
    """Decides which replica watches a mailbox."""

    async def hold(self) -> bool:
        """Take or renew it, for longer than `Pace.renew`; False while another replica has it."""
        ...

    async def let_go(self) -> None:
        """Give it up, so that another need not wait."""
        ...


# Is told of every change.
Report = Callable[[MailboxState], Awaitable[None]]


class Watcher:
    """Watches one mailbox. With `sign_in` it signs in by token, without by the account's password."""

    def __init__(
        self,
        account: Account,
        accept: Accept,
        bookmarks: Bookmarks,
        *,
        sign_in: SignIn | None = None,
        lease: Lease | None = None,
        report: Report | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._account, self._sign_in, self._lease, self._report = account, sign_in, lease, report
        self._pace = pace or Pace()
        self._thread = OwnThread(f"mailbox {account.address}")
        self.pulse = Pulse(_PATIENCE)
        self._reader = Reader(
            account, self._beating(accept), bookmarks, self._thread, self._pace.unread_again
        )
        self._stopped = asyncio.Event()
        self._line: Connection | None = None
        self._is_mine = False
        self._failures = 0
        self._next_round = 0.0
        self._problems: dict[str, str] = {}
        self.state = MailboxState(account.address, connected=False, since=clock.wall())
        self._told: MailboxState | None = self.state

    async def run(self) -> None:
        """Watch until `stop`."""
        work = asyncio.create_task(self._watch(), name=f"mailbox {self._account.address}")
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({work}, timeout=2)
        finally:
            if self._line:
                self._line.interrupt()
            for task in (work, stopped):
                task.cancel()
            await asyncio.wait({work, stopped})
            await self._thread.close()
        if not work.cancelled():
            work.result()

    async def stop(self) -> None:
        """End `run` within 5 seconds; what was not stored yet stays on the server for the next time."""
        self._stopped.set()
        self._rouse()

    def wake(self) -> None:
        """Look everywhere at once."""
        self._next_round = 0.0
        self._rouse()

    def _rouse(self) -> None:
        if self._line:
            self._line.wake()

    async def _watch(self) -> None:
        try:
            while not self._stopped.is_set():
                self.pulse.beat()
                self._is_mine = await self._hold()
                if self._is_mine:
                    await self._turn()
                else:
                    await self._pause(self._pace.renew)
        finally:
            if self._lease:
                with suppress(Exception):
                    await self._lease.let_go()

    async def _turn(self) -> None:
        """Watch while the lease is ours and the connection holds; after a failure wait a while."""
        keeper = asyncio.create_task(self._keep_lease())
        try:
            await self._session()
        except Exception as error:  # noqa: BLE001 - a mailbox that nobody watches any more would be worse
            keeper.cancel()  # while we wait, another replica may have better luck
            await self._failed(self._known(error))
        finally:
            keeper.cancel()
            await asyncio.wait({keeper})

    async def _keep_lease(self) -> None:
        while self._is_mine:
            await asyncio.sleep(self._pace.renew)
            self._is_mine = await self._hold()
        self._rouse()

    async def _hold(self) -> bool:
        try:
            return await self._lease.hold() if self._lease else True
        except Exception:  # noqa: BLE001 - without a database nothing could be stored anyway
            log.warning("the lease on a mailbox cannot be renewed; it is not watched for now")
            return False

    async def _session(self) -> None:
        """One connection, from signing in until it is no longer wanted."""
        self._line = line = Connection(self._account)
        try:
            await get_in(line, self._thread, self._sign_in)
            self._next_round = 0.0
            while self._is_mine and not self._stopped.is_set():
                self.pulse.beat(self._pace.recheck)
                if clock.monotonic() >= self._next_round:
                    self._next_round = clock.monotonic() + self._pace.recheck
                    await self._look_around(line)
                await self._read(line, self._account.folders[0])
                self._failures = 0
                await self._tell(connected=True, problem=" ".join(self._problems.values()) or None)
                await self._thread.call(line.idle, max(0.0, self._next_round - clock.monotonic()))
        finally:
            self._line = None
            if self._stopped.is_set() or not self._is_mine:
                line.wake()
            else:
                line.interrupt()
            # Not waited for: where the thread hangs, it is closed as soon as it no longer does.
            self._thread.post(line.close)

    async def _look_around(self, line: Connection) -> None:
        """Look at the folders of which IDLE tells nothing."""
        for folder in self._account.folders[1:]:
            await self._read(line, folder)
        sent = await self._thread.call(line.sent_folder)
        if sent:
            await self._read(line, sent, is_sent=True)

    async def _read(self, line: Connection, folder: str, *, is_sent: bool = False) -> None:
        """Read a folder; what is wrong with it alone does not hold up the others."""
        try:
            await self._reader.read(line, folder, is_sent=is_sent)
        except (FolderGone, MailUnreadable) as error:
            self._problems[folder] = error.sentence
        else:
            self._problems.pop(folder, None)

    def _known(self, error: Exception) -> MailboxError | OAuthError:
        if isinstance(error, MailboxError | OAuthError):
            return error
        log.error("a mailbox cannot be watched", exc_info=error)
        return MailboxError(address=self._account.address, reason="a fault of ours, which is in the log")

    async def _failed(self, error: MailboxError | OAuthError) -> None:
        """Say what is wrong and wait: longer each time, and long at once where a person must act."""
        self._failures += 1
        # A connection that drops once is everyday life.
        told = error.sentence if self._failures > 1 or error.slow else None
        await self._tell(connected=False, problem=told)
        log.info("a mailbox cannot be watched (%s), try %d", type(error).__name__, self._failures)
        pace = self._pace
        first, longest = (
            (pace.slow_wait, pace.longest_slow_wait) if error.slow else (pace.first_wait, pace.longest_wait)
        )
        wait = min(longest, first * 2.0 ** min(self._failures - 1, 20))
        await self._pause(wait * random.uniform(0.5, 1.0))  # noqa: S311 - only to keep replicas apart

    def _beating(self, accept: Accept) -> Accept:
        """Let each mail that is brought to the inbox be a turn, too."""

        async def taken(*args: Any, **kwargs: Any) -> bool:
            self.pulse.beat(self._pace.recheck)
            return await accept(*args, **kwargs)

        return taken

    async def _pause(self, seconds: float) -> None:
        self.pulse.beat(seconds)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def _tell(self, *, connected: bool, problem: str | None) -> None:
        if (self.state.connected, self.state.problem) != (connected, problem):
            self.state = MailboxState(self._account.address, connected, clock.wall(), problem)
        if not self._report or self._told == self.state:
            return
        # A report that fails may have been noted or not: it is made again at the next look or try.
        self._told = None
        try:
            await self._report(self.state)
        except Exception:  # noqa: BLE001 - mail is more important than the news of it
            log.warning("the state of a mailbox could not be reported")
        else:
            self._told = self.state
