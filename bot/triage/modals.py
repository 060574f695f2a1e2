"""The windows of tickets: a new one, priority, later, elsewhere, done; saved replies; what admins decide."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot import blocks
from bot.blocks import Block
from bot.letters import modals as letters
from bot.people.model import Department
from bot.triage import messages, saved
from bot.triage.model import SavedReply, Ticket
from bot.triage.priority import LEVELS
from bot.words import _, mark

NEW = "triage.new"
PRIORITY = "triage.set_priority"
SNOOZE = "triage.set_snooze"
ESCALATE = "triage.set_department"
CLOSE = "triage.set_closed"
KEEP_REPLY = "triage.keep_reply"
SETTINGS = "triage.keep_settings"
QUESTION = "triage.question"
SHOWN = "triage.shown"

# When something is put off until, in working days of whoever does it; "date": they choose.
LATER = {
    "0": mark("In two hours"),
    "1": mark("Tomorrow morning"),
    "3": mark("In three working days"),
    "5": mark("In a week"),
    "date": mark("On the day below"),
}


def carried(view: Mapping[str, Any]) -> dict[str, Any]:
    """Read back what a window of ours carries."""
    return letters.metadata(dict(view))


def new(text: str = "") -> Block:
    """Give the window for what a customer said elsewhere."""
    shown = [
        blocks.field(_("What does your customer say?"), "text", blocks.text_input(text, multiline=True)),
        blocks.field(_("In a few words"), "subject", blocks.text_input(), optional=True),
        blocks.field(_("Customer's name"), "name", blocks.text_input(), optional=True),
        blocks.field(
            _("Customer's mail address"),
            "address",
            blocks.text_input(placeholder="harriet@mailbox.example"),
            optional=True,
            hint=_("With it, answers can be sent from here."),
        ),
        blocks.field(_("Order number"), "order", blocks.text_input(), optional=True),
    ]
    return blocks.modal(NEW, _("My customer says ..."), shown, submit=_("Open a ticket"), close=_("Cancel"))


def priority(ticket: Ticket) -> Block:
    """Give the window for how soon a ticket must be answered."""
    options = {name: blocks.option(messages.priority(name), name) for name in LEVELS}
    menu = {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": options[ticket.priority],
    }
    box = blocks.field(_("How soon?"), "priority", menu)
    return blocks.modal(
        PRIORITY,
        _("Priority of #{number}").format(number=ticket.id),
        [box],
        submit=_("Set"),
        close=_("Cancel"),
        metadata=_ref(ticket),
    )


def snooze(ticket: Ticket, today: date) -> Block:
    """Give the window in which a ticket is put off."""
    due = ""
    if ticket.answer_by:
        due = _("The promise runs on: the customer was promised an answer by {time}.").format(
            time=blocks.when(ticket.answer_by)
        )
    options = [blocks.option(_(text), name) for name, text in LATER.items()]
    menu = {"type": "radio_buttons", "options": options, "initial_option": options[1]}
    shown = [
        *([blocks.context(f"⏳ {due}")] if due else []),
        blocks.field(_("When shall it come back?"), "when", menu),
        blocks.field(_("Day"), "day", blocks.date_picker(today), optional=True),
    ]
    return blocks.modal(
        SNOOZE,
        _("Put off #{number}").format(number=ticket.id),
        shown,
        submit=_("Put off"),
        close=_("Cancel"),
        metadata=_ref(ticket),
    )


def escalate(ticket: Ticket, departments: Sequence[Department]) -> Block:
    """Give the window in which a ticket goes to another department, or a question to a supplier."""
    others = [one for one in departments if one.id != ticket.department_id]
    options = [blocks.option(one.name, str(one.id)) for one in others]
    words = blocks.text_input(multiline=True, placeholder=_("What do they need to know?"))
    ask = blocks.button(_("Ask a supplier instead"), messages.ASK_SUPPLIER, ticket.id)
    shown = [
        blocks.field(_("Which department?"), "department", blocks.menu(options)),
        blocks.field(_("Words for them"), "words", words, optional=True),
        blocks.actions(ask),
    ]
    return blocks.modal(
        ESCALATE,
        _("Hand over #{number}").format(number=ticket.id),
        shown,
        submit=_("Hand over"),
        close=_("Cancel"),
        metadata=_ref(ticket),
    )


def ask_supplier(ticket: Ticket, suppliers: Sequence[tuple[str, str]]) -> Block:
    """Give the window that begins a question to a supplier: `suppliers` by what it goes into, and by name."""
    if not suppliers:
        sentence = _("No supplier is known yet. */supplier add* adds one.")
        return blocks.modal(SHOWN, f"#{ticket.id}", [blocks.section(sentence)])
    options = [blocks.option(name, value) for value, name in suppliers]
    about = ", ".join(
        part
        for part in (
            _("order {number}").format(number=ticket.order_number) if ticket.order_number else "",
            f"SKU {ticket.sku}" if ticket.sku else "",
        )
        if part
    )
    begun = _("A customer asks about {about}:").format(about=about) if about else _("A customer asks:")
    shown = [
        blocks.field(_("Which supplier?"), "supplier", blocks.menu(options)),
        blocks.field(
            _("Your question"),
            "question",
            blocks.text_input(f"{begun} ", multiline=True),
            hint=_("It goes into your latest conversation with them. You see it before it leaves."),
        ),
        blocks.field(
            _("Subject"),
            "subject",
            blocks.text_input(
                _("A question about {about}").format(about=about) if about else _("A question")
            ),
            optional=True,
            hint=_("Only for a supplier with whom there is no conversation yet."),
        ),
    ]
    return blocks.modal(
        QUESTION, _("Ask a supplier"), shown, submit=_("Next"), close=_("Cancel"), metadata=_ref(ticket)
    )


def close(ticket: Ticket) -> Block:
    """Give the window in which a ticket is closed."""
    options = [blocks.option(_(text), name) for name, text in messages.REASONS.items()]
    menu = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
    shown = [blocks.field(_("Why is it done?"), "reason", menu)]
    if ticket.waiting_since is not None:
        shown.insert(0, blocks.section("⚠️ " + _("The customer has no answer yet.")))
    return blocks.modal(
        CLOSE,
        _("Close #{number}").format(number=ticket.id),
        shown,
        submit=_("Close"),
        close=_("Cancel"),
        metadata=_ref(ticket),
    )


def reply(one: SavedReply | None) -> Block:
    """Give the window of a saved reply."""
    known = ", ".join(f"{{{name}}}" for name in saved.VARIABLES)
    hint = _("Filled in for each ticket: {known}").format(known=known)
    shown = [
        blocks.field(_("Title"), "title", blocks.text_input(one.title if one else "")),
        blocks.field(
            _("Text"), "text", blocks.text_input(one.text if one else "", multiline=True), hint=hint
        ),
    ]
    if one:
        button = blocks.button(_("Take it away"), messages.DROP_REPLY, one.id, style="danger")
        shown.append(blocks.actions(button))
    carried = json.dumps({"reply": one.id if one else None})
    title = _("Saved reply")
    return blocks.modal(KEEP_REPLY, title, shown, submit=_("Save"), close=_("Cancel"), metadata=carried)


def settings(hours: Mapping[str, int], watcher: str | None, vips: Sequence[str]) -> Block:
    """Give the window in which an admin decides how fast customers are answered."""
    shown = [
        blocks.field(
            _("{priority}: answered within how many working hours?").format(priority=messages.priority(name)),
            name,
            blocks.text_input(str(hours[name])),
        )
        for name in LEVELS
    ]
    shown += [
        blocks.field(
            _("Who sees everybody's answer times?"),
            "watcher",
            blocks.person_menu(watcher),
            optional=True,
            hint=_("One lead. Everybody else sees their own, and the whole."),
        ),
        blocks.field(
            _("Important customers"),
            "vips",
            blocks.text_input("\n".join(vips), multiline=True),
            optional=True,
            hint=_("Mail addresses or domains, one a line. Their mail is at least of high priority."),
        ),
    ]
    return blocks.modal(SETTINGS, _("Customers' mail"), shown, submit=_("Save"), close=_("Cancel"))


def shown(ticket: Ticket, written: Sequence[tuple[str, str]], card: Sequence[Block]) -> Block:
    """Give a ticket with what was written in it, by whom and what, the oldest first."""
    parts: list[Block] = []
    for who, text in written[-8:]:
        parts += [blocks.context(f"*{blocks.escape(who)}*"), *letters.frames(text or " ", 4)]
    return blocks.modal(SHOWN, f"#{ticket.id}", [*card, blocks.divider(), *parts])


def _ref(ticket: Ticket) -> str:
    return json.dumps({"ticket": ticket.id})
