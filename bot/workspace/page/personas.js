/** Who one is: the switcher between the people of the workspace. */

import { askFields } from "./askfields.js";
import { dayOf, time } from "./dates.js";
import { el } from "./dom.js";
import { applyEvent } from "./events.js";
import { icon } from "./icons.js";
import { avatar, languageOf, nameOf, userAvatar } from "./people.js";
import { openMenu } from "./popup.js";
import { go } from "./navigate.js";
import { attempt, store } from "./store.js";
import { now } from "./clock.js";

function local(zone = "UTC") {
  const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: zone }).format(now() * 1000);
  return `${dayOf(now(), zone) === dayOf(now(), store.me.tz || "UTC") ? "" : `${weekday} `}${time(now(), { zone })}`;
}

/** The button that shows who one is and lets one be somebody else, inside or outside the company. */
export function personaButton() {
  const outsider =
    store.route.kind === "mail" &&
    store.correspondents.find(({ address }) => address === store.route.address);
  return outsider ? asOutsider(outsider) : asColleague(store.me);
}

function face(name, lead, title, more) {
  return el(
    "button.persona",
    {
      key: "persona",
      type: "button",
      "aria-haspopup": "menu",
      "aria-label": `You are ${name}. Switch person`,
      on: { click: ({ currentTarget }) => openPersonas(currentTarget) },
    },
    lead,
    el(
      "span.persona__words",
      {},
      el("span.persona__name", {}, name),
      el("small", {}, title),
      el("small.persona__time", {}, more),
    ),
    icon("down", 15),
  );
}

function asColleague(me) {
  return face(
    nameOf(me),
    userAvatar(me, { presence: me.presence === "away" ? "away" : "active" }),
    me.profile?.title ?? "",
    store.resting
      ? `${local(me.tz)} · Notifications paused`
      : [local(me.tz), languageOf(me.locale)].filter(Boolean).join(" · "),
  );
}

function asOutsider(one) {
  return face(
    one.name,
    avatar(one.name),
    `Outside · ${one.company || (one.role === "customer" ? "customer" : one.address)}`,
    [local(one.zone), languageOf(one.language)].filter(Boolean).join(" · "),
  );
}

function waiting({ id }) {
  const count = store.elsewhere.get(id);
  return count ? `${count} new` : "";
}

function openPersonas(anchor) {
  const outside = store.route.kind === "mail";
  const people = store.personas
    .map((id) => store.users.get(id))
    .filter(Boolean)
    .map((user) => ({
      label: nameOf(user),
      description: [waiting(user), user.profile?.title, local(user.tz), languageOf(user.locale)]
        .filter(Boolean)
        .join(" · "),
      lead: userAvatar(user),
      chosen: !outside && user.id === store.me.id,
      run: () => become(user.id),
    }));
  const outsiders = store.correspondents.map((one) => ({
    label: one.name,
    description: [
      one.company || (one.role === "customer" && "Customer"),
      local(one.zone),
      languageOf(one.language),
    ]
      .filter(Boolean)
      .join(" · "),
    lead: avatar(one.name),
    chosen: outside && store.route.address === one.address,
    run: () => go({ kind: "mail", address: one.address }),
  }));
  const hire = { label: "Somebody new joins…", icon: "plus", run: hireSomebody };
  openMenu(anchor, [...(outside ? [] : [...oneself(), null]), ...people, hire, ...(outsiders.length ? [null, ...outsiders] : [])], {
    label: "Be somebody else",
  });
}

// Whether one is there, and whether one may be disturbed.
function oneself() {
  const away = store.me.presence === "away";
  const change = async (what) => {
    const answer = await attempt("profile", what);
    if (!answer) return;
    store.resting = Boolean(answer.dnd?.dnd_enabled);
    applyEvent({ type: "user", user: answer.user });
  };
  return [
    {
      label: away ? "Set yourself as active" : "Set yourself as away",
      icon: away ? "sun" : "moon",
      run: () => change({ presence: away ? "auto" : "away" }),
    },
    {
      label: store.resting ? "Resume notifications" : "Pause notifications for an hour",
      icon: store.resting ? "play" : "pause",
      run: () => change({ snooze: store.resting ? 0 : 60 }),
    },
  ];
}

async function hireSomebody() {
  const given = await askFields(
    "Somebody new joins the team",
    [
      { name: "name", label: "Name", placeholder: "Ines Duarte" },
      { name: "title", label: "Title", optional: true },
    ],
    "Let them join",
  );
  const joined = given && (await attempt("hire", given));
  if (joined) applyEvent({ type: "user", user: joined.user });
}

/** Be another colleague, in the same place where that is possible. */
function become(id) {
  const { kind, channel, tab } = store.route;
  go(kind === "mail" ? { me: id, kind: "" } : { me: id, kind, channel, tab });
}
