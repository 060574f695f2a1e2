/**
 * Slack's mrkdwn: `parse` reads it into plain nodes, `render` makes DOM of them.
 *
 * The parser is one pass without nested quantifiers, because anybody may send anything.
 */

import { el } from "./dom.js";
import { slackFormat } from "./dates.js";
import { emoji, emojiPicture } from "./emoji.js";

const STYLES = { "*": "strong", _: "em", "~": "del" };
const ANGLE = /<([^<>\n]+)>/y;
const CODE = /`([^`\n]+)`/y;
const EMOJI = /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/y;
const BARE_URL = /https?:\/\/[^\s<>|"'`*~]+[^\s<>|"'`*~.,;:!?)\]}]/iy;
const SAFE = /^(?:https?:\/\/|mailto:|tel:)/i;

/** Turn Slack's three entities back into characters. */
function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** Read mrkdwn into nodes: `{kind: "text"|"strong"|"em"|"del"|"code"|"pre"|"quote"|"link"|"user"|..., ...}`. */
function parse(text) {
  const nodes = [];
  const fences = text.split("```");
  fences.forEach((part, index) => {
    const closed = index % 2 === 1 && index < fences.length - 1;
    if (closed) nodes.push({ kind: "pre", text: literal(part.replace(/^\n/, "").replace(/\n$/, "")) });
    else nodes.push(...lines(index % 2 === 1 ? `\`\`\`${part}` : trimAround(part, index, fences.length)));
  });
  return nodes;
}

// The line break next to a fence is the fence's own.
function trimAround(part, index, count) {
  let trimmed = part;
  if (index > 0) trimmed = trimmed.replace(/^\n/, "");
  if (index < count - 1) trimmed = trimmed.replace(/\n$/, "");
  return trimmed;
}

function lines(text) {
  const nodes = [];
  let running = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push({ kind: "quote", children: inline(quoted.join("\n")) });
    else if (running.length) nodes.push(...inline(running.join("\n")));
    running = [];
    quoted = [];
  };
  let rest = false;
  for (const line of text.split("\n")) {
    const quote = rest ? null : /^(?:&gt;|>)(&gt;&gt;|>>)? ?/.exec(line);
    if (quote || rest) {
      if (!quoted.length) flush();
      quoted.push(quote ? line.slice(quote[0].length) : line);
      rest ||= Boolean(quote?.[1]);
    } else {
      if (quoted.length) flush();
      running.push(line);
    }
  }
  flush();
  return nodes;
}

/** Read the marks inside running text. `inside` holds the styles already open, which do not nest in themselves. */
function inline(text, inside = "") {
  const nodes = [];
  const hopeless = {}; // a style whose closing mark is missing up to this index needs no second search
  let words = "";
  let at = 0;
  const push = (node, length) => {
    if (words) nodes.push({ kind: "text", text: unescape(words) });
    words = "";
    nodes.push(node);
    at += length;
  };
  while (at < text.length) {
    const found = token(text, at, inside, hopeless);
    if (found) push(found.node, found.length);
    else {
      words += text[at];
      at += 1;
    }
  }
  if (words) nodes.push({ kind: "text", text: unescape(words) });
  return nodes;
}

function token(text, at, inside, hopeless) {
  const mark = text[at];
  if (mark === "<") return matched(ANGLE, text, at, ([, body]) => angle(body));
  if (mark === "`") return matched(CODE, text, at, ([, body]) => ({ kind: "code", text: literal(body) }));
  if (mark === ":")
    return matched(
      EMOJI,
      text,
      at,
      ([, name]) => (emoji(name) ?? emojiPicture(name)) && { kind: "emoji", name },
    );
  if (mark === "h" && !/\w/.test(text[at - 1] ?? "")) {
    return matched(BARE_URL, text, at, ([url]) => ({ kind: "link", url: unescape(url), label: null }));
  }
  if (mark in STYLES && !inside.includes(mark)) return styled(text, at, inside, hopeless);
  return null;
}

function matched(pattern, text, at, make) {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  const node = match && make(match);
  return node ? { node, length: match[0].length } : null;
}

function styled(text, at, inside, hopeless) {
  const mark = text[at];
  const opens =
    !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "") && /\S/.test(text[at + 1] ?? "") && text[at + 1] !== mark;
  if (!opens || hopeless[mark] >= at) return null;
  const end = closing(text, at, mark);
  if (end < 0) {
    const newline = text.indexOf("\n", at);
    hopeless[mark] = newline < 0 ? text.length : newline;
    return null;
  }
  return {
    node: { kind: STYLES[mark], children: inline(text.slice(at + 1, end), inside + mark) },
    length: end + 1 - at,
  };
}

function closing(text, at, mark) {
  const newline = text.indexOf("\n", at);
  const limit = newline < 0 ? text.length : newline;
  for (let end = text.indexOf(mark, at + 2); end >= 0 && end < limit; end = text.indexOf(mark, end + 1)) {
    if (/\S/.test(text[end - 1]) && text[end - 1] !== mark && !/[\p{L}\p{N}]/u.test(text[end + 1] ?? ""))
      return end;
  }
  return -1;
}

