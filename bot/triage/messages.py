"""What Slack shows of tickets: every sentence, card and action id of the area."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import blocks, languages
from bot.blocks import Block
from bot.letters.desk import Window
from bot.letters.messages import REPLY
from bot.letters.model import Incoming
from bot.mail.language import detect
from bot.triage.model import CLOSED, OPEN, WAITING, CorrectionRow, SavedReply, Ticket
from bot.words import SHOP, _, mark, n_, speaking

TAKE = "triage.take"
CATEGORY = "triage.category"
MORE = "triage.more"
CLOSE = "triage.close"
REOPEN = "triage.reopen"
UNDO = "triage.undo"
SHOW = "triage.show"
HISTORY = "triage.history"
BRING_BACK = "triage.bring_back"
USE_REPLY = "triage.use_reply"
DRAFT = "triage.draft"
EDIT_REPLY = "triage.edit_reply"
DROP_REPLY = "triage.drop_reply"
NEW_REPLY = "triage.new_reply"
ASK_SUPPLIER = "triage.ask_supplier"

CATEGORIES = {
    "order_status": mark("Order status"),
    "delivery_problem": mark("Delivery problem"),
    "return_refund": mark("Return or refund"),
    "damaged_wrong_item": mark("Damaged or wrong item"),
    "payment_invoice": mark("Payment or invoice"),
    "account": mark("Account"),
    "product_question": mark("Product question"),
    "change_cancel_order": mark("Change or cancel an order"),
    "promotion": mark("Vouchers and discounts"),
    "website_problem": mark("Website problem"),
    "complaint": mark("Complaint"),
    "feedback": mark("Feedback"),
    "other": mark("Something else"),
}
PRIORITIES = {
    "urgent": mark("urgent"),
    "high": mark("high"),
    "normal": mark("normal"),
    "low": mark("low"),
}
_SIGNS = {"urgent": "🔴", "high": "🟠", "normal": "🔵", "low": "⚪"}
REASONS = {
    "solved": mark("Solved"),
    "no_answer": mark("Needs no answer"),
    "silent": mark("The customer did not answer"),
    "duplicate": mark("The same as another ticket"),
    "spam": mark("Advertising or spam"),
}
MENU = {
    "priority": mark("Priority"),
    "snooze": mark("Snooze"),
    "escalate": mark("Escalate"),
    "note": mark("Internal note"),
    "full": mark("Show full mail"),
}
ONLY_THANKS = mark("Only thanks: nothing is asked.")
AREA_IS_OFF = mark("It came while customers' mail was switched off.")


def category(name: str) -> str:
    """Name a category for people."""
    return _(CATEGORIES.get(name, CATEGORIES["other"]))


def priority(name: str) -> str:
    """Name a priority for people, with its sign."""
    return f"{_SIGNS[name]} {_(PRIORITIES[name])}"


def take_button(ticket: Ticket, text: str = "") -> Block:
    """Give the button by which somebody takes a ticket out of the hands it is seen in."""
    return blocks.button(text or _("Take"), TAKE, f"{ticket.id}:{ticket.assignee_id or ''}")


def name_of(names: Mapping[str, str], person_id: str | None) -> str:
    """Name somebody on a card."""
    # A name, not a mention: redrawing a card must not notify anybody.
    return f"*{blocks.escape(names.get(person_id or '', _('a colleague')))}*"


# ---- in the thread ------------------------------------------------------------------------------------


@speaking(SHOP)
def corrected_post(row: CorrectionRow, by: str, undone_by: str = "") -> dict[str, Any]:
    """Say in the thread that somebody put the category right, with the way back."""
    name, now = f"*{blocks.escape(by)}*", category(row.category)
    if row.before == row.category:
        text = "🎓 " + _("{name} said: {category}. I remember it.").format(name=name, category=now)
    else:
        text = "🎓 " + _("{name} changed {before} to {category}. I remember it.").format(
            name=name, before=category(row.before).lower(), category=now
        )
    if undone_by:
        text += "\n↩️ " + _("Taken back by {name}.").format(name=f"*{blocks.escape(undone_by)}*")
        return {"text": text, "blocks": [blocks.section(text)]}
    shown = blocks.section(text, accessory=blocks.button(_("Undo"), UNDO, row.id))
    return {"text": text, "blocks": [shown]}


def said_post(text: str) -> dict[str, Any]:
    """Say something in the thread in small letters."""
    return {"text": text, "blocks": [blocks.context(text)]}


@speaking(SHOP)
def taken_post(name: str) -> str:
    """Say who has taken it."""
    return "👤 " + _("{name} has taken this.").format(name=f"*{blocks.escape(name)}*")


@speaking(SHOP)
def priority_post(name: str, ticket: Ticket) -> str:
    """Say who has changed the priority."""
    said = _("{name} set the priority to {priority}.")
    return said.format(name=f"*{blocks.escape(name)}*", priority=priority(ticket.priority))


@speaking(SHOP)
def snoozed_post(name: str, until: datetime) -> str:
    """Say who has put it off."""
    said = _("{name} put this off until {time}. The promise to the customer runs on.")
    return "💤 " + said.format(name=f"*{blocks.escape(name)}*", time=blocks.when(until))


@speaking(SHOP)
def woken_post() -> str:
    """Say that a ticket is back in the queue."""
    return "⏰ " + _("Back in the queue: the time it was put off for is over.")


@speaking(SHOP)
def escalated_post(name: str, department: str, words: str) -> str:
    """Say who has handed it to which department."""
    said = _("{name} handed this to {department}.")
    text = "➡️ " + said.format(name=f"*{blocks.escape(name)}*", department=f"*{blocks.escape(department)}*")
    return f"{text}\n>{blocks.escape(' '.join(words.split()))}" if words.strip() else text


@speaking(SHOP)
def breached_post(ticket: Ticket) -> dict[str, Any]:
    """Say in the thread that the promise was broken."""
    due = blocks.when(ticket.answer_by) if ticket.answer_by else ""
    text = "🚨 " + _("An answer was promised by {time}, and none has left.").format(time=due)
    return {"text": text, "blocks": [blocks.section(text)]}


# ---- told to a person ---------------------------------------------------------------------------------


def line(ticket: Ticket) -> str:
    """Give a ticket in a line."""
    who = blocks.escape(blocks.clip(ticket.customer_name or ticket.customer_address, 60))
    due = ""
    if ticket.state == OPEN and ticket.answer_by:
        mark_ = "🚨" if ticket.breached_at else "⏳"
        words = _("late since {time}") if ticket.breached_at else _("answer by {time}")
        due = f" · {mark_} " + words.format(time=blocks.when(ticket.answer_by))
    elif ticket.state == WAITING:
        due = " · ✓ " + _("answered")
    elif ticket.state == CLOSED:
        due = " · ✓ " + _("closed")
    subject = blocks.escape(blocks.clip(ticket.subject or _("(no subject)"), 80))
    return f"{_SIGNS[ticket.priority]} *#{ticket.id}* {subject} · {who}{due}"


def told(ticket: Ticket, said: str, person_id: str) -> tuple[str, list[Block]]:
    """Give something a person should know about a ticket, with the next action."""
    text = f"{said}\n{line(ticket)} · <#{ticket.channel_id}>"
    return text, [blocks.section(text), blocks.actions(*_next(ticket, person_id))]


def _next(ticket: Ticket, person_id: str) -> list[Block]:
    shown = []
    if ticket.assignee_id != person_id:
        shown.append(take_button(ticket, _("Take over") if ticket.assignee_id else ""))
    elif ticket.breached_at:
        shown.append(take_button(ticket, _("I am on it")))
    if ticket.customer_address and ticket.state != CLOSED:
        shown.append(blocks.button(_("Reply"), REPLY, f"triage:{ticket.id}", style="primary"))
    return [*shown, blocks.button(_("Show"), SHOW, ticket.id)]


def yours(number: int) -> str:
    """Tell somebody that a ticket is in their hands."""
    return "👤 " + _("#{number} is yours now.").format(number=number)


def warning(ticket: Ticket, person_id: str) -> tuple[str, list[Block]]:
    """Tell somebody that time is running out."""
    return told(ticket, _("A customer's answer is due soon."), person_id)


def late(ticket: Ticket, person_id: str) -> tuple[str, list[Block]]:
    """Tell somebody that a promise is broken."""
    said = "🚨 *" + _("A customer still waits for the answer we promised.") + "*"
    return told(ticket, said, person_id)


def woken(ticket: Ticket, person_id: str) -> tuple[str, list[Block]]:
    """Tell whoever has a ticket that the time it was put off for is over."""
    return told(ticket, _("A ticket you have is back: the time it was put off for is over."), person_id)


def wrote_again(ticket: Ticket, person_id: str) -> tuple[str, list[Block]]:
    """Tell whoever has a ticket that the customer wrote again."""
    return told(ticket, _("Your customer wrote again."), person_id)


def handed_over(ticket: Ticket, person_id: str, by: str) -> tuple[str, list[Block]]:
    """Tell a department's lead that a ticket is theirs now."""
    said = _("{name} handed a customer's ticket to your department.")
    return told(ticket, said.format(name=f"*{blocks.escape(by)}*"), person_id)


