"""Mail that no person wrote to us: set aside and never answered, or two machines write to each other for ever.

Sources: RFC 3834 (automatic responses), RFC 2919 and 2369 (lists), RFC 3464 (delivery reports).
`X-Auto-Response-Suppress` alone is no evidence: Exchange puts it on people's mail.
"""

import re
from email.message import Message

from bot.mail.charsets import header
from bot.mail.model import Automatic, Bounce
from bot.patterns import lazy
from bot.words import _

_AUTO_SUBJECT = lazy(
    r"^\s*(?:\[?auto(?:matic|matische)?[ -]?(?:reply|response|antwort)|automatic reply|out of (?:the )?office|"
    r"autoreply|auto:|自动回复|自動回覆|自动答复|自動返信|abwesenheits(?:notiz|meldung)|automatische antwort|"
    r"réponse automatique|reponse automatique|absence du bureau|respuesta automática|fuera de la oficina|"
    r"resposta automática|risposta automatica|fuori sede|automatisch antwoord|afwezig|autosvar|"
    r"automatiskt svar|frånvaro|automaattinen vastaus|odpowiedź automatyczna|automatická odpověď|"
    r"otomatik yanıt|автоответ|автоматический ответ|자동 회신|부재중|trả lời tự động|balasan otomatis|رد تلقائي)",
    re.IGNORECASE,
)
_BOUNCE_SENDER = lazy(r"^(?:mailer-daemon|postmaster|mail-daemon|maildelivery)@", re.IGNORECASE)
_NO_REPLY = lazy(r"^(?:no-?reply|do-?not-?reply|noreply[\w.+-]{0,40}|nicht-antworten)@", re.IGNORECASE)
_BOUNCE_SUBJECT = lazy(
    r"undeliver|delivery (?:status|failure|has failed)|failure notice|returned mail|mail delivery failed|unzustellbar|"
    r"non remis|退信|系统退信|could not be delivered|entregar|mancato recapito",
    re.IGNORECASE,
)
_MESSAGE_ID = lazy(r"^message-id:\s*(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = lazy(r"\b([45])\.\d{1,3}\.\d{1,3}\b|\b([45])\d\d[ -]")
# A mail server may sign without a domain worth the name: MAILER-DAEMON@mx1
_ANY_SENDER = lazy(r"[\w.+-]{1,64}@[\w.-]{1,200}")
_RECIPIENT = lazy(r"[\w.+=-]{1,64}@[\w.-]{1,200}\.\w{2,24}")


def reason(mail: Message, own_header: str) -> Automatic | None:  # noqa: PLR0911 - a list of signs, the surest first
    """Tell why a mail is automatic, or None for a person's."""
    if mail.get(own_header) is not None:
        return Automatic.LOOP
    sender = _sender(mail)
    if _is_bounce(mail):
        return Automatic.BOUNCE
    submitted = str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    subject = header(mail.get("Subject"))
    if mail.get_content_type() == "multipart/report":  # a receipt, a complaint
        return Automatic.AUTO_REPLY
    if submitted not in ("no", "") or _AUTO_SUBJECT.match(subject) or mail.get("X-Autoreply") is not None:
        return Automatic.AUTO_REPLY
    if mail.get("List-Id") is not None or mail.get("List-Post") is not None:
        return Automatic.MAILING_LIST
    if mail.get("List-Unsubscribe") is not None:
        return Automatic.NEWSLETTER
    precedence = str(mail.get("Precedence", "")).strip().lower()
    if precedence in ("auto_reply", "auto-reply"):
        return Automatic.AUTO_REPLY
    if precedence in ("bulk", "junk", "list"):
        return Automatic.MAILING_LIST if precedence == "list" else Automatic.BULK
    if _has_null_sender(mail):
        return Automatic.AUTO_REPLY
    return Automatic.NO_REPLY if _NO_REPLY.match(sender) else None


def bounce(mail: Message, text: str) -> Bounce | None:
    """Read a delivery report: which mail of ours, to whom, why. None for anything that is none."""
    if not _is_bounce(mail):
        return None
    fields, original = _report(mail)
    action = fields.get("action", "").lower()
    if action in ("delayed", "delivered", "relayed", "expanded"):
        return None  # not lost: a notice on the way
    found = _MESSAGE_ID.search(original) or _MESSAGE_ID.search(text) or _answered(mail)
    diagnosis = " ".join((fields.get("diagnostic-code") or fields.get("status") or "").split())
    explained = diagnosis.partition(";")[2].strip() or diagnosis
    status = _STATUS.search(diagnosis) or _STATUS.search(text)
    recipient = _RECIPIENT.search(fields.get("final-recipient", "")) or _RECIPIENT.search(text)
    address = recipient.group() if recipient else None
    permanent = status is None or (status.group(1) or status.group(2)) == "5"
    said = explained[:300] or _("their mail server gave no reason")
    return Bounce(
        found.group(1) if found else None, address, permanent, f"{address or 'the address'}: {said}"
    )


def _sender(mail: Message) -> str:
    found = _ANY_SENDER.search(header(mail.get("From")))
    return found.group() if found else ""


def _is_bounce(mail: Message) -> bool:
    if _is_report(mail) or _BOUNCE_SENDER.match(_sender(mail)):
        return True
    return _has_null_sender(mail) and bool(_BOUNCE_SUBJECT.search(header(mail.get("Subject"))))


def _has_null_sender(mail: Message) -> bool:
    return str(mail.get("Return-Path", "")).strip() == "<>"


def _answered(mail: Message) -> re.Match[str] | None:
    return _MESSAGE_ID.search(f"Message-ID: {str(mail.get('In-Reply-To', '')).strip()}")


def _is_report(mail: Message) -> bool:
    kind = str(mail.get_param("report-type", "") or "").lower()
    return mail.get_content_type() == "multipart/report" and kind in ("delivery-status", "")


def _report(mail: Message) -> tuple[dict[str, str], str]:
    """Give the fields of the delivery status, and the headers of the mail that came back."""
    fields: dict[str, str] = {}
    original = ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in part.get_payload() if part.is_multipart() else []:
                if isinstance(block, Message):
                    fields |= {name.lower(): str(value) for name, value in block.items()}
        elif kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            if isinstance(inner, Message):
                original = f"Message-ID: {str(inner.get('Message-ID', '')).strip()}"
        elif kind == "text/rfc822-headers":
            original = str(part.get_payload())[:20_000]
    return fields, original
