"""One connection to a mailbox by IMAP: blocking, for one thread, transport only (a mail is its raw bytes).

Folders are opened read-only and mails are peeked at, so that looking changes nothing.
"""

import imaplib
import re
import select
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import (
    ImapToolsError,
    MailboxAppendError,
    MailboxFolderSelectError,
    UnexpectedCommandStatusError,
)

from bot.gateways import imap_problems as problems
from bot.gateways.imap_folders import sent_among

# Seconds for reaching a server; `Account.timeout` is for its answers.
_REACH = 10.0
_UID = re.compile(rb"\bUID (\d{1,10})")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
_BEGINS = re.compile(rb"\d{1,10} \(.*BODY\[")
_CHUNK = 500


@dataclass(frozen=True)
class Account:
    """A mailbox and how to get at it. `security` none only on a loopback or a trusted network.

    `user` "" is the address. `folders`: the first is watched with IDLE, the others are looked at now and
    then. `sent_folder` "" is found. `files_sent_itself`: the provider puts what it sends into Sent (Gmail and
    Microsoft do). `mark_seen`: mark as read what was stored.
    """

    address: str
    host: str
    port: int = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    folders: tuple[str, ...] = ("INBOX",)
    sent_folder: str = ""
    files_sent_itself: bool = False
    mark_seen: bool = False
    timeout: float = 30.0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def login(self) -> str:
        """The user name."""
        return self.user or self.address


@dataclass(frozen=True)
class Opened:
    """A folder as it is now. A new `validity` means that every mail in it has a new number."""

    validity: int
    next_uid: int


@dataclass(frozen=True)
class Fetched:
    """A mail, or the beginning of one larger than was asked for. `at`: when the server got it."""

    uid: int
    raw: bytes = field(repr=False)
    at: datetime
    size: int


@dataclass(frozen=True)
class Dated:
    """A mail's two dates: when the server says it got it, and when its sender says it was written."""

    uid: int
    at: datetime
    written: datetime | None


