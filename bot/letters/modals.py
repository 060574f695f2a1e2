"""The windows of letters in every area: answering, noting, assigning, reading a whole mail."""

import json
from collections.abc import Sequence
from typing import Any

from bot import blocks, languages
from bot.blocks import Block
from bot.letters.desk import Desk, Window
from bot.letters.history import Entry
from bot.letters.messages import TRANSLATE
from bot.letters.model import Incoming
from bot.letters.replies import Preview, Situation
from bot.words import _, n_

WRITE = "letters.write"
CONFIRM = "letters.confirm"
WRITE_NOTE = "letters.write_note"
CHOOSE_ASSIGNEE = "letters.choose_assignee"
FULL = "letters.full"

_ICONS = {"theirs": "📨", "ours": "↩️", "note": "📝"}

# Slack refuses a view of more than 250 KB; a frame holds 3000 characters.
_FRAME, _FRAMES = 2900, 30


def metadata(view: dict[str, Any]) -> dict[str, Any]:
    """Read back what a modal of ours carries."""
    values: dict[str, Any] = json.loads(view["private_metadata"])
    return values


def write(
    desk: Desk, matter_id: int, mail: Incoming, window: Window, text: str, situation: Situation,
    field: str = "text", notice: str = "",
) -> Block:  # fmt: skip
    """Give the window in which an answer is written.

    `field` names the text box. Slack keeps what was typed in a box: one with other words needs a new name.
    """
    shown = [blocks.context(window.facts), *_answering(situation.others)]
    shown += [] if mail.is_opening else [blocks.quotation(blocks.clip(mail.text, 1000))]
    shown += window.helps
    if window.translates_into:
        into = _("Translate into {language}").format(language=languages.name(window.translates_into))
        shown.append(blocks.actions(blocks.button(into, TRANSLATE, desk.ref(matter_id))))
    if notice:
        shown.append(blocks.context(f"✍️ {notice}"))
    box = blocks.text_input(text, multiline=True, placeholder=_("Write as you would in a mail"))
    hint = _("You see exactly what leaves before it does.")
    shown.append(blocks.field(_("Your answer"), field, box, hint=hint))
    carried = {
        "matter": desk.ref(matter_id), "newest": situation.newest, "others": situation.others, "field": field,
    }  # fmt: skip
    return blocks.modal(
        WRITE,
        window.title,
        shown,
        submit=_("Preview"),
        close=_("Close"),
        metadata=json.dumps(carried),
        notify_on_close=True,
    )


def confirm(
    matter_ref: str,
    preview: Preview,
    *,
    now: Situation,
    seen: Situation,
    hold_seconds: int,
    translates: bool = False,
) -> Block:
    """Give the window that shows exactly what will leave, to whom, and in which language."""
    lines = [
        f"*{_('From')}* {blocks.escape(preview.sender)}",
        f"*{_('To')}* {blocks.escape(preview.recipient)}",
        *([f"*{_('Copy')}* {blocks.escape(', '.join(preview.copies))}"] if preview.copies else []),
        f"*{_('Subject')}* {blocks.escape(preview.subject)}",
        f"*{_('Language')}* {_language(preview, translates=translates)}",
    ]
    foot = _("This is the mail as it leaves.")
    if hold_seconds:
        held = _("It waits {count} seconds in the thread, where anybody can cancel it.")
        foot += " " + held.format(count=hold_seconds)
    warnings = now.warnings(seen)
    shown = [
        *(blocks.section(f"⚠️ *{warning}*") for warning in warnings),
        blocks.section("\n".join(lines)),
        *frames(preview.body),
        blocks.context(foot),
    ]
    carried = {
        "matter": matter_ref, "newest": now.newest, "others": now.others, "written": now.written,
    }  # fmt: skip
    return blocks.modal(
        CONFIRM,
        _("This will be sent"),
        shown,
        submit=_("Send anyway") if warnings else _("Send"),
        close=_("Back"),
        metadata=json.dumps(carried),
    )


