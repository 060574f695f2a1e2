/** The inspector: one causal thread from what somebody did to envelopes, acknowledgements, calls and mails. */

import { ApiError, get } from "./api.js";
import { seconds, time } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { viewer } from "./people.js";
import { changed, store, trouble } from "./store.js";

const KEPT = 200; // traces; older ones are let go
const SHOWN = 100;

/** Take in a trace that is new or has grown. */
export function takeTrace(trace) {
  store.traces.set(trace.id, trace);
  while (store.traces.size > KEPT) store.traces.delete(store.traces.keys().next().value);
  changed("traces");
}

/** Read what happened before this page looked. */
export async function readTraces() {
  try {
    const { traces } = await get("inspect", { limit: SHOWN });
    store.traces = new Map(traces.map((trace) => [trace.id, trace]));
    store.traceFailure = null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    store.traceFailure = error.message;
  }
  changed("traces");
}

/** The workbench's page. */
export function inspectorPage() {
  const found = [...store.traces.values()].reverse().filter(matches);
  const chosen = store.traces.get(store.traceChosen) ?? found[0];
  return el(
    "div.bench__columns",
    { key: "inspector" },
    el(
      "section.bench__side.traces",
      { "aria-label": "What happened" },
      filters(),
      el("ul.traces__list", { key: "list" }, found.length ? found.map((one) => line(one, chosen)) : empty()),
    ),
    el("section.bench__main", { "aria-label": "One story" }, chosen ? story(chosen) : null),
  );
}

function empty() {
  const words =
    store.traceFailure ??
    (store.traces.size ? "Nothing of that kind." : "Do something, and its whole story stands here.");
  return el("li.bench__empty", {}, words);
}

function filters() {
  const { traceFilter: filter } = store;
  const set = (change) => {
    store.traceFilter = { ...filter, ...change };
    changed("traces");
  };
  return el(
    "div.traces__filters",
    { key: "filters" },
    icon("filter", 15),
    el("input.field", {
      type: "search",
      placeholder: "Filter",
      "aria-label": "Filter what happened",
      value: filter.words,
      on: { input: ({ target }) => set({ words: target.value }) },
    }),
    el(
      "label.choice",
      {},
      el("input", {
        type: "checkbox",
        checked: filter.wrong,
        on: { change: ({ target }) => set({ wrong: target.checked }) },
      }),
      "Troubles",
    ),
  );
}

function isWrong(trace) {
  return trace.spans.some((span) => span.error || span.fault);
}

function matches(trace) {
  const { words, wrong } = store.traceFilter;
  if (wrong && !isWrong(trace)) return false;
  const wanted = words.trim().toLowerCase().split(/\s+/);
  const text = [
    trace.kind,
    trace.what,
    ...trace.spans.flatMap(({ kind, name, error }) => [kind, name, error]),
  ]
    .join(" ")
    .toLowerCase();
  return wanted.every((word) => text.includes(word));
}

function line(trace, chosen) {
  const choose = () => {
    store.traceChosen = trace.id;
    changed("traces");
  };
  return el(
    "li",
    { key: trace.id },
    el(
      "button.trace",
      { type: "button", "aria-current": trace === chosen ? "true" : null, on: { click: choose } },
      el("span.trace__what", {}, isWrong(trace) && icon("warn", 13), trace.what),
      el(
        "small",
        {},
        `${time(Date.parse(trace.at) / 1000, viewer(), true)} · ${lasted(trace.milliseconds)} · ${trace.spans.length} step${trace.spans.length === 1 ? "" : "s"}`,
      ),
    ),
  );
}

function lasted(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "under way";
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function story(trace) {
  const total = Math.max(
    trace.milliseconds ?? 0,
    1,
    ...trace.spans.map((span) => span.after + (span.milliseconds ?? 0)),
  );
  const copy = (words, read) =>
    el(
      "button.button.button--small",
      { type: "button", on: { click: ({ currentTarget }) => copyText(currentTarget, read) } },
      words,
    );
  return [
    el(
      "header.story__head",
      { key: `head ${trace.id}` },
      el("div", {}, el("h3.bench__title", {}, trace.what), el("small", {}, about(trace))),
      copy("Copy as JSON", async () => JSON.stringify(trace, null, 2)),
      copy("Copy as pytest", async () => (await get(`inspect/${trace.id}/pytest`)).source),
    ),
    el(
      "ol.spans",
      { key: `spans ${trace.id}` },
      trace.control &&
        span(
          {
            id: "control",
            kind: "control",
            name: trace.control.call,
            detail: trace.control.body,
            after: 0,
            milliseconds: 0,
          },
          0,
          total,
        ),
      nested(trace).map(([one, depth]) => span(one, depth, total)),
    ),
  ];
}

function about(trace) {
  const wall = new Date(trace.wall).toLocaleTimeString("en-GB");
  return `${trace.kind} · ${time(seconds(Date.parse(trace.at) / 1000), viewer(), true)} in the shop, ${wall} in real time · ${lasted(trace.milliseconds)}`;
}

/** The spans as `[span, depth]`, each below what brought it about. */
function nested(trace) {
  const known = new Set(trace.spans.map(({ id }) => id));
  const below = (parent, depth) =>
    trace.spans
      .filter((one) => (known.has(one.parent) ? one.parent : trace.id) === parent)
      .sort((a, b) => a.after - b.after)
      .flatMap((one) => [[one, depth], ...below(one.id, depth + 1)]);
  return below(trace.id, 0);
}

function span(one, depth, total) {
  const share = (value) => `${Math.min(100, (100 * value) / total).toFixed(2)}%`;
  const marks = [
    one.fault && el("span.span__mark.is-wrong", {}, `fault: ${one.fault}`),
    one.error && el("span.span__mark.is-wrong", {}, one.error),
    one.guess && el("span.span__mark", { title: "Put here only because it came next in time" }, "guess"),
  ];
  return el(
    "li.span",
    { key: one.id, vars: { "--depth": String(depth) } },
    el(
      "details",
      {},
      el(
        "summary",
        {},
        el("span.span__kind", { class: `is-${one.kind}` }, one.kind),
        el("span.span__name", {}, one.name, marks),
        el(
          "span.span__track",
          { "aria-hidden": "true" },
          el("i", {
            class: `is-${one.kind}`,
            vars: { "--from": share(one.after), "--width": share(one.milliseconds ?? total - one.after) },
          }),
        ),
        el(
          "span.span__time",
          {},
          `${Math.round(one.after)} ms`,
          el("small", {}, ` +${lasted(one.milliseconds)}`),
        ),
      ),
      el("pre.span__detail", {}, JSON.stringify(one.detail ?? {}, null, 2)),
    ),
  );
}

async function copyText(button, read) {
  try {
    await navigator.clipboard.writeText(await read());
    const words = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = words;
    }, 1200);
  } catch (error) {
    trouble(error instanceof ApiError ? error.message : "The browser did not let this be copied.");
  }
}
