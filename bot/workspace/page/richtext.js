/** `rich_text` blocks: sections, lists, quotes and preformatted text, and what stands inside them. */

import { el } from "./dom.js";
import { dateNode, emojiNode, link, mention } from "./mrkdwn.js";

/** Render the elements of a rich_text block. */
export function richText(block, context) {
  return el("div.rich", {}, nestLists((block.elements ?? []).map((element) => piece(element, context))));
}

function piece(element, context) {
  const inside = () => (element.elements ?? []).map((child) => run(child, context));
  switch (element.type) {
    case "rich_text_section":
      return el("p", {}, inside());
    case "rich_text_quote":
      return el("blockquote", {}, inside());
    case "rich_text_preformatted":
      return el("pre", {}, inside());
    case "rich_text_list":
      return list(element, context);
    default:
      return el("p", {}, run(element, context));
  }
}

function list(element, context) {
  const ordered = element.style === "ordered";
  const indent = element.indent ?? 0;
  const items = (element.elements ?? []).map((item) =>
    el(
      "li",
      {},
      (item.elements ?? []).map((child) => run(child, context)),
    ),
  );
  const node = el(
    ordered ? "ol" : "ul",
    { class: `list-level-${indent % 3}`, start: ordered && element.offset ? element.offset + 1 : null },
    items,
  );
  node.indent = indent;
  return node;
}

// Slack sends nested lists as siblings with an indent; a reader (and a screen reader) wants them nested.
function nestLists(nodes) {
  const result = [];
  let path = [];
  for (const node of nodes) {
    if (node.indent === undefined) path = [];
    else {
      path = path.filter((open) => open.indent < node.indent);
      const parent = path.at(-1)?.lastElementChild;
      path.push(node);
      if (parent) {
        parent.append(node);
        continue;
      }
      if (node.indent) node.classList.add(`list-indent-${Math.min(node.indent, 8)}`);
    }
    result.push(node);
  }
  return result;
}

const RUNS = {
  text: (part) => part.text,
  link: (part) => link(part.url, part.text ?? part.url),
  emoji: (part) => emojiNode(part.skin_tone ? `${part.name}::skin-tone-${part.skin_tone}` : part.name),
  user: (part, context) => mention("user", part.user_id, null, context),
  channel: (part, context) => mention("channel", part.channel_id, null, context),
  usergroup: (part, context) => mention("group", part.usergroup_id, "@a group", context),
  broadcast: (part, context) => mention("broadcast", part.range, null, context),
  date: (part, context) =>
    dateNode({ at: part.timestamp, pattern: part.format, url: part.url, label: part.fallback }, context),
  team: (part) => part.team_id,
  color: (part) =>
    el("span.colour", {}, el("span.colour__dot", { vars: { "--colour": part.value } }), part.value),
};

function run(element, context) {
  const make = RUNS[element.type];
  const node = make ? make(element, context) : (element.text ?? "");
  return styled(node, element.style ?? {});
}

function styled(node, style) {
  let result = node;
  if (style.code) result = el("code", {}, result);
  if (style.bold) result = el("strong", {}, result);
  if (style.italic) result = el("em", {}, result);
  if (style.strike) result = el("del", {}, result);
  if (style.underline) result = el("u", {}, result);
  return result;
}

/** A rich_text block as plain text, for the text area that stands in for Slack's rich text input. */
export function richToPlain(block) {
  const text = (element) => element.text ?? element.url ?? (element.elements ?? []).map(text).join("");
  return (block?.elements ?? []).map(text).join("\n");
}

/** Plain text as the rich_text block a rich_text_input gives. */
export function plainToRich(text) {
  return {
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: text ? [{ type: "text", text }] : [] }],
  };
}
