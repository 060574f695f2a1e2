/** Block Kit's blocks, as messages, modals and the Home show them. */

import { card, carousel, container, plan, taskCard } from "./cards.js";
import { chart } from "./chart.js";
import { el } from "./dom.js";
import { element } from "./elements.js";
import { fileCard, imageNode } from "./files.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { link, plain, renderText } from "./mrkdwn.js";
import { context } from "./people.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

/**
 * Render blocks. `surface` is where they stand; `errors` {block_id: sentence} are shown under inputs.
 * Every block is keyed by its block_id, so that an update keeps what is focused.
 */
export function renderBlocks(blocks, surface, errors = {}) {
  return (blocks ?? []).map((block, index) => {
    const make = MAKERS[block.type] ?? unknown;
    const node = make(block, { surface, errors, words: context() });
    node.$key = `block ${block.block_id ?? index} ${block.type}`;
    return node;
  });
}

/** The words of blocks, for notifications and for search. */
export function blocksWords(blocks) {
  return (blocks ?? [])
    .map((block) =>
      [block.text, block.title, ...(block.fields ?? []), ...(block.elements ?? [])].map(wordsOf),
    )
    .flat()
    .filter(Boolean)
    .join(" ");
}

// A text object, a part of rich text, or an element with a text of its own.
function wordsOf(part) {
  if (!part || typeof part === "string") return part ?? "";
  if (part.elements) return part.elements.map(wordsOf).join("");
  return plain(part.text ?? "");
}

function at(block, { surface }, more = {}) {
  return { block, surface, dispatch: true, ...more };
}

function pressIn(block, here) {
  return (spec) => element(spec, at(block, here));
}

function section(block, here) {
  const accessory =
    block.accessory &&
    el(
      "div.section__accessory",
      { class: block.accessory.type === "image" ? "is-image" : null },
      element(block.accessory, at(block, here, { label: plain(block.text) })),
    );
  return el(
    "div.block.section",
    {},
    el(
      "div.section__body",
      {},
      block.text && el("div.section__text", {}, renderText(block.text, here.words)),
      block.fields &&
        el(
          "div.section__fields",
          {},
          block.fields.map((field) => el("div", {}, renderText(field, here.words))),
        ),
    ),
    accessory,
  );
}

function contextBlock(block, { words }) {
  return el(
    "div.block.context",
    {},
    (block.elements ?? []).map((part) =>
      part.type === "image" ? imageNode(part, "image--small") : el("span", {}, renderText(part, words)),
    ),
  );
}

function actions(block, here) {
  return el(
    "div.block.actions",
    {},
    (block.elements ?? []).map((spec) => element(spec, at(block, here))),
  );
}

function input(block, here) {
  const error = here.errors[block.block_id];
  const id = `about-${here.surface.place.view_id ?? here.surface.place.ts}-${block.block_id}`;
  const label = plain(block.label);
  return el(
    "div.block.input",
    { class: error ? "has-error" : null, "data-block": block.block_id },
    el(
      "div.input__label",
      {},
      renderText(block.label, here.words),
      block.optional && el("small", {}, " (optional)"),
    ),
    element(
      block.element,
      at(block, here, {
        dispatch: Boolean(block.dispatch_action),
        label,
        describedBy: error || block.hint ? id : null,
        error,
      }),
    ),
    (error || block.hint) &&
      el(
        "div.input__about",
        { id, class: error ? "is-error" : null, role: error ? "alert" : null },
        error ? [icon("warn", 14), error] : renderText(block.hint, here.words),
      ),
  );
}

function image(block, { words }) {
  return el(
    "figure.block.picture",
    {},
    block.title && el("figcaption.picture__name", {}, renderText(block.title, words)),
    imageNode(block, "image--block"),
  );
}

function video(block, { words }) {
  return el(
    "div.block.card",
    {},
    el("span.card__icon", {}, icon("video")),
    el(
      "div",
      {},
      el("div.card__title", {}, link(block.title_url ?? block.video_url ?? "", plain(block.title))),
      block.description && el("div", {}, renderText(block.description, words)),
      el("small", {}, [block.provider_name, block.author_name].filter(Boolean).join(" · ")),
    ),
  );
}

const ALERT_ICONS = { warning: "warn", error: "warn", success: "check" };

function alert(block, { words }) {
  const level = block.level ?? "default";
  return el(
    "div.block.alert",
    { class: `alert--${level}`, role: "note" },
    icon(ALERT_ICONS[level] ?? "info"),
    el("div", {}, renderText(block.text, words)),
  );
}

function unknown(block) {
  return el(
    "div.block.placeholder",
    {},
    icon("info", 16),
    `A block of the kind “${block.type}” stands here; this page cannot show it.`,
  );
}

const MAKERS = {
  section,
  actions,
  input,
  image,
  video,
  alert,
  context: contextBlock,
  context_actions: actions,
  header: (block, { words }) => el("h3.block.header", {}, renderText(block.text, words)),
  divider: () => el("hr.block.divider"),
  rich_text: (block, { words }) => el("div.block", {}, richText(block, words)),
  markdown: (block) => el("div.block", {}, markdown(block.text)),
  table: (block, { words }) => el("div.block", {}, table(block, words)),
  data_table: (block, here) => el("div.block", {}, dataTable(block, here.words, pressIn(block, here))),
  card: (block, here) => el("div.block", {}, card(block, here.words, pressIn(block, here))),
  carousel: (block, here) => el("div.block", {}, carousel(block, here.words, pressIn(block, here))),
  container: (block, here) =>
    el(
      "div.block",
      {},
      container(block, here.words, (blocks) => renderBlocks(blocks, here.surface, here.errors)),
    ),
  task_card: (block, { words }) => el("div.block", {}, taskCard(block, words)),
  plan: (block, { words }) => el("div.block", {}, plan(block, words)),
  data_visualization: (block) => el("div.block", {}, chart(block)),
  file: (block) =>
    el(
      "div.block",
      {},
      block.file
        ? fileCard(block.file)
        : el("div.file", {}, icon("file"), `A file kept elsewhere (${block.external_id ?? "unnamed"})`),
    ),
};
