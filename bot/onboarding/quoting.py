"""What Slack shows of the guide: chapters, questions and answers."""

from collections.abc import Iterable, Sequence

from bot import blocks
from bot.blocks import Block
from bot.onboarding import guide
from bot.onboarding.guide import Chapter
from bot.onboarding.messages import ANSWER, ASK, CHAPTER
from bot.onboarding.model import Question
from bot.words import _


def found(best: Chapter, question: str, others: Sequence[Chapter], helper: Block | None) -> list[Block]:
    """Quote what a chapter says, and offer the rest of it, others that may fit, and the way to a person."""
    shown = [blocks.context(f"📖 {_('From the guide')}: *{blocks.escape(best.title)}*"), said(best, question)]
    for one in others:
        more = _("See also: {title}").format(title=blocks.escape(one.title))
        shown.append(blocks.section(more, accessory=blocks.button(_("Open"), CHAPTER, one.key)))
    return [*shown, blocks.actions(helper)] if helper else shown


def said(one: Chapter, about: str) -> Block:
    """Quote the part of a chapter that is about something, with the way to all of it where there is more."""
    text, has_more = guide.quote(one, about)
    more = blocks.button(_("Read more"), CHAPTER, one.key) if has_more else None
    return blocks.section(text, accessory=more)


def ask_button(name: str, question: str) -> Block:
    """Offer to hand a question on to a colleague."""
    text = _("Ask {name}").format(name=name)
    return blocks.button(text, ASK, blocks.clip(question, 1900))


def nothing_found(helper: Block) -> list[Block]:
    """Say that the guide has no answer, and who may have one."""
    text = _("The guide says nothing about that. A colleague may know:")
    return [blocks.section(text), blocks.actions(helper)]


def handed_on(name: str) -> str:
    """Tell a hire that a question is with a colleague."""
    text = _("{name} has your question. The answer comes to you here.")
    return f"📨 {text.format(name=blocks.escape(name))}"


def question(one: Question, name: str) -> tuple[str, list[Block]]:
    """Ask a colleague what the guide could not answer."""
    text = _("❓ *{name}* asks something the guide has no answer to:").format(name=blocks.escape(name))
    button = blocks.button(_("Answer"), ANSWER, one.id, style="primary")
    return text, [blocks.section(text), blocks.quotation(blocks.clip(one.text, 2500)), blocks.actions(button)]


def answered(one: Question, name: str) -> tuple[str, list[Block]]:
    """Bring an answer to whoever asked."""
    text = _("💬 *{name}* answers your question:").format(name=blocks.escape(name))
    asked = blocks.context(f"“{blocks.escape(blocks.clip(one.text, 300))}”")
    return text, [blocks.section(text), asked, blocks.quotation(blocks.clip(one.answer or "", 2900))]


def question_line(one: Question, name: str) -> Block:
    """Give a question that waits, with its next action."""
    text = _("❓ *{name}* asks: {question}").format(
        name=blocks.escape(name), question=blocks.escape(blocks.clip(one.text, 150))
    )
    return blocks.section(text, accessory=blocks.button(_("Answer"), ANSWER, one.id))


def chapter_list(titles: Iterable[str]) -> list[Block]:
    """Give what the guide holds."""
    lines = "\n".join(f"• {blocks.escape(title)}" for title in titles)
    text = _("Ask me anything, or write */onboard guide WORDS*.")
    return [blocks.header(_("Guide")), blocks.section(lines or _("It is empty.")), blocks.context(text)]
