/** Block Kit's interactive elements. */

import { ask } from "./confirm.js";
import { el, own } from "./dom.js";
import { fileInput, imageNode } from "./files.js";
import { icon } from "./icons.js";
import { plain, renderText } from "./mrkdwn.js";
import { context } from "./people.js";
import { dateInput, dateTimeInput, timeInput } from "./dateinputs.js";
import { openMenu } from "./popup.js";
import { selects } from "./selects.js";
import { plainToRich, richToPlain } from "./richtext.js";

let counter = 0;

/**
 * Render one element. `at` says where: `{block, surface, dispatch, label, describedBy}`; `dispatch` tells
 * whether a change is told to the app at once (always in messages and actions, on request in inputs).
 */
export function element(spec, at) {
  const make = MAKERS[spec.type];
  if (!make) return el("span.placeholder", {}, `This element (${spec.type}) cannot be shown here.`);
  const node = make(spec, at);
  node.$key ??= `element ${spec.action_id ?? spec.type}`;
  return node;
}

/** Ask the element's confirm question, if it has one, then tell the app. */
async function act(spec, at, carried) {
  if (spec.confirm && !(await ask(spec.confirm))) return false;
  await at.surface.act(at.block, spec, carried);
  return true;
}

async function busyWhile(node, work) {
  if (node.getAttribute("aria-busy") === "true") return;
  node.setAttribute("aria-busy", "true");
  try {
    await work;
  } finally {
    node.removeAttribute("aria-busy");
  }
}

function button(spec, at) {
  const style = { primary: "button--primary", danger: "button--danger" }[spec.style];
  const press = (event) => {
    event.preventDefault();
    const { currentTarget } = event;
    if (currentTarget.getAttribute("aria-busy") === "true") return;
    if (spec.url && /^https?:/i.test(spec.url)) window.open(spec.url, "_blank", "noopener");
    busyWhile(currentTarget, act(spec, at, spec.value === undefined ? {} : { value: spec.value }));
  };
  return el(
    "button.button",
    {
      type: "button",
      class: style,
      "aria-label": spec.accessibility_label,
      "data-action": spec.action_id,
      on: { click: press },
    },
    renderText(spec.text, context()),
    spec.url && icon("outside", 14),
  );
}

function feedback(spec, at) {
  const choice = (choiceSpec, name) =>
    choiceSpec &&
    el(
      "button.ghost",
      {
        type: "button",
        "aria-label": choiceSpec.accessibility_label,
        on: { click: () => at.surface.act(at.block, spec, { value: choiceSpec.value }) },
      },
      name,
      " ",
      plain(choiceSpec.text),
    );
  return el("span.feedback", {}, choice(spec.positive_button, "👍"), choice(spec.negative_button, "👎"));
}

function iconButton(spec, at) {
  return el(
    "button.ghost",
    {
      type: "button",
      "aria-label": spec.accessibility_label ?? plain(spec.text),
      on: { click: () => act(spec, at, { value: spec.value }) },
    },
    icon("trash", 16),
    plain(spec.text),
  );
}

function overflow(spec, at) {
  const open = (event) =>
    openMenu(
      event.currentTarget,
      spec.options.map((option) => ({
        label: plain(option.text),
        description: option.description && plain(option.description),
        run: () => {
          if (option.url && /^https?:/i.test(option.url)) window.open(option.url, "_blank", "noopener");
          act(spec, at, { selected_option: option });
        },
      })),
      { label: "More", align: "end" },
    );
  return el(
    "button.icon-button.overflow",
    {
      type: "button",
      "aria-label": "More options",
      "aria-haspopup": "menu",
      "data-action": spec.action_id,
      on: { click: open },
    },
    icon("more"),
  );
}

