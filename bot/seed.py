"""What the invented shop has told the bot: its settings, and in a new database its suppliers."""

import socket
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.model import fold
from bot.suppliers import store
from bot.suppliers.model import Contact, Supplier
from bot.workspace import Workspace

SHOP_NAME = "Juniper & Co"
ADMIN = "nora@juniper.example"


def settings(workspace: Workspace, data_dir: Path, smtp_port: int, http_port: int) -> dict[str, Any]:
    """Give the bot's settings: the workspace stands in the place of Slack and of the mail server."""
    host, port = workspace.smtp_address
    return {
        "slack_bot_token": workspace.bot_token,
        "slack_app_token": workspace.app_token,
        "slack_signing_secret": workspace.signing_secret,
        "slack_api_url": f"{workspace.url}/api/",
        "data_dir": str(data_dir),
        "admins": [ADMIN],
        "mailbox": [
            {"address": address, "name": SHOP_NAME} for address in workspace.world.meta["mail_to"]["supplier"]
        ],
        "smtp_in_port": smtp_port,
        "smtp_out_host": host,
        "smtp_out_port": port,
        "smtp_out_security": "none",
        "http_port": http_port,
        "clock_url": f"{workspace.url}/control/clock/stream",
        "clock_token": workspace.control_token,
    }


def free_port() -> int:
    """Give a port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def add_shop(session: AsyncSession, workspace: Workspace) -> None:
    """Fill a new database; one that has suppliers already is left as it is."""
    if not await store.all_suppliers(session):
        await _add_suppliers(session, workspace)


async def _add_suppliers(session: AsyncSession, workspace: Workspace) -> None:
    world = workspace.world
    people = {user["real_name"]: user["id"] for user in world.users.values()}
    channels = {channel["name"]: channel["id"] for channel in world.channels.values()}
    for one in world.meta["correspondents"]:
        if one["role"] != "supplier":
            continue
        supplier = Supplier(
            name=one["company"],
            folded_name=fold(one["company"]),
            channel_id=channels.get(one["channel"]),
            owner_id=people.get(one["owner"]),
            language=one["language"],
            zone=one["zone"],
            country=one["country"],
            added_at=workspace.clock.now(),
        )
        session.add(supplier)
        await session.flush()
        session.add(Contact(supplier_id=supplier.id, name=one["name"], address=one["address"]))
