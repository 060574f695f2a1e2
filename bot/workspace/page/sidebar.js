/** The left side: who one is, where one can go, and at its foot the clock and the bot. */

import { createChannel } from "./channelmenu.js";
import { hasDraft } from "./composer.js";
import { dayOf, time } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { openJump } from "./jump.js";
import { appAvatar, avatar, languageOf, mark, nameOf, userAvatar } from "./people.js";
import { personaButton } from "./personas.js";
import { clockBox } from "./clockpanel.js";
import { go } from "./navigate.js";
import { routeHash } from "./route.js";
import { benchBox, botBox } from "./status.js";
import { changed, store } from "./store.js";
import { themeButton } from "./theme.js";
import { now } from "./clock.js";

/** The contents of the sidebar. */
export function sidebar() {
  return [
    el(
      "header.sidebar__head",
      { key: "head" },
      el("span.sidebar__team", {}, el("span.sidebar__mark", {}, mark(18)), store.team?.name ?? ""),
      themeButton(),
    ),
    personaButton(),
    search(),
    el(
      "nav.sidebar__nav",
      { key: "nav", "aria-label": "Conversations" },
      channels(),
      directMessages(),
      apps(),
      outside(),
    ),
    el("footer.sidebar__foot", { key: "foot" }, clockBox(), botBox(), benchBox()),
  ];
}

function search() {
  const run = (event) => {
    event.preventDefault();
    const query = event.target.elements.query.value.trim();
    if (!query) return;
    store.searching = query;
    store.pane = "main";
    changed("route", "search");
  };
  return el(
    "form.sidebar__search",
    { key: "search", role: "search", on: { submit: run } },
    icon("search", 15),
    el("input", {
      name: "query",
      type: "search",
      placeholder: "Search messages",
      title: 'Words, "a phrase", in:#channel, from:@somebody, -without',
      "aria-label": "Search messages",
      autocomplete: "off",
    }),
    el(
      "button.kbd",
      {
        type: "button",
        title: "Jump to a conversation",
        "aria-label": "Jump to a conversation (Ctrl+K)",
        on: { click: openJump },
      },
      "Ctrl K",
    ),
  );
}

function section(title, items, action) {
  return el(
    "section.nav-section",
    { key: title },
    el("h2.nav-section__title", {}, title, action),
    el("ul", {}, items),
  );
}

function item({ key, route, lead, label, unread, mentions, active, muted, about, id, draft }) {
  return el(
    "li",
    { key },
    el(
      "a.nav-item",
      {
        href: routeHash({ me: store.me.id, ...route }),
        "aria-current": active ? "page" : null,
        "data-id": id,
        class: [unread && "is-unread", muted && "is-muted"].filter(Boolean).join(" "),
        on: {
          click: (event) => {
            if (!event.ctrlKey && !event.metaKey) {
              event.preventDefault();
              go(route);
            }
          },
        },
      },
      lead,
      el("span.nav-item__words", {}, el("span.nav-item__label", {}, label), about && el("small", {}, about)),
      draft && !active && el("span.nav-item__draft", { title: "A draft stands here" }, icon("edit", 14)),
      mentions > 0 &&
        el(
          "span.count",
          { "aria-label": `${mentions} mention${mentions === 1 ? "" : "s"}` },
          String(mentions),
        ),
    ),
  );
}

function isOpen(channel) {
  return store.route.kind === "channel" && store.route.channel === channel.id;
}

function channelItem(channel) {
  return item({
    key: channel.id,
    id: channel.id,
    route: { kind: "channel", channel: channel.id },
    label: channel.name,
    active: isOpen(channel),
    lead: icon(channel.is_private ? "lock" : "hash", 16),
    unread: channel.unread > 0 && channel.member !== false,
    mentions: channel.mentions ?? 0,
    muted: channel.member === false,
    draft: hasDraft(channel.id),
  });
}

function channels() {
  const named = [...store.channels.values()]
    .filter((channel) => !channel.is_im && !channel.is_mpim && !channel.is_archived)
    .sort((a, b) => a.name.localeCompare(b.name));
  const rest = named.filter(({ member }) => member === false);
  return [
    section(
      "Channels",
      named.filter(({ member }) => member !== false).map(channelItem),
      add("Create a channel", createChannel),
    ),
    rest.length > 0 && section("More channels", rest.map(channelItem)),
  ];
}

function directMessages() {
  const open = [...store.channels.values()].filter(
    (channel) => (channel.is_im && channel.user !== store.bot?.user_id) || channel.is_mpim,
  );
  const items = open
    .map((channel) => {
      const user = store.users.get(channel.user);
      const label = channel.is_mpim ? groupName(channel) : nameOf(user);
      return item({
        key: channel.id,
        id: channel.id,
        route: { kind: "channel", channel: channel.id },
        label,
        active: isOpen(channel),
        unread: channel.unread > 0,
        mentions: channel.unread ?? 0,
        draft: hasDraft(channel.id),
        lead: channel.is_mpim ? icon("people", 16) : userAvatar(user, { size: "s" }),
      });
    })
    .filter(Boolean);
  return section("Direct messages", items, add("New direct message", openJump));
}

function add(label, run) {
  return el(
    "button.icon-button",
    { type: "button", "aria-label": label, title: label, on: { click: () => run() } },
    icon("plus", 15),
  );
}

function groupName(channel) {
  const names = (channel.members ?? [])
    .filter((id) => id !== store.me.id)
    .map((id) => nameOf(store.users.get(id)));
  return names.length ? names.join(", ") : channel.name;
}

function apps() {
  if (!store.bot) return null;
  const direct = [...store.channels.values()].find(
    (channel) => channel.is_im && channel.user === store.bot.user_id,
  );
  const unread = direct?.unread ?? 0;
  return section(
    "Apps",
    item({
      key: "app",
      id: "app",
      route: { kind: "app", tab: unread ? "messages" : "home" },
      lead: appAvatar("s"),
      label: store.bot.name,
      unread: unread > 0,
      mentions: unread,
      active: store.route.kind === "app" || (direct && isOpen(direct)),
    }),
  );
}

function outside() {
  const role = (one) => (one.role === "customer" ? "Customers" : "Suppliers");
  return ["Suppliers", "Customers"].map((title) =>
    correspondents(
      title,
      store.correspondents.filter((one) => role(one) === title),
    ),
  );
}

function correspondents(title, people) {
  if (!people.length) return null;
  return section(
    title,
    people.map((one) =>
      item({
        key: one.address,
        id: one.address,
        route: {
          kind: "mail",
          address: one.address,
          chat: store.wechat && one.unread_wechat > 0 && !one.unread,
        },
        lead: avatar(one.name, { size: "s" }),
        label: one.name,
        about: [
          one.company || languageOf(one.language),
          `${time(now(), { zone: one.zone })}${dayOf(now(), one.zone) > dayOf(now(), store.me.tz || "UTC") ? " +1" : ""}`,
        ]
          .filter(Boolean)
          .join(" · "),
        active: store.route.kind === "mail" && store.route.address === one.address,
        unread: unreadOf(one) > 0,
        mentions: unreadOf(one),
      }),
    ),
  );
}

function unreadOf(one) {
  return (one.unread ?? 0) + (store.wechat ? (one.unread_wechat ?? 0) : 0);
}
