/** The modal stack of a person: the top view in a dialog, patched in place so that typing is never disturbed. */

import { renderBlocks } from "./blocks.js";
import { el, patch } from "./dom.js";
import { icon } from "./icons.js";
import { mark } from "./people.js";
import { plain } from "./mrkdwn.js";
import { post } from "./api.js";
import { closePopup } from "./popup.js";
import { attempt, changed, store } from "./store.js";
import { forgetViews, viewSurface } from "./surface.js";

const dialog = el("dialog.modal", {
  on: {
    cancel: (event) => {
      event.preventDefault();
      closeTop();
    },
    keydown: submitOnEnter,
  },
});
let shown = null; // the id of the view on top
let submitting = null; // the id of the view whose submission is under way
let failure = null; // what went wrong with the last submission, as a sentence

/** Put the dialog into the page. */
export function mountModal() {
  document.body.append(dialog);
}

/** Show the stack as the store has it. */
export function renderModal() {
  const { stack } = store;
  forgetViews(new Set(stack.map(({ id }) => id)));
  // A supplier's desk is another one: the colleague's modal waits there until one is back.
  const top = store.route.kind === "mail" ? null : stack.at(-1);
  if (!top) return hide();
  const isNew = top.id !== shown;
  if (isNew) {
    closePopup();
    failure = null;
  }
  shown = top.id;
  patch(dialog, frame(top, stack.length));
  if (!dialog.open) dialog.showModal();
  if (isNew) focusFirst();
  return undefined;
}

function hide() {
  shown = null;
  submitting = null;
  if (dialog.open) dialog.close();
  dialog.replaceChildren();
}

function frame(view, depth) {
  const surface = viewSurface(view);
  const errors = { ...store.viewErrors[view.id] };
  const hasInput = (view.blocks ?? []).some(({ type }) => type === "input");
  const busy = submitting === view.id;
  return el(
    "form.modal__form",
    {
      key: view.id,
      novalidate: true,
      "aria-label": plain(view.title),
      on: {
        submit: (event) => {
          event.preventDefault();
          submit(view, surface);
        },
      },
    },
    el(
      "header.modal__head",
      {},
      depth > 1
        ? el(
            "button.icon-button",
            { type: "button", "aria-label": "Back", on: { click: closeTop } },
            icon("back"),
          )
        : el("span.modal__mark", {}, mark(18)),
      el("h2.modal__title", {}, plain(view.title)),
      el(
        "button.icon-button",
        { type: "button", "aria-label": "Close", on: { click: closeAll } },
        icon("close"),
      ),
    ),
    el(
      "div.modal__body",
      {},
      failure &&
        el("div.alert.alert--error", { key: "failure", role: "alert" }, icon("warn"), el("div", {}, failure)),
      renderBlocks(view.blocks, surface, errors),
    ),
    (hasInput || view.submit || view.close) &&
      el(
        "footer.modal__foot",
        {},
        el("button.button", { type: "button", on: { click: closeTop } }, plain(view.close) || "Cancel"),
        (hasInput || view.submit) &&
          el(
            "button.button.button--primary",
            { type: "submit", "aria-busy": busy ? "true" : null, disabled: busy },
            plain(view.submit) || "Submit",
          ),
      ),
  );
}

function focusFirst() {
  const wanted =
    dialog.querySelector("[data-autofocus]") ??
    dialog.querySelector(".modal__body :is(input:not([tabindex='-1']), textarea, .picker__button)") ??
    dialog.querySelector("button[type=submit]");
  wanted?.focus();
}

async function submit(view, surface) {
  if (submitting === view.id) return;
  const problems = surface.problems();
  if (Object.keys(problems).length) return showErrors(view.id, problems);
  submitting = view.id;
  failure = null;
  store.viewErrors = { ...store.viewErrors, [view.id]: undefined };
  clearTimeout(surface.timer);
  renderModal();
  try {
    const { errors } = await post("submit", { as: store.me.id, view_id: view.id, values: surface.values() });
    if (errors) showErrors(view.id, errors);
  } catch (error) {
    failure = error.message;
  } finally {
    if (submitting === view.id) submitting = null;
    changed("views");
  }
  return undefined;
}

function showErrors(id, errors) {
  store.viewErrors = { ...store.viewErrors, [id]: errors };
  renderModal();
  const first = dialog.querySelector(".has-error :is(input, textarea, .picker__button)");
  first?.focus();
  first?.scrollIntoView({ block: "center" });
}

function submitOnEnter(event) {
  const { target } = event;
  if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
  const oneLine = target.tagName === "INPUT" && !["checkbox", "radio", "file"].includes(target.type);
  const fromArea = target.tagName === "TEXTAREA" && (event.ctrlKey || event.metaKey);
  if (target.closest(".popup") || !(oneLine || fromArea)) return;
  event.preventDefault();
  dialog.querySelector("button[type=submit]")?.click();
}

function closeTop() {
  close(store.stack.at(-1), false);
}

// As in Slack, the cross leaves the whole stack.
function closeAll() {
  close(store.stack.at(-1), store.stack.length > 1);
}

function close(view, all) {
  if (!view) return;
  attempt("close", { view_id: view.id, ...(all && { all: true }) });
  store.stack = all ? [] : store.stack.slice(0, -1);
  changed("views");
}
