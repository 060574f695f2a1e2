/** One message: who, when, what, its files, reactions and thread. */

import { renderBlocks, blocksWords } from "./blocks.js";
import { taskCard } from "./cards.js";
import { ago, fullStamp, seconds, time } from "./dates.js";
import { el, lazy } from "./dom.js";
import { fileCard } from "./files.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { link, plain, render } from "./mrkdwn.js";
import { authorOf, avatar, context, nameOf, userAvatar, viewer } from "./people.js";
import { now } from "./clock.js";
import { editor, toolbar } from "./messageactions.js";
import { reactions } from "./reactions.js";
import { go } from "./navigate.js";
import { store } from "./store.js";
import { messageSurface } from "./surface.js";

const SYSTEM = {
  channel_join: "joined the channel",
  group_join: "joined the channel",
  channel_leave: "left the channel",
  group_leave: "left the channel",
  channel_topic: null,
  channel_purpose: null,
  channel_name: null,
  channel_archive: null,
  channel_unarchive: null,
};

/**
 * One message of a list, built again only when something it shows has changed.
 * `place` is `{channel, thread, grouped, target}`: `grouped` leaves out the name, `target` is highlighted.
 */
export function messageItem(message, place) {
  const editing = store.editing?.channel === place.channel && store.editing.ts === message.ts;
  const minute = showsDistance(message) ? Math.floor(now() / 60) : 0;
  const deps = [
    message,
    place.grouped,
    place.target === message.ts,
    store.me,
    store.users,
    store.bot?.name,
    editing,
    minute,
  ];
  return lazy(`message ${message.ts}`, deps, () => build(message, place, editing));
}

// Words such as "2 minutes ago" or "today" grow old while they stand.
function showsDistance(message) {
  return (
    Boolean(message.reply_count) ||
    /ago\}|pretty\}/.test(JSON.stringify(message.blocks ?? message.text ?? ""))
  );
}

function build(message, place, editing) {
  if (message.subtype in SYSTEM) return systemLine(message);
  const author = authorOf(message);
  const at = seconds(message.ts);
  const stamp = el(
    "time.message__time",
    { title: fullStamp(at, viewer()), datetime: new Date(at * 1000).toISOString() },
    time(at, viewer()),
  );
  const classes = [
    place.grouped && "is-grouped",
    message.is_ephemeral && "is-ephemeral",
    place.target === message.ts && "is-target",
  ].filter(Boolean);
  return el(
    "article.message",
    {
      class: classes.join(" "),
      "data-ts": message.ts,
      tabindex: -1,
      "aria-label": `${author.name}, ${time(at, viewer())}`,
    },
    el("div.message__gutter", {}, place.grouped ? stamp : author.avatar),
    el(
      "div.message__main",
      {},
      message.is_ephemeral && el("div.message__only", {}, icon("eye", 14), "Only visible to you"),
      message.pinned_to?.includes(place.channel) && el("div.message__only", {}, icon("pin", 14), "Pinned"),
      message.subtype === "thread_broadcast" && !place.thread && broadcastLine(message, place),
      !place.grouped && head(author, stamp),
      editing ? editor(message, place) : [body(message, place), extras(message, place)],
    ),
    !editing && !message.is_ephemeral && toolbar(message, place),
  );
}

function head(author, stamp) {
  return el(
    "div.message__head",
    {},
    el(
      author.user ? "button.message__name" : "span.message__name",
      { type: author.user && "button", title: author.user?.profile?.title, "data-user": author.user?.id },
      author.name,
    ),
    author.app && el("span.badge", {}, "APP"),
    (author.user?.is_restricted || author.user?.is_ultra_restricted) && el("span.badge", {}, "GUEST"),
    author.user?.is_stranger && el("span.badge", {}, "EXTERNAL"),
    author.user?.profile?.status_emoji && render(author.user.profile.status_emoji, context()),
    stamp,
  );
}

function systemLine(message) {
  const words = SYSTEM[message.subtype];
  const who = nameOf(store.users.get(message.user));
  return el(
    "article.message.message--system",
    { "data-ts": message.ts, tabindex: -1 },
    el("span", {}, words ? `${who} ${words}` : render(message.text, context())),
  );
}