def draft_ready(ticket: Ticket, sentence: str = "") -> dict[str, Any]:
    """Tell somebody that the model's draft stands in the window, or why there is none."""
    if sentence:
        text = _("There is no draft for #{number}: {why}").format(
            number=ticket.id, why=blocks.escape(sentence)
        )
        return {"text": text, "blocks": [blocks.section(text)]}
    text = "✍️ " + _("A draft for #{number} is ready. Read it; only you send it.").format(number=ticket.id)
    button = blocks.button(_("Open the draft"), REPLY, f"triage:{ticket.id}", style="primary")
    return {"text": text, "blocks": blocks.named([blocks.section(text, accessory=button)], blocks.HINT)}


# ---- the window in which an answer is written ---------------------------------------------------------


def window(ticket: Ticket, mail: Incoming, saved: Sequence[SavedReply], *, drafts: bool) -> Window:
    """Say who reads it and in which language they wrote, and offer saved replies and a draft."""
    who = blocks.escape(mail.sender_name or mail.reply_address)
    facts = _("To {name} ({address}) · they wrote in {language}").format(
        name=f"*{who}*", address=blocks.escape(mail.reply_address), language=languages.name(mail.language)
    )
    helps: list[Block] = []
    if saved:
        # What they can read stands first; the others say which language they are in.
        spoken = [(detect(one.text), one) for one in saved]
        spoken.sort(key=lambda found: found[0] != mail.language)
        choices = [
            blocks.option(_title(one, found, mail.language), str(one.id)) for found, one in spoken[:100]
        ]
        menu = blocks.menu(choices, placeholder=_("Insert a saved reply")) | {"action_id": USE_REPLY}
        helps.append(menu)
    if drafts:
        helps.append(blocks.button(_("Ask for a draft"), DRAFT, ticket.id))
    number = _("Answer #{number}").format(number=ticket.id)
    return Window(number, facts, [blocks.actions(*helps)] if helps else [])


