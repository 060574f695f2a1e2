/** The supplier's side: a small mail client, plainly outside the company. */

import { fullStamp, seconds, shortStamp } from "./dates.js";
import { el, patch } from "./dom.js";
import { fileTile, sizeWords } from "./files.js";
import { icon } from "./icons.js";
import { MailForm, sendRaw } from "./mailform.js";
import { link } from "./mrkdwn.js";
import { go } from "./navigate.js";
import { outsideHead, ownerOf } from "./outside.js";
import { now } from "./clock.js";
import { attempt, changed, loadMails, store } from "./store.js";

/** The mailbox of one correspondent. */
export class Mailbox {
  constructor(address) {
    this.address = address;
    this.element = el("section.mailbox", {
      "aria-label": "Mailbox",
      on: { dragover: (event) => event.preventDefault(), drop: (event) => this.#drop(event) },
    });
    loadMails(address);
  }

  close() {}

  focus() {}

  get owner() {
    return ownerOf(this.address);
  }

  get who() {
    return { zone: this.owner.zone || "UTC" };
  }

  render() {
    const box = store.mails.get(this.address);
    const open = box?.mails.find(({ id }) => id === store.route.mail);
    this.element.dataset.open = String(Boolean(open || this.form));
    patch(
      this.element,
      this.#header(),
      el("div.mailbox__body", { key: "body" }, this.#list(box), this.#reading(box, open)),
    );
    if (open && open.direction === "in" && !open.read) this.#markRead(open);
  }

  #header() {
    return outsideHead(
      this.owner,
      "mail",
      el(
        "button.button.button--primary",
        { type: "button", on: { click: () => this.write() } },
        icon("edit", 16),
        "Write",
      ),
      this.#eml(),
    );
  }

  #eml() {
    const input = el("input.visually-hidden", {
      type: "file",
      accept: ".eml,message/rfc822",
      tabindex: -1,
      "aria-hidden": "true",
      on: { change: () => this.#send([...input.files]) },
    });
    return el(
      "span.mailbox__eml",
      {},
      el(
        "button.button",
        {
          type: "button",
          title: "Send the bytes of an .eml file as they are; or drop one here",
          on: { click: () => input.click() },
        },
        icon("file", 16),
        "Send an .eml file",
      ),
      input,
    );
  }

  async #send(files) {
    for (const file of files) await sendRaw(this.owner, file);
    loadMails(this.address);
  }

