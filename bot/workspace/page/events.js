/** What each change of the stream does to the store. */

import { setClock } from "./clock.js";
import { takeTrace } from "./inspector.js";
import { changed, feedKey, store, trouble } from "./store.js";

const HANDLERS = {
  message: ({ channel, message }) => added(channel, message),
  ephemeral: ({ channel, message }) => added(channel, { ...message, is_ephemeral: true }),
  message_changed: ({ channel, message }) => everywhere(channel, message.ts, () => message),
  ephemeral_changed: ({ channel, message }) =>
    everywhere(channel, message.ts, () => ({ ...message, is_ephemeral: true })),
  message_deleted: ({ channel, ts }) => everywhere(channel, ts, () => null),
  ephemeral_deleted: ({ channel, ts }) => everywhere(channel, ts, () => null),
  views: ({ stack }) => {
    store.stack = stack;
    store.viewErrors = Object.fromEntries(
      stack.filter(({ id }) => store.viewErrors[id]).map(({ id }) => [id, store.viewErrors[id]]),
    );
    changed("views");
  },
  view_errors: ({ view_id: id, errors }) => {
    store.viewErrors = { ...store.viewErrors, [id]: errors };
    changed("views");
  },
  home: ({ view }) => {
    store.home = view;
    changed("home");
  },
  channel: ({ channel }) => {
    store.channels.set(channel.id, { ...store.channels.get(channel.id), ...channel });
    changed("channels");
  },
  channel_gone: ({ channel }) => {
    store.channels.delete(channel);
    changed("channels");
  },
  user: ({ user }) => {
    store.users = new Map(store.users).set(user.id, user); // a new map tells cached messages that names changed
    if (user.id === store.me.id) store.me = user;
    // Who joins can be played at once, and who has left no longer.
    const playable = !user.is_bot && !user.deleted;
    const others = store.personas.filter((id) => id !== user.id);
    if (playable !== store.personas.includes(user.id))
      store.personas = playable ? [...others, user.id] : others;
    changed("users", "state");
  },
  mail: ({ address, mail }) => arrivedMail(address, mail),
  wechat: ({ contact, said }) => arrivedChat(contact, said),
  clock: ({ type, ...clock }) => setClock(clock),
  bot: ({ type, bot, ...rest }) => {
    store.bot = bot ?? rest;
    changed("bot");
  },
  fired: ({ at, what }) => {
    store.fired = [...store.fired, { at, what }];
    changed("clock", "workbench");
  },
  trace: ({ trace }) => takeTrace(trace),
  faults: ({ faults }) => {
    store.faults = faults;
    changed("workbench");
  },
  assistant: ({ channel, thread_ts: thread, status, title, prompts }) => {
    store.assistants = new Map(store.assistants).set(feedKey(channel, thread), { status, title, prompts });
    changed("feed");
  },
  restored: () => changed("restored"),
  trouble: ({ text }) => trouble(text),
};

/** Take in one change; kinds this page does not know are left alone. */
export function applyEvent(event) {
  HANDLERS[event.type]?.(event);
}

function added(channel, message) {
  const isReply = message.thread_ts && message.thread_ts !== message.ts;
  if (isReply) insert(feedKey(channel, message.thread_ts), message);
  if (!isReply || message.subtype === "thread_broadcast") {
    insert(channel, message);
    if (store.feeds.has(feedKey(channel, message.ts))) insert(feedKey(channel, message.ts), message);
  }
  store.latest = { channel, message };
  changed("feed", "arrival");
}

function insert(key, message) {
  const feed = store.feeds.get(key);
  if (!feed) return;
  const rest = feed.messages.filter(({ ts }) => ts !== message.ts);
  const at = rest.findLastIndex(({ ts }) => ts < message.ts) + 1;
  feed.messages = [...rest.slice(0, at), message, ...rest.slice(at)];
}

function everywhere(channel, ts, change) {
  for (const [key, feed] of store.feeds) {
    if (key !== channel && !key.startsWith(`${channel}:`)) continue;
    if (!feed.messages.some((message) => message.ts === ts)) continue;
    feed.messages = feed.messages.flatMap((message) =>
      message.ts === ts ? (change(message) ?? []) : message,
    );
  }
  changed("feed");
}

function arrivedMail(address, mail) {
  const box = store.mails.get(address);
  if (box) box.mails = [mail, ...box.mails.filter(({ id }) => id !== mail.id)];
  if (mail.direction === "in") {
    store.correspondents = store.correspondents.map((one) =>
      one.address === address ? { ...one, unread: (one.unread ?? 0) + (mail.read ? 0 : 1) } : one,
    );
  }
  store.latestMail = { address, mail };
  changed("mail", "mail-arrival");
}

function arrivedChat(contact, said) {
  if (!store.chats.has(contact)) store.chats.set(contact, { messages: [] });
  const chat = store.chats.get(contact);
  const isNew = !chat.messages.some(({ id }) => id === said.id);
  chat.messages = isNew
    ? [...chat.messages, said]
    : chat.messages.map((one) => (one.id === said.id ? said : one));
  if (said.direction === "in" && isNew) {
    store.correspondents = store.correspondents.map((one) =>
      one.wechat === contact ? { ...one, unread_wechat: (one.unread_wechat ?? 0) + 1 } : one,
    );
    store.latestChat = { contact, said };
    changed("chat-arrival");
  }
  changed("mail");
}
