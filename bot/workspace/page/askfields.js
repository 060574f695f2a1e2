/** A small form in a dialog, for what the page itself asks: a channel's name, a new colleague. */

import { el } from "./dom.js";

/**
 * Ask for `fields` (`{name, label, value?, placeholder?, optional?, type?, about?}`); resolves to `{name: value}`,
 * or null when it was given up. A "checkbox" gives true or false.
 */
export function askFields(title, fields, confirm) {
  return new Promise((resolve) => {
    let answer = null;
    const submit = (event) => {
      event.preventDefault();
      const given = (field) => event.target.elements[field.name];
      answer = Object.fromEntries(
        fields.map((field) => [
          field.name,
          field.type === "checkbox" ? given(field).checked : given(field).value.trim(),
        ]),
      );
      dialog.close();
    };
    const dialog = el(
      "dialog.confirm",
      {
        "aria-label": title,
        on: {
          close: () => {
            dialog.remove();
            resolve(answer);
          },
        },
      },
      el("h2.confirm__title", {}, title),
      el(
        "form.ask",
        { on: { submit } },
        fields.map(row),
        el(
          "div.confirm__buttons",
          {},
          el("button.button", { type: "button", on: { click: () => dialog.close() } }, "Cancel"),
          el("button.button.button--primary", { type: "submit" }, confirm),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("input").focus();
  });
}

function row({ name, label, value, placeholder, optional, type = "text", about }) {
  if (type === "checkbox") return el("label.choice", {}, el("input", { type, name }), el("span", {}, label));
  return el(
    "label.ask__row",
    {},
    el("span", {}, label, optional && el("small", {}, " (optional)")),
    el("input.field", {
      type,
      name,
      value: value ?? "",
      placeholder,
      required: !optional,
      autocomplete: "off",
    }),
    about && el("small", {}, about),
  );
}
