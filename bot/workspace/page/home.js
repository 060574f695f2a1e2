/** The app's own place: its Home, the conversation with it, and a word about it. */

import { get } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { Conversation, backButton } from "./conversation.js";
import { el, patch } from "./dom.js";
import { icon } from "./icons.js";
import { appAvatar } from "./people.js";
import { channelId, go } from "./navigate.js";
import { attempt, changed, store } from "./store.js";
import { viewSurface } from "./surface.js";
import { tabs } from "./tabs.js";

const TABS = { home: "Home", messages: "Messages", about: "About" };

/** The pane of the app. */
export class AppPane {
  constructor(tab) {
    this.tab = tab;
    this.element = el("section.pane", { "aria-label": store.bot?.name ?? "App" });
    if (tab === "home") this.#openHome();
    if (tab === "messages") this.#openMessages();
  }

  async #openHome() {
    const me = store.me.id;
    await attempt("open_home", {});
    try {
      const { view } = await get("home", { as: me });
      if (store.me.id === me) store.home = view;
    } catch (error) {
      this.error = error.message;
    }
    changed("home");
  }

  async #openMessages() {
    const known = [...store.channels.values()].find(
      (channel) => channel.is_im && channel.user === store.bot?.user_id,
    );
    const id = known?.id ?? channelId((await attempt("open_dm", { user: store.bot.user_id }))?.channel);
    if (!id || this.closed) return;
    this.conversation = new Conversation(id);
    changed("route");
    queueMicrotask(() => this.conversation.focus());
  }

  /** The channel of the Messages tab, once it is open. */
  get channel() {
    return this.conversation?.channel;
  }

  close() {
    this.closed = true;
    this.conversation?.close();
  }

  focus() {
    this.conversation?.focus();
  }

  render() {
    if (this.conversation) {
      this.conversation.render(this.#header());
      return patch(this.element, this.conversation.element);
    }
    return patch(
      this.element,
      this.#header(),
      el("div.home", { key: this.tab, tabindex: 0 }, this.#content()),
    );
  }

  #header() {
    return el(
      "header.pane__head.pane__head--tabs",
      { key: "head" },
      backButton(),
      appAvatar("s"),
      el("h1.pane__title", {}, store.bot?.name ?? "App", el("span.badge", {}, "APP")),
      tabs("App", TABS, this.tab, (tab) => go({ kind: "app", tab })),
      this.tab === "messages" &&
        el(
          "button.button.button--small.tabs__chat",
          { type: "button", on: { click: newChat } },
          icon("plus", 15),
          "New chat",
        ),
    );
  }

  #content() {
    if (this.tab === "about") return about();
    if (this.tab === "messages" || store.home === undefined)
      return el("p.feed__state", {}, this.error ?? "Loading…");
    if (!store.home) {
      return el(
        "div.intro.intro--centre",
        {},
        appAvatar("l"),
        el("p", {}, el("strong", {}, `${store.bot?.name ?? "The app"} has not set up a Home for you yet.`)),
        el(
          "p",
          {},
          store.bot?.connected
            ? "It will appear here as soon as the app publishes it."
            : "The app is not connected at the moment.",
        ),
      );
    }
    return el("div.home__view", {}, renderBlocks(store.home.blocks, viewSurface(store.home)));
  }
}

async function newChat() {
  const answer = await attempt("open_assistant", {});
  if (answer?.thread_ts) go({ kind: "app", tab: "messages", thread: answer.thread_ts });
}

function about() {
  const command = ({ command: name, usage_hint: usage, description }) =>
    el("li", {}, el("code", {}, `${name} ${usage ?? ""}`.trim()), " ", description);
  const shortcut = (one) =>
    el(
      "li",
      {},
      el(
        "button.button",
        { type: "button", on: { click: () => attempt("shortcut", { callback_id: one.callback_id }) } },
        one.name,
      ),
    );
  const globals = store.shortcuts.filter(({ type }) => type === "global");
  return el(
    "div.home__view",
    {},
    el("h3.header", {}, "Commands"),
    store.commands.length
      ? el("ul.about-list", {}, store.commands.map(command))
      : el("p", {}, "This app has no commands."),
    globals.length > 0 && [el("h3.header", {}, "Shortcuts"), el("ul.about-list", {}, globals.map(shortcut))],
  );
}
