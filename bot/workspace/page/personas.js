/** Who one is: the switcher between the people of the workspace. */

import { dayOf, time } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { languageOf, nameOf, userAvatar } from "./people.js";
import { openMenu } from "./popup.js";
import { go } from "./navigate.js";
import { store } from "./store.js";
import { now } from "./clock.js";

function local(user) {
  const zone = user.tz || "UTC";
  const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: zone }).format(now() * 1000);
  return `${dayOf(now(), zone) === dayOf(now(), store.me.tz || "UTC") ? "" : `${weekday} `}${time(now(), { zone })}`;
}

function about(user) {
  return [user.profile?.title, local(user), languageOf(user.locale)].filter(Boolean).join(" · ");
}

/** The button that shows who one is and lets one be somebody else. */
export function personaButton() {
  const { me } = store;
  return el("button.persona", { key: "persona", type: "button", "aria-haspopup": "menu", "aria-label": `You are ${nameOf(me)}. Switch person`, on: { click: ({ currentTarget }) => openPersonas(currentTarget) } },
    userAvatar(me, { presence: "active" }),
    el("span.persona__words", {}, el("span.persona__name", {}, nameOf(me)), el("small", {}, me.profile?.title ?? ""), el("small.persona__time", {}, [local(me), languageOf(me.locale)].filter(Boolean).join(" · "))),
    icon("down", 15));
}

function openPersonas(anchor) {
  const people = store.personas.map((id) => store.users.get(id)).filter(Boolean);
  openMenu(anchor, people.map((user) => ({
    label: nameOf(user), description: about(user), lead: userAvatar(user), chosen: user.id === store.me.id,
    run: () => become(user.id),
  })), { label: "Be somebody else" });
}

/** Be somebody else, in the same place where that is possible. */
export function become(id) {
  const { kind, channel, tab, address } = store.route;
  go({ me: id, kind, channel, tab, address });
}
