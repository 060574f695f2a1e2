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
    enclosed,
    with_it,
)
from bot.letters.model import Answer, Incoming, Stray
from bot.suppliers.model import Contact, Conversation, Supplier, SupplierMail
from bot.words import SHOP, _, day, hour, mark, n_, speaking

ADD_STRAY = "suppliers.add_stray"
ADD_TO = "suppliers.add_to"
REFUSE_STRAY = "suppliers.refuse_stray"
SHOW_STRAY = "suppliers.show_stray"
BRING_BACK = "suppliers.bring_back"
HISTORY = "suppliers.history"

SAID_NOT_A_SUPPLIER = mark("A colleague said that this sender is not a supplier.")
BROUGHT_BACK = mark("It is back with the team.")


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
    ref = f"suppliers:{conversation.id}"
    full = [] if mail.is_opening else [blocks.button(_("Show full mail"), FULL_MAIL, f"suppliers:{mail.id}")]
    first = (
        blocks.section("✉️ " + _("We write to them first; the thread holds what."))
        if mail.is_opening
        else blocks.rich_text(clip_rich(mail.rich, SHOWN_TEXT))
    )
    shown = [
        blocks.context(_origin(supplier, contact, mail)),
        blocks.section(f"*{blocks.escape(blocks.clip(mail.subject or _('(no subject)'), 300))}*"),
        first,
        *with_it(mail),
        blocks.context(*(_standing(conversation, reply, names, opening=mail.is_opening) or ["…"])),
        blocks.actions(
            blocks.button(_("Reply"), REPLY, ref, style="primary"),
            blocks.button(_("Internal note"), NOTE, ref),
            blocks.button(_("Assign"), ASSIGN, ref),
            *full,
            blocks.button(_("Full history"), HISTORY, supplier.id),
        ),
    ]
    return {"text": _fallback(supplier, mail), "blocks": shown}


@speaking(SHOP)
def follow_up(
    conversation: Conversation, supplier: Supplier, contact: Contact, mail: SupplierMail
) -> dict[str, Any]:
    """Give a further mail of a conversation, for its thread."""
    shown = [
        blocks.context(_origin(supplier, contact, mail)),
        blocks.rich_text(clip_rich(mail.rich, SHOWN_TEXT)),
        *with_it(mail),
        blocks.actions(
            blocks.button(_("Reply"), REPLY, f"suppliers:{conversation.id}", style="primary"),
            blocks.button(_("Show full mail"), FULL_MAIL, f"suppliers:{mail.id}"),
        ),
    ]
    return {"text": _fallback(supplier, mail), "blocks": shown}


def _origin(supplier: Supplier, contact: Contact, mail: SupplierMail) -> str:
    there = calendar.local(mail.arrived_at, supplier.zone)
    moon = " 🌙" if calendar.is_night(there) else ""
    time = _("{time} their time").format(time=_clock(there)) + moon
    who = f"{languages.country_flag(supplier.country)} *{blocks.escape(supplier.name)}*".strip()
    author = blocks.escape(contact.name or mail.sender_address)
    language = f"{languages.language_flag(mail.language)} {languages.name(mail.language)}"
    return f"{who} · {author} · {time} · {language}"


def _clock(there: datetime) -> str:
    """Give the day of the week and the hour somewhere else."""
    return f"{day(there, 'EEE')} {hour(there)}"


def _standing(
    conversation: Conversation, reply: Answer | None, names: Mapping[str, str], *, opening: bool
) -> list[str]:
    lines = []
    if reply and reply.state == "held":
        answering = _("{name} is answering; it leaves shortly")
        lines.append("↩️ " + answering.format(name=_name(names, reply.author_id)))
    if reply and reply.state in ("failed", "bounced"):
        lines.append("⚠️ " + _("*Our answer did not reach them*; see the thread"))
    if conversation.waiting_since:
        since = _("*Waiting for us* since {time}").format(time=blocks.when(conversation.waiting_since))
        lines.append(f"⏳ {since}")
    elif conversation.answered_at:
        who = _name(names, conversation.answered_by)
        answered = _("Written by {name}, {time}") if opening else _("Answered by {name}, {time}")
        lines.append("✓ " + answered.format(name=who, time=blocks.when(conversation.answered_at)))
    if conversation.assignee_id:
        in_charge = _("{name} takes care of it")
        lines.append("👤 " + in_charge.format(name=_name(names, conversation.assignee_id)))
    return lines


