"""A short campaign over the whole mail path; `python -m tests.fuzz --minutes 10` is the long one."""

import asyncio
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.fuzz import campaign, samples
from tests.fuzz.path import MAILBOXES, Harm, MailPath, look_at, opened

SEED = int(os.environ.get("SWITCHBOARD_TEST_SEED") or random.randrange(2**32))


async def test_it_takes_no_harm_from_any_mail() -> None:
    result = await campaign.run(SEED, mails=200)
    assert result.finds == [], f"SWITCHBOARD_TEST_SEED={SEED} plays it again"
    assert result.total == 200
    assert result.posts > 50


class Looped:
    """A path in a loop of its own: hypothesis calls plain functions."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self._opened = opened(folder)
        self.path: MailPath = self.runner.run(self._opened.__aenter__())

    def take(self, raw: bytes, mailbox: str) -> None:
        self.runner.run(self.path.take(raw, mailbox))

    def close(self) -> None:
        self.runner.run(self.path.look_at_history())
        self.runner.run(self._opened.__aexit__(None, None, None))
        self.runner.close()


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Looped]:
    made = Looped(tmp_path)
    yield made
    made.close()


_WORDS = some.sampled_from(samples.ATTACKS) | some.text(alphabet=some.characters(codec=None), max_size=30)


@given(
    subject=some.lists(_WORDS, max_size=4),
    name=some.lists(_WORDS, max_size=3),
    body=some.lists(_WORDS, max_size=12),
    kind=some.sampled_from(["text/plain", "text/html"]),
    mailbox=some.sampled_from(MAILBOXES),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
def test_it_shows_whatever_is_written_as_it_is(
    path: Looped,
    subject: list[str],
    name: list[str],
    body: list[str],
    kind: str,
    mailbox: str,
) -> None:
    said = {"Subject": " ".join(subject), "From": f"{' '.join(name)} <li@ningbo.example>"}
    head = "".join(f"{one}: {value}\r\n" for one, value in said.items())
    raw = f"{head}Content-Type: {kind}; charset=utf-8\r\n\r\n{' '.join(body)}"
    path.take(raw.encode("utf-8", "surrogatepass"), mailbox)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("mail.send", {}),
        ("slack.post", {"channel": "U0EVE", "text": "x"}),
        ("slack.post", {"channel": "C-triage", "text": "<!channel>"}),
        (
            "slack.post",
            {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]},
        ),
        ("slack.file", {"name": "../x"}),
    ],
)
def test_it_would_find_harm(kind: str, payload: dict[str, Any]) -> None:
    with pytest.raises(Harm):
        look_at(kind, payload)


@pytest.mark.parametrize(
    "element", [{"type": "user", "user_id": "U1"}, {"type": "broadcast", "range": "here"},
                {"type": "link", "url": "javascript:x"}],
)  # fmt: skip
def test_it_would_find_a_mention_or_link(element: dict[str, str]) -> None:
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}
    with pytest.raises(Harm):
        look_at("slack.post", {"channel": "C-triage", "text": "x", "blocks": [block]})
