/** Blocks that hold others: cards, carousels, containers, and the tasks an agent works through. */

import { el } from "./dom.js";
import { imageNode } from "./files.js";
import { icon } from "./icons.js";
import { renderText } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const TASK_ICONS = { complete: "check", error: "warn", in_progress: "play", pending: "clock" };
const TASK_WORDS = { complete: "done", error: "failed", in_progress: "under way", pending: "to do" };

function rich(text, words) {
  return text?.type === "rich_text" ? richText(text, words) : text;
}

/** One task of an agent: `task_id` or `id`, `title`, `status`, and perhaps `details` and `output`. */
export function taskCard(task, words) {
  return el(
    "div.task-card",
    { key: `task ${task.task_id ?? task.id}`, class: `is-${task.status}` },
    icon(TASK_ICONS[task.status] ?? "clock", 15),
    el(
      "strong",
      {},
      task.title,
      el("span.visually-hidden", {}, `, ${TASK_WORDS[task.status] ?? task.status}`),
    ),
    task.details && el("div.task-card__more", {}, rich(task.details, words)),
    task.output && el("div.task-card__more", {}, rich(task.output, words)),
  );
}

/** A `plan`: its tasks under a title. */
export function plan(block, words) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter(({ status }) => status === "complete").length;
  return el(
    "div.plan",
    { role: "group", "aria-label": block.title },
    el("div.plan__title", {}, block.title, tasks.length > 0 && el("small", {}, `${done} of ${tasks.length}`)),
    tasks.map((task) => taskCard(task, words)),
  );
}

/** A `card`; `press` makes its buttons. */
export function card(block, words, press) {
  return el(
    "article.tile",
    { key: block.block_id },
    block.hero_image && imageNode(block.hero_image, "image--hero"),
    el(
      "div.tile__body",
      {},
      el(
        "div.tile__head",
        {},
        block.icon && imageNode(block.icon, "image--small"),
        el(
          "div",
          {},
          block.title && el("div.tile__title", {}, renderText(block.title, words)),
          block.subtitle && el("small", {}, renderText(block.subtitle, words)),
        ),
      ),
      block.body && el("div.section__text", {}, renderText(block.body, words)),
      block.actions?.length > 0 && el("div.actions", {}, block.actions.map(press)),
    ),
  );
}

/** A `carousel`: cards beside each other, to scroll through. */
export function carousel(block, words, press) {
  return el(
    "div.carousel",
    { tabindex: 0, role: "region", "aria-label": "Cards" },
    (block.elements ?? []).map((one) => card(one, words, press)),
  );
}

/** A `container` with its own blocks, made by `within`. */
export function container(block, words, within) {
  return el(
    "section.container",
    { class: `is-${block.width ?? "standard"}` },
    el(
      "div.container__head",
      {},
      el(
        "div.tile__title",
        {},
        block.rich_text_title ? rich(block.rich_text_title, words) : renderText(block.title, words),
      ),
      block.subtitle && el("small", {}, renderText(block.subtitle, words)),
    ),
    within(block.child_blocks),
  );
}