class Connection:
    """A connection. `wake` and `interrupt` may be called from any thread, everything else from one."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._box: BaseMailBox | None = None
        self._awake, self._waker = socket.socketpair()
        self._awake.settimeout(0)
        self._cut = False
        self._is_empty = False

    def connect(self, password: str, token: str = "") -> None:
        """Reach the server and sign in, by `token` if there is one."""
        account = self.account
        try:
            self._box = _reach(account)
            self._box.client.sock.settimeout(account.timeout)
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            raise problems.unreachable(account.address, account.host, error) from error
        if self._cut:
            raise problems.ConnectionBroke(address=account.address, reason="we are stopping")
        self._sign_in(self._box, password, token)
        with problems.told(account.address):
            _introduce(self._box.client)

    def _sign_in(self, box: BaseMailBox, password: str, token: str) -> None:
        account = self.account
        try:
            if token:
                said = f"user={account.login}\1auth=Bearer {token}\1\1".encode()
                # A refusal comes as a question; only after an empty answer does it come as one.
                box.client.authenticate("XOAUTH2", lambda question: b"" if question else said)
            elif (account.login + password).isascii():
                box.login(account.login, password, initial_folder=None)
            else:
                box.login_utf8(account.login, password, initial_folder=None)
        except (OSError, imaplib.IMAP4.abort) as error:
            raise problems.ConnectionBroke(address=account.address, reason=problems.why(error)) from error
        except (imaplib.IMAP4.error, ImapToolsError) as error:
            raise problems.refused(account.address, account.host, error, by_token=bool(token)) from error

    @property
    def box(self) -> BaseMailBox:
        """The library's side of it."""
        if self._box is None:
            raise problems.ConnectionBroke(address=self.account.address, reason="it is closed")
        return self._box

    def open(self, folder: str) -> Opened:
        """Open a folder; what follows is about it. `FolderGone` when it is not there."""
        client = self.box.client
        with problems.told(self.account.address):
            try:
                _, count = self.box.folder.set(folder, readonly=not self.account.mark_seen)
            except MailboxFolderSelectError:
                if not self.box.folder.exists(folder):
                    raise problems.FolderGone(address=self.account.address, folder=folder) from None
                raise
            validity, following = (_number(client, name) for name in ("UIDVALIDITY", "UIDNEXT"))
            if validity is None or following is None:
                known = self.box.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
                validity, following = known["UIDVALIDITY"], known["UIDNEXT"]
        self._is_empty = count == [b"0"]
        return Opened(validity, following)

    def sent_folder(self) -> str | None:
        """Find the folder of sent mail: the one set, the one marked as such, else by its name."""
        if self.account.sent_folder:
            return self.account.sent_folder
        with problems.told(self.account.address):
            return sent_among(self.box.folder.list())

    def create(self, folder: str) -> None:
        """Make a folder."""
        with problems.told(self.account.address):
            self.box.folder.create(folder)

    def uids(self, first: int = 1, since: date | None = None) -> list[int]:
        """Give the numbers from `first` on, in order, of mails the server got on `since` or later."""
        if self._is_empty:  # where there is no last mail, some servers refuse to search up to it
            return []
        wanted = f"UID {first}:*"
        if since is not None:
            day = datetime(since.year, since.month, since.day, tzinfo=UTC)
            wanted += " SINCE " + "-".join(format_datetime(day).split()[1:4])
        with problems.told(self.account.address):
            # "*" is the last mail, even when its number is lower.
            found = self.box.uids(wanted, charset=None)
        return sorted(uid for uid in map(int, found) if uid >= first)

    def dates(self, uids: list[int]) -> list[Dated]:
        """Give the dates of mails, without fetching them."""
        found = []
        for start in range(0, len(uids), _CHUNK):
            some = ",".join(map(str, uids[start : start + _CHUNK]))
            for about, header in self._fetch(some, "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (DATE)])"):
                if number := _UID.search(about):
                    written = _instant(header.partition(b":")[2].decode("ascii", "replace"))
                    found.append(Dated(int(number[1]), _at(about), written))
        return found

    def fetch(self, uid: int, largest: int) -> Fetched | None:
        """Give a mail, or its first `largest` bytes; None when it is gone."""
        for about, raw in self._fetch(str(uid), f"(UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{largest}>)"):
            size = _SIZE.search(about)
            return Fetched(uid, raw, _at(about), int(size[1]) if size else len(raw))
        return None

    def header(self, uid: int) -> bytes | None:
        """Give a mail's header only; None when it is gone."""
        return next((header for _, header in self._fetch(str(uid), "(UID BODY.PEEK[HEADER])")), None)

    def _fetch(self, uids: str, parts: str) -> list[tuple[bytes, bytes]]:
        """Fetch one part of each mail: what is said about it, and the part."""
        with problems.told(self.account.address):
            status, data = self.box.client.uid("FETCH", uids, parts)
            if status != "OK":
                raise UnexpectedCommandStatusError((status, data), "OK")
        found: list[tuple[bytes, bytes]] = []
        for one in data:
            if isinstance(one, tuple):
                found.append((one[0], one[1]))
            elif isinstance(one, bytes) and _BEGINS.match(one):  # an empty part is no literal
                found.append((one, b""))
            elif isinstance(one, bytes) and found:  # what some servers say behind the part
                found[-1] = (found[-1][0] + b" " + one, found[-1][1])
        return found

    def mark_seen(self, uid: int) -> None:
        """Mark a mail as read. Not by the library's `flag`: that one expunges what others marked deleted."""
        with problems.told(self.account.address):
            self.box.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def holds(self, folder: str, message_id: str) -> bool:
        """Tell whether a mail with this Message-ID is in the folder."""
        quoted = message_id.replace("\\", "\\\\").replace('"', '\\"')
        self.open(folder)
        with problems.told(self.account.address):
            return bool(self.box.uids(f'HEADER Message-ID "{quoted}"', charset=None))

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        """Put a mail into a folder, as read. `MailboxFull` when there is no room."""
        with problems.told(self.account.address):
            try:
                self.box.append(raw, folder, dt=at, flag_set=["\\Seen"])
            except MailboxAppendError as error:
                if problems.is_full(problems.answer(error)):
                    raise problems.MailboxFull(address=self.account.address, folder=folder) from error
                raise

    def idle(self, seconds: float) -> None:
        """Wait until something happens in the open folder, `wake`, or `seconds` have passed."""
        # The first tells how many mails there are, at opening; a second one, that one came since.
        if len(self.box.client.untagged_responses.get("EXISTS", ())) > 1:
            return
        if "IDLE" not in self.box.client.capabilities:
            select.select([self._awake], [], [], seconds)
            self._forget_wake()
            with problems.told(self.account.address):
                self.box.client.noop()
            return
        with problems.told(self.account.address):
            self.box.idle.start()  # type: ignore[no-untyped-call]
            # What came right behind the server's answer is in our buffer, where no poll sees it.
            if not self.box.idle.poll(timeout=0) and not _buffered(self.box.client):
                poller = select.poll()
                for one in (self._awake, self.box.client.sock):
                    poller.register(one, select.POLLIN)
                poller.poll(seconds * 1000)
            self._forget_wake()
            self.box.idle.stop()  # type: ignore[no-untyped-call]

    def _forget_wake(self) -> None:
        with suppress(BlockingIOError):
            self._awake.recv(1024)

    def wake(self) -> None:
        """End `idle` at once."""
        with suppress(OSError):
            self._waker.send(b"!")

    def interrupt(self) -> None:
        """Make whatever the thread waits for fail at once, and every later call."""
        self._cut = True
        self.wake()
        if self._box is not None:
            with suppress(OSError):
                self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def disconnect(self) -> None:
        """Say goodbye, if somebody listens."""
        box, self._box = self._box, None
        if box is None:
            return
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.client.sock.settimeout(2)
            if not self._cut:
                box.client.logout()
        with suppress(OSError):
            box.client.shutdown()

    def close(self) -> None:
        """Close everything."""
        self.disconnect()
        self._awake.close()
        self._waker.close()