  #drop(event) {
    const mails = [...(event.dataTransfer?.files ?? [])].filter(({ name }) =>
      name.toLowerCase().endsWith(".eml"),
    );
    if (!mails.length || event.defaultPrevented) return;
    event.preventDefault();
    this.#send(mails);
  }

  #list(box) {
    const state =
      box?.error ?? (box ? (box.mails.length ? null : "No mail yet. Write the first one.") : "Loading…");
    return el(
      "div.mail-list",
      { key: "list", role: "list", "aria-label": "Mails" },
      state && el("p.feed__state", {}, state),
      (box?.mails ?? []).map((mail) => this.#line(mail)),
    );
  }

  #line(mail) {
    const unread = mail.direction === "in" && !mail.read;
    const open = store.route.mail === mail.id;
    return el(
      "button.mail-line",
      {
        key: mail.id,
        type: "button",
        role: "listitem",
        class: [unread && "is-unread", open && "is-open"].filter(Boolean).join(" "),
        "aria-current": open ? "true" : null,
        on: { click: () => this.open(mail) },
      },
      el(
        "span.mail-line__head",
        {},
        el(
          "span.mail-line__who",
          {},
          mail.direction === "in" ? shownName(mail.from) : `To ${shownName(mail.to)}`,
        ),
        el("span.mail-line__time", {}, shortStamp(instant(mail.date), this.who, now())),
      ),
      el(
        "span.mail-line__subject",
        {},
        unread && el("span.visually-hidden", {}, "Unread: "),
        mail.subject || "No subject",
        mail.attachments?.length > 0 && icon("clip", 13),
      ),
      el("span.mail-line__words", {}, (mail.text ?? "").replace(/\s+/g, " ").slice(0, 120)),
    );
  }

  #reading(box, open) {
    if (this.form) return el("div.mail-page", { key: "form" }, this.form.element);
    if (!open)
      return el(
        "div.mail-page.mail-page--empty",
        { key: "empty" },
        icon("mail", 34),
        el(
          "p",
          {},
          box?.mails.length
            ? "Choose a mail to read it."
            : `${this.owner.name} has not written or received anything yet.`,
        ),
      );
    return el(
      "article.mail-page",
      { key: `mail ${open.id}`, tabindex: -1 },
      el(
        "button.ghost.only-phone",
        { type: "button", on: { click: () => go({ kind: "mail", address: this.address }) } },
        icon("back", 16),
        "All mails",
      ),
      el("h2.mail-page__subject", {}, open.subject || "No subject"),
      el(
        "dl.mail-page__heads",
        {},
        headLine("From", open.from),
        headLine("To", open.to),
        headLine("Date", fullStamp(instant(open.date), this.who)),
      ),
      open.attachments?.length > 0 &&
        el("ul.mail-page__files", { "aria-label": "Attachments" }, open.attachments.map(attachment)),
      el("div.mail-page__text", {}, bodyWords(open)),
      open.html &&
        el(
          "p.mail-page__note",
          {},
          icon("info", 14),
          "This mail also has an HTML version. Only its text is shown here.",
        ),
      el(
        "div.mail-page__tools",
        {},
        el(
          "button.button.button--primary",
          { type: "button", on: { click: () => this.write(open) } },
          icon("reply", 16),
          open.direction === "in" ? "Reply" : "Write again",
        ),
      ),
    );
  }

  /** Open one mail. */
  open(mail) {
    this.form = null;
    go({ kind: "mail", address: this.address, mail: mail.id });
  }

  async #markRead(mail) {
    if (this.marked === mail.id) return;
    this.marked = mail.id;
    if (!(await attempt("mail/read", { address: this.address, id: mail.id }))) return;
    const box = store.mails.get(this.address);
    box.mails = box.mails.map((one) => (one.id === mail.id ? { ...one, read: true } : one));
    store.correspondents = store.correspondents.map((one) =>
      one.address === this.address ? { ...one, unread: Math.max(0, (one.unread ?? 0) - 1) } : one,
    );
    changed("mail");
  }

  /** Write a new mail, or an answer to `answered`. */
  write(answered = null) {
    const done = (id) => {
      this.form = null;
      loadMails(this.address);
      if (id) go({ kind: "mail", address: this.address, mail: id });
      else changed("mail");
    };
    this.form = new MailForm({ from: this.owner, answered, done });
    changed("mail");
    queueMicrotask(() => this.form?.focus());
  }
}

function headLine(name, value) {
  return [el("dt", {}, name), el("dd", {}, Array.isArray(value) ? value.join(", ") : (value ?? ""))];
}

/** "Mei Huang" of `Mei Huang <mei@...>`, else the address. */
function shownName(address) {
  const text = Array.isArray(address) ? address.join(", ") : (address ?? "");
  return /^"?([^"<]+?)"?\s*</.exec(text)?.[1] ?? text;
}

/** Seconds since 1970 of a mail's date: an ISO or RFC 5322 string, or seconds. */
function instant(date) {
  return typeof date === "number" || /^\d+(\.\d+)?$/.test(date)
    ? seconds(date)
    : Date.parse(date) / 1000 || now();
}

function attachment(file) {
  return el(
    "li.file",
    {},
    fileTile(file.name, file.type),
    el(
      "span.file__words",
      {},
      el("span.file__name", {}, file.name),
      el("small", {}, [file.type, sizeWords(file.size)].filter(Boolean).join(" · ")),
    ),
  );
}

/** The text with its links, and what was quoted set back. */
function bodyWords(mail) {
  const lines = (mail.text ?? "").split("\n");
  return lines.map((line) =>
    el(
      "div.mail-line-of-text",
      { class: /^\s*>/.test(line) ? "is-quoted" : null },
      line
        .replace(/^\s*> ?/, "")
        .split(/(https?:\/\/[^\s<>"]+)/)
        .map((part, index) => (index % 2 ? link(part) : part)),
      el("br"),
    ),
  );
}
