"""The windows of the suppliers' area: answering, noting, assigning, adding, reading a whole mail."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot import blocks, calendar, languages
from bot.blocks import Block
from bot.suppliers.model import Contact, Conversation, Stray, Supplier, SupplierMail
from bot.suppliers.replies import Preview, Situation

WRITE = "suppliers.write"
CONFIRM = "suppliers.confirm"
WRITE_NOTE = "suppliers.write_note"
CHOOSE_ASSIGNEE = "suppliers.choose_assignee"
ADD = "suppliers.add"

# Slack refuses a view of more than 250 KB; a frame holds 3000 characters.
_FRAME, _FRAMES = 2900, 30


def _metadata(**values: Any) -> str:
    return json.dumps(values)


def metadata(view: dict[str, Any]) -> dict[str, Any]:
    """Read back what a modal of ours carries."""
    values: dict[str, Any] = json.loads(view["private_metadata"])
    return values


def write(
    conversation: Conversation,
    supplier: Supplier,
    mail: SupplierMail,
    *,
    text: str,
    situation: Situation,
    now: datetime,
) -> Block:
    """Give the window in which an answer is written."""
    there = calendar.local(now, supplier.zone)
    moon = ", it is night there 🌙" if calendar.is_night(there) else ""
    facts = (
        f"To *{blocks.escape(mail.sender_name or supplier.name)}* ({blocks.escape(mail.reply_address)}) · "
        f"{there:%a %H:%M} there{moon} · they wrote in {languages.name(mail.language)}"
    )
    shown = [blocks.context(facts), *_answering(situation.others)]
    shown.append(blocks.quotation(blocks.clip(mail.text, 1000)))
    box = blocks.text_input(text, multiline=True, placeholder="Write as you would in a mail")
    shown.append(blocks.field("Your answer", "text", box, hint="You see exactly what leaves before it does."))
    return blocks.modal(
        WRITE,
        f"Answer {supplier.name}",
        shown,
        submit="Preview",
        metadata=_metadata(conversation=conversation.id, newest=situation.newest, others=situation.others),
        notify_on_close=True,
    )


def confirm(
    conversation_id: int, preview: Preview, *, now: Situation, seen: Situation, hold_seconds: int
) -> Block:
    """Give the window that shows exactly what will leave, to whom, and in which language."""
    copies = f"\n*Copy* {blocks.escape(', '.join(preview.copies))}" if preview.copies else ""
    envelope = (
        f"*From* {blocks.escape(preview.sender)}\n*To* {blocks.escape(preview.recipient)}{copies}\n"
        f"*Subject* {blocks.escape(preview.subject)}\n*Language* {_language(preview)}"
    )
    held = (
        f" It waits {hold_seconds} seconds in the thread, where anybody can cancel it."
        if hold_seconds
        else ""
    )
    warnings = now.warnings(seen)
    shown = [
        *(blocks.section(f"⚠️ *{warning}*") for warning in warnings),
        blocks.section(envelope),
        *_frames(preview.body, _FRAMES),
        blocks.context(f"This is the mail as it leaves.{held}"),
    ]
    return blocks.modal(
        CONFIRM,
        "This will be sent",
        shown,
        submit="Send anyway" if warnings else "Send",
        close="Back",
        metadata=_metadata(conversation=conversation_id, newest=now.newest, others=now.others),
    )


def seen(view: dict[str, Any]) -> Situation:
    """Read back the situation that a modal of ours was made in."""
    carried = metadata(view)
    return Situation(carried["newest"], tuple(carried["others"]))


def _answering(names: Sequence[str]) -> list[Block]:
    if not names:
        return []
    who = blocks.escape(" and ".join(names))
    verb = "are" if len(names) > 1 else "is"
    return [blocks.section(f"⚠️ *{who} {verb} answering this right now.*")]


def _language(preview: Preview) -> str:
    written = f"{languages.language_flag(preview.language)} {languages.name(preview.language)}"
    if preview.language and preview.language != preview.reads:
        reads = f"{languages.language_flag(preview.reads)} {languages.name(preview.reads)}"
        return f"{written}; they read {reads}. No translator is set up: it leaves as you wrote it."
    return written


def _frames(text: str, most: int) -> list[Block]:
    """Show text exactly, in as many frames as it takes, up to `most`."""
    pieces = [text[start : start + _FRAME] for start in range(0, len(text), _FRAME)] or [" "]
    shown = [blocks.literal(piece) for piece in pieces[:most]]
    if len(pieces) > most:
        shown.append(blocks.context(f"… and {len(text) - most * _FRAME} characters more"))
    return shown


def note(conversation_id: int) -> Block:
    """Give the window for an internal note."""
    box = blocks.field("Note", "text", blocks.text_input(multiline=True), hint="It stays inside the team.")
    return blocks.modal(
        WRITE_NOTE, "Internal note", [box], submit="Save", metadata=_metadata(conversation=conversation_id)
    )


def assign(conversation_id: int, current: str) -> Block:
    """Give the window in which somebody is put in charge."""
    person = {"type": "users_select", "initial_user": current}
    box = blocks.field("Who takes care of it?", "person", person)
    return blocks.modal(
        CHOOSE_ASSIGNEE, "Assign", [box], submit="Assign", metadata=_metadata(conversation=conversation_id)
    )


def full_mail(mail: SupplierMail) -> Block:
    """Give a whole mail: all of the text, the quoted history, the signature."""
    shown = [
        blocks.section(f"*{blocks.escape(blocks.clip(mail.subject or '(no subject)', 300))}*"),
        blocks.context(
            blocks.escape(f"{mail.sender_name} <{mail.sender_address}>".strip()),
            f"written {blocks.when(mail.written_at)}, arrived {blocks.when(mail.arrived_at)}",
        ),
        *_frames(mail.text, _FRAMES),
        *_folded("Signature", mail.signature, 4),
        *_folded("Quoted history", mail.quoted, _FRAMES),
    ]
    return blocks.modal("suppliers.full", "Full mail", shown)


def full_stray(stray: Stray, text: str) -> Block:
    """Give the whole text of a mail from an unknown sender."""
    shown = [
        blocks.section(f"*{blocks.escape(blocks.clip(stray.subject or '(no subject)', 300))}*"),
        blocks.context(blocks.escape(f"{stray.sender_name} <{stray.sender_address}>".strip())),
        *_frames(text, _FRAMES),
    ]
    return blocks.modal("suppliers.full", "Full mail", shown)


def _folded(title: str, text: str, most: int) -> list[Block]:
    return [blocks.divider(), blocks.context(f"*{title}*"), *_frames(text, most)] if text.strip() else []


def add(
    *, stray: Stray | None = None, known: Sequence[Supplier] = (), likely: Supplier | None = None
) -> Block:
    """Give the window that adds a supplier, or a new address to one we have."""
    name = stray.sender_name if stray else ""
    shown = []
    if known:
        choices = [blocks.option(one.name, str(one.id)) for one in known]
        initial = blocks.option(likely.name, str(likely.id)) if likely else None
        choice = blocks.menu(choices, initial=initial, placeholder="A new supplier")
        shown.append(
            blocks.field(
                "Does the address belong to a supplier we have?",
                "existing",
                choice,
                optional=True,
                hint="Then only the address and the contact's name below count.",
            )
        )
    shown += [
        blocks.field(
            "Company", "name", blocks.text_input(placeholder="Huang Ceramics"), optional=bool(known)
        ),
        blocks.field("Contact's name", "contact", blocks.text_input(name), optional=True),
        blocks.field(
            "Contact's mail address",
            "address",
            blocks.text_input(stray.sender_address if stray else "", placeholder="mei@huang.example"),
        ),
        blocks.field(
            "Time zone",
            "zone",
            blocks.text_input(placeholder="Asia/Shanghai"),
            optional=True,
            hint="Continent/City; empty means the same as yours.",
        ),
        blocks.field(
            "Country",
            "country",
            blocks.text_input(placeholder="CN"),
            optional=True,
            hint="Two letters, such as CN, IT or TR.",
        ),
        blocks.field("Language they write", "language", _language_menu(), optional=True),
        blocks.field("Who is in charge?", "owner", {"type": "users_select"}, optional=True),
        blocks.field(
            "Their own channel",
            "channel",
            {"type": "channels_select"},
            optional=True,
            hint="Left empty, their mail goes to the suppliers' channel.",
        ),
    ]
    return blocks.modal(
        ADD, "Add a supplier", shown, submit="Add", metadata=_metadata(stray=stray.id if stray else None)
    )


def _language_menu() -> Block:
    return blocks.menu(blocks.option(languages.name(code), code) for code in languages.CODES)


def contact_line(contact: Contact) -> str:
    """Give a contact as people write it."""
    return f"{contact.name} <{contact.address}>" if contact.name else contact.address