def _reach(account: Account) -> BaseMailBox:
    tls = account.tls or ssl.create_default_context()
    if account.security == "tls":
        return MailBox(account.host, account.port, timeout=_REACH, ssl_context=tls)
    box = MailBoxUnencrypted(account.host, account.port, timeout=_REACH)
    if account.security == "starttls":
        try:
            box.client.starttls(tls)
        except (OSError, imaplib.IMAP4.error):
            with suppress(OSError):
                box.client.shutdown()
            raise
    return box


def _buffered(client: imaplib.IMAP4) -> bool:
    """Tell whether a line of the server waits in our buffer already, and take it."""
    patience = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        client._get_line()  # noqa: SLF001 - as the library itself does
    except (OSError, imaplib.IMAP4.abort):
        return False
    else:
        return True
    finally:
        client.sock.settimeout(patience)


def _introduce(client: imaplib.IMAP4) -> None:
    """Ask what the server can do for us, and say who we are: NetEase lets nobody in who does not."""
    _, can = client.capability()
    client.capabilities = tuple((can[-1] or b"").decode("ascii", "replace").upper().split())
    if "ID" in client.capabilities:
        client.xatom("ID", '("name" "Switchboard")')


def _number(client: imaplib.IMAP4, name: str) -> int | None:
    _, said = client.response(name)
    return int(said[-1]) if said and said[-1] else None


def _at(about: bytes) -> datetime:
    said = _DATE.search(about)
    at = _instant(said[1].decode("ascii", "replace").strip().replace("-", " ", 2)) if said else None
    return at or datetime.fromtimestamp(0, UTC)


def _instant(said: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(said.strip())
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
