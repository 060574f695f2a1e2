"""The shop's mailboxes as parts of the bot: out of the settings, who reads, who sends and who files."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import SwitchboardError
from bot.gateways import mailbox
from bot.gateways.mailbox import ByMailbox, MailCourier, Server
from bot.gateways.oauth import GOOGLE, App, OAuth, OAuthError, Provider, SignInPage, for_itself, microsoft
from bot.ports import Accept, Courier, NotDelivered
from bot.services import Services
from bot.settings import Mailbox, Settings
from bot.storage.database import Database
from bot.storage.mailboxes import Lease, StoredBookmarks, StoredTokens
from jobs import mailboxes as mailbox_jobs
from jobs.crew import Crew

# IMAP is imported where a mailbox is read by it: where all mail is forwarded, nothing of it is needed.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from bot.gateways.imap import MailboxState, Watcher
    from bot.gateways.imap_connection import Account
    from bot.gateways.imap_older import OlderMail
    from bot.gateways.imap_sent import Door

# A replica that died is followed after so long; the lease is renewed every `Pace.renew`.
_LEASE = timedelta(seconds=30)

# Providers let programs that stand nowhere on the web end their sign-in there; nothing need listen.
_REDIRECT = "http://localhost"

Blob = Callable[[str], Awaitable[bytes]]


class NoSignIn(SwitchboardError):
    """Nobody signs in to {address}: the settings know no such mailbox with sign_in and client_id."""


class NotTheSignIn(SwitchboardError):
    """That is not where this sign-in ended. Begin again, and copy the whole address of the last page."""


def doors(settings: Settings, database: Database) -> "Mapping[str, Door]":
    """Give the mailboxes that are read by IMAP, by address, each with how to get in."""
    read = [one for one in settings.mailbox if one.imap_host]
    if not read:
        return {}
    from bot.gateways.imap_sent import Door

    return {one.address.lower(): Door(_account(one), sign_in(one, database)) for one in read}


def _account(one: Mailbox) -> "Account":
    from bot.gateways.imap_connection import Account

    return Account(
        address=one.address.lower(),
        host=one.imap_host,
        port=one.imap_port,
        security=one.imap_security,
        user=one.imap_user,
        password=one.imap_password.get_secret_value(),
        folders=tuple(one.imap_folders),
        sent_folder=one.sent_folder,
        files_sent_itself=one.files_itself,
        mark_seen=one.mark_seen,
    )


def sign_in(one: Mailbox, database: Database) -> OAuth | None:
    """Give how tokens are got for a mailbox; None where a password is used."""
    if one.sign_in == "password":
        return None
    providers = {
        "microsoft": microsoft(one.tenant),
        "google": GOOGLE,
        "oauth": Provider(one.sign_in_url, one.token_url, one.scope),
    }
    app = App(
        providers[one.sign_in],
        one.client_id,
        one.client_secret.get_secret_value(),
        one.refresh_token.get_secret_value(),
    )
    if one.app_only:
        app = for_itself(app) if one.sign_in == "microsoft" else replace(app, for_itself=True)
    return OAuth(one.address.lower(), app, StoredTokens(database))


def by_hand(settings: Settings, database: Database, address: str) -> tuple[OAuth, SignInPage]:
    """Begin to sign in to a mailbox by hand: the page to open. `NoSignIn` where nobody signs in."""
    known = {one.address.lower(): one for one in settings.mailbox}
    one = known.get(address.lower())
    oauth = sign_in(one, database) if one and not one.problems and not one.app_only else None
    if oauth is None:
        raise NoSignIn(address=address)
    return oauth, oauth.page(_REDIRECT)


async def signed_in(oauth: OAuth, page: SignInPage, landed: str) -> None:
    """Finish it with the address at which the browser landed, and keep the tokens for all replicas."""
    query = parse_qs(urlsplit(landed.strip()).query)
    if query.get("state") != [page.state] or not query.get("code"):
        raise NotTheSignIn
    await oauth.redeem(query["code"][0], page, _REDIRECT)


def couriers(settings: Settings, opened: "Mapping[str, Door]", blob: Blob) -> Mapping[str, Courier]:
    """Give who carries mail, by the kind of the delivery: each mailbox its own way, or the common one."""
    common = Server(
        settings.smtp_out_host,
        settings.smtp_out_port,
        settings.smtp_out_security,
        settings.smtp_out_user,
        settings.smtp_out_password.get_secret_value(),
    )
    own = {
        one.address.lower(): MailCourier(_server(one, opened.get(one.address.lower())), blob)
        for one in settings.mailbox
        if one.smtp_host
    }
    found: dict[str, Courier] = dict.fromkeys(mailbox.KINDS, ByMailbox(own, MailCourier(common, blob)))
    if opened:
        from bot.gateways import imap_sent

        found |= dict.fromkeys(imap_sent.KINDS, imap_sent.SentCourier(opened, blob))
    return found


def _server(one: Mailbox, door: "Door | None") -> Server:
    password = one.smtp_password.get_secret_value() or one.imap_password.get_secret_value()
    by_token = door.sign_in if door else None
    user = one.smtp_user or one.imap_user or (one.address if password or by_token else "")
    return Server(one.smtp_host, one.smtp_port, one.smtp_security, user, password, sign_in=by_token)


async def wrong_with(one: Mailbox, database: Database) -> list[str]:
    """Sign in to a mailbox and to the server it sends through, and say what is wrong; it changes neither."""
    from bot.gateways.imap_problems import MailboxError
    from bot.gateways.imap_session import connected

    found = []
    door = doors(Settings.model_construct(mailbox=[one]), database).get(one.address.lower())
    try:
        if door:
            async with connected(door.account, door.sign_in) as (line, thread):
                for folder in door.account.folders:
                    await thread.call(line.open, folder)
    except (MailboxError, OAuthError) as error:
        found.append(error.sentence)
    except SQLAlchemyError:
        found.append(f"The tokens of {one.address} cannot be kept: the database is not there yet.")
    if one.smtp_host and not found:
        try:
            await MailCourier(_server(one, door), _nothing).reach()
        except NotDelivered as error:
            found.append(f"{one.smtp_host}: {error.details['reason']}")
    return found


async def _nothing(_sha256: str) -> bytes:
    return b""


def files_sent(opened: "Mapping[str, Door]") -> frozenset[str]:
    """Give the mailboxes into which we put what we send."""
    return frozenset(address for address, door in opened.items() if not door.account.files_sent_itself)


def older(
    opened: "Mapping[str, Door]", database: Database
) -> "Callable[[str, datetime | None], AbstractAsyncContextManager[OlderMail] | None]":
    """Give how the older mail of a mailbox is opened; None for one that is not in the settings any more."""

    def of(address: str, since: datetime | None) -> "OlderMail | None":
        door = opened.get(address)
        if door is None:
            return None
        from bot.gateways.imap_older import OlderMail

        return OlderMail(door.account, StoredBookmarks(database), sign_in=door.sign_in, since=since)

    return of


class Watching:
    """Watches all mailboxes at once, each by one replica at a time."""

    def __init__(self, services: Services, opened: "Mapping[str, Door]", accept: Accept, crew: Crew) -> None:
        self._services = services
        # Its address is not for the logs.
        self._watchers = [
            crew.engage("The watch over a mailbox", self._watcher(address, door, accept))
            for address, door in opened.items()
        ]

    def _watcher(self, address: str, door: "Door", accept: Accept) -> "Watcher":
        from bot.gateways.imap import Pace, Watcher

        database = self._services.database
        return Watcher(
            door.account,
            accept,
            StoredBookmarks(database),
            sign_in=door.sign_in,
            lease=Lease(database, f"mailbox:{address}", _LEASE, takes_over=True),
            report=self._report,
            pace=Pace(recheck=self._services.settings.mail_recheck_seconds),
        )

    async def _report(self, state: "MailboxState") -> None:
        await mailbox_jobs.report(
            self._services, state.address, state.since, state.problem, is_connected=state.connected
        )

    async def run(self) -> None:
        """Watch until `stop`."""
        await asyncio.gather(*(one.run() for one in self._watchers))

    async def stop(self) -> None:
        """End within 5 seconds; what was not stored yet stays on the servers."""
        for one in self._watchers:
            await one.stop()
