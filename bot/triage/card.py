"""The card of a ticket in the queue channel, and a customer's further mails in its thread."""

from collections.abc import Mapping
from typing import Any

from bot import blocks, languages
from bot.blocks import Block
from bot.letters.messages import ASSIGN, FULL_MAIL, REPLY, SHOWN_TEXT, clip_rich, with_it
from bot.letters.model import Answer, Incoming
from bot.triage import messages
from bot.triage.messages import (
    CATEGORIES,
    CATEGORY,
    CLOSE,
    HISTORY,
    MENU,
    MORE,
    REASONS,
    REOPEN,
    category,
    priority,
    take_button,
)
from bot.triage.model import CLOSED, OPEN, WAITING, Ticket
from bot.words import SHOP, _, speaking

# What is done takes little room.
_SHOWN_OF_CLOSED = 140


def card(
    ticket: Ticket, mail: Incoming, reply: Answer | None, names: Mapping[str, str], department: str
) -> dict[str, Any]:
    """Give the card of a ticket: what the customer wrote first, and how things stand now."""
    text = clip_rich(mail.rich, SHOWN_TEXT if ticket.state != CLOSED else _SHOWN_OF_CLOSED)
    shown = [
        blocks.context(_origin(ticket, mail, names)),
        blocks.section(f"*{_subject(ticket)}*"),
        blocks.rich_text(text),
        *with_it(mail),
        *_sorted(ticket, names),
        blocks.context(_facts(ticket, department), *_standing(ticket, reply, names)),
        _buttons(ticket),
    ]
    return {"text": fallback(ticket, mail), "blocks": shown}


@speaking(SHOP)
def follow_up(ticket: Ticket, mail: Incoming, *, thanks: bool) -> dict[str, Any]:
    """Give a further mail of a ticket, for its thread; `thanks`: it says nothing else."""
    words = _("Only thanks: nothing else changes.") if thanks else ""
    buttons = [blocks.button(_("Show full mail"), FULL_MAIL, f"triage:{mail.id}")]
    if not thanks:
        buttons.insert(0, blocks.button(_("Reply"), REPLY, f"triage:{ticket.id}", style="primary"))
    shown = [
        blocks.context(_from(mail)),
        blocks.rich_text(clip_rich(mail.rich, SHOWN_TEXT)),
        *with_it(mail),
        *([blocks.context(f"🙏 {words}")] if words else []),
        blocks.actions(*buttons),
    ]
    return {"text": fallback(ticket, mail), "blocks": shown}


def as_customer(ticket: Ticket) -> dict[str, str]:
    """Let a message appear as written by the customer."""
    return {
        "username": blocks.clip(ticket.customer_name or ticket.customer_address or _("A customer"), 80),
        "icon_emoji": ":bust_in_silhouette:",
    }


def fallback(ticket: Ticket, mail: Incoming) -> str:
    """Give the card in a line, for notifications."""
    who = ticket.customer_name or ticket.customer_address
    return blocks.escape(f"#{ticket.id} {who}: {ticket.subject}\n{blocks.clip(mail.text, 300)}")


def _subject(ticket: Ticket) -> str:
    return blocks.escape(blocks.clip(ticket.subject or _("(no subject)"), 200))


def _origin(ticket: Ticket, mail: Incoming, names: Mapping[str, str]) -> str:
    spoken = f"{languages.language_flag(ticket.language)} {languages.name(ticket.language)}"
    line = f"*#{ticket.id}* · {_from(mail)} · {spoken} · {blocks.when(mail.arrived_at)}"
    if ticket.source == "colleague":
        line += " · " + _("passed on by {name}").format(name=messages.name_of(names, ticket.raised_by))
    elif ticket.source == "form":
        line += " · " + _("by a form")
    return line


def _from(mail: Incoming) -> str:
    address = blocks.escape(mail.sender_address)
    name = blocks.escape(mail.sender_name)
    return f"*{name}* {address}".strip() if name else f"*{address or _('A customer')}*"


