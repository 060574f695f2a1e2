/** What the composer offers while one types: /commands, @people, #channels and :emoji:. */

import { searchEmoji } from "./emoji.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { emojiNode } from "./mrkdwn.js";
import { isApp, nameOf, userAvatar } from "./people.js";
import { attempt, store } from "./store.js";

const LIMIT = 8;
const BROADCASTS = [
  ["here", "Notify everybody who is active in this channel"],
  ["channel", "Notify everybody in this channel"],
];

/**
 * An item with `run` is done instead of inserted.
 * The offers for the text before the caret: `{from, items}` where `from` is the index the chosen `insert`
 * replaces from, or null when there is nothing to offer.
 */
export function offers(text) {
  for (const [pattern, find] of KINDS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const items = find(match.groups.word.toLowerCase());
    if (items.length)
      return { from: text.length - match.groups.word.length - 1, items: items.slice(0, LIMIT) };
  }
  return null;
}

const KINDS = [
  [/^\/(?<word>[\w-]*)$/, commands],
  [/(?:^|[\s(])@(?<word>[\p{L}\d._-]*)$/u, people],
  [/(?:^|[\s(])#(?<word>[\p{L}\d_-]*)$/u, channels],
  [/(?:^|\s):(?<word>[a-z0-9_+-]{2,})$/, emojis],
];

function commands(word) {
  const shortcuts = store.shortcuts
    .filter(({ type, name }) => type === "global" && name.toLowerCase().includes(word))
    .map(({ callback_id: id, name, description }) => ({
      insert: `/shortcut ${id}`,
      title: name,
      hint: "Shortcut",
      description: description ?? store.bot?.name,
      lead: () => el("span.offer__icon", {}, icon("play")),
      run: () => attempt("shortcut", { callback_id: id }),
    }));
  const named = store.commands
    .filter(({ command }) => command.slice(1).startsWith(word))
    .map(({ command, description, usage_hint: usage }) => ({
      insert: `${command} `,
      title: command,
      hint: usage,
      description,
      lead: () => el("span.offer__icon", {}, icon("bolt")),
    }));
  return [...named, ...shortcuts];
}

function people(word) {
  const hits = [...store.users.values()].filter(
    (user) =>
      !user.deleted &&
      user.name &&
      `${user.name} ${nameOf(user)} ${nameOf(user).split(" ").at(-1)}`
        .toLowerCase()
        .split(" ")
        .some((part) => part.startsWith(word)),
  );
  const persons = hits.map((user) => ({
    insert: `@${user.name} `,
    title: nameOf(user),
    hint: `@${user.name}`,
    description: isApp(user) ? "App" : user.profile?.title,
    lead: () => userAvatar(user, { size: "s" }),
  }));
  const groups = [...store.usergroups.values()]
    .filter(({ handle, name }) => `${handle} ${name}`.toLowerCase().includes(word))
    .map(({ handle, name }) => ({
      insert: `@${handle} `,
      title: `@${handle}`,
      description: name,
      lead: () => el("span.offer__icon", {}, icon("people")),
    }));
  const all = BROADCASTS.filter(([name]) => name.startsWith(word)).map(([name, description]) => ({
    insert: `@${name} `,
    title: `@${name}`,
    description,
    lead: () => el("span.offer__icon", {}, icon("people")),
  }));
  return [...persons.sort((a, b) => a.title.localeCompare(b.title)), ...groups, ...all];
}

function channels(word) {
  return [...store.channels.values()]
    .filter((channel) => !channel.is_im && !channel.is_mpim && channel.name?.includes(word))
    .map((channel) => ({
      insert: `#${channel.name} `,
      title: channel.name,
      description: channel.topic?.value,
      lead: () => el("span.offer__icon", {}, icon(channel.is_private ? "lock" : "hash")),
    }));
}

function emojis(word) {
  return searchEmoji(word, LIMIT).map(([name]) => ({
    insert: `:${name}: `,
    title: `:${name}:`,
    lead: () => el("span.offer__icon.emoji", {}, emojiNode(name)),
  }));
}
