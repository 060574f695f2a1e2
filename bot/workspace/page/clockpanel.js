/** Business time and its levers: at the foot of the sidebar always, and at length in the workbench. */

import { isRunning, now, setClock } from "./clock.js";
import { dayOf, fromLocal, longDay, nextAt, time, toLocal } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { viewer } from "./people.js";
import { attempt, changed, store } from "./store.js";
import { openWorkbench } from "./workbench.js";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Move business time; what came about on the way stands in `store.fired`. */
async function move(body) {
  if (store.moving) return;
  Object.assign(store, { moving: true, fired: [] });
  changed("clock", "workbench");
  const answer = await attempt("clock", body);
  store.moving = false;
  if (answer?.fired) store.fired = answer.fired;
  if (answer?.now) setClock(answer);
  changed("clock", "workbench");
  if (store.workbench === "clock") readComing();
}

/** Read what the app has scheduled. */
export async function readComing() {
  store.coming = (await attempt("scheduled", {}))?.messages ?? [];
  changed("workbench");
}

async function run(running) {
  const answer = await attempt("clock", { running });
  if (answer?.now) setClock(answer);
}

function goTo(at) {
  move({ set: new Date(at * 1000).toISOString() });
}

function monday() {
  return nextAt(now(), viewer().zone, "09:00", "Monday");
}

function tomorrow() {
  const { zone } = viewer();
  return fromLocal(dayOf(now() + DAY, zone), "09:00", zone);
}

function lever(label, words, act, name) {
  return el(
    "button.lever",
    {
      type: "button",
      "aria-label": label,
      title: label,
      disabled: Boolean(store.moving),
      on: { click: act },
    },
    name && icon(name, 15),
    words,
  );
}

function runLever() {
  return isRunning()
    ? lever("Pause the clock", null, () => run(false), "pause")
    : lever("Let the clock run", null, () => run(true), "play");
}

/** The clock at the foot of the sidebar. */
export function clockBox() {
  const who = viewer();
  const day = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: who.zone,
  }).format(now() * 1000);
  return el(
    "div.clock",
    { key: "clock", role: "group", "aria-label": "Business time" },
    el(
      "button.clock__time",
      {
        type: "button",
        title: "The time the shop and the bot live by. Open the clock",
        on: { click: () => openWorkbench("clock") },
      },
      icon("clock", 15),
      el("strong", {}, time(now(), who)),
      el("span", {}, isRunning() ? day : `${day} · paused`),
    ),
    el(
      "div.clock__levers",
      {},
      runLever(),
      lever("One hour on", "1 hour", () => move({ advance: HOUR })),
      lever("One day on", "1 day", () => move({ advance: DAY })),
      lever("Go to Monday, 09:00", "Mon 09:00", () => goTo(monday())),
    ),
    firedLine(),
  );
}

function firedLine() {
  const count = store.fired.length;
  if (!store.moving && !count) return null;
  const words = `${count} ${count === 1 ? "thing" : "things"} happened`;
  return el(
    "div.clock__fired",
    { role: "status" },
    el(
      "button",
      { type: "button", on: { click: () => openWorkbench("clock") } },
      store.moving ? `Moving on… ${count ? words : ""}` : words,
      icon("right", 13),
    ),
  );
}

/** The workbench's page about time. */
export function clockPage() {
  const who = viewer();
  return el(
    "div.bench__columns",
    { key: "clock" },
    el(
      "section.bench__side.time",
      { "aria-label": "Business time" },
      el("p.time__now", {}, time(now(), who), el("small", {}, isRunning() ? "running" : "paused")),
      el("p.time__day", {}, longDay(now(), who.zone, now())),
      el("p.time__zone", {}, `in ${who.zone.replace(/_/g, " ")}`),
      el("div.time__levers", {}, levers()),
      otherTime(who),
    ),
    el("section.bench__main", { "aria-label": "What happened" }, happened(who)),
  );
}

function levers() {
  const step = (words, act) =>
    el("button.button", { type: "button", disabled: Boolean(store.moving), on: { click: act } }, words);
  return [
    isRunning()
      ? step([icon("pause", 15), "Pause"], () => run(false))
      : step([icon("play", 15), "Run"], () => run(true)),
    step("+ 15 min", () => move({ advance: HOUR / 4 })),
    step("+ 1 hour", () => move({ advance: HOUR })),
    step("+ 1 day", () => move({ advance: DAY })),
    step("Tomorrow 09:00", () => goTo(tomorrow())),
    step("Monday 09:00", () => goTo(monday())),
  ];
}

function otherTime({ zone }) {
  const submit = (event) => {
    event.preventDefault();
    const { value } = event.target.elements.at;
    if (value) goTo(fromLocal(...value.split("T"), zone));
  };
  return el(
    "form.time__other",
    { on: { submit } },
    el("input.field", {
      type: "datetime-local",
      name: "at",
      required: true,
      min: toLocal(now(), zone).join("T"),
      "aria-label": "Another time",
    }),
    el("button.button", { type: "submit", disabled: Boolean(store.moving) }, "Go there"),
  );
}

function happened(who) {
  const words = store.moving
    ? "Moving on, one due thing after the other…"
    : "Move the clock: what becomes due on the way happens in order, and is listed here.";
  const ahead = store.coming.filter(({ post_at: at }) => at > now());
  const coming = ahead.map(({ post_at: at, channel, text }) => [at, `${placeOf(channel)}: ${text}`]);
  return [
    store.fired.length
      ? [
          el("h3.bench__title", {}, store.moving ? "Happening" : "What happened on the way"),
          timed(
            store.fired.map(({ at, what }) => [Date.parse(at) / 1000, what]),
            who,
          ),
        ]
      : el("p.bench__empty", {}, words),
    coming.length > 0 && [el("h3.bench__title", {}, "Scheduled by the app"), timed(coming, who)],
  ];
}

function placeOf(id) {
  const channel = store.channels.get(id);
  return channel?.is_im === false ? `#${channel.name}` : "Direct message";
}

function timed(entries, who) {
  return el(
    "ol.fired",
    {},
    entries.map(([at, what]) =>
      el(
        "li",
        {},
        el(
          "time",
          { datetime: new Date(at * 1000).toISOString() },
          `${longDay(at, who.zone, now())}, ${time(at, who)}`,
        ),
        el("span", {}, what),
      ),
    ),
  );
}
