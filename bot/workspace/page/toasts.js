/** Short notices in the corner: troubles, and what arrives while one looks elsewhere. */

import { el, patch } from "./dom.js";
import { icon } from "./icons.js";
import { authorOf, nameOf } from "./people.js";
import { summary } from "./message.js";
import { go } from "./navigate.js";
import { store } from "./store.js";

const STAYS = 6000; // milliseconds
const SAME_WITHIN = 1500; // the answer of a call and the stream tell the same trouble
const root = el("div.toasts", { role: "status", "aria-live": "polite" });
let toasts = [];
let counter = 0;

/** Put the corner into the page; a popover, because only the top layer stands above open dialogs. */
export function mountToasts() {
  root.setAttribute("popover", "manual");
  document.body.append(root);
}

function show(toast) {
  counter += 1;
  const shown = { ...toast, id: counter };
  toasts = [...toasts.slice(-3), shown];
  draw();
  setTimeout(() => dismiss(shown.id), STAYS);
}

function dismiss(id) {
  toasts = toasts.filter((toast) => toast.id !== id);
  draw();
}

function draw() {
  patch(
    root,
    toasts.map(({ id, lead, title, text, kind, run }) =>
      el(
        "div.toast",
        { key: id, class: kind },
        el(
          "button.toast__body",
          {
            type: "button",
            on: {
              click: () => {
                dismiss(id);
                run?.();
              },
            },
          },
          lead,
          el("span.toast__words", {}, title && el("strong", {}, title), el("span", {}, text)),
        ),
        el(
          "button.icon-button",
          { type: "button", "aria-label": "Dismiss", on: { click: () => dismiss(id) } },
          icon("close", 14),
        ),
      ),
    ),
  );
  // Shown anew each time: what opened last stands on top.
  if (root.matches(":popover-open")) root.hidePopover();
  if (toasts.length) root.showPopover();
}

/** Show the store's latest trouble, once. */
export function showTrouble() {
  const { text, at } = store.trouble;
  if (
    toasts.some((toast) => toast.kind === "is-trouble" && toast.text === text && at - toast.at < SAME_WITHIN)
  )
    return;
  show({ kind: "is-trouble", text, at, lead: icon("warn") });
}

/** Tell of a direct message or a mention in a conversation that is not open. */
export function showArrival() {
  const { channel: id, message } = store.latest;
  const channel = store.channels.get(id);
  const open = document.visibilityState === "visible" && store.openChannel === id;
  if (
    !store.me ||
    message.user === store.me.id ||
    message.subtype?.startsWith("channel_") ||
    open ||
    store.route.kind === "mail"
  )
    return;
  if (store.resting && !message.is_ephemeral) return;
  const mentioned = (message.text ?? "").includes(`<@${store.me.id}>`);
  if (!channel?.is_im && !mentioned && !message.is_ephemeral) return;
  const author = authorOf(message);
  const place = channel?.is_im ? author.name : `${author.name} in #${channel?.name ?? ""}`;
  const thread = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : undefined;
  const isAppDm = channel?.is_im && channel.user === store.bot?.user_id;
  show({
    lead: author.avatar,
    title: place,
    text: summary(message).slice(0, 140),
    run: () =>
      go(isAppDm ? { kind: "app", tab: "messages", thread } : { kind: "channel", channel: id, thread }),
  });
}

/** Tell of a direct message to one of the other people one can be. */
export function showElsewhere() {
  const { person, channel, message } = store.latestElsewhere;
  if (message.user === store.me.id) return;
  const author = authorOf(message);
  show({
    kind: "is-elsewhere",
    lead: author.avatar,
    title: `For ${nameOf(store.users.get(person))}: ${author.name}`,
    text: summary(message).slice(0, 140),
    run: () =>
      go(
        author.app ? { me: person, kind: "app", tab: "messages" } : { me: person, kind: "channel", channel },
      ),
  });
}

/** Tell, on the supplier's side, of a mail that arrived for somebody else than the one shown. */
export function showMailArrival() {
  const { address, mail } = store.latestMail;
  if (mail.direction !== "in" || (store.route.kind === "mail" && store.route.address === address)) return;
  const one = store.correspondents.find((candidate) => candidate.address === address);
  if (!one) return;
  show({
    kind: "is-mail",
    lead: icon("mail"),
    title: `Mail for ${nameOf({ name: one.name })}`,
    text: mail.subject || "No subject",
    run: () => go({ kind: "mail", address, mail: mail.id }),
  });
}

/** Tell, on the supplier's side, of a WeChat message for somebody whose chat is not shown. */
export function showChatArrival() {
  const { contact, said } = store.latestChat;
  const one = store.correspondents.find(({ wechat }) => wechat === contact);
  if (!one || !store.wechat || (store.route.chat && store.route.address === one.address)) return;
  show({
    kind: "is-mail",
    lead: icon("reply"),
    title: `WeChat for ${nameOf({ name: one.name })}`,
    text: said.text.slice(0, 140),
    run: () => go({ kind: "mail", address: one.address, chat: true }),
  });
}
