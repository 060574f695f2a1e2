/** Reactions under a message, and the panel emoji are chosen from. */

import { el, patch } from "./dom.js";
import { emoji, FREQUENT, searchEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { emojiNode } from "./mrkdwn.js";
import { nameOf } from "./people.js";
import { closePopup, openPopup } from "./popup.js";
import { attempt, store } from "./store.js";

const SHOWN = 120; // emoji in the panel before one searches

/** The row of reactions under a message; nothing when there are none. */
export function reactions(message, place) {
  if (!message.reactions?.length) return null;
  return el(
    "div.reactions",
    { role: "group", "aria-label": "Reactions" },
    message.reactions.map((reaction) => pill(reaction, message, place)),
    !message.is_ephemeral &&
      el(
        "button.reaction.reaction--add",
        {
          type: "button",
          "aria-label": "Add a reaction",
          on: { click: ({ currentTarget }) => pickReaction(currentTarget, message, place) },
        },
        icon("smile", 15),
      ),
  );
}

function pill(reaction, message, place) {
  const mine = reaction.users?.includes(store.me.id);
  const who = (reaction.users ?? []).map((id) => nameOf(store.users.get(id))).join(", ");
  return el(
    "button.reaction",
    {
      key: reaction.name,
      type: "button",
      class: mine ? "is-mine" : null,
      "aria-pressed": String(Boolean(mine)),
      "aria-label": `${reaction.name.replace(/_/g, " ")}: ${reaction.count}, ${who}`,
      title: `${who} reacted with :${reaction.name}:`,
      on: {
        click: () =>
          attempt(mine ? "unreact" : "react", {
            channel: place.channel,
            ts: message.ts,
            name: reaction.name,
          }),
      },
    },
    el("span.emoji", {}, emojiNode(reaction.name)),
    el("span", {}, String(reaction.count)),
  );
}

/** Let the person choose a reaction beside `anchor`; choosing one's own again takes it away. */
export function pickReaction(anchor, message, place) {
  openEmoji(anchor, (name) => {
    const mine = message.reactions?.some((one) => one.name === name && one.users?.includes(store.me.id));
    attempt(mine ? "unreact" : "react", { channel: place.channel, ts: message.ts, name });
  });
}

/** Open the emoji panel; `chosen(name, character)` is called with the choice. */
export function openEmoji(anchor, chosen) {
  const grid = el("div.emoji-grid", { role: "listbox", "aria-label": "Emoji" });
  const choose = (name, character) => {
    closePopup();
    chosen(name, character);
  };
  const cell = ([name, character]) =>
    el(
      "button.emoji-grid__cell",
      {
        key: name,
        type: "button",
        role: "option",
        title: `:${name}:`,
        "aria-label": name.replace(/_/g, " "),
        on: { click: () => choose(name, character) },
      },
      emojiNode(name),
    );
  const draw = (query) => {
    const hits = query
      ? searchEmoji(query, SHOWN)
      : [
          ...FREQUENT.map((name) => [name, emoji(name)]),
          ...searchEmoji("", SHOWN).filter(([name]) => !FREQUENT.includes(name)),
        ];
    patch(grid, hits.length ? hits.map(cell) : el("p.placeholder", {}, "No emoji of that name."));
  };
  const search = el("input.picker__search", {
    type: "search",
    placeholder: "Search emoji",
    "aria-label": "Search emoji",
    on: {
      input: ({ target }) => draw(target.value.trim()),
      keydown: (event) => {
        if (event.key === "Enter") grid.querySelector("button")?.click();
      },
    },
  });
  draw("");
  openPopup(anchor, el("div.emoji-panel", {}, search, grid), { label: "Choose an emoji", align: "end" });
  search.focus();
}