def _name(names: Mapping[str, str], person_id: str | None) -> str:
    # A name, not a mention: redrawing a card must not notify anybody.
    return f"*{blocks.escape(names.get(person_id or '', _('a colleague')))}*"


def _fallback(supplier: Supplier, mail: SupplierMail) -> str:
    return blocks.escape(f"{supplier.name}: {mail.subject}\n{blocks.clip(mail.text, 300)}")


def window(supplier: Supplier, mail: Incoming, now: datetime) -> Window:
    """Say, for whoever answers, who reads it, what time it is there, and in which language they wrote."""
    there = calendar.local(now, supplier.zone)
    night = f", {_('it is night there')} 🌙" if calendar.is_night(there) else ""
    name, address = mail.sender_name or supplier.name, mail.reply_address
    facts = (
        _("To {name} ({address})").format(name=f"*{blocks.escape(name)}*", address=blocks.escape(address)),
        _("{time} there").format(time=_clock(there)) + night,
        (_("they read {language}") if mail.is_opening else _("they wrote in {language}")).format(
            language=languages.name(mail.language)
        ),
    )
    title = _("Write to {name}") if mail.is_opening else _("Answer {name}")
    return Window(title.format(name=supplier.name), " · ".join(facts))


# ---- mails of nobody we know --------------------------------------------------------------------------


@speaking(SHOP)
def stray_card(stray: Stray, known: Supplier | None) -> dict[str, Any]:
    """Give a mail from an unknown sender, with the choice to be made about it."""
    shown = [*_stray_head(stray)]
    if known:
        hint = _("Somebody at {name} writes from the same domain.")
        shown.append(blocks.context("💡 " + hint.format(name=f"*{blocks.escape(known.name)}*")))
    buttons = [
        blocks.button(_("Add as supplier"), ADD_STRAY, stray.id, style=None if known else "primary"),
        blocks.button(_("Not a supplier"), REFUSE_STRAY, stray.id),
        blocks.button(_("Show full mail"), SHOW_STRAY, stray.id),
    ]
    if known:
        to_them = _("Add to {name}").format(name=blocks.clip(known.name, 50))
        buttons.insert(0, blocks.button(to_them, ADD_TO, f"{stray.id}:{known.id}", style="primary"))
    shown.append(blocks.actions(*buttons))
    return {"text": _stray_text(stray), "blocks": shown}


@speaking(SHOP)
def stray_sorted(stray: Stray, by: str, supplier: Supplier | None, link: str) -> dict[str, Any]:
    """Give the same mail once somebody has decided; `link` leads to where it stands, once it does."""
    name = f"*{blocks.escape(by)}*"
    if stray.state == "taken" and supplier:
        channel = f"<#{supplier.channel_id}>" if supplier.channel_id else _("the suppliers' channel")
        done = _("{name} added the sender to {supplier}; the mail is in {channel}.").format(
            name=name, supplier=f"*{blocks.escape(supplier.name)}*", channel=channel
        )
        if link:
            done += f" <{link}|{_('Open it')}>"
    else:
        done = _("{name} said this is not a supplier; further mail from there is set aside.").format(
            name=name
        )
    shown = [*_stray_head(stray), blocks.context(f"✓ {done}")]
    if stray.state == "aside":
        shown.append(blocks.actions(blocks.button(_("Bring back"), BRING_BACK, stray.id)))
    return {"text": _stray_text(stray), "blocks": shown}


def _stray_head(stray: Stray) -> list[Block]:
    sender = blocks.escape(f"{stray.sender_name} <{stray.sender_address}>".strip())
    subject = blocks.escape(blocks.clip(stray.subject or _("(no subject)"), 300))
    return [
        blocks.context("✉️ " + _("Mail from an unknown sender: {sender}").format(sender=sender)),
        blocks.section(f"*{subject}*"),
        blocks.quotation(blocks.clip(stray.excerpt, 600)),
        *enclosed(stray),
    ]


def _stray_text(stray: Stray) -> str:
    head = _("Mail from an unknown sender: {sender}").format(sender=stray.sender_address)
    return blocks.escape(f"{head}\n{stray.subject}")


