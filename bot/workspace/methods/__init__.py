"""Slack's Web API, method by method. Importing this fills the table. https://docs.slack.dev/reference/methods."""

from bot.workspace.methods import about, chat, conversations, files, people, things, views
from bot.workspace.methods.table import METHODS, Call, Method, Tickets

__all__ = [
    "METHODS", "Call", "Method", "Tickets", "about", "chat", "conversations", "files", "people", "things",
    "views",
]  # fmt: skip
