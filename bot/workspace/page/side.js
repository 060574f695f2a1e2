/** The pane on the right: a thread, or what a search found. */

import { assistantFoot } from "./assistant.js";
import { ApiError, get } from "./api.js";
import { Composer } from "./composer.js";
import { shortStamp, seconds } from "./dates.js";
import { el, own, patch } from "./dom.js";
import { FeedView } from "./feed.js";
import { icon } from "./icons.js";
import { authorOf, nameOf, viewer } from "./people.js";
import { editLast } from "./messageactions.js";
import { summary } from "./message.js";
import { closeSide, go } from "./navigate.js";
import { now } from "./clock.js";
import { changed, feedKey, loadFeed, store } from "./store.js";

function head(title, about) {
  return el(
    "header.pane__head",
    { key: "head" },
    el("div.pane__words", {}, el("h2.pane__title", {}, title), el("div.pane__about", {}, about)),
    el(
      "button.icon-button",
      { type: "button", "aria-label": "Close", title: "Close (Esc)", on: { click: closeSide } },
      icon("close"),
    ),
  );
}

// A thread of a direct message goes nowhere else.
function alsoTo(channel) {
  const info = store.channels.get(channel);
  return info && !info.is_im ? (info.is_mpim ? "the conversation" : `#${info.name}`) : null;
}

/** A thread and its composer. */
export class Thread {
  constructor(channel, ts) {
    Object.assign(this, { channel, ts });
    this.feed = new FeedView(channel, ts);
    this.composer = new Composer({
      channel,
      thread: ts,
      alsoTo: alsoTo(channel),
      placeholder: "Reply…",
      onSent: () => this.feed.toEnd(),
      onEditLast: () => editLast(this.feed.feed?.messages ?? [], channel),
    });
    this.element = el("section.pane", { "aria-label": "Thread" });
    loadFeed(channel, ts).then(() => {
      if (!store.route.at) this.composer.focus();
    });
  }

  close() {
    this.feed.close();
  }

  render() {
    const info = store.channels.get(this.channel);
    const about = info?.is_im ? nameOf(store.users.get(info.user)) : `#${info?.name ?? ""}`;
    patch(
      this.element,
      head(store.assistants.get(feedKey(this.channel, this.ts))?.title || "Thread", about),
      own("feed", this.feed.element),
      assistantFoot(this.channel, this.ts),
      own("composer", this.composer.element),
    );
    this.feed.render();
  }
}

/** The results of a search. */
export class SearchResults {
  constructor(query) {
    this.query = query;
    this.element = el("section.pane", { "aria-label": "Search results" });
    this.#load();
  }

  close() {}

  async #load() {
    try {
      this.messages = (await get("search", { as: store.me.id, query: this.query })).messages;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error.message;
    }
    changed("search");
  }

  render() {
    const count =
      this.messages &&
      `${this.messages.length} message${this.messages.length === 1 ? "" : "s"} with “${this.query}”`;
    const state =
      this.error ??
      (this.messages ? (this.messages.length ? null : "Nothing was found. Try another word.") : "Searching…");
    patch(
      this.element,
      head("Search", count),
      el(
        "div.results",
        { key: "results" },
        state && el("p.feed__state", {}, state),
        (this.messages ?? []).map((message) => result(message, this.query)),
      ),
    );
  }
}

function result(message, query) {
  const channel = store.channels.get(message.channel);
  const place = channel?.is_im ? nameOf(store.users.get(channel.user)) : `#${channel?.name ?? ""}`;
  const thread = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : undefined;
  const author = authorOf(message);
  return el(
    "button.result",
    {
      key: `${message.channel} ${message.ts}`,
      type: "button",
      on: {
        click: () => go({ kind: "channel", channel: message.channel, at: message.ts, thread }),
      },
    },
    el("span.result__place", {}, `${place} · ${shortStamp(seconds(message.ts), viewer(), now())}`),
    el("span.result__name", {}, author.name),
    el("span.result__words", {}, summary(message, query)),
  );
}
