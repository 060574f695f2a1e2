/** Everything the page knows, and who wants to hear when it changes. Writers are events.js and the loaders below. */

import { get, post } from "./api.js";
import { setCustomEmoji } from "./emoji.js";

/** The page's whole state. `feeds` holds message lists by feedKey; `mails` by address, `chats` by WeChat id; `null` means not loaded. */
export const store = {
  route: { kind: "" },
  me: null,
  team: null,
  personas: [],
  users: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: [],
  bot: null,
  correspondents: [],
  usergroups: new Map(),
  assistants: new Map(),
  elsewhere: new Map(),
  mailTo: {},
  clock: null,
  feeds: new Map(),
  mails: new Map(),
  chats: new Map(),
  wechat: false,
  resting: false,
  stack: [],
  viewErrors: {},
  home: undefined,
  connection: "open",
  editing: null,
  trouble: null,
  moving: false,
  fired: [],
  coming: [],
  workbench: null,
  traces: new Map(),
  traceFilter: { words: "", wrong: false },
  faults: [],
  faultKind: "error",
  snapshots: [],
};

const listeners = new Map();
let pending = new Set();

/** Call `listener` after any of `topics` changed; changes of one turn are told once. */
export function on(topics, listener) {
  for (const topic of topics) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(listener);
  }
}

/** Tell that topics changed. */
export function changed(...topics) {
  if (!pending.size) queueMicrotask(tell);
  for (const topic of topics) pending.add(topic);
}

function tell() {
  const told = pending;
  pending = new Set();
  const calls = new Set([...told].flatMap((topic) => [...(listeners.get(topic) ?? [])]));
  for (const listener of calls) listener(told);
}

/** The key of a channel's or a thread's message list. */
export function feedKey(channel, thread) {
  return thread ? `${channel}:${thread}` : channel;
}

/** Take in the answer of /control/state. */
export function applyState(state) {
  Object.assign(store, {
    me: state.me,
    team: state.team,
    personas: state.personas,
    users: new Map(state.users.map((user) => [user.id, user])),
    channels: new Map(state.channels.map((channel) => [channel.id, channel])),
    commands: state.commands ?? [],
    shortcuts: state.shortcuts ?? [],
    bot: state.bot,
    correspondents: state.correspondents ?? [],
    mailTo: state.mail_to ?? {},
    wechat: Boolean(state.wechat),
    resting: Boolean(state.dnd?.dnd_enabled),
    usergroups: new Map((state.usergroups ?? []).map((group) => [group.id, group])),
  });
  setCustomEmoji(state.emoji ?? {});
  changed("state", "channels", "users", "bot", "mail");
}

// What the stream brought while the answer was under way must not be lost with it.
function arrivedSince(read, feed) {
  const newest = read.at(-1)?.ts ?? "";
  return (feed?.messages ?? []).filter(({ ts }) => ts > newest);
}

const PAGE = 50; // messages a request

/** Load the newest messages of a channel or thread anew; what is shown meanwhile stays. */
export async function loadFeed(channel, thread) {
  const key = feedKey(channel, thread);
  const before = store.feeds.get(key);
  store.feeds.set(key, before ?? { messages: [], hasMore: false, loaded: false });
  const me = store.me.id;
  try {
    const answer = await get("messages", { as: me, channel, thread_ts: thread, limit: thread ? 200 : PAGE });
    if (store.me.id !== me) return;
    if (answer.assistant) store.assistants.set(key, answer.assistant);
    const old = before?.loaded
      ? before.messages.filter(({ ts }) => answer.messages.length && ts < answer.messages[0].ts)
      : [];
    const hasMore = old.length ? before.hasMore : answer.has_more;
    const read = answer.has_more ? [...old, ...answer.messages] : answer.messages;
    store.feeds.set(key, {
      messages: [...read, ...arrivedSince(read, store.feeds.get(key))],
      hasMore,
      loaded: true,
    });
  } catch (error) {
    store.feeds.set(key, { messages: [], hasMore: false, loaded: false, error: error.message });
  }
  changed("feed");
}

/** Load one page of older messages; resolves once they stand. */
export async function loadOlder(channel) {
  const feed = store.feeds.get(channel);
  if (!feed?.hasMore || feed.loading) return;
  feed.loading = true;
  try {
    const answer = await get("messages", {
      as: store.me.id,
      channel,
      before: feed.messages[0]?.ts,
      limit: PAGE,
    });
    if (store.feeds.get(channel) !== feed) return;
    feed.messages = [...answer.messages.filter(({ ts }) => ts < feed.messages[0].ts), ...feed.messages];
    feed.hasMore = answer.has_more && answer.messages.length > 0;
  } catch (error) {
    trouble(error.message);
  } finally {
    feed.loading = false;
    changed("feed");
  }
}

/** Load a correspondent's mails, newest first. */
export async function loadMails(address) {
  try {
    const { mails } = await get("mail", { address });
    store.mails.set(address, { mails });
  } catch (error) {
    store.mails.set(address, { mails: [], error: error.message });
  }
  changed("mail");
}

/** Load what was said with somebody on WeChat, oldest first. */
export async function loadChat(contact) {
  try {
    const { messages } = await get("wechat", { contact });
    // What the stream brought while the answer was under way must not be lost with it.
    const newest = messages.at(-1)?.number ?? -1;
    const since = (store.chats.get(contact)?.messages ?? []).filter(({ number }) => number > newest);
    store.chats.set(contact, { messages: [...messages, ...since] });
  } catch (error) {
    store.chats.set(contact, { messages: [], error: error.message });
  }
  changed("mail");
}

/** The addresses a correspondent writes to. */
export function addressesFor({ role = "supplier" }) {
  return store.mailTo[role] ?? [];
}

/** Show a sentence to the person at the page. */
export function trouble(text) {
  store.trouble = { text, at: performance.now() };
  changed("trouble");
}

/** Do something and, when it is refused, say so; gives the answer, or null. */
export async function attempt(path, body) {
  try {
    return await post(path, { as: store.me.id, ...body });
  } catch (error) {
    trouble(error.message);
    return null;
  }
}
