"""Signing in to a mailbox by OAuth: tokens fetched and refreshed at the provider, by one replica at a time.

The access token lives an hour; the refresh token lives until it is taken back, and Microsoft gives a new one
with each refresh. So what was given last is kept (`TokenStore`), and refreshing happens under a lease: two
replicas that refreshed at once could each keep a token that the other's refresh made void.
"""

import base64
import hashlib
import json
import secrets
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from bot import clock
from bot.errors import SwitchboardError

# A token is not used in its last minute: it could run out on its way.
_MARGIN = timedelta(seconds=60)
_TIMEOUT = aiohttp.ClientTimeout(total=20)
# OAuth's word for what no further try mends (RFC 6749 5.2), and Microsoft's for "ask the person".
_SIGN_IN_AGAIN = frozenset(("invalid_grant", "interaction_required", "consent_required", "login_required"))
_APP_WRONG = frozenset(("invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"))


class OAuthError(SwitchboardError):
    """Signing in to {address} failed: {reason}."""

    # True where a person must act.
    slow = False

    @property
    def sentence(self) -> str:
        """What a person reads, on one line."""
        return " ".join(str(self).split())


class ProviderUnreachable(OAuthError):
    """The sign-in server for {address} ({host}) cannot be reached or is busy ({reason})."""


class SignInAgain(OAuthError):
    """The sign-in for {address} is no longer valid: it was taken back, ran out, or the password changed.
    Sign in to this mailbox again (switchboard mail sign-in {address}); mail waits on the server meanwhile.
    """  # noqa: D205 - one paragraph

    slow = True


class AppNotAccepted(OAuthError):
    """The sign-in server for {address} does not accept our app ({reason}). Check the client id, whether its
    secret has run out, and its permissions; mail waits on the server meanwhile.
    """  # noqa: D205 - one paragraph

    slow = True


@dataclass(frozen=True)
class Provider:
    """Where to sign in, and what for."""

    sign_in_url: str
    token_url: str
    scope: str


def microsoft(tenant: str = "common") -> Provider:
    """Give Microsoft 365, for one organisation or ("common") for all."""
    base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    mail = "https://outlook.office.com"
    scope = f"{mail}/IMAP.AccessAsUser.All {mail}/SMTP.Send offline_access"
    return Provider(f"{base}/authorize", f"{base}/token", scope)


GOOGLE = Provider(
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://oauth2.googleapis.com/token",
    "https://mail.google.com/",
)


@dataclass(frozen=True)
class App:
    """Our app as the provider knows it. `refresh_token`: from the settings, where a person signed in before.

    `for_itself`: the app has a right of its own to the mailbox (Microsoft's client credentials) and needs
    nobody to sign in.
    """

    provider: Provider
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    for_itself: bool = False


class TokenStore(Protocol):
    """Keeps one text for each mailbox, for all replicas."""

    async def get(self, address: str) -> str | None:
        """Give what was kept last."""
        ...

    async def put(self, address: str, text: str) -> None:
        """Keep it; committed when this returns."""
        ...

    def alone(self, address: str) -> AbstractAsyncContextManager[None]:
        """Let one replica at a time into this block; the others wait."""
        ...


@dataclass(frozen=True)
class Tokens:
    """What the provider gave. `seed`: which refresh token of the settings this goes back to (a hash)."""

    access: str = field(repr=False)
    until: str
    refresh: str = field(default="", repr=False)
    seed: str = ""

    def is_good(self, now: datetime) -> bool:
        """Tell whether the access token can be used now."""
        return bool(self.access) and now + _MARGIN < datetime.fromisoformat(self.until)


@dataclass(frozen=True)
class SignInPage:
    """A page of the provider's to open; `verifier` and `state` belong to it and are needed afterwards."""

    url: str
    state: str
    verifier: str = field(repr=False)


