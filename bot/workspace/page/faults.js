/** Faults: what shall go wrong next, chosen from the page. */

import { ApiError, get, remove } from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { attempt, changed, store, trouble } from "./store.js";

// kind: what it does in a sentence, and which further fields it takes.
const KINDS = {
  error: [
    "Answer with an error",
    "The next calls are refused with this error.",
    ["method", "error", "when", "times"],
  ],
  ratelimited: [
    "Too many calls (429)",
    "The next calls are told to come back later.",
    ["method", "seconds", "times"],
  ],
  timeout: [
    "Time-out",
    "No answer for so long, then the connection drops.",
    ["method", "when", "seconds", "times"],
  ],
  drop: ["Dropped connection", "The connection drops at once.", ["method", "when", "times"]],
  delay: ["Slow answer", "The answer comes later.", ["method", "seconds", "times"]],
  duplicate_envelope: ["Duplicate delivery", "The next events or clicks are delivered twice.", ["times"]],
  lost_ack: [
    "Lost acknowledgement",
    "Slack does not hear the next acknowledgements, and delivers again.",
    ["times"],
  ],
  socket_refresh: ["Socket refresh", "Slack announces that it closes the connection.", ["seconds"]],
  socket_close: ["Socket closed", "All connections close without a word.", []],
  slow_database: ["Slow database", "The app's own database answers slowly.", ["seconds", "times"]],
};
const METHODS = [
  "*",
  "chat.postMessage",
  "chat.update",
  "chat.postEphemeral",
  "views.open",
  "views.update",
  "views.publish",
  "conversations.open",
  "users.info",
  "files.getUploadURLExternal",
];
const ERRORS = [
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "token_revoked",
  "503",
];

/** Read what is still to come. */
export async function readFaults() {
  try {
    store.faults = (await get("faults")).faults;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    trouble(error.message);
  }
  changed("workbench");
}

/** The workbench's page. */
export function faultsPage() {
  return el(
    "div.bench__columns",
    { key: "faults" },
    el("section.bench__side", { "aria-label": "A new fault" }, form()),
    el("section.bench__main", { "aria-label": "Faults to come" }, pending()),
  );
}

function form() {
  const [, about, fields] = KINDS[store.faultKind];
  const submit = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    for (const name of ["times", "seconds"]) if (name in given) given[name] = Number(given[name]);
    if (await attempt("fault", given)) readFaults();
  };
  const choose = ({ target }) => {
    store.faultKind = target.value;
    changed("workbench");
  };
  return el(
    "form.fault-form",
    { on: { submit } },
    labelled(
      "What goes wrong",
      el(
        "select.field",
        { name: "kind", value: store.faultKind, on: { change: choose } },
        Object.entries(KINDS).map(([kind, [words]]) => el("option", { value: kind }, words)),
      ),
    ),
    el("p.fault-form__about", {}, about),
    el(
      "div.fault-form__fields",
      {},
      fields.map((name) => FIELDS[name]()),
    ),
    el("button.button.button--primary", { type: "submit" }, icon("bolt", 15), "Let it happen"),
  );
}

function labelled(words, field) {
  return el("label.fault-form__field", { key: words }, el("span", {}, words), field);
}

function listed(name, words, values, first) {
  return labelled(words, [
    el("input.field", {
      type: "text",
      name,
      value: first,
      list: `fault-${name}`,
      required: true,
      autocomplete: "off",
    }),
    el(
      "datalist",
      { id: `fault-${name}` },
      values.map((value) => el("option", { value })),
    ),
  ]);
}

function number(name, words, first, most) {
  return labelled(
    words,
    el("input.field", { type: "number", name, value: first, min: 1, max: most, required: true }),
  );
}

const FIELDS = {
  method: () =>
    listed(
      "method",
      "Method",
      [...METHODS, ...(store.wechat ? ["cgi-bin/message/custom/send", "cgi-bin/token"] : [])],
      "chat.postMessage",
    ),
  error: () => listed("error", "Error", ERRORS, "internal_error"),
  when: () =>
    labelled(
      "When",
      el(
        "select.field",
        { name: "when", value: "before" },
        el("option", { value: "before" }, "before it acts"),
        el("option", { value: "after" }, "after it acted"),
      ),
    ),
  times: () => number("times", "How often", 1, 99),
  seconds: () => number("seconds", "Seconds", 5, 600),
};

function pending() {
  const takeBack = (id) => async () => {
    try {
      await remove("fault", id && { id });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      trouble(error.message);
    }
    readFaults();
  };
  if (!store.faults.length)
    return el("p.bench__empty", {}, "All is well. Nothing is going to go wrong on purpose.");
  return [
    el(
      "header.story__head",
      {},
      el("h3.bench__title", {}, "Still to come"),
      el("button.button.button--small", { type: "button", on: { click: takeBack(null) } }, "Take all back"),
    ),
    el(
      "ul.faults",
      {},
      store.faults.map((fault) =>
        el(
          "li.fault",
          { key: fault.id },
          icon("bolt", 15),
          el(
            "span",
            {},
            el("strong", {}, KINDS[fault.kind]?.[0] ?? fault.kind),
            " ",
            el("small", {}, words(fault)),
          ),
          el(
            "button.icon-button",
            { type: "button", "aria-label": "Take this fault back", on: { click: takeBack(fault.id) } },
            icon("close", 14),
          ),
        ),
      ),
    ),
  ];
}

function words({ kind, method, error, when, times, seconds }) {
  const fields = KINDS[kind]?.[2] ?? [];
  return [
    method && (method === "*" ? "any method" : method),
    error,
    when === "after" && "after it acted",
    fields.includes("seconds") && `${seconds} s`,
    fields.includes("times") && `${times} ×`,
  ]
    .filter(Boolean)
    .join(" · ");
}
