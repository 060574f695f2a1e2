"""What is reached outside: the heartbeat's address, the model's server, a clock that is followed."""

import aiohttp

from bot.checkup.finding import Finding
from bot.errors import SwitchboardError
from bot.gateways import clockstream, heartbeat
from bot.settings import Settings
from bot.understanding.settings import ModelSettings, of

_OPENAI = "https://api.openai.com/v1"
_TIMEOUT = aiohttp.ClientTimeout(total=10)


async def heartbeats(loaded: Settings) -> list[Finding]:
    """Beat once."""
    url = loaded.heartbeat_url.get_secret_value()
    if not url:
        return []
    try:
        await heartbeat.beat(url)
    except SwitchboardError as error:
        remedy = (
            "Copy SWITCHBOARD_HEARTBEAT_URL again. It must answer GET with 200, and send nobody elsewhere."
        )
        return [Finding("the heartbeat", error.sentence, remedy)]
    return [Finding("the heartbeat (it was heard once just now)")]


async def followed_clock(loaded: Settings) -> list[Finding]:
    """Look at the clock of a demo or test, if one is followed."""
    if not loaded.clock_url:
        return []
    if await clockstream.is_there(loaded.clock_url, loaded.clock_token.get_secret_value()):
        return [Finding("the clock that is followed")]
    problem = "the clock at SWITCHBOARD_CLOCK_URL cannot be followed"
    remedy = "On a real workspace leave CLOCK_URL and CLOCK_TOKEN empty; they are for the demo."
    return [Finding("the clock that is followed", problem, remedy)]


async def model(loaded: Settings) -> list[Finding]:
    """Ask the model's server which models it has; that costs nothing."""
    agreed = of(loaded)
    if not agreed.is_on or not (agreed.base_url or _OPENAI).startswith("http"):
        return []
    what = f"the model {agreed.model}"
    try:
        problem = await _wrong_with(agreed)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        problem = f"the model's server cannot be reached ({type(error).__name__})"
    remedy = "Check SWITCHBOARD_LLM_BASE_URL, _KEY and _MODEL." if problem else ""
    return [Finding(what, problem, remedy)]


async def _wrong_with(agreed: ModelSettings) -> str:
    url = f"{(agreed.base_url or _OPENAI).rstrip('/')}/models"
    headers = {"Authorization": f"Bearer {agreed.key or 'none'}"}
    async with (
        aiohttp.ClientSession(timeout=_TIMEOUT) as session,
        session.get(url, headers=headers) as answer,
    ):
        if answer.status in (401, 403):
            return "the model's server does not accept the key"
        if answer.status >= 400:
            return ""  # not every server tells which models it has
        names = {str(one.get("id")) for one in (await answer.json(content_type=None)).get("data") or []}
    if names and agreed.model not in names:
        return f"the model's server has no model called {agreed.model}"
    return ""
