/** The `markdown` block: the everyday part of CommonMark (headings, lists, tables, code, quotes, links, emphasis). */

import { el } from "./dom.js";
import { link, withEmoji } from "./mrkdwn.js";

const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const HEADING = /^(#{1,6})\s+(.*?)#*\s*$/;
const RULE = /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Render Markdown source. */
export function markdown(source) {
  const lines = (source ?? "").split("\n");
  const nodes = [];
  for (let at = 0; at < lines.length;) at = block(lines, at, nodes);
  return el("div.rich.markdown", {}, nodes);
}

// Each reader takes the block at `at`, appends its node and gives the index after it; 0 when it is none of its kind.
function block(lines, at, nodes) {
  if (!lines[at].trim()) return at + 1;
  for (const read of [fence, heading, rule, quote, table, list]) {
    const next = read(lines, at, nodes);
    if (next) return next;
  }
  return paragraph(lines, at, nodes);
}

function fence(lines, at, nodes) {
  if (!/^\s*```/.test(lines[at])) return 0;
  let end = at + 1;
  while (end < lines.length && !/^\s*```/.test(lines[end])) end += 1;
  nodes.push(el("pre", {}, lines.slice(at + 1, end).join("\n")));
  return end + 1;
}

function heading(lines, at, nodes) {
  const match = HEADING.exec(lines[at]);
  if (!match) return 0;
  nodes.push(
    el(
      "p.markdown__heading",
      { role: "heading", "aria-level": match[1].length + 2, "data-level": match[1].length },
      inline(match[2]),
    ),
  );
  return at + 1;
}

function rule(lines, at, nodes) {
  if (!RULE.test(lines[at])) return 0;
  nodes.push(el("hr"));
  return at + 1;
}

function quote(lines, at, nodes) {
  let end = at;
  while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
  if (end === at) return 0;
  nodes.push(
    el(
      "blockquote",
      {},
      inline(
        lines
          .slice(at, end)
          .map((line) => line.replace(/^\s*> ?/, ""))
          .join("\n"),
      ),
    ),
  );
  return end;
}

function cells(line) {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}

function table(lines, at, nodes) {
  if (!lines[at].includes("|") || !TABLE_RULE.test(lines[at + 1] ?? "")) return 0;
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const rows = lines.slice(at + 2, end).map((line) =>
    el(
      "tr",
      {},
      cells(line).map((cell) => el("td", {}, inline(cell))),
    ),
  );
  const head = el(
    "tr",
    {},
    cells(lines[at]).map((cell) => el("th", { scope: "col" }, inline(cell))),
  );
  nodes.push(el("div.table-scroll", {}, el("table.table", {}, el("thead", {}, head), el("tbody", {}, rows))));
  return end;
}

function list(lines, at, nodes) {
  if (!ITEM.test(lines[at])) return 0;
  const levels = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const match = ITEM.exec(lines[end]);
    if (!match) break;
    const depth = match[1].length;
    while (levels.length && levels.at(-1).depth > depth) levels.pop();
    if (!levels.length || levels.at(-1).depth < depth) {
      const node = el(match[2] ? "ol" : "ul", { start: match[2] && match[2] !== "1" ? match[2] : null });
      (levels.at(-1)?.node.lastElementChild ?? { append: (child) => nodes.push(child) }).append(node);
      levels.push({ depth, node });
    }
    levels.at(-1).node.append(item(match[3]));
  }
  return end;
}

function item(text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  return task
    ? el("li.task", {}, task[1] === " " ? "☐ " : "☑ ", inline(task[2]))
    : el("li", {}, inline(text));
}

function paragraph(lines, at, nodes) {
  let end = at + 1;
  while (
    end < lines.length &&
    lines[end].trim() &&
    ![HEADING, ITEM, RULE, /^\s*(```|>)/].some((start) => start.test(lines[end]))
  )
    end += 1;
  nodes.push(el("p", {}, inline(lines.slice(at, end).join("\n"))));
  return end;
}

const SPANS = [
  [/`([^`\n]+)`/, (match) => el("code", {}, match[1])],
  [/!?\[([^[\]\n]*)\]\(([^()\s]+)\)/, (match) => link(match[2], match[1] || match[2])],
  [/\*\*([^*\n]+)\*\*/, (match) => el("strong", {}, inline(match[1]))],
  [/__([^_\n]+)__/, (match) => el("strong", {}, inline(match[1]))],
  [/~~([^~\n]+)~~/, (match) => el("del", {}, inline(match[1]))],
  [/\*([^*\s][^*\n]*)\*/, (match) => el("em", {}, inline(match[1]))],
  [/(?<!\w)_([^_\s][^_\n]*)_(?!\w)/, (match) => el("em", {}, inline(match[1]))],
  [/https?:\/\/[^\s<>()]+[^\s<>().,;:!?]/, (match) => link(match[0])],
];

function inline(text) {
  let first = null;
  for (const [pattern, make] of SPANS) {
    const match = pattern.exec(text);
    if (match && (!first || match.index < first.match.index)) first = { match, make };
  }
  if (!first) return withEmoji(text);
  const { match, make } = first;
  return [
    ...withEmoji(text.slice(0, match.index)),
    make(match),
    ...inline(text.slice(match.index + match[0].length)),
  ];
}
