/** Where one writes: Enter sends, drafts are kept, commands and names complete themselves. */

import { el, patch } from "./dom.js";
import { fileChips, filePicker, readFile } from "./files.js";
import { icon } from "./icons.js";
import { offers } from "./complete.js";
import { openEmoji } from "./reactions.js";
import { post } from "./api.js";
import { changed, store, trouble } from "./store.js";

let counter = 0;

function draftKey(channel, thread) {
  return `draft ${store.me.id} ${channel} ${thread ?? ""}`;
}

/** Whether something unsent stands in a channel's composer. */
export function hasDraft(channel) {
  return draftKey(channel) in localStorage;
}

/** The composer of a channel or a thread. */
export class Composer {
  /** `alsoTo` names the channel that replies may also go to. `onEditLast` is called for the up arrow in an empty composer, `onSent` when something is on its way. */
  constructor({ channel, thread, alsoTo, placeholder, onEditLast, onSent }) {
    counter += 1;
    Object.assign(this, {
      channel,
      thread,
      onEditLast,
      onSent,
      id: `offers-${counter}`,
      files: [],
      offer: null,
      active: 0,
    });
    this.draftKey = draftKey(channel, thread);
    this.area = el("textarea.composer__text", {
      rows: 1,
      placeholder,
      "aria-label": placeholder,
      value: localStorage.getItem(this.draftKey) ?? "",
      spellcheck: "true",
      "aria-controls": this.id,
      on: {
        input: () => this.#changed(),
        keydown: (event) => this.#key(event),
        paste: (event) => this.#take(event.clipboardData, event),
        blur: () => this.#offer(null),
        click: () => this.#suggest(),
      },
    });
    this.offerList = el("ul.offers", { id: this.id, role: "listbox", hidden: true });
    this.chips = el("div.composer__files");
    this.also = alsoTo && el("input", { type: "checkbox", name: "broadcast" });
    this.send = el(
      "button.composer__send",
      { type: "button", "aria-label": "Send", title: "Send (Enter)", on: { click: () => this.#submit() } },
      icon("send", 17),
    );
    this.element = el(
      "div.composer",
      {
        on: {
          dragover: (event) => event.preventDefault(),
          drop: (event) => this.#take(event.dataTransfer, event),
        },
      },
      this.offerList,
      this.area,
      this.chips,
      this.also && el("label.composer__also", {}, this.also, el("span", {}, `Also send to ${alsoTo}`)),
      this.#bar(),
    );
    queueMicrotask(() => this.#fit());
  }

  focus() {
    this.area.focus();
  }

  #bar() {
    const tool = (label, name, run) =>
      el(
        "button.icon-button",
        {
          type: "button",
          "aria-label": label,
          title: label,
          on: { mousedown: (event) => event.preventDefault(), click: run },
        },
        icon(name),
      );
    return el(
      "div.composer__bar",
      {},
      filePicker({ class: "icon-button", label: "Attach files" }, icon("plus"), (read) => this.#attach(read)),
      tool("Emoji", "smile", ({ currentTarget }) =>
        openEmoji(currentTarget, (name) => this.insert(`:${name}: `)),
      ),
      tool("Mention someone", "at", () => this.insert("@")),
      tool("Run a command", "bolt", () => {
        if (!this.area.value) this.insert("/");
        else this.focus();
      }),
      el("span.composer__hint", {}, "Shift + Enter for a new line"),
      this.send,
    );
  }

  /** Put text at the caret. */
  insert(text) {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    const spaced = text === "@" && from > 0 && !/\s/.test(value[from - 1]) ? ` ${text}` : text;
    this.area.setRangeText(spaced, from, to, "end");
    this.focus();
    this.#changed();
  }

  #changed() {
    this.#fit();
    const had = this.draftKey in localStorage;
    if (this.area.value) localStorage.setItem(this.draftKey, this.area.value);
    else localStorage.removeItem(this.draftKey);
    if (had !== this.draftKey in localStorage) changed("drafts");
    this.#suggest();
  }

  #fit() {
    this.area.style.setProperty("height", "auto");
    this.area.style.setProperty("height", `${this.area.scrollHeight}px`);
    this.send.disabled = !this.area.value.trim() && !this.files.length;
  }

  #suggest() {
    const { selectionStart: caret, selectionEnd: end, value } = this.area;
    this.active = 0;
    this.#offer(caret === end ? offers(value.slice(0, caret)) : null);
  }