/** What stands between angle brackets: a mention, a date, or a link. */
function angle(body) {
  const [head, ...labels] = body.split("|");
  const label = labels.length ? unescape(labels.join("|")) : null;
  if (/^@[UW]/.test(head)) return { kind: "user", id: head.slice(1), label };
  if (/^#C/.test(head)) return { kind: "channel", id: head.slice(1), label };
  if (head.startsWith("!subteam^")) return { kind: "group", id: head.slice(9), label };
  if (head.startsWith("!date^")) return date(head, label);
  if (/^!(channel|here|everyone)$/.test(head)) return { kind: "broadcast", range: head.slice(1) };
  if (head.startsWith("!")) return { kind: "text", text: label ?? unescape(`<${body}>`) };
  return { kind: "link", url: unescape(head), label };
}

function date(head, label) {
  const [, at, pattern = "", ...address] = head.split("^");
  return {
    kind: "date",
    at: Number(at),
    pattern: unescape(pattern),
    url: address.length ? unescape(address.join("^")) : null,
    label,
  };
}

// Code shows links and mentions by their plain text.
function literal(text) {
  return unescape(
    text.replace(/<([^<>\n]+)>/g, (whole, body) =>
      /^(?:https?:|mailto:)/.test(body) ? body.split("|").pop() : whole,
    ),
  );
}

/** Make a link, or plain text when its address is not one a page may open. */
export function link(url, ...children) {
  if (!SAFE.test(url)) return el("span", { title: url }, ...(children.length ? children : [url]));
  return el(
    "a.link",
    { href: url, target: "_blank", rel: "noopener noreferrer" },
    ...(children.length ? children : [url]),
  );
}

/** A mention: `kind` is "user", "channel", "group" or "broadcast". */
export function mention(kind, id, label, context) {
  if (kind === "channel") {
    const name = context.channel?.(id)?.name ?? label;
    return el(
      "a.mention",
      { href: context.channelHref?.(id), class: name ? null : "mention--private" },
      name ? `#${name}` : "a private channel",
    );
  }
  if (kind === "user") {
    const name = context.user?.(id)?.name ?? label ?? "someone";
    return el(
      "span.mention",
      { class: id === context.me ? "mention--me" : null, "data-user": id, tabindex: 0, role: "button" },
      `@${name}`,
    );
  }
  const group = kind === "group" ? context.group?.(id) : null;
  const mine = kind === "broadcast" || group?.users?.includes(context.me);
  const words = group ? `@${group.handle}` : (label ?? `@${id}`);
  return el("span.mention", { class: mine ? "mention--me" : null, title: group?.name }, words);
}

/** An emoji by name, or its `:name:` when it is not in the table. */
export function emojiNode(name) {
  const character = emoji(name);
  const picture = emojiPicture(name);
  if (picture) return el("img.emoji.emoji--own", { src: picture, alt: `:${name}:`, title: `:${name}:` });
  if (!character) return `:${name}:`;
  return el(
    "span.emoji",
    { role: "img", "aria-label": name.replace(/_/g, " "), title: `:${name}:` },
    character,
  );
}

/** A date in the reader's zone. */
export function dateNode({ at, pattern, url, label }, context) {
  const text = slackFormat(pattern, at, context) ?? label ?? "";
  return url ? link(url, text) : el("time", { title: label }, text);
}

const RENDER = {
  text: (node) => node.text,
  strong: (node, context) => el("strong", {}, renderNodes(node.children, context)),
  em: (node, context) => el("em", {}, renderNodes(node.children, context)),
  del: (node, context) => el("del", {}, renderNodes(node.children, context)),
  quote: (node, context) => el("blockquote", {}, renderNodes(node.children, context)),
  code: (node) => el("code", {}, node.text),
  pre: (node) => el("pre", {}, node.text),
  link: (node) => link(node.url, node.label ?? node.url.replace(/^mailto:|^tel:/, "")),
  user: (node, context) => mention("user", node.id, node.label, context),
  channel: (node, context) => mention("channel", node.id, node.label, context),
  group: (node, context) => mention("group", node.id, node.label ?? "@a group", context),
  broadcast: (node, context) => mention("broadcast", node.range, null, context),
  emoji: (node) => emojiNode(node.name),
  date: dateNode,
};

function renderNodes(nodes, context) {
  return nodes.map((node) => RENDER[node.kind](node, context));
}

/**
 * Make DOM nodes of mrkdwn. `context` answers for names and time:
 * `{user(id), channel(id), channelHref(id), group(id), me, zone, locale, now}` (`now` in seconds).
 */
export function render(text, context) {
  return renderNodes(parse(text ?? ""), context);
}

/** Make DOM nodes of a text object, mrkdwn or plain_text. */
export function renderText(object, context) {
  if (typeof object === "string") return [object];
  if (!object) return [];
  if (object.type === "mrkdwn") return render(object.text, context);
  return object.emoji === false ? [object.text] : withEmoji(object.text);
}

/** Plain text in which only `:emoji:` means anything. */
export function withEmoji(text) {
  return (text ?? "")
    .split(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/)
    .map((part, index) => (index % 2 ? emojiNode(part) : part));
}

/** A text object as a plain string, for labels and titles. */
export function plain(object) {
  const text = typeof object === "string" ? object : (object?.text ?? "");
  return unescape(text).replace(/:([a-z0-9_+'-]+):/g, (whole, name) => emoji(name) ?? whole);
}

/** What somebody typed, from what is stored: mentions as @name, links as their address. */
export function editable(text, context) {
  const nodes = text.replace(/<([^<>\n]+)>/g, (whole, body) => {
    const node = angle(body);
    if (node.kind === "user") return `@${context.user?.(node.id)?.handle ?? node.label ?? node.id}`;
    if (node.kind === "channel") return `#${context.channel?.(node.id)?.name ?? node.label ?? node.id}`;
    if (node.kind === "broadcast") return `@${node.range}`;
    return node.kind === "link" ? node.url.replace(/^mailto:/, "") : whole;
  });
  return unescape(nodes);
}