def _title(saved: SavedReply, language: str | None, wanted: str | None) -> str:
    if language is None or language == wanted:
        return saved.title
    return f"{saved.title} · {languages.name(language)}"


# ---- /triage ------------------------------------------------------------------------------------------

HELP = mark(
    "*/triage* · customers who wait, the most pressing first; *mine* shows yours\n"
    "*/triage 12* · one ticket\n"
    "*/triage new* · “my customer says ...”; also in the menu of any message\n"
    "*/triage replies* · answers the team uses again\n"
    "*/triage report* · what came, and how promises were kept\n"
    "*/triage aside* · mails that were set aside; *settings* · hours and important customers"
)


def queue(tickets: Sequence[Ticket], names: Mapping[str, str], heading: str) -> list[Block]:
    """Give tickets, the most pressing first, each with its next action."""
    if not tickets:
        return [blocks.section(_("No customer waits. ☕"))]
    shown: list[Block] = [blocks.header(heading)]
    for ticket in tickets[:20]:
        text = line(ticket)
        if ticket.assignee_id:
            text += f" · 👤 {name_of(names, ticket.assignee_id)}"
        button = (
            take_button(ticket) if ticket.assignee_id is None else blocks.button(_("Show"), SHOW, ticket.id)
        )
        shown.append(blocks.section(text, accessory=button))
    if len(tickets) > 20:
        more = len(tickets) - 20
        shown.append(blocks.context(n_("and {count} more", "and {count} more", more).format(count=more)))
    return shown


def home_section(tickets: Sequence[Ticket], channel_id: str) -> list[Block]:
    """Give, for Home, how many customers wait."""
    late, free = sum(bool(one.breached_at) for one in tickets), sum(not one.assignee_id for one in tickets)
    if not tickets:
        said = _("No customer waits.")
    else:
        said = n_("{count} customer waits", "{count} customers wait", len(tickets)).format(count=len(tickets))
        said += " · " + _("{count} taken by nobody").format(count=free)
        if late:
            said += " · 🚨 " + _("{count} late").format(count=late)
    return [blocks.section(f"*{_('Customers')}* <#{channel_id}>\n{said}")]


def replies_list(saved: Sequence[SavedReply]) -> list[Block]:
    """Give the saved replies, each with the way to change it."""
    new = blocks.actions(blocks.button(_("Add a reply"), NEW_REPLY, "-"))
    if not saved:
        return [blocks.section(_("No reply has been saved yet.")), new]
    shown = [
        blocks.section(
            f"*{blocks.escape(one.title)}*\n{blocks.escape(blocks.clip(' '.join(one.text.split()), 200))}",
            accessory=blocks.button(_("Change"), EDIT_REPLY, one.id),
        )
        for one in saved[:40]
    ]
    return [blocks.header(_("Saved replies")), *shown, new]
