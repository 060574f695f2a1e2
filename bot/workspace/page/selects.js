/** Select menus: static, external, users, conversations and channels, single and multiple. */

import { own } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { nameOf, userAvatar } from "./people.js";
import { picker } from "./picker.js";
import { store } from "./store.js";
import { fieldOf } from "./values.js";

const MIN_QUERY = 3; // Slack's default min_query_length

function optionOf(option, group) {
  return {
    id: option.value,
    label: plain(option.text),
    description: option.description && plain(option.description),
    group: group && plain(group.label),
    raw: option,
  };
}

function optionsOf({ options, option_groups: groups }) {
  if (groups) return groups.flatMap((group) => group.options.map((option) => optionOf(option, group)));
  return (options ?? []).map((option) => optionOf(option));
}

function people() {
  return [...store.users.values()]
    .filter((user) => !user.deleted)
    .map(personOption)
    .sort((a, b) => a.label.localeCompare(b.label));
}

function personOption(user) {
  return {
    id: user.id,
    label: nameOf(user),
    description: user.profile?.title,
    also: `${user.real_name ?? ""} ${user.name ?? ""}`,
    lead: () => userAvatar(user, { size: "s" }),
    raw: user.id,
  };
}

function channelOption(channel) {
  if (channel.is_im) {
    const user = store.users.get(channel.user);
    return {
      id: channel.id,
      label: nameOf(user),
      lead: () => userAvatar(user, { size: "s" }),
      raw: channel.id,
    };
  }
  return { id: channel.id, label: `#${channel.name}`, raw: channel.id };
}

function conversations(filter = {}) {
  const kinds = filter.include ?? ["public", "private", "im", "mpim"];
  const kind = (channel) =>
    channel.is_im ? "im" : channel.is_mpim ? "mpim" : channel.is_private ? "private" : "public";
  return [...store.channels.values()]
    .filter((channel) => kinds.includes(kind(channel)) && !channel.is_archived)
    .filter(
      (channel) => !(filter.exclude_bot_users && channel.is_im && store.users.get(channel.user)?.is_bot),
    )
    .map(channelOption);
}

// Where the options come from, by what is selected.
const SOURCES = {
  static: { load: (spec) => () => optionsOf(spec), find: (spec, option) => optionOf(option) },
  external: {
    load: (spec, at) => async (query) => optionsOf(await at.surface.options(at.block, spec, query)),
    find: (spec, option) => optionOf(option),
    remote: true,
  },
  users: {
    load: () => people,
    find: (spec, id) =>
      store.users.has(id) ? personOption(store.users.get(id)) : { id, label: id, raw: id },
  },
  conversations: {
    load: (spec) => () => conversations(spec.filter),
    find: (spec, id) => channelOption(store.channels.get(id) ?? { id, name: id }),
  },
  channels: {
    load: () => () => conversations({ include: ["public"] }),
    find: (spec, id) => channelOption(store.channels.get(id) ?? { id, name: id }),
  },
};

function select(kind, multi, act) {
  const source = SOURCES[kind];
  return (spec, at) => {
    const field = fieldOf(spec.type);
    const value = at.surface.value(at.block, spec);
    const chosen = (multi ? (value ?? []) : value ? [value] : []).map((one) => source.find(spec, one));
    const carried = () => ({ [field]: at.surface.value(at.block, spec) });
    const node = picker({
      label: at.label ?? plain(spec.placeholder),
      placeholder: plain(spec.placeholder) || undefined,
      multi,
      chosen,
      max: spec.max_selected_items ?? Infinity,
      load: async (query) => source.load(spec, at)(query),
      remote: source.remote,
      minQuery: source.remote ? (spec.min_query_length ?? MIN_QUERY) : 0,
      onChange: (options) =>
        at.surface.enter(at.block, spec, multi ? options.map(({ raw }) => raw) : options[0].raw),
      // As in Slack, a multiple choice is told once, when its panel closes.
      onDone: () => at.dispatch && act(spec, at, carried()),
    });
    node.dataset.action = spec.action_id;
    return own(JSON.stringify([spec, at.surface.place]), node);
  };
}

/** Makers of every select element, by type; `act` tells the app about a choice. */
export function selects(act) {
  const makers = {};
  for (const kind of Object.keys(SOURCES)) {
    makers[`${kind}_select`] = select(kind, false, act);
    makers[`multi_${kind}_select`] = select(kind, true, act);
  }
  return makers;
}