  #offer(offer) {
    this.offer = offer;
    this.offerList.hidden = !offer;
    this.area.setAttribute("aria-expanded", String(Boolean(offer)));
    if (!offer) return this.area.removeAttribute("aria-activedescendant");
    this.area.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
    return patch(
      this.offerList,
      offer.items.map((item, index) =>
        el(
          "li.offer",
          {
            key: item.insert,
            id: `${this.id}-${index}`,
            role: "option",
            "aria-selected": String(index === this.active),
            class: index === this.active ? "is-active" : null,
            // mousedown, because a click would first take the focus (and so the list) away
            on: {
              mousedown: (event) => {
                event.preventDefault();
                this.#accept(item);
              },
            },
          },
          item.lead(),
          el(
            "span.menu__words",
            {},
            el("span", {}, item.title, item.hint && el("span.offer__hint", {}, item.hint)),
            item.description && el("small", {}, item.description),
          ),
        ),
      ),
    );
  }

  #accept(item) {
    if (item.run) {
      this.#offer(null);
      this.#reset("", this.files);
      item.run();
      return;
    }
    const caret = this.area.selectionStart;
    this.area.setRangeText(item.insert, this.offer.from, caret, "end");
    this.#offer(null);
    this.#changed();
    this.focus();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.offer && this.#offerKey(event)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && !this.area.value) {
      event.preventDefault();
      this.onEditLast?.();
    }
    return undefined;
  }

  #offerKey(event) {
    const count = this.offer.items.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.active = (this.active + step + count) % count;
      this.#offer(this.offer);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.#offer(null);
    } else if (event.key === "Tab" || event.key === "Enter") {
      const item = this.offer.items[this.active];
      // A command typed in full is sent, not completed.
      if (event.key === "Enter" && item.insert.trim() === this.area.value.trim()) return false;
      this.#accept(item);
    } else return false;
    return true;
  }

  async #take(data, event) {
    const files = [...(data?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.#attach(await Promise.all(files.map(readFile)));
  }

  #attach(read) {
    this.files = [...this.files, ...read];
    this.#drawFiles();
    this.focus();
  }

  #drawFiles() {
    patch(
      this.chips,
      fileChips(this.files, (index) => {
        this.files = this.files.filter((_, at) => at !== index);
        this.#drawFiles();
      }),
    );
    this.#fit();
  }

  async #submit() {
    const text = this.area.value.trim();
    const { files } = this;
    if (!text && !files.length) return;
    this.#offer(null);
    this.#reset("", []);
    this.onSent?.();
    const broadcast = this.also?.checked && !files.length;
    if (this.also) this.also.checked = false;
    const place = { as: store.me.id, channel: this.channel, ...(this.thread && { thread_ts: this.thread }) };
    const command = !files.length && /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(text);
    try {
      if (command) await post("command", { ...place, command: command[1], text: command[2] ?? "" });
      else
        await post("say", {
          ...place,
          text,
          ...(broadcast && { broadcast }),
          ...(files.length && { files: files.map(({ name, type, base64 }) => ({ name, type, base64 })) }),
        });
    } catch (error) {
      trouble(error.message);
      // What was written is not lost, unless something new stands there already.
      if (!command && !this.area.value) this.#reset(text, files);
    }
  }

  #reset(text, files) {
    this.area.value = text;
    this.files = files;
    this.#drawFiles();
    this.#changed();
  }
}
