"""Webhooks of other programs, signed as https://www.standardwebhooks.com says; stored before the 200."""

from collections.abc import Callable, Mapping

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.gateways.web import Hook
from bot.ports import Accept


def signed(secret: str, accept: Accept, source: str, problem: Callable[[bytes], str]) -> Hook:
    """Give a hook that takes what bears the signature, and in which `problem` finds nothing wrong.

    `secret` is base64, as the standard has it, with or without its prefix whsec_.
    """
    checker = Webhook(secret)

    async def hook(headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        try:
            checker.verify(body, dict(headers))
        except (WebhookVerificationError, ValueError):
            return 401, "The signature is missing, wrong or too old."
        if wrong := problem(body):
            return 400, wrong
        is_new = await accept(source, headers["webhook-id"], body, lane=source)
        return 200, "Taken." if is_new else "Taken before."

    return hook
