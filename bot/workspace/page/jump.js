/** Ctrl+K: jump to a channel, a person, the app or a supplier by a few letters. */

import { el, patch } from "./dom.js";
import { icon } from "./icons.js";
import { appAvatar, avatar, isApp, nameOf, userAvatar } from "./people.js";
import { go, openDirect } from "./navigate.js";
import { store } from "./store.js";

const SHOWN = 9;

function targets() {
  const channels = [...store.channels.values()]
    .filter((channel) => !channel.is_im && !channel.is_mpim)
    .map((channel) => ({
      id: channel.id,
      label: channel.name,
      about: channel.topic?.value,
      lead: () => el("span.offer__icon", {}, icon(channel.is_private ? "lock" : "hash")),
      weight: channel.unread ? -1 : 0,
      run: () => go({ kind: "channel", channel: channel.id }),
    }));
  const people = [...store.users.values()]
    .filter((user) => !user.deleted && user.id !== store.me.id && !isApp(user))
    .map((user) => ({
      id: user.id,
      label: nameOf(user),
      about: user.profile?.title,
      lead: () => userAvatar(user, { size: "s" }),
      weight: 1,
      run: () => openDirect(user),
    }));
  const app = store.bot
    ? [
        {
          id: "app",
          label: store.bot.name,
          about: "App",
          lead: () => appAvatar("s"),
          weight: 1,
          run: () => go({ kind: "app", tab: "home" }),
        },
      ]
    : [];
  const outside = store.correspondents.map((one) => ({
    id: one.address,
    label: one.name,
    about: `Outside · ${one.company ?? one.address}`,
    lead: () => avatar(one.name, { size: "s" }),
    weight: 2,
    run: () => go({ kind: "mail", address: one.address }),
  }));
  return [...channels, ...people, ...app, ...outside];
}

function search(query) {
  const wanted = query.trim().toLowerCase().replace(/^[#@]/, "");
  const rank = ({ label, weight }) => (label.toLowerCase().startsWith(wanted) ? 0 : 10) + weight;
  return targets()
    .filter(({ label, about }) => `${label} ${about ?? ""}`.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || a.label.localeCompare(b.label))
    .slice(0, SHOWN);
}

/** Open the jump dialog. */
export function openJump() {
  if (document.querySelector("dialog[open]")) return;
  const state = { active: 0, hits: [] };
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const run = (hit) => {
    close();
    hit?.run();
  };
  const list = el("ul.offers.offers--jump", { id: "jump-list", role: "listbox", "aria-label": "Places" });
  const draw = () =>
    patch(
      list,
      state.hits.length
        ? state.hits.map((hit, index) =>
            el(
              "li.offer",
              {
                key: hit.id,
                id: `jump-${index}`,
                role: "option",
                "aria-selected": String(index === state.active),
                class: index === state.active ? "is-active" : null,
                on: { click: () => run(hit) },
              },
              hit.lead(),
              el("span.menu__words", {}, el("span", {}, hit.label), hit.about && el("small", {}, hit.about)),
            ),
          )
        : el("li.picker__empty", {}, "Nothing of that name."),
    );
  const look = (query) => {
    Object.assign(state, { hits: search(query), active: 0 });
    draw();
  };
  const input = el("input.jump__field", {
    type: "text",
    placeholder: "Where to?",
    "aria-label": "Jump to a channel or person",
    role: "combobox",
    "aria-controls": "jump-list",
    "aria-expanded": "true",
    autocomplete: "off",
    on: {
      input: ({ target }) => look(target.value),
      keydown: (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (event.key === "Enter") {
          event.preventDefault();
          run(state.hits[state.active]);
        }
        if (!step || !state.hits.length) return;
        event.preventDefault();
        state.active = (state.active + step + state.hits.length) % state.hits.length;
        draw();
      },
    },
  });
  const dialog = el(
    "dialog.jump",
    {
      "aria-label": "Jump to",
      on: {
        close: () => dialog.remove(),
        click: (event) => {
          if (event.target === dialog) close();
        },
      },
    },
    input,
    list,
  );
  document.body.append(dialog);
  look("");
  dialog.showModal();
  input.focus();
}
