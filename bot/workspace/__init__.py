"""A Slack of our own on loopback: for the demo, and for the tests. See docs/workspace.md."""

from bot.workspace.probe import HttpProbe, Probe
from bot.workspace.seed import demo_world
from bot.workspace.server import BotControl, Workspace
from bot.workspace.world import World

__all__ = ["BotControl", "HttpProbe", "Probe", "Workspace", "World", "demo_world"]
