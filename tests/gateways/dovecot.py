"""A real mail server for tests: Dovecot as an ordinary process on high ports of the loopback.

Run by root it changes to `nobody` first, so there is one way of running it. Everything it has stands in one
short directory, which goes when it stops.
"""

import asyncio
import imaplib
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

PASSWORD = "good-password"
# Mailboxes that are there from the start: orders1@, orders2@, ... and full1@, ..., which hold 20 KB.
MAILBOXES = 99
_BINARY = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_DOVEADM = shutil.which("doveadm", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/sbin")
MISSING = "Debian's dovecot-imapd and dovecot-lmtpd are not installed"

_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:{home}/mail/%u
mail_plugins = quota
first_valid_uid = 1
imap_idle_notify_interval = 1 min
mailbox_idle_check_interval = 1 secs
service anvil {{
  chroot =
  # Nobody waits here for others' wrong passwords.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = username_format=%u {home}/users
}}
{oauth}
userdb {{
  driver = passwd-file
  args = username_format=%u {home}/users
  default_fields = uid={uid} gid={gid} home={home}/mail/%u
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
}}
namespace inbox {{
  inbox = yes
  separator = /
{folders}
}}
"""
_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth.conf
}}
"""
_SENT = """
  mailbox "Gesendete Objekte" {
    auto = create
    special_use = \\Sent
  }
"""
_CERTIFICATE = (
    *("openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
    *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    *("-addext", "subjectAltName=DNS:localhost"),
)


class Dovecot:
    """One server. `special_use`: it marks the folder of sent mail; `introspection`: who knows of tokens."""

    def __init__(self, *, special_use: bool = True, introspection: str = "", extra: str = "") -> None:
        self.home = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))
        self._person = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.imap, self.imaps, self.lmtp = _free_ports(3)
        self._process: subprocess.Popen[bytes] | None = None
        self._users: dict[str, str] = {}
        self._written = 0
        self._prepare(special_use=special_use, introspection=introspection, extra=extra)

    def _prepare(self, *, special_use: bool, introspection: str, extra: str) -> None:
        for name in ("run", "state", "mail"):
            (self.home / name).mkdir()
        subprocess.run(
            [*_CERTIFICATE, "-keyout", str(self.home / "key.pem"), "-out", str(self.home / "cert.pem")],
            check=True,
            capture_output=True,
        )
        config = _CONFIG.format(
            home=self.home,
            user=self._person.pw_name,
            group=_group(self._person.pw_gid),
            uid=self._person.pw_uid,
            gid=self._person.pw_gid,
            imap=self.imap,
            imaps=self.imaps,
            lmtp=self.lmtp,
            oauth=_OAUTH.format(home=self.home) if introspection else "",
            folders=_SENT if special_use else "",
        )
        (self.home / "dovecot.conf").write_text(config + extra)
        (self.home / "oauth.conf").write_text(
            f"introspection_url = {introspection}\nintrospection_mode = post\nusername_attribute = email\n"
            "active_attribute = active\nactive_value = true\n"
        )
        for number in range(1, MAILBOXES + 1):
            self.user(f"orders{number}@shop.example")
            self.user(f"full{number}@shop.example", quota="20K")
        if os.geteuid() == 0:
            for path in (self.home, *self.home.rglob("*")):
                os.chown(path, self._person.pw_uid, self._person.pw_gid)

    def user(self, address: str, *, password: str = PASSWORD, quota: str = "") -> str:
        """Make a mailbox, before the start (later it takes a second or two until Dovecot notices)."""
        extra = f"userdb_quota_rule=*:storage={quota}" if quota else ""
        self._users[address] = f"{address}:{{PLAIN}}{password}::::::{extra}\n"
        (self.home / "users").write_text("".join(self._users.values()))
        # Dovecot reads it again when its time changed, and sees whole seconds only.
        self._written += 1
        os.utime(self.home / "users", (self._written, self._written))
        return address

    def start(self) -> None:
        """Start it, and wait until it greets."""
        assert _BINARY
        as_person = {"user": self._person.pw_uid, "group": self._person.pw_gid, "extra_groups": []}
        self._process = subprocess.Popen(
            [_BINARY, "-F", "-c", str(self.home / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.home,
            start_new_session=True,
            **(as_person if os.geteuid() == 0 else {}),  # type: ignore[arg-type]
        )
        deadline = time.monotonic() + 10
        while not self._greets():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"Dovecot does not start:\n{self.log()}")
            time.sleep(0.02)

    def _greets(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.imap), 1) as line:
            return line.recv(4) == b"* OK"
        return False

    def stop(self) -> None:
        """Stop it; everybody connected is cut off."""
        if self._process:
            # The whole group: processes that serve somebody would outlive their master.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def remove(self) -> None:
        """Stop it and delete everything it has."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def trusting(self) -> ssl.SSLContext:
        """Give settings for TLS that trust this server."""
        return ssl.create_default_context(cafile=str(self.home / "cert.pem"))

    def log(self) -> str:
        """Give what it wrote down."""
        with suppress(OSError):
            return (self.home / "log").read_text()
        return ""

    def deliver(self, address: str, raw: bytes, sender: str = "li@factory.example") -> None:
        """Deliver a mail as another mail server does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail(sender, [address], raw)

    @contextmanager
    def client(self, address: str, *, password: str = PASSWORD) -> Iterator[imaplib.IMAP4]:
        """Be another mail program."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=10) as client:
            client.login(address, password)
            yield client

    def put(self, address: str, folder: str, *mails: bytes, when: str | None = None) -> None:
        """Put mails into a folder; `when`: the instant the server is to believe they came, as IMAP has it."""
        with self.client(address) as client:
            for raw in mails:
                status, said = client.append(f'"{folder}"', None, f'"{when}"' if when else None, raw)  # type: ignore[arg-type]
                assert status == "OK", said

    def mails(self, address: str, folder: str = "INBOX") -> list[tuple[str, bytes]]:
        """Give flags and content of every mail in a folder."""
        with self.client(address) as client:
            status, count = client.select(f'"{folder}"', readonly=True)
            if status != "OK" or count == [b"0"]:
                return []
            _, data = client.fetch("1:*", "(FLAGS BODY.PEEK[])")
        found = []
        for one in data:
            if isinstance(one, tuple):
                flags = re.search(rb"FLAGS \(([^)]*)\)", one[0])
                found.append((flags[1].decode() if flags else "", one[1]))
        return found

    def number_anew(self, address: str, folder: str = "INBOX") -> None:
        """Give the folder a new UIDVALIDITY, and every mail in it a new number."""
        self.admin("mailbox", "update", "-u", address, "--uid-validity", str(int(time.time()) + 1000), folder)

    def admin(self, *arguments: str) -> None:
        """Run an administrator's command."""
        assert _DOVEADM
        as_person = {"user": self._person.pw_uid, "group": self._person.pw_gid, "extra_groups": []}
        subprocess.run(
            [_DOVEADM, "-c", str(self.home / "dovecot.conf"), *arguments],
            check=True,
            capture_output=True,
            **(as_person if os.geteuid() == 0 else {}),  # type: ignore[call-overload]
        )


