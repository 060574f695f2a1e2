/** A select of our own: searchable, single or multiple, with options that may come from the app while one types. */

import { el, patch } from "./dom.js";
import { icon } from "./icons.js";
import { openPopup } from "./popup.js";

const SEARCH_FROM = 8; // options; a shorter list needs no search field
const QUERY_AFTER = 200; // milliseconds without a key before the app is asked
let counter = 0;

/**
 * Make a picker.
 *
 * `load(query)` resolves to `[{id, label, description?, group?, lead?, also?}]` (`lead` makes a node before the
 * label, `also` holds more words to be found by);
 * `remote` says that the app filters. `chosen` are options; `onChange(chosen)` is called at every change,
 * `onDone()` when the panel closes after a change.
 */
export function picker({
  label,
  placeholder = "Select an option",
  multi = false,
  max = Infinity,
  chosen = [],
  load,
  remote = false,
  minQuery = 0,
  onChange,
  onDone,
}) {
  counter += 1;
  const state = {
    chosen: [...chosen],
    options: [],
    active: 0,
    query: "",
    open: false,
    loading: false,
    touched: false,
    id: `picker-${counter}`,
  };
  const config = { label, placeholder, multi, max, load, remote, minQuery, onChange, onDone };
  const root = el("div.picker", { class: multi ? "picker--multi" : null });
  const draw = () =>
    patch(
      root,
      face(state, config, () => open(state, config, root, draw), draw),
    );
  draw();
  return root;
}

function face(state, config, expand, draw) {
  const words =
    state.chosen.length && !config.multi
      ? state.chosen[0].label
      : !state.chosen.length
        ? config.placeholder
        : null;
  const chips = config.multi
    ? state.chosen.map((option) => chip(option, () => choose(state, config, option, draw)))
    : [];
  return [
    ...chips,
    el(
      "button.picker__button",
      {
        key: "button",
        type: "button",
        role: "combobox",
        "aria-haspopup": "listbox",
        "aria-label": spoken(state, config),
        class: state.chosen.length ? null : "is-empty",
        on: {
          click: expand,
          keydown: (event) => {
            if (event.key === "ArrowDown") {
              event.preventDefault();
              expand();
            }
          },
        },
      },
      words && el("span.picker__words", {}, words),
      config.multi && state.chosen.length > 0 && icon("plus", 14),
      !(config.multi && state.chosen.length) && icon("down", 14),
    ),
  ];
}

function spoken(state, { label }) {
  const names = state.chosen.map((option) => option.label).join(", ");
  return [label, names].filter(Boolean).join(": ");
}

function chip(option, remove) {
  return el(
    "span.chip",
    { key: `chip ${option.id}` },
    option.label,
    el(
      "button.chip__remove",
      { type: "button", "aria-label": `Remove ${option.label}`, on: { click: remove } },
      icon("close", 12),
    ),
  );
}

function choose(state, config, option, draw) {
  const had = state.chosen.some(({ id }) => id === option.id);
  if (config.multi) {
    if (!had && state.chosen.length >= config.max) return;
    state.chosen = had ? state.chosen.filter(({ id }) => id !== option.id) : [...state.chosen, option];
  } else state.chosen = [option];
  state.touched = true;
  config.onChange(state.chosen);
  draw();
  if (!state.open) finish(state, config);
}

function finish(state, config) {
  if (state.touched) config.onDone?.();
  state.touched = false;
}

function open(state, config, root, draw) {
  if (state.open) return;
  state.open = true;
  const list = el("ul.picker__list", {
    role: "listbox",
    id: state.id,
    "aria-label": config.label,
    "aria-multiselectable": config.multi ? "true" : null,
  });
  const search = el("input.picker__search", {
    type: "text",
    placeholder: "Search",
    "aria-label": `Search ${config.label ?? "options"}`,
    role: "combobox",
    "aria-controls": state.id,
    "aria-expanded": "true",
    autocomplete: "off",
  });
  const panel = el("div.picker__panel", {}, search, list);
  const button = root.querySelector(".picker__button");
  const popup = openPopup(button, panel, {
    className: "popup--picker",
    onClose: () => {
      state.open = false;
      finish(state, config);
    },
  });
  popup.panel.style.setProperty("min-width", `${Math.min(Math.max(root.offsetWidth, 220), 420)}px`);
  const session = { state, config, list, search, popup, draw };
  state.query = "";
  let timer;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => fetchOptions(session, search.value), config.remote ? QUERY_AFTER : 0);
  });
  panel.addEventListener("keydown", (event) => keys(event, session));
  fetchOptions(session, "");
  search.focus();
}

async function fetchOptions(session, query) {
  const { state, config, search } = session;
  state.query = query;
  if (query.length < config.minQuery) {
    state.options = [];
    return show(session, `Type at least ${config.minQuery} letter${config.minQuery === 1 ? "" : "s"}.`);
  }
  if (config.remote) show(session, "Searching…");
  const options = await config.load(query);
  if (state.query !== query || !state.open) return undefined;
  state.options = config.remote ? options : options.filter((option) => matches(option, query));
  if (!config.remote && !query) search.hidden = options.length < SEARCH_FROM && !config.multi;
  if (search.hidden) session.list.tabIndex = 0;
  if (search.hidden) session.list.focus();
  state.active = Math.max(
    0,
    state.options.findIndex(({ id }) => state.chosen.some((one) => one.id === id)),
  );
  return show(session, "Nothing found.");
}

function matches(option, query) {
  return `${option.label} ${option.description ?? ""} ${option.also ?? ""}`
    .toLowerCase()
    .includes(query.trim().toLowerCase());
}

function show(session, empty) {
  const { state, config, list, popup, draw, search } = session;
  const pick = (option) => {
    choose(state, config, option, draw);
    if (config.multi) show(session, empty);
    else popup.close();
  };
  let group = null;
  const items = state.options.flatMap((option, index) => {
    const head =
      option.group && option.group !== group
        ? [el("li.picker__group", { role: "presentation", key: `group ${option.group}` }, option.group)]
        : [];
    group = option.group ?? group;
    return [...head, optionNode(option, index, state, () => pick(option))];
  });
  patch(list, items.length ? items : el("li.picker__empty", { role: "presentation" }, empty));
  session.pick = pick;
  search.setAttribute("aria-activedescendant", `${state.id}-${state.active}`);
  list.querySelector(".is-active")?.scrollIntoView({ block: "nearest" });
  popup.place();
}

function optionNode(option, index, state, pick) {
  const selected = state.chosen.some(({ id }) => id === option.id);
  return el(
    "li.picker__option",
    {
      key: `option ${option.id}`,
      id: `${state.id}-${index}`,
      role: "option",
      "aria-selected": String(selected),
      class: index === state.active ? "is-active" : null,
      on: { click: pick },
    },
    option.lead?.(),
    el(
      "span.menu__words",
      {},
      el("span", {}, option.label),
      option.description && el("small", {}, option.description),
    ),
    selected && icon("check", 16),
  );
}

function keys(event, session) {
  const { state, popup } = session;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && state.options.length) {
    event.preventDefault();
    state.active = (state.active + step + state.options.length) % state.options.length;
    show(session, "");
  } else if (event.key === "Enter" && state.options[state.active]) {
    event.preventDefault();
    session.pick(state.options[state.active]);
  } else if (event.key === "Tab") popup.close();
}
