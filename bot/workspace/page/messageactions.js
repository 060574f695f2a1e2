/** What one can do with a message: the bar shown while pointing at it, its menu, and editing in place. */

import { askPlainly } from "./confirm.js";
import { el, own } from "./dom.js";
import { icon } from "./icons.js";
import { editable } from "./mrkdwn.js";
import { go } from "./navigate.js";
import { context } from "./people.js";
import { openMenu } from "./popup.js";
import { pickReaction } from "./reactions.js";
import { attempt, changed, store, trouble } from "./store.js";

/** The bar of a message. */
export function toolbar(message, place) {
  const tool = (label, name, run) =>
    el(
      "button.icon-button",
      {
        type: "button",
        "aria-label": label,
        title: label,
        on: { click: ({ currentTarget }) => run(currentTarget) },
      },
      icon(name),
    );
  return el(
    "div.toolbar",
    { role: "toolbar", "aria-label": "Message actions" },
    tool("Add a reaction", "smile", (anchor) => pickReaction(anchor, message, place)),
    !place.thread &&
      tool("Reply in thread", "reply", () =>
        go({ kind: "channel", channel: place.channel, thread: message.thread_ts ?? message.ts }),
      ),
    tool("More actions", "more", (anchor) =>
      openMenu(anchor, entries(message, place), { label: "More actions", align: "end" }),
    ),
  );
}

function entries(message, place) {
  const mine = message.user === store.me.id && !message.bot_id;
  const shortcuts = store.shortcuts
    .filter(({ type }) => type === "message" || type === "message_action")
    .map((shortcut) => ({
      label: shortcut.name,
      icon: "bolt",
      description: store.bot?.name,
      run: () =>
        attempt("shortcut", { callback_id: shortcut.callback_id, channel: place.channel, ts: message.ts }),
    }));
  return [
    ...shortcuts,
    ...(shortcuts.length ? [null] : []),
    pinEntry(message, place),
    { label: "Copy link", icon: "link", run: () => copyLink(message, place) },
    ...(mine
      ? [
          { label: "Edit message", icon: "edit", run: () => startEditing(message, place) },
          { label: "Delete message", icon: "trash", danger: true, run: () => remove(message, place) },
        ]
      : []),
  ];
}

function pinEntry(message, place) {
  const pinned = message.pinned_to?.includes(place.channel);
  return {
    label: pinned ? "Unpin from channel" : "Pin to channel",
    icon: "pin",
    run: () => attempt(pinned ? "unpin" : "pin", { channel: place.channel, ts: message.ts }),
  };
}

// As Slack writes it, so that it can be pasted into a message, here and for the app.
function copyLink(message, { channel }) {
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  const inThread = reply ? `?thread_ts=${message.thread_ts}&cid=${channel}` : "";
  const link = `${location.origin}/archives/${channel}/p${message.ts.replace(".", "")}${inThread}`;
  navigator.clipboard.writeText(link).catch(() => trouble("The browser did not let this be copied."));
}

function startEditing(message, place) {
  store.editing = { channel: place.channel, ts: message.ts };
  changed("feed");
}

function stopEditing() {
  store.editing = null;
  changed("feed");
}

async function remove(message, place) {
  const sure = await askPlainly(
    "Delete message",
    "Are you sure you want to delete this message? This cannot be undone.",
    "Delete",
    "danger",
  );
  if (sure) attempt("delete", { channel: place.channel, ts: message.ts });
}

/** Edit one's last message of a list, as the up arrow in an empty composer does. */
export function editLast(messages, channel) {
  const last = messages.findLast(
    (message) => message.user === store.me.id && !message.bot_id && !message.is_ephemeral && !message.subtype,
  );
  if (last) startEditing(last, { channel });
}

/** The text area a message is edited in. */
export function editor(message, place) {
  const before = editable(message.text ?? "", context());
  const area = el("textarea.field", {
    value: before,
    rows: Math.min(before.split("\n").length + 1, 10),
    "aria-label": "Edit message",
  });
  const save = async () => {
    const text = area.value.trim();
    if (text && text !== before && !(await attempt("edit", { channel: place.channel, ts: message.ts, text })))
      return;
    stopEditing();
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      stopEditing();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  queueMicrotask(() => {
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  });
  return own(
    `editor ${message.ts}`,
    el(
      "div.editor",
      {},
      area,
      el(
        "div.editor__buttons",
        {},
        el("button.button", { type: "button", on: { click: stopEditing } }, "Cancel"),
        el("button.button.button--primary", { type: "button", on: { click: save } }, "Save"),
      ),
    ),
  );
}