def is_there() -> bool:
    """Tell whether Dovecot is installed."""
    return bool(_BINARY and _DOVEADM and shutil.which("openssl"))


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _group(gid: int) -> str:
    import grp  # noqa: PLC0415 - beside pwd it would be needed on no other path

    return grp.getgrgid(gid).gr_name


class Wire:
    """The line between us and a server: it can be cut, or go silent.

    `cut_at`: words of ours that break it before they arrive; `cut_after`: words whose answer breaks it;
    `meanwhile`: words before which something happens, once.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self.is_silent = False
        self.cut_at: bytes | None = None
        self.cut_after: bytes | None = None
        self.meanwhile: tuple[bytes, Callable[[], None]] | None = None
        self.connections = 0
        self._cut_at_answer = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def cut(self) -> None:
        """Break every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there_reader, there = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, there}
        ways = [self._there(reader, there), self._back(there_reader, writer)]
        tasks = [asyncio.create_task(way) for way in ways]
        self._tasks |= set(tasks)
        try:
            await asyncio.wait(tasks)
        finally:
            for one in (writer, there):
                one.transport.abort()
                self._writers.discard(one)

    async def _there(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.cut_at and self.cut_at in data:
                    self.cut()
                if self.meanwhile and self.meanwhile[0] in data:
                    _, happens = self.meanwhile
                    self.meanwhile = None
                    happens()
                if self.cut_after and self.cut_after in data:
                    self._cut_at_answer = True
                if not self.is_silent:
                    writer.write(data)
                    await writer.drain()
        writer.close()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self._cut_at_answer:
                    self._cut_at_answer = False
                    self.cut()
                if not self.is_silent:
                    writer.write(data)
                    await writer.drain()
        writer.close()
