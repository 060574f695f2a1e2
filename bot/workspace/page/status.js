/** The foot of the sidebar: business time, and the bot with its switch. */

import { isRunning, now, setClock } from "./clock.js";
import { nextMorning, time } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { viewer } from "./people.js";
import { attempt, store } from "./store.js";

const HOUR = 3600;

async function move(body) {
  const clock = await attempt("clock", body);
  if (clock?.now) setClock(clock);
}

/** Business time in one's own zone, with its levers. */
export function clockBox() {
  const who = viewer();
  const day = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: who.zone,
  }).format(now() * 1000);
  const lever = (label, name, run, words) =>
    el(
      "button.lever",
      { type: "button", "aria-label": label, title: label, on: { click: run } },
      icon(name, 15),
      words,
    );
  const running = isRunning();
  return el(
    "div.clock",
    { key: "clock", role: "group", "aria-label": "Business time" },
    el(
      "div.clock__time",
      { title: "The time the shop and the bot live by" },
      icon("clock", 15),
      el("strong", {}, time(now(), who)),
      el("span", {}, running ? day : `${day} · paused`),
    ),
    el(
      "div.clock__levers",
      {},
      running
        ? lever("Pause the clock", "pause", () => move({ running: false }))
        : lever("Let the clock run", "play", () => move({ running: true })),
      lever("One hour on", "forward", () => move({ advance: HOUR }), "1 h"),
      lever(
        "To the next morning, 09:00",
        "sunrise",
        () => move({ set: new Date(nextMorning(now(), who.zone) * 1000).toISOString() }),
        "09:00",
      ),
    ),
  );
}

/** Whether the bot runs and is connected, and its switch where there is one. */
export function botBox() {
  const { bot } = store;
  if (!bot) return null;
  const running = bot.running !== false;
  const state = !running
    ? ["stopped", "is stopped"]
    : bot.connected
      ? ["on", "is connected"]
      : ["waiting", "is not connected"];
  const flip = ({ currentTarget }) => {
    currentTarget.disabled = true;
    attempt("bot", { do: running ? "kill" : "start" }).finally(() => {
      currentTarget.disabled = false;
    });
  };
  return el(
    "div.bot",
    { key: "bot", role: "status" },
    el("span.bot__dot", { class: `is-${state[0]}` }),
    el("span.bot__words", {}, `${bot.name} ${state[1]}`),
    bot.can_kill &&
      el(
        "button.lever",
        {
          type: "button",
          title: running ? "End the bot's process at once, as a crash would" : "Start the bot again",
          on: { click: flip },
        },
        icon("power", 14),
        running ? "Kill bot" : "Start bot",
      ),
  );
}
