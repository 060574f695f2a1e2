"""What is set from outside: read once, everything wrong said at once.

From the environment (`SWITCHBOARD_...`; `SWITCHBOARD_..._FILE` names a file that holds the value, for
secrets) and from a TOML file, `switchboard.toml` or the one `SWITCHBOARD_CONFIG` names. The environment wins.
"""

from bot.settings.mailbox import Mailbox
from bot.settings.model import LEAST_KEPT, Settings, TokenPrice
from bot.settings.reading import load, read, require, strange_names
from bot.settings.sources import PREFIX

__all__ = [
    "LEAST_KEPT",
    "PREFIX",
    "Mailbox",
    "Settings",
    "TokenPrice",
    "load",
    "read",
    "require",
    "strange_names",
]
