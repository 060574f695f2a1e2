/** The foot of the sidebar: the bot with its switch, and the way to the workbench. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { attempt, store } from "./store.js";
import { openWorkbench } from "./workbench.js";

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

/** The buttons that open the workbench. */
export function benchBox() {
  const entry = (tab, name, words, count) =>
    el(
      "button.lever",
      {
        type: "button",
        "aria-pressed": String(store.workbench === tab),
        on: { click: () => openWorkbench(tab) },
      },
      icon(name, 14),
      words,
      count > 0 && el("span.count", {}, String(count)),
    );
  return el(
    "div.benches",
    { key: "benches", role: "group", "aria-label": "Workbench" },
    entry("inspector", "filter", "Inspector"),
    entry("faults", "bolt", "Faults", store.faults.length),
    entry("snapshots", "download", "Snapshots"),
  );
}
