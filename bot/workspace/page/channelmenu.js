/** What one can do with a channel: topic, people, pins, leaving, archiving; and making a new one. */

import { ApiError, get } from "./api.js";
import { askFields } from "./askfields.js";
import { askPlainly } from "./confirm.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { channelId, go, openDirect } from "./navigate.js";
import { aboutPerson, authorOf, isApp, nameOf, userAvatar } from "./people.js";
import { openMenu } from "./popup.js";
import { summary } from "./message.js";
import { attempt, store, trouble } from "./store.js";

/** Make a channel and go there. */
export async function createChannel() {
  const given = await askFields(
    "Create a channel",
    [
      {
        name: "name",
        label: "Name",
        placeholder: "plan-budget",
        about: "Small letters, digits and hyphens.",
      },
      { name: "is_private", label: "Private: only who is invited sees it", type: "checkbox" },
    ],
    "Create",
  );
  const made = given && (await attempt("create_channel", given));
  if (made) go({ kind: "channel", channel: channelId(made.channel) });
}

/** The buttons at the right of a channel's head. */
export function channelTools(channel) {
  const count = channel.num_members ?? channel.members?.length ?? 0;
  return [
    el(
      "button.pane__count",
      {
        type: "button",
        title: "Who is here",
        "aria-label": `${count} members`,
        "aria-haspopup": "menu",
        on: { click: ({ currentTarget }) => openMembers(currentTarget, channel) },
      },
      icon("people", 16),
      String(count),
    ),
    tool("Pinned messages", "pin", (anchor) => openPins(anchor, channel)),
    tool("Channel settings", "more", (anchor) => openSettings(anchor, channel)),
  ];
}

function tool(label, name, run) {
  return el(
    "button.icon-button",
    {
      type: "button",
      "aria-label": label,
      title: label,
      "aria-haspopup": "menu",
      on: { click: ({ currentTarget }) => run(currentTarget) },
    },
    icon(name),
  );
}

function person(user, run) {
  return {
    label: nameOf(user),
    description: aboutPerson(user),
    lead: userAvatar(user, { size: "s" }),
    run: () => run(user),
  };
}

function openMembers(anchor, channel) {
  const people = (channel.members ?? []).map((id) => store.users.get(id)).filter(Boolean);
  openMenu(
    anchor,
    people.map((user) => person(user, openDirect)),
    { label: "Who is here", align: "end" },
  );
}

async function openPins(anchor, channel) {
  try {
    const { messages } = await get("pins", { as: store.me.id, channel: channel.id });
    const entries = messages.map((message) => ({
      label: summary(message).slice(0, 80),
      description: authorOf(message).name,
      icon: "pin",
      run: () => go({ kind: "channel", channel: channel.id, at: message.ts }),
    }));
    const none = { label: "Nothing is pinned here.", icon: "pin", run: () => {} };
    openMenu(anchor, entries.length ? entries : [none], { label: "Pinned messages", align: "end" });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    trouble(error.message);
  }
}

function openSettings(anchor, channel) {
  const change = (what) => attempt("channel", { channel: channel.id, ...what });
  const archived = Boolean(channel.is_archived);
  openMenu(
    anchor,
    [
      { label: "Edit the topic", icon: "edit", run: () => editTopic(channel, change) },
      { label: "Rename the channel", icon: "hash", run: () => rename(channel, change) },
      { label: "Add somebody", icon: "people", run: () => openInvite(anchor, channel, change) },
      null,
      { label: "Leave the channel", icon: "outside", run: () => attempt("leave", { channel: channel.id }) },
      {
        label: archived ? "Unarchive the channel" : "Archive the channel",
        icon: "file",
        danger: !archived,
        run: () => archive(channel, change),
      },
      ...(store.me.is_admin && !channel.is_general
        ? [{ label: "Delete the channel", icon: "trash", danger: true, run: () => erase(channel, change) }]
        : []),
    ],
    { label: "Channel settings", align: "end" },
  );
}

async function editTopic(channel, change) {
  const field = { name: "topic", label: "Topic", value: channel.topic?.value, optional: true };
  const given = await askFields(`Topic of #${channel.name}`, [field], "Save");
  if (given) change(given);
}

async function rename(channel, change) {
  const given = await askFields(
    "Rename the channel",
    [{ name: "name", label: "Name", value: channel.name }],
    "Save",
  );
  if (given) change(given);
}

function openInvite(anchor, channel, change) {
  const outside = [...store.users.values()].filter(
    (user) => !user.deleted && !(channel.members ?? []).includes(user.id),
  );
  const byName = outside.sort((a, b) => isApp(b) - isApp(a) || nameOf(a).localeCompare(nameOf(b)));
  const entries = byName.map((user) => person(user, () => change({ invite: [user.id] })));
  const none = { label: "Everybody is here already.", icon: "check", run: () => {} };
  openMenu(anchor, entries.length ? entries : [none], { label: "Add somebody", align: "end" });
}

async function erase(channel, change) {
  const sure = await askPlainly(
    "Delete this channel?",
    `Everything in #${channel.name} will be gone for good.`,
    "Delete",
    "danger",
  );
  return sure && change({ deleted: true });
}

async function archive(channel, change) {
  if (channel.is_archived) return change({ archived: false });
  const sure = await askPlainly(
    "Archive this channel?",
    `Nobody can write in #${channel.name} any more.`,
    "Archive",
    "danger",
  );
  return sure && change({ archived: true });
}
