"""What Slack shows of suppliers: every sentence, card and action id of the area."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import blocks, calendar, languages
from bot.blocks import Block
from bot.letters.desk import Window
from bot.letters.messages import (
    ASSIGN,
    FULL_MAIL,
    NOTE,
    REPLY,
    SHOWN_TEXT,
    clip_rich,
    refusals,
)
from bot.letters.model import Answer, Incoming, Stray
from bot.suppliers.model import Contact, Conversation, Supplier, SupplierMail

ADD_STRAY = "suppliers.add_stray"
REFUSE_STRAY = "suppliers.refuse_stray"
SHOW_STRAY = "suppliers.show_stray"
BRING_BACK = "suppliers.bring_back"

SAID_NOT_A_SUPPLIER = "A colleague said that this sender is not a supplier."
BROUGHT_BACK = "It is back with the team."


def as_supplier(supplier: Supplier, contact: Contact) -> dict[str, str]:
    """Let a message appear as written by the supplier."""
    name = f"{contact.name} · {supplier.name}" if contact.name else supplier.name
    flag = f":flag-{supplier.country.lower()}:" if languages.country_flag(supplier.country) else ":package:"
    return {"username": blocks.clip(name, 80), "icon_emoji": flag}


def card(
    conversation: Conversation,
    supplier: Supplier,
    contact: Contact,
    mail: SupplierMail,
    *,
    reply: Answer | None,
    names: Mapping[str, str],
) -> dict[str, Any]:
    """Give the card of a conversation: its first mail, and how things stand now."""
    shown = [
        blocks.context(_origin(supplier, contact, mail)),
        blocks.section(f"*{blocks.escape(blocks.clip(mail.subject or '(no subject)', 300))}*"),
        blocks.rich_text(clip_rich(mail.rich, SHOWN_TEXT)),
        *refusals(mail),
        blocks.context(*_standing(conversation, reply, names)),
        blocks.actions(
            blocks.button("Reply", REPLY, f"suppliers:{conversation.id}", style="primary"),
            blocks.button("Internal note", NOTE, f"suppliers:{conversation.id}"),
            blocks.button("Assign", ASSIGN, f"suppliers:{conversation.id}"),
            blocks.button("Show full mail", FULL_MAIL, f"suppliers:{mail.id}"),
        ),
    ]
    return {"text": _fallback(supplier, mail), "blocks": shown}


def follow_up(
    conversation: Conversation, supplier: Supplier, contact: Contact, mail: SupplierMail
) -> dict[str, Any]:
    """Give a further mail of a conversation, for its thread."""
    shown = [
        blocks.context(_origin(supplier, contact, mail)),
        blocks.rich_text(clip_rich(mail.rich, SHOWN_TEXT)),
        *refusals(mail),
        blocks.actions(
            blocks.button("Reply", REPLY, f"suppliers:{conversation.id}", style="primary"),
            blocks.button("Show full mail", FULL_MAIL, f"suppliers:{mail.id}"),
        ),
    ]
    return {"text": _fallback(supplier, mail), "blocks": shown}


def _origin(supplier: Supplier, contact: Contact, mail: SupplierMail) -> str:
    there = calendar.local(mail.arrived_at, supplier.zone)
    moon = " 🌙" if calendar.is_night(there) else ""
    who = f"{languages.country_flag(supplier.country)} *{blocks.escape(supplier.name)}*".strip()
    author = blocks.escape(contact.name or mail.sender_address)
    language = f"{languages.language_flag(mail.language)} {languages.name(mail.language)}"
    return f"{who} · {author} · {there:%a %H:%M} their time{moon} · {language}"


def _standing(conversation: Conversation, reply: Answer | None, names: Mapping[str, str]) -> list[str]:
    lines = []
    if reply and reply.state == "held":
        lines.append(f"↩️ {_name(names, reply.author_id)} is answering; it leaves shortly")
    if reply and reply.state in ("failed", "bounced"):
        lines.append("⚠️ *Our answer did not reach them*; see the thread")
    if conversation.waiting_since:
        lines.append(f"⏳ *Waiting for us* since {blocks.when(conversation.waiting_since)}")
    elif conversation.answered_at:
        who = _name(names, conversation.answered_by)
        lines.append(f"✓ Answered by {who}, {blocks.when(conversation.answered_at)}")
    if conversation.assignee_id:
        lines.append(f"👤 {_name(names, conversation.assignee_id)} takes care of it")
    return lines


def _name(names: Mapping[str, str], person_id: str | None) -> str:
    # A name, not a mention: redrawing a card must not notify anybody.
    return f"*{blocks.escape(names.get(person_id or '', 'a colleague'))}*"


def _fallback(supplier: Supplier, mail: SupplierMail) -> str:
    return blocks.escape(f"{supplier.name}: {mail.subject}\n{blocks.clip(mail.text, 300)}")


def window(supplier: Supplier, mail: Incoming, now: datetime) -> Window:
    """Say, for whoever answers, who reads it, what time it is there, and in which language they wrote."""
    there = calendar.local(now, supplier.zone)
    moon = ", it is night there 🌙" if calendar.is_night(there) else ""
    facts = (
        f"To *{blocks.escape(mail.sender_name or supplier.name)}* ({blocks.escape(mail.reply_address)}) · "
        f"{there:%a %H:%M} there{moon} · they wrote in {languages.name(mail.language)}"
    )
    return Window(f"Answer {supplier.name}", facts)


# ---- mails of nobody we know --------------------------------------------------------------------------


def stray_card(stray: Stray, known: Supplier | None) -> dict[str, Any]:
    """Give a mail from an unknown sender, with the choice to be made about it."""
    shown = [*_stray_head(stray)]
    if known:
        hint = f"💡 Somebody at *{blocks.escape(known.name)}* writes from the same domain."
        shown.append(blocks.context(hint))
    shown.append(
        blocks.actions(
            blocks.button("Add as supplier", ADD_STRAY, stray.id, style="primary"),
            blocks.button("Not a supplier", REFUSE_STRAY, stray.id),
            blocks.button("Show full mail", SHOW_STRAY, stray.id),
        )
    )
    return {"text": _stray_text(stray), "blocks": shown}


def stray_sorted(stray: Stray, by: str) -> dict[str, Any]:
    """Give the same mail once somebody has decided."""
    name = f"*{blocks.escape(by)}*"
    done = (
        f"✓ {name} added the sender as a supplier; the mail is with the others."
        if stray.state == "taken"
        else f"✓ {name} said this is not a supplier; further mail from there is set aside."
    )
    shown = [*_stray_head(stray), blocks.context(done)]
    if stray.state == "aside":
        shown.append(blocks.actions(blocks.button("Bring back", BRING_BACK, stray.id)))
    return {"text": _stray_text(stray), "blocks": shown}


def _stray_head(stray: Stray) -> list[Block]:
    sender = blocks.escape(f"{stray.sender_name} <{stray.sender_address}>".strip())
    subject = blocks.escape(blocks.clip(stray.subject or "(no subject)", 300))
    return [
        blocks.context(f"✉️ Mail from an unknown sender: {sender}"),
        blocks.section(f"*{subject}*"),
        blocks.quotation(blocks.clip(stray.excerpt, 600)),
    ]


def _stray_text(stray: Stray) -> str:
    return blocks.escape(f"Mail from an unknown sender, {stray.sender_address}: {stray.subject}")


# ---- /supplier ----------------------------------------------------------------------------------------

HELP = (
    "*/supplier* shows all suppliers and what waits for us\n"
    "*/supplier NAME* shows one: who, where, what time it is there, what is open\n"
    "*/supplier add* adds one\n"
    "*/supplier aside* lists mails that were set aside: automatic replies, newsletters, senders refused"
)


def supplier_list(
    suppliers: Sequence[Supplier], open_counts: Mapping[int, int], now: datetime
) -> list[Block]:
    """Give every supplier in a line."""
    if not suppliers:
        return [blocks.section("No suppliers yet. */supplier add* adds the first.")]
    lines = [_supplier_line(one, open_counts.get(one.id, 0), now) for one in suppliers]
    # A section holds 3000 characters: some 20 lines each.
    return [
        blocks.header("Suppliers"),
        *(blocks.section("\n".join(lines[start : start + 20])) for start in range(0, len(lines), 20)),
        blocks.context("*/supplier NAME* shows one of them, */supplier add* adds one"),
    ]


def _supplier_line(supplier: Supplier, waiting: int, now: datetime) -> str:
    there = calendar.local(now, supplier.zone)
    moon = " 🌙" if calendar.is_night(there) else ""
    name = blocks.escape(blocks.clip(supplier.name, 80))
    is_open = f" · ⏳ *{waiting} waiting for us*" if waiting else ""
    return (
        f"{languages.country_flag(supplier.country)} *{name}* · {there:%a %H:%M} there{moon}{is_open}".strip()
    )


def supplier_card(
    supplier: Supplier,
    people: Sequence[Contact],
    waiting: Sequence[Conversation],
    owner: str | None,
    now: datetime,
) -> list[Block]:
    """Give one supplier: who, where, what time it is there, what is open."""
    there = calendar.local(now, supplier.zone)
    moon = " 🌙 (night)" if calendar.is_night(there) else ""
    channel = f"<#{supplier.channel_id}>" if supplier.channel_id else "the suppliers' channel"
    contacts = "\n".join(
        blocks.escape(f"• {one.name} <{one.address}>" if one.name else f"• {one.address}") for one in people
    )
    facts = (
        f"🕑 {there:%A %H:%M} there{moon}, {blocks.escape(supplier.zone)}\n"
        f"{languages.language_flag(supplier.language)} writes {languages.name(supplier.language)}\n"
        f"👤 {blocks.escape(owner) if owner else 'nobody in charge yet'}\n#️⃣ {channel}"
    )
    shown = [
        blocks.header(f"{languages.country_flag(supplier.country)} {supplier.name}".strip()),
        blocks.section(facts),
        blocks.section(f"*People*\n{contacts or 'nobody yet'}"),
    ]
    if not waiting:
        return [*shown, blocks.context("Nothing waits for us.")]
    lines = [
        f"⏳ {blocks.escape(blocks.clip(one.subject or '(no subject)', 120))} · since "
        f"{blocks.when(one.waiting_since or now)}"
        for one in waiting[:15]
    ]
    return [*shown, blocks.section("*Waiting for us*\n" + "\n".join(lines))]


def waiting_list(waiting: Sequence[tuple[Conversation, Supplier]]) -> list[Block]:
    """Give what waits for us across all suppliers, each with its next action."""
    shown = []
    for conversation, supplier in waiting:
        flag = languages.country_flag(supplier.country)
        subject = blocks.escape(blocks.clip(conversation.subject or "(no subject)", 150))
        since = f" · since {blocks.when(conversation.waiting_since)}" if conversation.waiting_since else ""
        text = f"{flag} *{blocks.escape(supplier.name)}* in <#{conversation.channel_id}>{since}\n{subject}"
        shown.append(
            blocks.section(text, accessory=blocks.button("Reply", REPLY, f"suppliers:{conversation.id}"))
        )
    return shown


def unknown_supplier(word: str, nearest: str | None) -> str:
    """Say that there is no such supplier, and which may be meant."""
    guess = f" Did you mean */supplier {blocks.escape(nearest)}*?" if nearest else ""
    return (
        f"There is no supplier “{blocks.escape(blocks.clip(word, 100))}”.{guess} */supplier* lists them all."
    )
