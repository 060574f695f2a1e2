"""What the bot writes about itself: the event and where it happened, and nobody's words or addresses."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from bot.gateways import bolt


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """Leave the logging of other tests as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


def fail() -> None:
    """Log a mistake that happened while somebody's mail was in hand."""
    letter = "Dear shop, my sister's number is 0170 555 01 23"
    try:
        int(letter[:4])
    except ValueError:
        logging.getLogger("jobs.example").exception("a mail of %s could not be read", "eva@box.example")


def test_it_tells_an_event_in_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    fail()
    told = json.loads(capsys.readouterr().err)
    assert told["event"] == "a mail of …@… could not be read"
    assert (told["level"], told["logger"]) == ("error", "jobs.example")
    assert told["timestamp"].endswith("Z")
    assert "ValueError" in told["exception"]


def test_it_shows_where_a_mistake_happened_but_not_what_people_wrote(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("console")
    fail()
    shown = capsys.readouterr().err
    assert "[error    ] a mail of …@… could not be read [jobs.example]" in shown
    assert "in fail" in shown
    assert "0170 555 01 23" not in shown


def test_it_keeps_quiet_below_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("console", "WARNING")
    logging.getLogger("bot").info("nothing of note")
    assert capsys.readouterr().err == ""


async def test_it_leaves_out_what_bolt_says_of_a_healthy_bot(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("console", "INFO")

    async def nothing(*_args: Any, **_more: Any) -> Any:
        return True

    app = bolt.build(
        AsyncWebClient(token="xoxb-1"), bolt.Identity("T1", "U1", "B1", ""), nothing, nothing,
        signing_secret="secret",
    )  # fmt: skip
    app.logger.error("Failed to receive or enqueue a message: ConnectionClosedOK, error: sent 1000 (OK)")
    assert capsys.readouterr().err == ""
    app.logger.error("Failed to receive or enqueue a message: ConnectionClosedError, error: no close frame")
    assert "no close frame" in capsys.readouterr().err


def test_it_lets_no_bot_hold_what_it_may_never_need() -> None:
    spared = {"rich", "numpy", "openai", "yaml", "prometheus_client", "imap_tools", "holidays"}
    code = f"import sys, bot.__main__, bot.app; print(*sorted({spared} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
