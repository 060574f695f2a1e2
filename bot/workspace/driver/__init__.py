"""A thin client of the control API, in people's words, so that tests read like stories.

It knows nothing but docs/workspace.md: a `Person` looks, presses and types as the page does, a
`Correspondent` writes and reads mail. What a person waits for, the driver polls for, at most
`Slack.patience` seconds.
"""

from bot.workspace.driver.connection import Refusal
from bot.workspace.driver.correspondent import Correspondent
from bot.workspace.driver.person import Person
from bot.workspace.driver.slack import Slack

__all__ = ["Correspondent", "Person", "Refusal", "Slack"]
