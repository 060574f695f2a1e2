/** A list of tabs: the arrow keys, Home and End go from one to the next, Tab leaves the list. */

import { el } from "./dom.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
const FRAMES = 60; // how long a chosen tab may take to stand there

/** Tabs called `label`: `names` is {name: words}, `choose(name)` is called for another than the `chosen` one. */
export function tabs(label, names, chosen, choose, more = () => null) {
  return el(
    "div.tabs",
    { key: `tabs ${label}`, role: "tablist", "aria-label": label, on: { keydown: keys } },
    Object.entries(names).map(([name, words]) =>
      el(
        "button.tab",
        {
          key: name,
          type: "button",
          role: "tab",
          "data-tab": name,
          tabindex: name === chosen ? 0 : -1,
          "aria-selected": String(name === chosen),
          on: { click: () => name !== chosen && choose(name) },
        },
        words,
        more(name),
      ),
    ),
  );
}

function keys(event) {
  const all = [...event.currentTarget.querySelectorAll('[role="tab"]')];
  const at = all.indexOf(document.activeElement);
  const next = { Home: 0, End: all.length - 1 }[event.key] ?? at + STEPS[event.key];
  if (at < 0 || Number.isNaN(next)) return;
  event.preventDefault();
  const tab = all[(next + all.length) % all.length];
  tab.click();
  focusOn(event.currentTarget.getAttribute("aria-label"), tab.dataset.tab, FRAMES);
}

// What a tab shows may be drawn anew with its tabs: the chosen one is focused once it stands.
function focusOn(label, name, frames) {
  const tab = document.querySelector(
    `[role="tablist"][aria-label="${CSS.escape(label)}"] [data-tab="${CSS.escape(name)}"][aria-selected="true"]`,
  );
  if (tab) tab.focus();
  else if (frames) requestAnimationFrame(() => focusOn(label, name, frames - 1));
}
