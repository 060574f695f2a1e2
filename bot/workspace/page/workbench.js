/** The workbench below the conversation: the clock, the inspector, faults and snapshots. */

import { el, patch } from "./dom.js";
import { icon } from "./icons.js";
import { changed, store } from "./store.js";
import { tabs } from "./tabs.js";

const TABS = { clock: "Clock", inspector: "Inspector", faults: "Faults", snapshots: "Snapshots" };
const pages = {};

/** Say what draws a tab, and what reads its things anew when it is opened. */
export function registerPage(tab, draw, read) {
  pages[tab] = { draw, read };
}

/** Open the workbench at a tab; a second time closes it. */
export function openWorkbench(tab) {
  store.workbench = store.workbench === tab ? null : tab;
  if (store.workbench) pages[tab].read?.();
  changed("workbench");
}

function close() {
  store.workbench = null;
  changed("workbench");
}

/** Draw into `holder`, which stays hidden while the workbench is shut. */
export function drawWorkbench(holder) {
  const tab = store.workbench;
  holder.hidden = !tab;
  if (!tab) return holder.replaceChildren();
  return patch(
    holder,
    el(
      "header.bench__head",
      { key: "head" },
      tabs(
        "Workbench",
        TABS,
        tab,
        openWorkbench,
        (name) =>
          name === "faults" && store.faults.length > 0 && el("span.count", {}, String(store.faults.length)),
      ),
      el(
        "button.icon-button",
        { type: "button", "aria-label": "Close the workbench", title: "Close", on: { click: close } },
        icon("close", 16),
      ),
    ),
    el(
      "div.bench__body",
      { key: `body ${tab}`, role: "tabpanel", "aria-label": TABS[tab] },
      pages[tab].draw(),
    ),
  );
}
