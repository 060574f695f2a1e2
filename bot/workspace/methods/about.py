"""Methods about the app, the team and the connection."""

import secrets
from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.methods.table import Call, method

Json = dict[str, Any]


@method("api.test", tier=4, token="none")  # noqa: S106
def _api_test(call: Call) -> Json:
    if error := call.maybe("error"):
        raise ApiError(error, args=call.args)
    return {"args": call.args}


@method("auth.test", tier=0)
def _auth_test(call: Call) -> Json:
    team, app = call.world.meta["team"], call.world.app
    return {
        "url": call.room.url + "/", "team": team["name"], "team_id": team["id"],
        "user": call.world.users[app["bot_user_id"]]["name"], "user_id": app["bot_user_id"],
        "bot_id": app["bot_id"], "is_enterprise_install": False,
    }  # fmt: skip


@method("apps.connections.open", tier=1, token="app")  # noqa: S106
def _connections_open(call: Call) -> Json:
    ticket = secrets.token_urlsafe(16)
    call.tickets.sockets.add(ticket)
    return {"url": call.room.url.replace("http", "ws", 1) + f"/socket/{ticket}"}


@method("bots.info", "users:read")
def _bots_info(call: Call) -> Json:
    app = call.world.app
    if call.maybe("bot") not in (None, app["bot_id"]):
        raise ApiError("bot_not_found")
    return {"bot": {
        "id": app["bot_id"], "app_id": app["app_id"], "user_id": app["bot_user_id"], "name": app["name"],
        "deleted": False, "updated": 0, "icons": {"image_36": "", "image_48": "", "image_72": ""},
    }}  # fmt: skip


@method("team.info", "team:read")
def _team_info(call: Call) -> Json:
    team = call.world.meta["team"]
    icon = {f"image_{size}": "" for size in (34, 44, 68, 88, 102, 132, 230)} | {"image_default": True}
    return {"team": {
        "email_domain": "", "icon": icon, "is_verified": False, "url": call.room.url + "/",
        "avatar_base_url": call.room.url + "/", "discoverable": "closed", **team,
    }}  # fmt: skip


@method("team.billing.info", "team.billing:read")
def _billing(call: Call) -> Json:
    return {"plan": call.world.meta.get("plan", "plus")}


@method("emoji.list", "emoji:read", tier=2)
def _emoji(call: Call) -> Json:
    return {"emoji": call.world.meta["emoji"], "cache_ts": call.room.new_ts()}


@method("functions.completeSuccess")
def _function_done(call: Call) -> Json:
    call.tools.functions.complete(call.text("function_execution_id"), outputs=call.parsed("outputs") or {})
    return {}


@method("functions.completeError")
def _function_failed(call: Call) -> Json:
    call.tools.functions.complete(call.text("function_execution_id"), error=call.text("error"))
    return {}


@method("oauth.v2.access", tier=4, token="none")  # noqa: S106
def _access(call: Call) -> Json:
    return call.tools.installing.access(
        call.text("client_id"), call.text("client_secret"), call.text("code"), call.maybe("redirect_uri")
    )
