/** Questions that must be answered before something is done. */

import { el } from "./dom.js";
import { renderText, plain } from "./mrkdwn.js";
import { context } from "./people.js";

/** Ask a Slack confirm object `{title, text, confirm, deny, style}`; resolves to true or false. */
export function ask(question) {
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      dialog.close();
      dialog.remove();
      resolve(yes);
    };
    const dialog = el(
      "dialog.confirm",
      { "aria-label": plain(question.title), on: { cancel: answer(false) } },
      el("h2.confirm__title", {}, renderText(question.title, context())),
      el("div.confirm__text", {}, renderText(question.text, context())),
      el(
        "div.confirm__buttons",
        {},
        el(
          "button.button",
          { type: "button", on: { click: answer(false) } },
          plain(question.deny) || "Cancel",
        ),
        el(
          "button.button",
          {
            type: "button",
            class: question.style === "danger" ? "button--danger" : "button--primary",
            on: { click: answer(true) },
          },
          plain(question.confirm) || "Yes",
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector(".button:last-child").focus();
  });
}

/** The same from plain words. */
export function askPlainly(title, text, confirm, style) {
  return ask({ title, text, confirm, style, deny: "Cancel" });
}
