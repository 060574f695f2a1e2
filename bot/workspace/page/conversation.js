/** The middle pane for a channel or a direct message: header, messages, composer. */

import { channelTools } from "./channelmenu.js";
import { Composer } from "./composer.js";
import { el, own, patch } from "./dom.js";
import { FeedView } from "./feed.js";
import { icon } from "./icons.js";
import { aboutPerson, context, nameOf, userAvatar } from "./people.js";
import { editLast } from "./messageactions.js";
import { render } from "./mrkdwn.js";
import { backToList } from "./navigate.js";
import { attempt, loadFeed, store } from "./store.js";

/** One open conversation; made anew for another channel or another person. */
export class Conversation {
  constructor(channel) {
    this.channel = channel;
    this.feed = new FeedView(channel, null, () => this.#intro());
    this.composer = new Composer({
      channel,
      placeholder: `Message ${this.title}`,
      onSent: () => this.feed.toEnd(),
      onEditLast: () => editLast(this.feed.feed?.messages ?? [], channel),
    });
    this.element = el("section.pane", { "aria-label": this.title });
    loadFeed(channel);
  }

  get info() {
    return store.channels.get(this.channel);
  }

  get other() {
    return this.info?.is_im ? store.users.get(this.info.user) : null;
  }

  get title() {
    if (!this.info) return "this conversation";
    return this.info.is_im ? nameOf(this.other) : `${this.info.is_mpim ? "" : "#"}${this.info.name}`;
  }

  close() {
    this.feed.close();
  }

  focus() {
    this.composer.focus();
  }

  /** Draw; `header` may replace the channel's own. */
  render(header) {
    patch(this.element, header ?? this.#header(), own("feed", this.feed.element), this.#foot());
    this.feed.render();
  }

  #header() {
    const { info, other } = this;
    return el(
      "header.pane__head",
      { key: "head" },
      backButton(),
      other && userAvatar(other, { size: "s" }),
      el(
        "div.pane__words",
        {},
        el(
          "h1.pane__title",
          {},
          !other && info && icon(info.is_private ? "lock" : "hash", 17),
          other || !info ? this.title : info.name,
        ),
        el("div.pane__about", {}, other ? aboutPerson(other) : render(info?.topic?.value ?? "", context())),
      ),
      !other && info && !info.is_mpim && channelTools(info),
    );
  }

  #foot() {
    const { info } = this;
    if (!info) return el("p.pane__note", { key: "foot" }, "You are not in this conversation.");
    if (info.is_archived) return el("p.pane__note", { key: "foot" }, `#${info.name} is archived.`);
    if (info.member === false && !info.is_im) {
      return el(
        "div.pane__note",
        { key: "foot" },
        `You are looking at #${info.name}.`,
        el(
          "button.button.button--primary",
          { type: "button", on: { click: () => attempt("join", { channel: this.channel }) } },
          "Join channel",
        ),
      );
    }
    return own("composer", this.composer.element);
  }

  #intro() {
    const { info, other } = this;
    if (!info) return null;
    const words = other
      ? ["This is the beginning of your conversation with ", el("strong", {}, nameOf(other)), "."]
      : [
          "This is the very beginning of ",
          el("strong", {}, `#${info.name}`),
          ". ",
          render(info.purpose?.value ?? "", context()),
        ];
    return el(
      "div.intro",
      { key: "intro" },
      other
        ? userAvatar(other, { size: "l" })
        : el("span.intro__icon", {}, icon(info.is_private ? "lock" : "hash", 26)),
      el("p", {}, words),
    );
  }
}

/** The phone's way back to the list. */
export function backButton() {
  return el(
    "button.icon-button.only-phone",
    { type: "button", "aria-label": "Back to conversations", on: { click: backToList } },
    icon("back"),
  );
}
