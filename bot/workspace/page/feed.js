/** A scrolling list of messages: days, groups, the unread line, older pages, and staying at the newest. */

import { now } from "./clock.js";
import { dayLabel, dayOf, seconds } from "./dates.js";
import { el, lazy, patch } from "./dom.js";
import { icon } from "./icons.js";
import { messageItem } from "./message.js";
import { viewer } from "./people.js";
import { attempt, feedKey, loadOlder, store } from "./store.js";

const GROUP_WITHIN = 5 * 60; // seconds: later messages of the same author show their name again
const NEAR_END = 60; // pixels from the bottom that still count as being there
const NEAR_TOP = 300; // pixels from the top at which older messages are fetched
const OLDER_PAGES = 20; // pages looked through for a linked message before giving up

/** The message list of one channel, or of one thread in it. */
export class FeedView {
  /** `intro` makes what stands above the first message of all. */
  constructor(channel, thread, intro) {
    Object.assign(this, { channel, thread, intro, stuck: true, fresh: 0 });
    this.list = el("div.feed__list");
    this.jump = el("button.feed__jump", {
      type: "button",
      hidden: true,
      on: { click: () => this.toEnd(true) },
    });
    this.scroller = el(
      "div.feed__scroller",
      {
        tabindex: 0,
        role: "log",
        "aria-label": thread ? "Thread" : "Messages",
        on: { scroll: () => this.#scrolled(), keydown: (event) => this.#rove(event) },
      },
      this.list,
    );
    this.element = el("div.feed", {}, this.scroller, this.jump);
    // Pictures and charts grow after they were placed.
    this.observer = new ResizeObserver(() => {
      if (this.stuck) this.toEnd();
    });
    this.observer.observe(this.list);
    this.observer.observe(this.scroller);
    this.lastRead = store.channels.get(channel)?.last_read ?? null;
  }

  /** Leave the list for good. */
  close() {
    this.observer.disconnect();
  }

  get feed() {
    return store.feeds.get(feedKey(this.channel, this.thread));
  }

  /** Draw what the store holds now. */
  render() {
    const { feed } = this;
    const before = this.scroller.scrollHeight;
    const first = this.first;
    patch(this.list, this.#items(feed));
    const messages = feed?.messages ?? [];
    this.first = messages[0]?.ts;
    this.#countFresh(messages);
    if (this.stuck) this.toEnd();
    else if (first && this.first < first) this.scroller.scrollTop += this.scroller.scrollHeight - before;
    this.#drawJump();
    this.markRead();
  }

  #items(feed) {
    if (feed?.error) return el("p.feed__state", { key: "error", role: "alert" }, feed.error);
    if (!feed?.loaded) return skeleton();
    const items = [];
    let previous = null;
    let marked = false;
    for (const message of feed.messages) {
      const day = this.#newDay(previous, message);
      if (day) items.push(day);
      if (!marked && previous && this.#isFirstUnread(message)) {
        marked = true;
        items.push(el("div.unread-line", { key: "unread", role: "separator" }, el("span", {}, "New")));
        previous = null;
      }
      const grouped = !day && belongsTo(previous, message);
      items.push(
        messageItem(message, { channel: this.channel, thread: this.thread, grouped, target: this.target }),
      );
      if (this.thread && message.ts === this.thread) items.push(repliesLine(feed.messages.length - 1));
      previous = this.thread && message.ts === this.thread ? null : message;
    }
    return [
      feed.hasMore ? el("p.feed__state", { key: "more" }, "Loading older messages…") : this.intro?.(),
      items,
    ];
  }

  #newDay(previous, message) {
    if (this.thread) return null;
    const { zone } = viewer();
    const at = seconds(message.ts);
    const day = dayOf(at, zone);
    if (previous && dayOf(seconds(previous.ts), zone) === day) return null;
    const label = dayLabel(at, zone, now());
    return lazy(`day ${day}`, [label], () => el("div.day", { role: "separator" }, el("span", {}, label)));
  }

  #isFirstUnread(message) {
    return (
      !this.thread &&
      this.lastRead &&
      message.ts > this.lastRead &&
      message.user !== store.me.id &&
      !message.is_ephemeral
    );
  }

  #countFresh(messages) {
    const newest = messages.at(-1)?.ts;
    if (!this.stuck && this.newest) this.fresh += messages.filter(({ ts }) => ts > this.newest).length;
    if (this.newest && newest > this.newest && messages.at(-1).user === store.me.id) this.stuck = true;
    this.newest = newest ?? this.newest;
  }

  // Up and down go from message to message; Tab then reaches what stands in it.
  #rove(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = event.target.closest(".message");
    if (!step || (event.target !== this.scroller && event.target !== here)) return;
    const all = [...this.list.querySelectorAll(".message")];
    const at = here ? all.indexOf(here) + step : all.length - 1;
    event.preventDefault();
    all[at]?.focus();
  }

  #drawJump() {
    this.jump.hidden = this.stuck;
    const words = this.fresh ? `${this.fresh} new message${this.fresh === 1 ? "" : "s"}` : "Jump to newest";
    patch(this.jump, icon("arrowDown", 15), words);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.stuck) this.fresh = 0;
    if (scrollTop < NEAR_TOP && !this.thread) loadOlder(this.channel);
    this.#drawJump();
    this.markRead();
  }

  /** Go to the newest message. */
  toEnd(smooth = false) {
    this.stuck = true;
    this.fresh = 0;
    const calm = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: calm ? "instant" : "smooth" });
  }

  /** Show and highlight one message, fetching older ones as far as needed; tells whether it is there. */
  async showMessage(ts) {
    this.target = ts;
    for (
      let page = 0;
      page < OLDER_PAGES && this.feed?.hasMore && !this.feed.messages.some((message) => message.ts === ts);
      page += 1
    ) {
      await loadOlder(this.channel);
    }
    this.stuck = false;
    this.render();
    const node = this.list.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    node?.scrollIntoView({ block: "center" });
    node?.focus({ preventScroll: true });
    return Boolean(node);
  }

  /** Tell the workspace that the newest message was seen, when it was. */
  markRead() {
    const channel = store.channels.get(this.channel);
    const newest =
      this.feed?.loaded && this.feed.messages.findLast(({ is_ephemeral: ephemeral }) => !ephemeral)?.ts;
    if (this.thread || !channel || !newest || !this.stuck || document.hidden || this.read >= newest) return;
    if (!channel.unread && (channel.last_read ?? "") >= newest) return;
    this.read = newest;
    attempt("read", { channel: this.channel, ts: newest });
  }
}

function belongsTo(previous, message) {
  return (
    Boolean(previous) &&
    previous.user === message.user &&
    previous.bot_id === message.bot_id &&
    previous.username === message.username &&
    !previous.subtype?.startsWith("channel_") &&
    !message.subtype?.startsWith("channel_") &&
    message.subtype !== "thread_broadcast" &&
    Boolean(previous.is_ephemeral) === Boolean(message.is_ephemeral) &&
    !message.is_ephemeral &&
    seconds(message.ts) - seconds(previous.ts) < GROUP_WITHIN
  );
}

function repliesLine(count) {
  if (!count) return null;
  return el(
    "div.replies-line",
    { key: "replies", role: "separator" },
    el("span", {}, `${count} ${count === 1 ? "reply" : "replies"}`),
  );
}

function skeleton() {
  return [1, 2, 3].map((row) =>
    el(
      "div.skeleton",
      { key: `skeleton ${row}`, "aria-hidden": "true" },
      el("span"),
      el("div", {}, el("i"), el("i")),
    ),
  );
}