# ---- /supplier ----------------------------------------------------------------------------------------

HELP = mark(
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
        return [blocks.section(_("No suppliers yet. */supplier add* adds the first."))]
    lines = [_supplier_line(one, open_counts.get(one.id, 0), now) for one in suppliers]
    # A section holds 3000 characters: some 20 lines each.
    return [
        blocks.header(_("Suppliers")),
        *(blocks.section("\n".join(lines[start : start + 20])) for start in range(0, len(lines), 20)),
        blocks.context(_("*/supplier NAME* shows one of them, */supplier add* adds one")),
    ]


def _supplier_line(supplier: Supplier, waiting: int, now: datetime) -> str:
    there = calendar.local(now, supplier.zone)
    moon = " 🌙" if calendar.is_night(there) else ""
    name = blocks.escape(blocks.clip(supplier.name, 80))
    time = _("{time} there").format(time=_clock(there)) + moon
    is_open = n_("{count} waiting for us", "{count} waiting for us", waiting).format(count=waiting)
    rest = f" · ⏳ *{is_open}*" if waiting else ""
    return f"{languages.country_flag(supplier.country)} *{name}* · {time}{rest}".strip()


def supplier_card(
    supplier: Supplier,
    people: Sequence[Contact],
    waiting: Sequence[Conversation],
    owner: str | None,
    now: datetime,
) -> list[Block]:
    """Give one supplier: who, where, what time it is there, what is open."""
    there = calendar.local(now, supplier.zone)
    night = f" 🌙 ({_('night')})" if calendar.is_night(there) else ""
    time = _("{time} there").format(time=f"{day(there, 'EEEE')} {hour(there)}") + night
    writes = _("writes {language}").format(language=languages.name(supplier.language))
    channel = f"<#{supplier.channel_id}>" if supplier.channel_id else _("the suppliers' channel")
    contacts = "\n".join(
        blocks.escape(f"• {one.name} <{one.address}>" if one.name else f"• {one.address}") for one in people
    )
    facts = (
        f"🕑 {time}, {blocks.escape(supplier.zone)}\n"
        f"{languages.language_flag(supplier.language)} {writes}\n"
        f"👤 {blocks.escape(owner) if owner else _('nobody in charge yet')}\n#️⃣ {channel}"
    )
    shown = [
        blocks.header(f"{languages.country_flag(supplier.country)} {supplier.name}".strip()),
        blocks.section(facts),
        blocks.section(f"*{_('People')}*\n{contacts or _('nobody yet')}"),
    ]
    if not waiting:
        return [*shown, blocks.context(_("Nothing waits for us."))]
    lines = [
        f"⏳ {blocks.escape(blocks.clip(one.subject or _('(no subject)'), 120))} · "
        + _("since {time}").format(time=blocks.when(one.waiting_since or now))
        for one in waiting[:15]
    ]
    return [*shown, blocks.section(f"*{_('Waiting for us')}*\n" + "\n".join(lines))]


def waiting_list(waiting: Sequence[tuple[Conversation, Supplier]]) -> list[Block]:
    """Give what waits for us across all suppliers, each with its next action."""
    shown = []
    for conversation, supplier in waiting:
        flag = languages.country_flag(supplier.country)
        subject = blocks.escape(blocks.clip(conversation.subject or _("(no subject)"), 150))
        text = f"{flag} *{blocks.escape(supplier.name)}* · <#{conversation.channel_id}>"
        if conversation.waiting_since:
            text += " · " + _("since {time}").format(time=blocks.when(conversation.waiting_since))
        shown.append(
            blocks.section(
                f"{text}\n{subject}",
                accessory=blocks.button(_("Reply"), REPLY, f"suppliers:{conversation.id}"),
            )
        )
    return shown


def unknown_supplier(word: str, nearest: str | None) -> str:
    """Say that there is no such supplier, and which may be meant."""
    unknown = _("There is no supplier “{name}”.").format(name=blocks.escape(blocks.clip(word, 100)))
    guess = _("Did you mean *{word}*?").format(word=f"/supplier {blocks.escape(nearest or '')}")
    return " ".join([unknown, *([guess] if nearest else []), _("*/supplier* lists them all.")])