def _sorted(ticket: Ticket, names: Mapping[str, str]) -> list[Block]:
    if ticket.state == CLOSED:
        return []
    because = ", ".join(f"“{blocks.escape(word)}”" for word in ticket.why[:4])
    sure = f"{ticket.confidence:.0%}"
    if ticket.asks:
        said = _("🤔 *What is this about?* Perhaps {category} ({sure}), but I am not sure.").format(
            category=category(ticket.category).lower(), sure=sure
        )
    elif ticket.confidence >= 1.0 and not because:
        said = f"🏷️ *{category(ticket.category)}*"
    else:
        said = f"🏷️ *{category(ticket.category)}* · {sure}"
    if because:
        said += f" · {because}"
    if ticket.learned_from:
        said += " · 🎓 " + _("learned from {name}").format(name=messages.name_of(names, ticket.learned_from))
    # What it takes it for stands first, so that saying yes is as quick as saying no.
    named = sorted(CATEGORIES.items(), key=lambda one: ticket.asks and one[0] != ticket.category)
    choices = [blocks.option(_(text), f"{ticket.id}:{name}") for name, text in named]
    placeholder = _("Choose the category") if ticket.asks else _("Wrong? Change it")
    menu = blocks.menu(choices, placeholder=placeholder) | {"action_id": CATEGORY}
    return [blocks.section(said, accessory=menu)]


def _facts(ticket: Ticket, department: str) -> str:
    facts = [priority(ticket.priority)]
    if ticket.priority_why:
        facts[0] += f" ({blocks.escape(blocks.clip(ticket.priority_why[0], 80))})"
    if ticket.order_number:
        facts.append("📦 " + _("order {number}").format(number=blocks.escape(ticket.order_number)))
    if ticket.sku:
        facts.append(f"SKU {blocks.escape(ticket.sku)}")
    if department:
        facts.append(blocks.escape(department))
    return " · ".join(facts)


def _standing(ticket: Ticket, reply: Answer | None, names: Mapping[str, str]) -> list[str]:
    lines = []
    if reply and reply.state == "held":
        lines.append(
            "↩️ "
            + _("{name} is answering; it leaves shortly").format(
                name=messages.name_of(names, reply.author_id)
            )
        )
    if reply and reply.state in ("failed", "bounced"):
        lines.append("⚠️ *" + _("Our answer did not reach them; see the thread") + "*")
    lines.append(_state(ticket, names))
    is_said = ticket.state == WAITING and ticket.assignee_id == ticket.answered_by
    if ticket.assignee_id and ticket.state != CLOSED and not is_said:
        lines.append(
            "👤 " + _("{name} takes care of it").format(name=messages.name_of(names, ticket.assignee_id))
        )
    return lines


def _state(ticket: Ticket, names: Mapping[str, str]) -> str:
    if ticket.state == CLOSED and ticket.closed_at:
        said = _("Closed by {name}, {time}: {reason}")
        reason = _(REASONS.get(ticket.close_reason or "", REASONS["solved"]))
        name = messages.name_of(names, ticket.closed_by)
        return "✓ " + said.format(name=name, time=blocks.when(ticket.closed_at), reason=f"*{reason}*")
    if ticket.state == WAITING and ticket.answered_at:
        said = _("Answered by {name}, {time}. It is the customer's turn.")
        name = messages.name_of(names, ticket.answered_by)
        return "✓ " + said.format(name=name, time=blocks.when(ticket.answered_at))
    due = blocks.when(ticket.answer_by) if ticket.answer_by else ""
    if ticket.breached_at:
        return "🚨 *" + _("Late: it was promised by {time}").format(time=due) + "*"
    if ticket.snoozed_until:
        until = blocks.when(ticket.snoozed_until)
        return "💤 " + _("Put off until {until}; answer by {time}").format(until=until, time=due)
    return "⏳ *" + _("Answer by {time}").format(time=due) + "*"


def _buttons(ticket: Ticket) -> Block:
    ref = f"triage:{ticket.id}"
    everything = blocks.button(_("Full history"), HISTORY, ticket.id)
    if ticket.state == CLOSED:
        return blocks.actions(blocks.button(_("Open again"), REOPEN, ticket.id), everything)
    shown = []
    if ticket.assignee_id is None:
        shown.append(take_button(ticket))
    elif ticket.breached_at and ticket.state == OPEN:
        shown.append(take_button(ticket, _("Take over")))
    if ticket.customer_address:
        shown.append(blocks.button(_("Reply"), REPLY, ref, style="primary"))
    shown += [
        blocks.button(_("Assign"), ASSIGN, ref),
        blocks.button(_("Close"), CLOSE, ticket.id),
        everything,
    ]
    options = [blocks.option(_(text), f"{ticket.id}:{name}") for name, text in MENU.items()]
    shown.append({"type": "overflow", "action_id": MORE, "options": options})
    return blocks.actions(*shown)
