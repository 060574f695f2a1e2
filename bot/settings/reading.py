"""Reading the settings, and saying all that is wrong with them at once."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from bot.errors import SettingsError
from bot.settings import sources
from bot.settings.model import Settings
from bot.settings.sources import PREFIX

# For the tests, and for what starts the bot.
_NOT_SETTINGS = (f"{PREFIX}TEST_", f"{PREFIX}NOTHING_SKIPPED")


def load(**given: Any) -> Settings:
    """Read the settings; `given` wins over everything. `SettingsError` lists all that is wrong."""
    loaded, problems = read(**given)
    if problems:
        raise SettingsError(problems="\n".join(problems))
    return loaded


class _AsFarAsPossible(Settings):
    model_config = SettingsConfigDict(extra="ignore")


def read(**given: Any) -> tuple[Settings, list[str]]:
    """Read the settings as far as they can be, what is wrong at its default; and say all that is wrong."""
    problems = sources.unreadable(Settings.model_fields)
    try:
        return Settings(**given), problems
    except ValidationError as error:
        wrong = [str(one["loc"][0]) for one in error.errors() if one["loc"]]
        problems += map(_problem, error.errors())
    defaults = {
        name: Settings.model_fields[name].get_default(call_default_factory=True)
        for name in wrong
        if name in Settings.model_fields
    }
    return _AsFarAsPossible(**(given | defaults)), problems


def strange_names(names: Iterable[str]) -> list[str]:
    """Say of which names in the environment we know nothing: they are mistyped, and change nothing."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    ours = known | {f"{name}_FILE" for name in known} | {sources.CONFIG}
    problems = []
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in ours and not name.startswith(_NOT_SETTINGS):
            close = difflib.get_close_matches(name, known, n=1)
            problems.append(f"- {name}: there is no such setting" + (f"; is it {close[0]}?" if close else ""))
    return problems


def require(settings: Settings, *, http: bool) -> None:
    """Check that `run` has what it needs; `SettingsError` lists **everything** that is missing."""
    problems = []
    if not settings.slack_bot_token.get_secret_value().startswith("xoxb-"):
        problems.append(
            f"- {PREFIX}SLACK_BOT_TOKEN must be the bot token, xoxb-... (Slack: OAuth & Permissions)"
        )
    if http and not settings.slack_signing_secret.get_secret_value():
        problems.append(f"- {PREFIX}SLACK_SIGNING_SECRET is missing (Slack: Basic Information)")
    if not http and not settings.slack_app_token.get_secret_value().startswith("xapp-"):
        problems.append(
            f"- {PREFIX}SLACK_APP_TOKEN must be an app-level token, xapp-..., with connections:write "
            "(Slack: Basic Information)"
        )
    if not settings.mailbox:
        problems.append("- no mailbox: add [[mailbox]] with its address to switchboard.toml")
    problems += [
        f"- the mailbox {one.address} lacks {name}" for one in settings.mailbox for name in one.problems
    ]
    if any(not one.smtp_host for one in settings.mailbox) and not settings.smtp_out_host:
        problems.append(f"- {PREFIX}SMTP_OUT_HOST is missing: the mail server that sends our answers")
    if problems:
        raise SettingsError(problems="\n".join(problems))


def _problem(error: Mapping[str, Any]) -> str:
    name = PREFIX + "__".join(str(part) for part in error["loc"]).upper()
    if error["type"] == "extra_forbidden":
        return f"- {name}: there is no such setting"
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"- {name}: {said}"
