"""The windows of the suppliers' area: adding one, and reading a mail of nobody we know."""

import json
from collections.abc import Sequence

from bot import blocks, languages
from bot.blocks import Block
from bot.letters import modals as letters
from bot.letters.history import Entry
from bot.letters.model import Stray
from bot.suppliers.model import Contact, Supplier
from bot.words import _

ADD = "suppliers.add"


def full_stray(stray: Stray, text: str) -> Block:
    """Give the whole text of a mail from an unknown sender."""
    shown = [
        blocks.section(f"*{blocks.escape(blocks.clip(stray.subject or _('(no subject)'), 300))}*"),
        blocks.context(blocks.escape(f"{stray.sender_name} <{stray.sender_address}>".strip())),
        *letters.frames(text),
    ]
    return blocks.modal(letters.FULL, _("Full mail"), shown)


def history(supplier: Supplier, entries: Sequence[Entry], *, more: bool) -> Block:
    """Give what was written to and by a supplier, the newest first."""
    return letters.history(supplier.name, entries, more=more)


def add(
    *, stray: Stray | None = None, known: Sequence[Supplier] = (), likely: Supplier | None = None
) -> Block:
    """Give the window that adds a supplier, or a new address to one we have."""
    name = stray.sender_name if stray else ""
    shown = []
    if known:
        choices = [blocks.option(one.name, str(one.id)) for one in known]
        initial = blocks.option(likely.name, str(likely.id)) if likely else None
        choice = blocks.menu(choices, initial=initial, placeholder=_("A new supplier"))
        shown.append(
            blocks.field(
                _("Does the address belong to a supplier we have?"),
                "existing",
                choice,
                optional=True,
                hint=_("Then only the address and the contact's name below count."),
            )
        )
    shown += [
        blocks.field(
            _("Company"), "name", blocks.text_input(placeholder="Huang Ceramics"), optional=bool(known)
        ),
        blocks.field(_("Contact's name"), "contact", blocks.text_input(name), optional=True),
        blocks.field(
            _("Contact's mail address"),
            "address",
            blocks.text_input(stray.sender_address if stray else "", placeholder="mei@huang.example"),
        ),
        blocks.field(
            _("Time zone"),
            "zone",
            blocks.text_input(placeholder="Asia/Shanghai"),
            optional=True,
            hint=_("Continent/City; empty means the same as yours."),
        ),
        blocks.field(
            _("Country"),
            "country",
            blocks.text_input(placeholder="CN"),
            optional=True,
            hint=_("Two letters, such as CN, IT or TR."),
        ),
        blocks.field(_("Language they write"), "language", _language_menu(), optional=True),
        blocks.field(_("Who is in charge?"), "owner", {"type": "users_select"}, optional=True),
        blocks.field(
            _("Their own channel"),
            "channel",
            {"type": "channels_select"},
            optional=True,
            hint=_("Left empty, their mail goes to the suppliers' channel."),
        ),
    ]
    return blocks.modal(
        ADD,
        _("Add a supplier"),
        shown,
        submit=_("Add"),
        metadata=json.dumps({"stray": stray.id if stray else None}),
    )


def _language_menu() -> Block:
    return blocks.menu(blocks.option(languages.name(code), code) for code in languages.CODES)


def contact_line(contact: Contact) -> str:
    """Give a contact as people write it."""
    return f"{contact.name} <{contact.address}>" if contact.name else contact.address
