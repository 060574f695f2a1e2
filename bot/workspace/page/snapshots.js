/** Snapshots: keep the whole world of the workspace under a name, and put it back. */

import { ApiError, get } from "./api.js";
import { askPlainly } from "./confirm.js";
import { fullStamp } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { viewer } from "./people.js";
import { attempt, changed, store, trouble } from "./store.js";

/** Read which snapshots there are. */
export async function readSnapshots() {
  try {
    store.snapshots = (await get("snapshots")).snapshots;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    trouble(error.message);
  }
  changed("workbench");
}

/** The workbench's page. */
export function snapshotsPage() {
  const keep = async (event) => {
    event.preventDefault();
    const field = event.target.elements.name;
    if (!(await attempt("snapshot", { name: field.value.trim() }))) return;
    field.value = "";
    readSnapshots();
  };
  return el(
    "div.bench__columns",
    { key: "snapshots" },
    el(
      "section.bench__side",
      { "aria-label": "A new snapshot" },
      el(
        "form.fault-form",
        { on: { submit: keep } },
        el(
          "label.fault-form__field",
          {},
          el("span", {}, "Name"),
          el("input.field", {
            type: "text",
            name: "name",
            required: true,
            maxlength: 60,
            autocomplete: "off",
            placeholder: "before the Monday",
          }),
        ),
        el(
          "p.fault-form__about",
          {},
          "People, channels, messages, files, Homes and mail are kept. The clock and the bot's own data are not.",
        ),
        el("button.button.button--primary", { type: "submit" }, icon("plus", 15), "Keep a snapshot"),
      ),
    ),
    el("section.bench__main", { "aria-label": "Snapshots" }, kept()),
  );
}

function kept() {
  if (!store.snapshots.length) return el("p.bench__empty", {}, "No snapshot yet.");
  return el(
    "ul.faults",
    {},
    store.snapshots.map(({ name, at }) =>
      el(
        "li.fault",
        { key: name },
        icon("download", 15),
        el(
          "span",
          {},
          el("strong", {}, name),
          " ",
          el("small", {}, fullStamp(Date.parse(at) / 1000, viewer())),
        ),
        el("button.button.button--small", { type: "button", on: { click: () => putBack(name) } }, "Put back"),
      ),
    ),
  );
}

async function putBack(name) {
  const sure = await askPlainly(
    "Put this snapshot back?",
    `What has happened in the workspace since “${name}” is lost.`,
    "Put back",
    "danger",
  );
  if (sure) attempt("restore", { name });
}
