"""Block Kit, checked block by block and element by element, with Slack's words for where it is wrong."""

from bot.workspace.kit.surfaces import check_blocks, check_options, check_view, typed_wrong

__all__ = ["check_blocks", "check_options", "check_view", "typed_wrong"]
