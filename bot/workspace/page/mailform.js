/** Writing as a supplier: a form for a mail, and sending the bytes of an .eml file. */

import { el, patch } from "./dom.js";
import { fileChips, filePicker, readFile } from "./files.js";
import { icon } from "./icons.js";
import { post } from "./api.js";
import { addressesFor, trouble } from "./store.js";

/** The address in `Name <address>`. */
function bareAddress(text) {
  const one = Array.isArray(text) ? text[0] : (text ?? "");
  return /<([^<>]+)>/.exec(one)?.[1] ?? one.trim();
}

/** A mail being written by a correspondent; `done(id)` is called once it is sent, `done()` when it is given up. */
export class MailForm {
  constructor({ from, answered, done }) {
    Object.assign(this, { from, answered, done, files: [] });
    const subject = answered ? `Re: ${(answered.subject ?? "").replace(/^(re:\s*)+/i, "")}` : "";
    this.to = this.#recipients();
    this.subject = el("input.field", {
      type: "text",
      name: "subject",
      value: subject,
      required: true,
      autocomplete: "off",
    });
    this.text = el("textarea.field.mail-form__text", { name: "text", rows: 12, required: true });
    this.html = el("textarea.field.mail-form__html", {
      name: "html",
      rows: 6,
      placeholder: "<p>The same mail as HTML source</p>",
      hidden: true,
      "aria-label": "HTML source",
    });
    this.chips = el("div.composer__files");
    this.problem = el("p.mail-form__problem", { role: "alert", hidden: true });
    this.element = el(
      "form.mail-form",
      {
        on: {
          submit: (event) => {
            event.preventDefault();
            this.#send();
          },
          dragover: (event) => event.preventDefault(),
          drop: (event) => this.#drop(event),
        },
      },
      el("h2.mail-page__subject", {}, answered ? "Reply" : "New mail"),
      row("From", el("span.mail-form__from", {}, `${from.name} <${from.address}>`)),
      row("To", this.to),
      row("Subject", this.subject),
      row("Text", this.text, "mail-form__row--text"),
      answered && el("p.mail-page__note", {}, icon("info", 14), "The mail you answer is quoted below yours."),
      this.html,
      this.chips,
      this.problem,
      this.#buttons(),
    );
  }

  focus() {
    (this.answered ? this.text : this.subject).focus();
  }

  #recipients() {
    const answering =
      this.answered &&
      bareAddress(
        this.answered.direction === "in" ? (this.answered.reply_to ?? this.answered.from) : this.answered.to,
      );
    const all = [...new Set([answering, ...addressesFor(this.from)].filter(Boolean))];
    const list = el(
      "datalist",
      { id: "shop-addresses" },
      all.map((address) => el("option", { value: address })),
    );
    return el(
      "span.mail-form__to",
      {},
      el("input.field", {
        type: "email",
        name: "to",
        list: "shop-addresses",
        value: all[0] ?? "",
        required: true,
        "aria-label": "To",
      }),
      list,
    );
  }

  #buttons() {
    const toggle = el("input", {
      type: "checkbox",
      on: {
        change: ({ target }) => {
          this.html.hidden = !target.checked;
        },
      },
    });
    return el(
      "div.mail-form__buttons",
      {},
      el("button.button.button--primary", { type: "submit" }, icon("send", 16), "Send"),
      filePicker({ class: "button", label: "Attach files" }, [icon("clip", 16), "Attach"], (read) =>
        this.#attach(read),
      ),
      el("label.choice", {}, toggle, el("span", {}, "Add HTML")),
      el("button.ghost", { type: "button", on: { click: () => this.done() } }, "Discard"),
    );
  }

  async #drop(event) {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.#attach(await Promise.all(files.map(readFile)));
  }

  #attach(read) {
    this.files = [...this.files, ...read];
    patch(
      this.chips,
      fileChips(this.files, (index) => {
        this.files = this.files.filter((_, at) => at !== index);
        this.#attach([]);
      }),
    );
  }

  async #send() {
    if (this.sending) return;
    this.sending = true;
    this.problem.hidden = true;
    this.element.setAttribute("aria-busy", "true");
    try {
      const { id } = await post("mail", {
        from: this.from.address,
        to: this.element.elements.to.value.trim(),
        subject: this.subject.value,
        text: this.text.value,
        ...(!this.html.hidden && this.html.value && { html: this.html.value }),
        ...(this.files.length && {
          attachments: this.files.map(({ name, type, base64 }) => ({ name, type, base64 })),
        }),
        ...(this.answered && { in_reply_to: this.answered.id }),
      });
      this.done(id);
    } catch (error) {
      this.problem.textContent = error.message;
      this.problem.hidden = false;
    } finally {
      this.sending = false;
      this.element.removeAttribute("aria-busy");
    }
  }
}

function row(label, field, className) {
  return el("label.mail-form__row", { class: className }, el("span", {}, label), field);
}

/** Hand the bytes of a mail file to the shop's mail server as they are. */
export async function sendRaw(from, file) {
  try {
    const { base64 } = await readFile(file);
    await post("mail/raw", { from: from.address, to: addressesFor(from)[0], base64 });
  } catch (error) {
    trouble(error.message);
  }
}