class OAuth:
    """Gives the access token of one mailbox. Calling it: a good token; `stale` is one that was refused."""

    def __init__(self, address: str, app: App, store: TokenStore) -> None:
        self._address, self._app, self._store = address, app, store

    async def __call__(self, stale: str = "") -> str:
        """Give a token to sign in with; an `OAuthError` when there is none to be had."""
        if (tokens := await self._kept()) and self._usable(tokens, stale):
            return tokens.access
        async with self._store.alone(self._address):
            # Another replica may have refreshed it while we waited.
            tokens = await self._kept()
            if tokens is None or not self._usable(tokens, stale):
                tokens = await self._refresh(tokens)
        return tokens.access

    def page(self, redirect: str) -> SignInPage:
        """Make the page at which a person signs in; the provider then calls `redirect` with a code."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": self._app.client_id,
            "response_type": "code",
            "redirect_uri": redirect,
            "scope": self._app.provider.scope,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": self._address,
            # Google gives a refresh token only when asked so.
            "access_type": "offline",
            "prompt": "consent",
        }
        return SignInPage(f"{self._app.provider.sign_in_url}?{urlencode(query)}", state, verifier)

    async def redeem(self, code: str, page: SignInPage, redirect: str) -> None:
        """Exchange the code of a sign-in for tokens, and keep them."""
        grant = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": page.verifier,
        }
        async with self._store.alone(self._address):
            await self._fetch(grant, refresh="")

    @staticmethod
    def _usable(tokens: Tokens, stale: str) -> bool:
        return tokens.is_good(clock.wall()) and tokens.access != stale

    async def _kept(self) -> Tokens | None:
        text = await self._store.get(self._address)
        tokens = Tokens(**json.loads(text)) if text else None
        # A refresh token put into the settings since then is newer than what came of the old one.
        return tokens if tokens and (not self._seed or tokens.seed == self._seed) else None

    @property
    def _seed(self) -> str:
        given = self._app.refresh_token
        return hashlib.sha256(given.encode()).hexdigest()[:16] if given else ""

    async def _refresh(self, kept: Tokens | None) -> Tokens:
        refresh = (kept.refresh if kept else "") or self._app.refresh_token
        if self._app.for_itself:
            return await self._fetch({"grant_type": "client_credentials"}, refresh="")
        if not refresh:
            raise SignInAgain(address=self._address)
        return await self._fetch({"grant_type": "refresh_token", "refresh_token": refresh}, refresh=refresh)

    async def _fetch(self, grant: dict[str, str], *, refresh: str) -> Tokens:
        """Ask the provider, and keep what it gives before anybody uses it."""
        said = await self._ask(grant)
        until = clock.wall() + timedelta(seconds=float(said.get("expires_in") or 3600))
        # Without a new refresh token the old one goes on.
        tokens = Tokens(
            str(said["access_token"]),
            until.isoformat(),
            str(said.get("refresh_token") or refresh),
            self._seed,
        )
        await self._store.put(self._address, json.dumps(asdict(tokens)))
        return tokens

    async def _ask(self, grant: dict[str, str]) -> dict[str, Any]:
        app = self._app
        form = {"client_id": app.client_id, "scope": app.provider.scope, **grant}
        if app.client_secret:
            form["client_secret"] = app.client_secret
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.post(app.provider.token_url, data=form, allow_redirects=False) as answer,
            ):
                said = await _json(answer)
                status = answer.status
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise self._unreachable(type(error).__name__) from error
        if status == 200 and said.get("access_token"):
            return said
        raise self._refusal(status, str(said.get("error", ""))[:60])

    def _refusal(self, status: int, word: str) -> OAuthError:
        if word in _SIGN_IN_AGAIN:
            return SignInAgain(address=self._address)
        if word in _APP_WRONG or status in (400, 401, 403):
            return AppNotAccepted(address=self._address, reason=word or f"status {status}")
        return self._unreachable(word or f"status {status}")

    def _unreachable(self, reason: str) -> ProviderUnreachable:
        host = self._app.provider.token_url.split("/")[2]
        return ProviderUnreachable(address=self._address, host=host, reason=reason)


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """Read the answer, whatever type it says it is; {} when it is no JSON object."""
    try:
        said = json.loads((await answer.content.read(1_000_000)) or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def for_itself(app: App) -> App:
    """Make an app that needs nobody to sign in: Microsoft's scope for that is another one."""
    scope = "https://outlook.office365.com/.default"
    return replace(app, provider=replace(app.provider, scope=scope), for_itself=True)
