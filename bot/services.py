"""What every handler and job is handed."""

from dataclasses import dataclass
from typing import Any, Protocol

from bot.clock import Clock
from bot.letters.model import Channels
from bot.ports import LanguageModel
from bot.settings import Settings
from bot.storage.database import Database


class Views(Protocol):
    """The only calls a handler makes to Slack itself: a trigger lives 3 seconds, too short for the outbox."""

    async def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> Any:
        """Open a modal."""
        ...

    async def views_update(self, *, view_id: str, view: dict[str, Any]) -> Any:
        """Change a modal that is open."""
        ...


@dataclass(frozen=True)
class Services:
    """The living parts of the bot."""

    settings: Settings
    clock: Clock
    database: Database
    views: Views
    model: LanguageModel
    channels: Channels
    bot_user_id: str
    team_id: str