function broadcastLine(message, place) {
  return el(
    "button.message__broadcast",
    {
      type: "button",
      on: { click: () => go({ thread: message.thread_ts, kind: "channel", channel: place.channel }) },
    },
    icon("reply", 14),
    "replied to a thread",
  );
}

// What is written bit by bit is Markdown, unlike other text.
function streamed(message, place) {
  const running = message.streaming_state === "in_progress";
  return el(
    "div.message__body",
    { class: running ? "is-running" : null },
    (message.chunks ?? []).map((task) => taskCard(task, context())),
    message.text && markdown(message.text),
    renderBlocks(message.blocks, messageSurface(place.channel, message)),
  );
}

function body(message, place) {
  if (message.streaming_state) return streamed(message, place);
  const edited =
    message.edited &&
    el("span.message__edited", { title: fullStamp(seconds(message.edited.ts), viewer()) }, "(edited)");
  if (message.blocks?.length && !isTyped(message)) {
    return el(
      "div.message__body",
      {},
      renderBlocks(message.blocks, messageSurface(place.channel, message)),
      edited,
    );
  }
  return (
    (message.text || edited) &&
    el(
      "div.message__body",
      {},
      el("div.message__text", {}, render(message.text, context()), edited && [" ", edited]),
    )
  );
}

// The block that the editor adds to what people type says the same as its text.
function isTyped({ client_msg_id: id, blocks }) {
  return Boolean(id) && blocks?.length === 1 && blocks[0].type === "rich_text";
}

function extras(message, place) {
  return [
    (message.attachments ?? []).map((one) => attachment(one, message, place)),
    message.files?.length && el("div.files", {}, message.files.map(fileCard)),
    reactions(message, place),
    message.reply_count > 0 && !place.thread && threadLine(message, place),
  ];
}

const BARS = { good: "is-good", warning: "is-warning", danger: "is-danger" };

/** A legacy attachment: a bar of colour beside its text, fields or blocks. */
function attachment(one, message, place) {
  const words = context();
  const colour = /^#?[0-9a-f]{6}$/i.test(one.color ?? "")
    ? { "--bar": `#${one.color.replace("#", "")}` }
    : {};
  return [
    one.pretext && el("div", {}, render(one.pretext, words)),
    el(
      "div.attachment",
      { vars: colour, class: BARS[one.color] },
      one.author_name && el("small", {}, one.author_name),
      one.title && el("strong", {}, one.title_link ? link(one.title_link, one.title) : one.title),
      one.text && el("div", {}, render(one.text, words)),
      one.fields?.length &&
        el(
          "div.section__fields",
          {},
          one.fields.map((field) =>
            el("div", {}, el("strong", {}, field.title), el("br"), render(field.value, words)),
          ),
        ),
      one.blocks && renderBlocks(one.blocks, messageSurface(place.channel, message)),
      one.footer && el("small", {}, one.footer),
      !one.text && !one.blocks && !one.title && one.fallback,
    ),
  ];
}

function threadLine(message, place) {
  const count = message.reply_count;
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => {
    const user = store.users.get(id);
    return user ? userAvatar(user, { size: "s" }) : avatar("?", { size: "s" });
  });
  const open = () => go({ kind: "channel", channel: place.channel, thread: message.ts });
  return el(
    "button.thread-line",
    { type: "button", on: { click: open } },
    el("span.thread-line__faces", {}, faces),
    el("span.thread-line__count", {}, `${count} ${count === 1 ? "reply" : "replies"}`),
    message.latest_reply &&
      el("span.thread-line__last", {}, `last reply ${ago(seconds(message.latest_reply), now())}`),
  );
}

/** A message's words on one line, for toasts and search results; those of its blocks when `query` stands there. */
export function summary(message, query = "") {
  const text = message.text ?? "";
  const inText = isTyped(message) || text.toLowerCase().includes(query.toLowerCase());
  const nodes = render((inText && text) || blocksWords(message.blocks) || text, context());
  const words = el("span", {}, nodes).textContent.replace(/\s+/g, " ").trim();
  return words || (message.files?.length ? `sent ${plain(message.files[0].name)}` : "sent a message");
}
