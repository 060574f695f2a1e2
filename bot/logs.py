"""What the bot writes about itself: a line an event, never what people wrote or who they are."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

_ADDRESS = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,250}")
# What says too much, or too often, about nothing.
_QUIET = ("apscheduler", "alembic", "slack_bolt", "slack_sdk", "mail.log", "aiosqlite", "httpx2", "openai")
# In a terminal: yellow and red.
_COLOURS = {"warning": "\033[33m", "error": "\033[31m", "critical": "\033[31m"}
_PLAIN = "\033[0m"


def configure(form: Literal["console", "json"] = "console", level: str = "INFO") -> None:
    """Send every log of this process to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if form == "json" else _Console(coloured=sys.stderr.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR if name == "slack_bolt" else logging.WARNING)


class _Json(logging.Formatter):
    """A JSON object a line, for what collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "event": record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": _moment(record),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            told["stack_info"] = record.stack_info
        return json.dumps({name: _without_addresses(text) for name, text in told.items()})


class _Console(logging.Formatter):
    """A line for people; of a mistake the calls that led to it, and not what they held: that is people's."""

    def __init__(self, *, coloured: bool) -> None:
        super().__init__()
        self._coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        level = record.levelname.lower()
        shown = f"[{level:<9}]"
        if self._coloured and level in _COLOURS:
            shown = f"{_COLOURS[level]}{shown}{_PLAIN}"
        text = f"{_moment(record)} {shown} {record.getMessage()} [{record.name}]"
        if record.exc_info:
            text += f"\n{self.formatException(record.exc_info)}"
        if record.stack_info:
            text += f"\n{record.stack_info}"
        return _without_addresses(text)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")


def _without_addresses(text: str) -> str:
    """Take mail addresses out of whatever is logged, tracebacks too."""
    return _ADDRESS.sub("…@…", text)
