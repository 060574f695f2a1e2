"""What a web form or another program hands over for a customer: checked at the door, then like a mail."""

import json
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.letters.arriving import Arrived
from bot.mail.model import Address as MailAddress
from bot.mail.model import Mail
from bot.triage.intake import plain_rich

_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,250}\.[^@\s<>,;\"]{1,60}")


class Form(BaseModel):
    """What was filled in; unknown fields are left out."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    text: str = Field(min_length=1, max_length=50_000)
    email: str = Field(default="", max_length=320)
    name: str = Field(default="", max_length=200)
    subject: str = Field(default="", max_length=500)
    order: str = Field(default="", max_length=60)


def problem(body: bytes) -> str:
    """Say what is wrong with a form; "" when it can be taken."""
    try:
        form = Form.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        return f"{where}: {first['msg']}"
    return "" if is_address(form.email) or not form.email else "email: this is not a mail address"


def is_address(text: str) -> bool:
    """Tell whether an answer can go there."""
    return bool(_ADDRESS.fullmatch(text.strip()))


def raw_of(form: Form, mailbox: str) -> bytes:
    """Give a form as the mail it would have been, to be kept as mails are."""
    mail = EmailMessage(policy=SMTP)
    name = " ".join(form.name.split())
    mail["From"] = Address(display_name=name, addr_spec=form.email or "nobody@invalid")
    mail["To"] = mailbox
    mail["Subject"] = " ".join(form.subject.split())
    mail.set_content(form.text.encode("utf-8", "replace").decode())
    return mail.as_bytes()


def mail_of(form: Form, mailbox: str, at: datetime, sha256: str = "") -> Arrived:
    """Give a form as if it had come by mail, as which it is kept under `sha256`."""
    mail = Mail(
        message_id=None,
        in_reply_to=None,
        references=(),
        sender=MailAddress(" ".join(form.name.split()), form.email.lower()),
        reply_to=None,
        to=(),
        cc=(),
        subject=" ".join(form.subject.split()),
        date=at,
        language=None,
        text=form.text,
        rich=tuple(plain_rich(form.text)),
        quoted="",
        signature="",
        attachments=(),
        automatic=None,
        bounce=None,
        problems=(),
    )
    return Arrived(mail, sha256, mailbox, at, vouched=True)


def order(ticket_id: int, person_id: str) -> bytes:
    """Give the wish for a draft, for the inbox."""
    return json.dumps({"draft": ticket_id, "for": person_id}).encode()


def passed_on(form: Form, person_id: str) -> bytes:
    """Give what a colleague passed on, for the inbox."""
    return json.dumps({"form": form.model_dump(), "by": person_id}).encode()
