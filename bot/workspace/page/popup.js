/** Small floating panels: menus, pickers. One stands at a time, beside what opened it. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

const GAP = 4;
const EDGE = 8; // pixels kept free at the edges of the window
let current = null;

/**
 * Open `content` beside `anchor`; Esc, a click elsewhere and scrolling elsewhere close it.
 * Gives `{close, place}`; `place` positions it again after its size changed.
 */
export function openPopup(
  anchor,
  content,
  { label, className = "", onClose, align = "start", focusBack = true } = {},
) {
  current?.close();
  const panel = el("div.popup", { class: className, "aria-label": label }, content);
  // A modal dialog makes everything outside it inert, so the panel must stand inside.
  const host = anchor.closest("dialog") ?? document.body;
  host.append(panel);
  const place = () => position(panel, anchor, align);
  const closing = new AbortController();
  const popup = { panel, place, close };
  function close() {
    if (current !== popup) return;
    current = null;
    closing.abort();
    const hadFocus = panel.contains(document.activeElement);
    panel.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (hadFocus && focusBack) anchor.focus();
    onClose?.();
  }
  const options = { signal: closing.signal, capture: true };
  document.addEventListener(
    "pointerdown",
    (event) => {
      if (!panel.contains(event.target) && !anchor.contains(event.target)) close();
    },
    options,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault(); // else a dialog around it would close as well
      close();
    },
    options,
  );
  document.addEventListener(
    "scroll",
    (event) => {
      if (!panel.contains(event.target)) place();
    },
    options,
  );
  window.addEventListener("resize", place, options);
  anchor.setAttribute("aria-expanded", "true");
  current = popup;
  place();
  return popup;
}

/** Close whatever panel stands. */
export function closePopup() {
  current?.close();
}

function position(panel, anchor, align) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = window.innerHeight - box.bottom - GAP - EDGE;
  const top =
    height <= below || below >= box.top
      ? Math.min(box.bottom + GAP, window.innerHeight - height - EDGE)
      : box.top - height - GAP;
  const left = align === "end" ? box.right - width : box.left;
  panel.style.setProperty("top", `${Math.max(EDGE, top)}px`);
  panel.style.setProperty("left", `${Math.max(EDGE, Math.min(left, window.innerWidth - width - EDGE))}px`);
}

/** Open a menu of `{label, icon?, description?, danger?, run}`; null entries draw a line. */
export function openMenu(anchor, items, { label = "Menu", align } = {}) {
  const list = el(
    "div.menu",
    { role: "menu", "aria-label": label, on: { keydown: (event) => rove(event, list) } },
    items.map((item) => (item ? entry(item) : el("hr"))),
  );
  const popup = openPopup(anchor, list, { align });
  list.querySelector("[role=menuitem]")?.focus();
  return popup;
}

function entry(item) {
  const run = () => {
    closePopup();
    item.run();
  };
  return el(
    "button.menu__item",
    {
      type: "button",
      role: "menuitem",
      tabindex: -1,
      class: item.danger ? "is-danger" : null,
      on: { click: run },
    },
    item.lead ?? (item.icon && icon(item.icon)),
    el(
      "span.menu__words",
      {},
      el("span", {}, item.label),
      item.description && el("small", {}, item.description),
    ),
    item.chosen && icon("check"),
  );
}

/** Move the focus among `[role=menuitem]`s with the arrow keys. */
function rove(event, list) {
  const items = [...list.querySelectorAll("[role=menuitem]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const target =
    { Home: 0, End: items.length - 1 }[event.key] ??
    (step && (items.indexOf(document.activeElement) + step + items.length) % items.length);
  if (target === undefined) return;
  event.preventDefault();
  items[target].focus();
}
