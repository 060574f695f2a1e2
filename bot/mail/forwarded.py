"""Whose mail it was that somebody passed on to us.

What stands here was written by whoever sent the mail: it says whose mail it was only when that person is
a colleague, and it names nobody an answer may go to unless they are known as a contact.
"""

from bot.mail import fields, quotes
from bot.mail.dates import written_date
from bot.mail.model import Forwarded
from bot.mail.words import DATE, FORWARD_PREFIX, FORWARDED, SENDER, SUBJECT


def inline(subject: str, whole: str) -> Forwarded | None:
    """Find the mail that was passed on in the text; `whole` is the text with everything it quotes.

    An answer quotes a mail likewise; a subject such as Fwd:, or a line that says so, makes the difference.
    """
    said_so = bool(FORWARD_PREFIX.match(subject))
    lowered = whole.lower()
    if not said_so and not any(phrase in lowered for phrase in FORWARDED):
        return None
    older = quotes.older(whole)
    if older is None or older.block is None or not (older.forwarded or said_so):
        return None
    values = older.block.values
    sender = fields.written(values.get(SENDER, ""))
    if not (sender.name or sender.address):
        return None
    return Forwarded(
        sender=sender,
        subject=" ".join(values.get(SUBJECT, "").split())[:1000],
        date=written_date(values.get(DATE, "")),
        message_id=None,
        text=quotes.split(older.text).text,
    )
