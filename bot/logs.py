"""What the bot writes about itself: structured, a line an event, never what people wrote or who they are."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """Let an import in this block find no such library."""
    known = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]
    yield
    del sys.modules[name]
    if known:
        sys.modules[name] = known


# Where structlog finds rich it takes it along, 5 MB, for tracebacks that show what people wrote.
with _absent("rich"):
    import structlog

_ADDRESS = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,250}")
# What says too much, or too often, about nothing.
_QUIET = ("apscheduler", "alembic", "slack_bolt", "slack_sdk", "mail.log", "aiosqlite", "httpx2", "openai")


def configure(form: Literal["console", "json"] = "console", level: str = "INFO") -> None:
    """Send every log of this process through structlog to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        last += [
            structlog.processors.format_exc_info,
            _without_addresses,
            structlog.processors.JSONRenderer(),
        ]
    else:
        last += [_without_addresses, _console()]
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("slack_bolt").addFilter(_is_news)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR if name == "slack_bolt" else logging.WARNING)


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out that a connection ended as it should: at each stop, and when Slack asks for another."""
    return "ConnectionClosedOK" not in record.getMessage()


def _console() -> structlog.dev.ConsoleRenderer:
    # Of a mistake the calls that led to it, and not what they held: that is what people wrote.
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)


def _without_addresses(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Take mail addresses out of whatever is logged, tracebacks too."""
    return {
        key: _ADDRESS.sub("…@…", value) if isinstance(value, str) else value for key, value in event.items()
    }
