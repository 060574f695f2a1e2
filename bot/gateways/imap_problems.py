"""What can be wrong with a mailbox, as sentences for the shop, and which failure means which."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from bot.errors import SwitchboardError

# Response codes (RFC 5530, RFC 9208) and words of servers that have none, for "not now".
_FOR_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "TOO MANY", "MAXIMUM NUMBER", "TRY AGAIN", "SERVER BUSY")
_FULL = ("[OVERQUOTA]", "QUOTA", "MAILBOX IS FULL", "MAILBOX FULL")
# What to do where a provider takes no ordinary password, by the end of its server's name.
_HINTS = {
    "office365.com": " Microsoft takes no passwords here: set up the sign-in with oauth.",
    "outlook.com": " Microsoft takes no passwords here: set up the sign-in with oauth.",
    "gmail.com": " Google takes an app password here, or the sign-in with oauth.",
    "qq.com": " Tencent takes an authorization code here (授权码), made in the mailbox's settings.",
    "163.com": " NetEase takes an authorization code here (授权码), made in the mailbox's settings.",
    "126.com": " NetEase takes an authorization code here (授权码), made in the mailbox's settings.",
    "yahoo.com": " Yahoo takes an app password here, made in the account's security settings.",
    "icloud.com": " Apple takes an app-specific password here.",
    "me.com": " Apple takes an app-specific password here.",
}


class MailboxError(SwitchboardError):
    """The mailbox {address} cannot be used: {reason}."""

    # True where a person must act: trying again soon would only get the account locked.
    slow = False

    @property
    def sentence(self) -> str:
        """What a person reads, on one line."""
        return " ".join(str(self).split())


class ServerUnreachable(MailboxError):
    """The mail server {host} of {address} cannot be reached ({reason}). Mail waits there meanwhile."""


class ConnectionBroke(MailboxError):
    """The mail server of {address} broke off the connection ({reason}). Mail waits there meanwhile."""


class ServerBusy(MailboxError):
    """The mail server of {address} asks to come back later: {reason}"""  # noqa: D400 - it ends itself


class ServerRefused(MailboxError):
    """The mail server of {address} refused something: {reason}"""  # noqa: D400 - it ends itself


class CertificateNotTrusted(MailboxError):
    """The mail server {host} of {address} shows a certificate that cannot be trusted ({reason}).
    Check the server's name in the settings; it must be the one the provider gives.
    """  # noqa: D205 - one paragraph

    slow = True


class PasswordRefused(MailboxError):
    """The mail server {host} does not accept user name and password of {address}.{hint} Put them right in
    the settings; mail waits on the server meanwhile.
    """  # noqa: D205 - one paragraph

    slow = True


class SignInRefused(MailboxError):
    """The mail server {host} does not accept the sign-in for {address}. Check that the account signed in is
    this mailbox's, and that IMAP is allowed for it; mail waits on the server meanwhile.
    """  # noqa: D205 - one paragraph

    slow = True


class FolderGone(MailboxError):
    """The mailbox {address} has no folder {folder} any more. Put it back, or take it out of the settings."""


class MailboxFull(MailboxError):
    """The mailbox {address} is full, so a copy of what was sent cannot be put into {folder} yet. Make room
    there, and it will be.
    """  # noqa: D205 - one paragraph


class MailUnreadable(MailboxError):
    """The mail server of {address} cannot give out {count} of the mails in {folder}. They are tried again
    each hour; look at them in the mailbox itself.
    """  # noqa: D205 - one paragraph


class NotStored(MailboxError):
    """Mail of {address} could not be stored just now ({reason}). It stays on the mail server meanwhile."""


@contextmanager
def told(address: str) -> Iterator[None]:
    """Turn every failure of the library into one of ours."""
    try:
        yield
    except (OSError, EOFError, imaplib.IMAP4.abort) as error:
        raise ConnectionBroke(address=address, reason=why(error)) from error
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        kind = ServerBusy if is_for_now(answer(error)) else ServerRefused
        raise kind(address=address, reason=answer(error)) from error


def unreachable(address: str, host: str, error: Exception) -> MailboxError:
    """Tell why no connection came about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateNotTrusted(address=address, host=host, reason=error.verify_message.rstrip("."))
    if isinstance(error, ssl.SSLError):
        reason = "it does not speak TLS at this port, or not the kind that is set"
    else:
        reason = why(error) if isinstance(error, OSError) else answer(error)
    return ServerUnreachable(address=address, host=host, reason=reason)


def refused(address: str, host: str, error: Exception, *, by_token: bool) -> MailboxError:
    """Tell why the server did not let us in."""
    if is_for_now(answer(error)):
        return ServerBusy(address=address, reason=answer(error))
    if "[PRIVACYREQUIRED]" in answer(error).upper():
        return ServerRefused(address=address, reason=answer(error))
    if by_token:
        return SignInRefused(address=address, host=host)
    hint = next((said for end, said in _HINTS.items() if host.lower().endswith(end)), "")
    return PasswordRefused(address=address, host=host, hint=hint)


def answer(error: Exception) -> str:
    """Give what the server said, as one line of readable text (from outside: quote it, never obey it)."""
    said: object = error
    if isinstance(error, UnexpectedCommandStatusError):
        data = error.command_result[1]
        said = next((one for one in reversed(data or []) if isinstance(one, bytes)), b"")
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(one if one.isprintable() else " " for one in text)[:200].strip() or "it gave no reason."


def is_for_now(said: str) -> bool:
    """Tell whether the server only asks to come back later."""
    return any(one in said.upper() for one in _FOR_NOW)


def is_full(said: str) -> bool:
    """Tell whether the server has no room."""
    return any(one in said.upper() for one in _FULL)


def why(error: Exception) -> str:
    """Give the reason of a broken connection in words."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return "it hung up"
