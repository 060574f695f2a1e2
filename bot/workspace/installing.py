"""Installing an app by OAuth: a page that asks, a code that lives ten minutes, `oauth.v2.access`.

For bots that come by their token this way; ours is given its token.
https://docs.slack.dev/authentication/installing-with-oauth
"""

import html
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.clock import monotonic
from bot.workspace.errors import ApiError, Refused
from bot.workspace.world import World

Json = dict[str, Any]

LIVES = 600.0


class Installing:
    """Hands out codes, and tokens for codes."""

    def __init__(self, world: World, manifest: Json) -> None:
        oauth = manifest.get("oauth_config") or {}
        self._world = world
        self._redirects: list[str] = oauth.get("redirect_urls") or []
        self._scopes: list[str] = (oauth.get("scopes") or {}).get("bot") or []
        self._codes: dict[str, tuple[str, str, str, float]] = {}

    @property
    def client_id(self) -> str:
        """Give the client id: made from the app's."""
        return f"{self._world.team_id}.{self._world.app['app_id']}"

    @property
    def client_secret(self) -> str:
        """Give the client secret."""
        return str(self._world.meta["tokens"]["signing"])

    def page(self, query: Json, people: list[tuple[str, str]]) -> str:
        """Give the page that asks whether the app may be installed."""
        self._check(query)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(str(query.get(name, "")))}">'
            for name in ("client_id", "scope", "redirect_uri", "state")
        )
        choices = "".join(
            f'<option value="{html.escape(one)}">{html.escape(name)}</option>' for one, name in people
        )
        app, scopes = (
            html.escape(self._world.app["name"]),
            html.escape(str(query.get("scope", "")).replace(",", ", ")),
        )
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Install {app}</title>'
            f"<h1>Install {app}</h1><p>It asks for: {scopes}</p>"
            f'<form method="post" action="/oauth/v2/approve">'
            f'<label>You are <select name="user">{choices}</select>'
            f"</label>{hidden}<button>Allow</button></form></html>"
        )

    def approve(self, form: Json) -> str:
        """Give the address to go on to, with the code."""
        self._check(form)
        code = secrets.token_urlsafe(24)
        redirect = str(form.get("redirect_uri") or self._redirects[0])
        self._codes[code] = (
            str(form.get("user", "")),
            str(form.get("scope", "")),
            redirect,
            monotonic() + LIVES,
        )
        given = {"code": code} | ({"state": str(form["state"])} if form.get("state") else {})
        return f"{redirect}{'&' if urlsplit(redirect).query else '?'}{urlencode(given)}"

    def _check(self, query: Json) -> None:
        if query.get("client_id") != self.client_id:
            raise Refused("invalid_client_id")
        redirect = str(query.get("redirect_uri") or next(iter(self._redirects), ""))
        if not any(redirect.startswith(one) for one in self._redirects):
            raise Refused("bad_redirect_uri")
        unknown = set(filter(None, str(query.get("scope", "")).split(","))) - set(self._scopes)
        if unknown:
            raise Refused(f"invalid_scope: {', '.join(sorted(unknown))}")

    def access(self, client_id: str, client_secret: str, code: str, redirect_uri: str | None) -> Json:
        """Give the token for a code, once; `invalid_client_id`, `bad_client_secret`, `invalid_code`, ..."""
        if client_id != self.client_id:
            raise ApiError("invalid_client_id")
        if client_secret != self.client_secret:
            raise ApiError("bad_client_secret")
        user, scope, redirect, until = self._codes.pop(code, ("", "", "", 0.0))
        if until < monotonic():
            raise ApiError("invalid_code")
        if redirect_uri and redirect_uri != redirect:
            raise ApiError("bad_redirect_uri")
        team = self._world.meta["team"]
        return {
            "app_id": self._world.app["app_id"], "authed_user": {"id": user},
            "scope": scope or ",".join(self._scopes),
            "token_type": "bot", "access_token": self._world.meta["tokens"]["bot"],
            "bot_user_id": self._world.bot_user_id, "team": {"id": team["id"], "name": team["name"]},
            "enterprise": None, "is_enterprise_install": False,
        }  # fmt: skip
