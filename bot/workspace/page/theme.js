/** Light or dark: as the system says, until somebody chooses. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { changed } from "./store.js";

const KEY = "theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function current() {
  return localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light");
}

/** Apply the chosen theme to the page. */
export function applyTheme() {
  document.documentElement.dataset.theme = current();
}

/** Follow the system while nothing is chosen. */
export function followSystem() {
  system.addEventListener("change", () => {
    applyTheme();
    changed("state");
  });
}

/** The button that turns the lights on or off. */
export function themeButton() {
  const dark = current() === "dark";
  const flip = () => {
    localStorage.setItem(KEY, dark ? "light" : "dark");
    applyTheme();
    changed("state");
  };
  const label = dark ? "Switch to light colours" : "Switch to dark colours";
  return el(
    "button.icon-button",
    { type: "button", "aria-label": label, title: label, on: { click: flip } },
    icon(dark ? "sun" : "moon"),
  );
}