/** Choices drawn openly: checkboxes and radio buttons. */
function choices(spec, at) {
  const single = spec.type === "radio_buttons";
  counter += 1;
  const name = `choice-${counter}`;
  const value = at.surface.value(at.block, spec);
  const isChosen = (option) =>
    single ? value?.value === option.value : (value ?? []).some((one) => one.value === option.value);
  const change = (option, checked) => {
    const before = at.surface.value(at.block, spec) ?? [];
    const kept = single
      ? option
      : spec.options.filter((one) =>
          one.value === option.value ? checked : before.some((old) => old.value === one.value),
        );
    at.surface.enter(at.block, spec, kept);
    if (at.dispatch) act(spec, at, single ? { selected_option: kept } : { selected_options: kept });
  };
  return el(
    "div.choices",
    {
      role: single ? "radiogroup" : "group",
      "aria-label": at.label,
      "aria-describedby": at.describedBy,
      "data-action": spec.action_id,
    },
    (spec.options ?? []).map((option) =>
      el(
        "label.choice",
        {},
        el("input", {
          type: single ? "radio" : "checkbox",
          name,
          checked: isChosen(option),
          on: { change: (event) => change(option, event.target.checked) },
        }),
        el(
          "span.choice__words",
          {},
          renderText(option.text, context()),
          option.description && el("small", {}, renderText(option.description, context())),
        ),
      ),
    ),
  );
}

const INPUT_TYPES = { email_text_input: "email", url_text_input: "url", number_input: "text" };
const INPUT_MODES = { email_text_input: "email", url_text_input: "url", number_input: "decimal" };

function textInput(spec, at) {
  const on = dispatchOn(spec, at);
  const props = {
    class: "field",
    value: at.surface.value(at.block, spec) ?? "",
    placeholder: plain(spec.placeholder),
    maxlength: spec.max_length,
    "aria-label": at.label,
    "aria-describedby": at.describedBy,
    "aria-invalid": at.error ? "true" : null,
    "data-action": spec.action_id,
    "data-autofocus": spec.focus_on_load ? "" : null,
    autocomplete: "off",
    on: { input: on.input, keydown: on.keydown },
  };
  if (spec.multiline) return el("textarea", { ...props, rows: 4 });
  return el("input", { ...props, type: INPUT_TYPES[spec.type] ?? "text", inputmode: INPUT_MODES[spec.type] });
}

function dispatchOn(spec, at) {
  const triggers = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const tell = (value) => act(spec, at, { value: value || null });
  return {
    input: ({ target }) => {
      at.surface.enter(at.block, spec, target.value || null);
      if (at.dispatch && triggers.includes("on_character_entered")) tell(target.value);
    },
    keydown: (event) => {
      if (
        event.key !== "Enter" ||
        event.isComposing ||
        !at.dispatch ||
        !triggers.includes("on_enter_pressed") ||
        (spec.multiline && !event.ctrlKey)
      )
        return;
      event.preventDefault();
      tell(event.target.value);
    },
  };
}

function richInput(spec, at) {
  const enter = ({ target }) =>
    at.surface.enter(at.block, spec, target.value ? plainToRich(target.value) : null);
  const value = at.surface.value(at.block, spec);
  return el("textarea.field", {
    rows: 5,
    value: value ? richToPlain(value) : "",
    placeholder: plain(spec.placeholder),
    "aria-label": at.label,
    "aria-describedby": at.describedBy,
    "data-action": spec.action_id,
    on: { input: enter },
  });
}

function fileElement(spec, at) {
  const node = fileInput(spec, at.label, at.surface.value(at.block, spec) ?? [], (files) =>
    at.surface.enter(at.block, spec, files),
  );
  return own(JSON.stringify(spec), node);
}

const MAKERS = {
  button,
  overflow,
  feedback_buttons: feedback,
  icon_button: iconButton,
  workflow_button: button,
  image: (spec) => imageNode(spec, "image--accessory"),
  checkboxes: choices,
  radio_buttons: choices,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  rich_text_input: richInput,
  file_input: fileElement,
  datepicker: (spec, at) => dateInput(spec, at, act),
  timepicker: (spec, at) => timeInput(spec, at, act),
  datetimepicker: (spec, at) => dateTimeInput(spec, at, act),
  ...selects(act),
};