def seen(view: dict[str, Any]) -> Situation:
    """Read back the situation that a modal of ours was made in."""
    carried = metadata(view)
    return Situation(carried["newest"], tuple(carried["others"]), carried.get("written", ""))


def _answering(names: Sequence[str]) -> list[Block]:
    if not names:
        return []
    said = n_("{names} is answering this right now.", "{names} are answering this right now.", len(names))
    return [blocks.section("⚠️ *" + said.format(names=blocks.escape(", ".join(names))) + "*")]


def _language(preview: Preview, *, translates: bool) -> str:
    written = f"{languages.language_flag(preview.language)} {languages.name(preview.language)}"
    if preview.language and preview.reads and preview.language != preview.reads:
        reads = f"{languages.language_flag(preview.reads)} {languages.name(preview.reads)}"
        if translates:
            said = _("{written}; they read {reads}. *Back* leads to *Translate*.")
        else:
            said = _("{written}; they read {reads}. No translator is set up: it leaves as you wrote it.")
        return said.format(written=written, reads=reads)
    return written


def frames(text: str, most: int = _FRAMES) -> list[Block]:
    """Show text exactly, in as many frames as it takes, up to `most`."""
    pieces = [text[start : start + _FRAME] for start in range(0, len(text), _FRAME)] or [" "]
    shown = [blocks.literal(piece) for piece in pieces[:most]]
    if len(pieces) > most:
        left = len(text) - most * _FRAME
        shown.append(blocks.context("… " + _("and {count} characters more").format(count=left)))
    return shown


def note(matter_ref: str) -> Block:
    """Give the window for an internal note."""
    box = blocks.field(
        _("Note"), "text", blocks.text_input(multiline=True), hint=_("It stays inside the team.")
    )
    carried = json.dumps({"matter": matter_ref})
    return blocks.modal(WRITE_NOTE, _("Internal note"), [box], submit=_("Save"), metadata=carried)


def assign(matter_ref: str, current: str) -> Block:
    """Give the window in which somebody is put in charge."""
    box = blocks.field(_("Who takes care of it?"), "person", blocks.person_menu(current))
    carried = json.dumps({"matter": matter_ref})
    return blocks.modal(CHOOSE_ASSIGNEE, _("Assign"), [box], submit=_("Assign"), metadata=carried)


def full_mail(mail: Incoming) -> Block:
    """Give a whole mail: all of the text, the quoted history, the signature."""
    times = _("written {written}, arrived {arrived}").format(
        written=blocks.when(mail.written_at), arrived=blocks.when(mail.arrived_at)
    )
    shown = [
        blocks.section(f"*{blocks.escape(blocks.clip(mail.subject or _('(no subject)'), 300))}*"),
        blocks.context(blocks.escape(f"{mail.sender_name} <{mail.sender_address}>".strip()), times),
        *frames(mail.text),
        *_folded(_("Signature"), mail.signature, 4),
        *_folded(_("Quoted history"), mail.quoted, _FRAMES),
    ]
    return blocks.modal(FULL, _("Full mail"), shown)


def _folded(title: str, text: str, most: int) -> list[Block]:
    return [blocks.divider(), blocks.context(f"*{title}*"), *frames(text, most)] if text.strip() else []


def history(title: str, entries: Sequence[Entry], *, more: bool) -> Block:
    """Give what was written to and by somebody outside, the newest first."""
    shown = []
    for one in entries:
        subject = blocks.escape(blocks.clip(one.subject or _("(no subject)"), 150))
        who = blocks.escape(blocks.clip(one.who or _("A colleague"), 80))
        shown.append(blocks.context(f"{_ICONS[one.kind]} *{who}* · {blocks.when(one.at)} · {subject}"))
        shown.append(blocks.quotation(blocks.clip(one.text.strip() or _("(no text)"), 600)))
    if not shown:
        shown.append(blocks.section(_("Nothing was written yet.")))
    if more:
        shown.append(blocks.context(_("There is more, which is older; nothing of it is lost.")))
    return blocks.modal(FULL, blocks.clip(title, blocks.VIEW_TITLE), shown)
