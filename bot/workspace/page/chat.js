/** The WeChat of somebody outside: their talk with the shop's account. */

import { ApiError, post } from "./api.js";
import { now } from "./clock.js";
import { seconds, shortStamp } from "./dates.js";
import { el, own, patch } from "./dom.js";
import { icon } from "./icons.js";
import { link } from "./mrkdwn.js";
import { outsideHead, ownerOf } from "./outside.js";
import { changed, loadChat, store, trouble } from "./store.js";

const EVENTS = { subscribe: "follows the shop", unsubscribe: "no longer follows the shop" };
const PAUSE = 300; // seconds between two messages after which the time stands between them

/** The chat of one correspondent. */
export class Chat {
  constructor(address) {
    this.address = address;
    this.contact = this.owner.wechat;
    this.talk = el("div.chat__talk", { role: "log", "aria-label": "Messages", tabindex: 0 });
    this.area = el("textarea.field.chat__text", {
      rows: 2,
      placeholder: "Write to the shop…",
      "aria-label": "Message to the shop",
      on: { keydown: (event) => this.#key(event) },
    });
    this.form = el(
      "form.chat__form",
      {
        on: {
          submit: (event) => {
            event.preventDefault();
            this.#send();
          },
        },
      },
      this.area,
      el("button.button.button--primary", { type: "submit" }, icon("send", 16), "Send"),
    );
    this.element = el("section.mailbox", { "aria-label": "WeChat" });
    loadChat(this.contact);
  }

  get owner() {
    return ownerOf(this.address);
  }

  close() {}

  focus() {
    this.area.focus();
  }

  render() {
    const chat = store.chats.get(this.contact);
    patch(this.element, outsideHead(this.owner, "wechat"), own("talk", this.talk), own("form", this.form));
    const said = chat?.messages ?? [];
    const state = chat?.error ?? (chat ? !said.length && "Nothing was said yet." : "Loading…");
    patch(
      this.talk,
      state && el("p.feed__state", { key: "state" }, state),
      said.flatMap((one, at) => this.#bubble(one, said[at - 1])),
    );
    if (said.length !== this.shown) this.talk.scrollTop = this.talk.scrollHeight;
    this.shown = said.length;
    if (said.some(({ read }) => !read)) this.#markRead(said);
  }

  #bubble(one, before) {
    const at = instant(one);
    const stamp = !before || at - instant(before) > PAUSE;
    const who = { zone: this.owner.zone || "UTC" };
    const isOurs = one.direction === "out";
    return [
      stamp && el("p.chat__time", { key: `time ${one.id}` }, shortStamp(at, who, now())),
      one.event
        ? el("p.chat__time", { key: one.id }, `${this.owner.name} ${EVENTS[one.event]}`)
        : el(
            "div.bubble",
            { key: one.id, class: isOurs ? "is-mine" : "is-theirs" },
            el("span.visually-hidden", {}, isOurs ? `${this.owner.name}: ` : "The shop: "),
            el("p.bubble__text", {}, words(one.text)),
            one.unanswered && el("small.bubble__problem", {}, icon("warn", 13), "The shop did not answer"),
          ),
    ];
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  async #send() {
    const text = this.area.value.trim();
    if (!text) return;
    this.area.value = "";
    try {
      await post("wechat", { from: this.contact, text });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      trouble(error.message);
      // What never reached the workspace is not lost, unless something new stands there already.
      if (!error.status && !this.area.value) this.area.value = text;
    }
  }

  async #markRead(said) {
    const newest = said.at(-1).id;
    if (this.marked === newest) return;
    this.marked = newest;
    await post("wechat/read", { contact: this.contact }).catch(() => {});
    for (const one of said) one.read = true;
    store.correspondents = store.correspondents.map((one) =>
      one.wechat === this.contact ? { ...one, unread_wechat: 0 } : one,
    );
    changed("mail");
  }
}

function instant({ at }) {
  return seconds(Date.parse(at) / 1000);
}

function words(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) => (index % 2 ? link(part) : part));
}
