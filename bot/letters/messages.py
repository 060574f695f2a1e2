"""What Slack shows of letters in every area: our answer in the thread, notes, and what was set aside."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot import blocks
from bot.blocks import Block
from bot.letters.desk import Desk
from bot.letters.model import Answer, Incoming, Stray
from bot.storage.holds import ALL_MAIL, HoldRow
from bot.words import SHOP, _, mark, n_, speaking

REPLY = "letters.reply"
NOTE = "letters.note"
ASSIGN = "letters.assign"
FULL_MAIL = "letters.full_mail"
CANCEL = "letters.cancel"
SEND_NOW = "letters.send_now"
SEND_AGAIN = "letters.send_again"
SEND_AS_REPLY = "letters.send_as_reply"
KEEP_INSIDE = "letters.keep_inside"
TRANSLATE = "letters.translate"

NEWER_MAIL = mark("A newer mail from them came in after this was written.")

# A card stays readable at a glance; the whole mail is one click away.
SHOWN_TEXT = 2500
_MOST_FILES = 10


def enclosed(mail: Incoming | Stray) -> list[Block]:
    """Name the files that came with a letter, with their sizes."""
    if not mail.files:
        return []
    named = [f"{blocks.escape(one['name'])} ({_size(one['size'])})" for one in mail.files[:_MOST_FILES]]
    left = len(mail.files) - _MOST_FILES
    more = [n_("and {count} more", "and {count} more", left).format(count=left)] if left > 0 else []
    return [blocks.context(f"📎 {', '.join([*named, *more])}")]


def _size(count: int) -> str:
    return f"{count / 1024**2:.1f} MB" if count >= 1024**2 else f"{max(1, round(count / 1024))} KB"


def with_it(mail: Incoming) -> list[Block]:
    """Give what came with a letter: its files, which were refused, and what could not be read."""
    refused = [f"⚠️ {blocks.escape(reason)}" for reason in mail.refused]
    return [*enclosed(mail), *([blocks.context(*refused)] if refused else [])]


def clip_rich(elements: Sequence[Mapping[str, Any]], limit: int) -> list[Block]:
    """Cut rich_text elements to about `limit` characters of text; never empty."""
    kept: list[Block] = []
    left = limit
    for element in elements:
        if left <= 0:
            break
        shortened, left = _clip_element(element, left)
        kept.append(shortened)
    if left <= 0:
        kept.append(_italic(_("… (more: Show full mail)")))
    return kept or [_italic(_("(no text)"))]


def _italic(text: str) -> Block:
    words = {"type": "text", "text": text, "style": {"italic": True}}
    return {"type": "rich_text_section", "elements": [words]}


def _clip_element(element: Mapping[str, Any], left: int) -> tuple[Block, int]:
    if "elements" not in element:
        text = str(element.get("text", ""))
        return {**element, **({"text": text[:left]} if text else {})}, left - len(text)
    inner: list[Block] = []
    for child in element["elements"]:
        if left <= 0:
            break
        shortened, left = _clip_element(child, left)
        inner.append(shortened)
    return {**element, "elements": inner}, left


# ---- our answer, in the thread ------------------------------------------------------------------------


@speaking(SHOP)
def answer_post(
    desk: Desk, answer: Answer, author: str, *, newer: bool = False, actor: str = "", waits: str = ""
) -> dict[str, Any]:
    """Give our answer as it stands in the thread: held, sent, taken back, or failed.

    `waits` says why a held answer does not leave by itself.
    """
    to = blocks.escape(", ".join((answer.recipient, *answer.copies)))
    name = f"*{blocks.escape(author)}*"
    head, line, buttons = _answer_state(desk.ref(answer.id), answer, name, to, f"*{blocks.escape(actor)}*")
    shown = [blocks.context(head), blocks.quotation(blocks.clip(answer.text, SHOWN_TEXT))]
    if waits and answer.state == "held":
        line, buttons = waits, buttons[:1]
    if newer and answer.state == "held":
        line = f"⚠️ {_(NEWER_MAIL)}\n{line}"
    shown.append(blocks.context(line))
    if buttons:
        shown.append(blocks.actions(*buttons))
    return {"text": blocks.escape(f"{author}: {blocks.clip(answer.text, 300)}"), "blocks": shown}


def _answer_state(ref: str, answer: Answer, name: str, to: str, actor: str) -> tuple[str, str, list[Block]]:
    answered = "↩️ " + _("{name} answered {to}").format(name=name, to=to)
    if answer.state == "held":
        buttons = [
            blocks.button(_("Cancel"), CANCEL, ref, style="danger"),
            blocks.button(_("Send now"), SEND_NOW, ref),
        ]
        answers = "↩️ " + _("{name} answers {to}").format(name=name, to=to)
        leaves = _("Leaves at {time}").format(time=blocks.when(answer.leaves_at, "{time_secs}"))
        return answers, leaves, buttons
    if answer.state == "sent" and answer.sent_at:
        return answered, "✓ " + _("Sent {time}").format(time=blocks.when(answer.sent_at)), []
    again = [blocks.button(_("Edit and send again"), SEND_AGAIN, ref)]
    if answer.state == "cancelled":
        wanted = "✋ " + _("{name} wanted to answer {to}").format(name=name, to=to)
        return wanted, _("Cancelled by {name}. Nothing was sent.").format(name=actor), again
    problem = blocks.escape(answer.problem or "")
    words = _("It came back") if answer.state == "bounced" else _("Not sent")
    return answered, f"⚠️ *{words}*: {problem}", again


@speaking(SHOP)
def held_back(holds: Sequence[HoldRow], desk: Desk, names: Mapping[str, str]) -> str:
    """Say why an answer of this desk does not leave; "" when nobody holds it back."""
    by_name = {one.name: one for one in holds}
    if stopped := by_name.get(ALL_MAIL):
        said = _("{name} stopped all outgoing mail. This leaves after */switchboard go*.")
        who = blocks.escape(names.get(stopped.by or "", _("A colleague")))
        return "🛑 " + said.format(name=f"*{who}*")
    if desk.purpose in by_name:
        said = _(
            "*Rehearsal*: this is the mail as it would leave. It waits until an admin switches sending on."
        )
        return f"🎭 {said}"
    return ""


@speaking(SHOP)
def sending_post(name: str, *, stopped: bool) -> dict[str, Any]:
    """Tell a channel who stopped all mail, or let it go."""
    if stopped:
        said = _("{name} stopped all outgoing mail. Nothing is lost; */switchboard go* lets it leave.")
        text = "🛑 " + said.format(name=f"*{blocks.escape(name)}*")
    else:
        text = "🟢 " + _("{name} lets outgoing mail leave again.").format(name=f"*{blocks.escape(name)}*")
    return {"text": text, "blocks": [blocks.section(text)]}


@speaking(SHOP)
def elsewhere_post(answer: Answer, author: str) -> dict[str, Any]:
    """Give an answer that a colleague sent from another mail program, for the thread."""
    to = blocks.escape(", ".join((answer.recipient, *answer.copies)))
    name = f"*{blocks.escape(author or _('A colleague'))}*"
    head = "↩️ " + _("{name} answered {to} from another mail program").format(name=name, to=to)
    sent = "✓ " + _("Sent {time}").format(time=blocks.when(answer.sent_at or answer.written_at))
    shown = [
        blocks.context(head),
        blocks.quotation(blocks.clip(answer.text, SHOWN_TEXT)),
        blocks.context(sent),
    ]
    return {"text": blocks.escape(f"{author}: {blocks.clip(answer.text, 300)}"), "blocks": shown}


@speaking(SHOP)
def passed_on(name: str, note: str) -> str:
    """Say who passed a mail on, and what they wrote above it."""
    if not note.strip():
        return _("Passed on by {name}.").format(name=name)
    said = _("Passed on by {name}, who wrote: {note}")
    return said.format(name=name, note=blocks.clip(" ".join(note.split()), 300))


@speaking(SHOP)
def too_large(megabytes: int) -> str:
    """Say that only the beginning of a mail was fetched."""
    said = _(
        "This mail is larger than {megabytes} MB. Only its beginning is here; all of it is in the mailbox."
    )
    return said.format(megabytes=megabytes)


@speaking(SHOP)
def note_post(author: str, text: str) -> dict[str, Any]:
    """Give an internal note for the thread."""
    head = _("Internal note by {name}; it stays in here").format(name=f"*{blocks.escape(author)}*")
    shown = [blocks.context(f"📝 {head}"), blocks.quotation(text)]
    return {"text": blocks.escape(f"{author}: {blocks.clip(text, 300)}"), "blocks": shown}


@speaking(SHOP)
def assigned_post(assignee_id: str, by: str) -> dict[str, Any]:
    """Tell the thread, and by mention the person, who takes care of a matter."""
    said = _("{person} takes care of this (assigned by {name})")
    text = "👤 " + said.format(person=blocks.mention(assignee_id), name=blocks.escape(by))
    return {"text": text, "blocks": [blocks.section(text)]}


def not_sent(note_ref: str, called: str) -> dict[str, Any]:
    """Tell the author, and only them, that what they typed in the thread stays inside."""
    text = _("*Not sent* to {name}. What is typed in the thread stays inside.").format(
        name=blocks.escape(called)
    )
    buttons = blocks.actions(
        blocks.button(_("Send as reply"), SEND_AS_REPLY, note_ref, style="primary"),
        blocks.button(_("Keep inside"), KEEP_INSIDE, note_ref),
    )
    return {"text": text, "blocks": blocks.named([blocks.section(text), buttons], blocks.HINT)}


def translated(matter_ref: str, called: str, original: str, sentence: str = "") -> dict[str, Any]:
    """Tell the author that a translation stands in the window, or why there is none; their words stay."""
    name = blocks.escape(called)
    if sentence:
        text = _("Your answer to {name} was not translated: {why}").format(
            name=name, why=blocks.escape(sentence)
        )
        return {"text": text, "blocks": [blocks.section(text)]}
    text = "🌐 " + _("Your answer to {name} is translated. Read it; only you send it.").format(name=name)
    button = blocks.button(_("Open the translation"), REPLY, matter_ref, style="primary")
    shown = [blocks.section(text, accessory=button), blocks.context(_("These were your words:"))]
    shown.append(blocks.quotation(blocks.clip(original, SHOWN_TEXT)))
    return {"text": text, "blocks": blocks.named(shown, blocks.HINT)}


# ---- what was set aside -------------------------------------------------------------------------------


def aside_list(strays: Sequence[Stray], bring_back: str) -> list[Block]:
    """Give the list of what was set aside, each with the way back: the action `bring_back`."""
    if not strays:
        return [blocks.section(_("Nothing has been set aside."))]
    shown: list[Block] = [blocks.section("*" + _("Set aside: nobody was bothered with these") + "*")]
    for stray in strays:
        sender = blocks.escape(stray.sender_address or _("unknown sender"))
        subject = blocks.escape(blocks.clip(stray.subject or _("(no subject)"), 120))
        reason = blocks.escape(_(stray.reason) if stray.reason else "")
        text = f"*{subject}*\n{sender} · {blocks.when(stray.arrived_at)}\n{reason}"
        button = blocks.button(_("Bring back"), bring_back, stray.id)
        shown.append(blocks.section(text, accessory=button))
    return shown
