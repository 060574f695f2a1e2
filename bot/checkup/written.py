"""What is written in the settings: what is missing, cannot be read, or does not go together."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from bot import settings
from bot.checkup.finding import Finding
from bot.errors import SettingsError
from bot.onboarding import plans
from bot.settings import PREFIX, Settings
from bot.understanding.settings import of, problems

_REMEDY = "Set it; .env.example explains each."
# Slack's rule for the names of channels.
_CHANNEL = re.compile(r"[\w-]{1,80}")
_SIGNING = re.compile(r"[0-9a-f]{32}")


def look(loaded: Settings, unread: Sequence[str], *, http: bool) -> list[Finding]:
    """Look at the settings alone; `unread`: lines about those that could not be read."""
    lines = [*unread, *_missing(loaded, unread, http=http)]
    found = [Finding("settings", line.removeprefix("- "), _REMEDY) for line in lines]
    found += [*_slack(loaded, http=http), *_mailboxes(loaded), *_others(loaded)]
    return found or [Finding("settings")]


def _missing(loaded: Settings, unread: Sequence[str], *, http: bool) -> list[str]:
    try:
        settings.require(loaded, http=http)
    except SettingsError as error:
        lines = str(error.details["problems"]).splitlines()
        # Mailboxes that cannot be read are not missing.
        hidden = "- no mailbox" if any(line.startswith(f"- {PREFIX}MAILBOX") for line in unread) else "\0"
        return [line for line in lines if not line.startswith(hidden)]
    return []


def _slack(loaded: Settings, *, http: bool) -> Iterator[Finding]:
    names = {
        "SUPPLIERS_CHANNEL": loaded.suppliers_channel,
        "UNSORTED_CHANNEL": loaded.unsorted_channel,
        "TRIAGE_CHANNEL": loaded.triage_channel,
    }
    for setting, name in names.items():
        if not _CHANNEL.fullmatch(name) or name != name.lower():
            problem = f"{PREFIX}{setting}: no channel can be called “{name}”"
            yield Finding(setting, problem, "Small letters, digits, - and _ only, without the #.")
    secret = loaded.slack_signing_secret.get_secret_value()
    if http and secret and not _SIGNING.fullmatch(secret):
        problem = f"{PREFIX}SLACK_SIGNING_SECRET does not look like one: it is not a token"
        yield Finding("the signing secret", problem, "Copy it: Basic Information › App Credentials.")
    if loaded.grace_seconds <= loaded.slack_timeout:
        problem = (
            f"{PREFIX}GRACE_SECONDS must be longer than {PREFIX}SLACK_TIMEOUT: else things are said twice"
        )
        yield Finding("the grace period", problem, f"Set it to {loaded.slack_timeout + 2:g} or more.")


def _mailboxes(loaded: Settings) -> Iterator[Finding]:
    often = Counter(one.address.lower() for one in loaded.mailbox)
    for address in (address for address, count in often.items() if count > 1):
        problem = f"the mailbox {address} is there {often[address]} times"
        yield Finding(f"the mailbox {address}", problem, "Leave one [[mailbox]] of each address.")
    if bool(loaded.smtp_out_user) != bool(loaded.smtp_out_password.get_secret_value()):
        problem = f"{PREFIX}SMTP_OUT_USER and {PREFIX}SMTP_OUT_PASSWORD: one is set, and the other is not"
        yield Finding("the mail server", problem, "Set both, or neither for a server without sign-in.")


def _others(loaded: Settings) -> Iterator[Finding]:
    for problem in problems(of(loaded)):
        yield Finding("the model", problem, "See the part about a language model in .env.example.")
    try:
        Webhook(loaded.webhook_secret.get_secret_value() or "whsec_c2VjcmV0")
    except (ValueError, EmptyWebhookSecretError):
        problem = f"{PREFIX}WEBHOOK_SECRET is not base64, as standardwebhooks.com has it"
        yield Finding("the web form", problem, "Make one: echo whsec_$(openssl rand -base64 24)")
    if loaded.plans_dir:
        yield from _plans(Path(loaded.plans_dir))


def _plans(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding(
            "plans", f"{PREFIX}PLANS_DIR: there is no directory {folder}", "Make it, or name another."
        )
        return
    for mistake in plans.load(folder).mistakes:
        yield Finding("plans", str(mistake), "Mend the file; the other plans work meanwhile.")
