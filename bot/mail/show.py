"""What the bot understands of a mail, as JSON for `switchboard mail show`."""

from typing import Any

from bot.mail.model import Address, Mail


def as_json(mail: Mail) -> dict[str, Any]:
    """Give the mail as plain values."""
    return {
        "from": _address(mail.sender),
        "to": [_address(one) for one in mail.to],
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "language": mail.language,
        "text": mail.text,
        "quoted": mail.quoted,
        "signature": mail.signature,
        "attachments": [{"name": one.name, "type": one.type, "size": one.size} for one in mail.attachments],
        "automatic": mail.automatic.value if mail.automatic else None,
    }


def _address(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address
