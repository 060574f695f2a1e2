/** The middle pane for a channel or a direct message: header, messages, composer. */

import { Composer } from "./composer.js";
import { dayOf, seconds, time } from "./dates.js";
import { el, own, patch } from "./dom.js";
import { FeedView } from "./feed.js";
import { icon } from "./icons.js";
import { languageOf, context, isApp, nameOf, userAvatar } from "./people.js";
import { editLast } from "./messageactions.js";
import { render } from "./mrkdwn.js";
import { backToList, openDirect } from "./navigate.js";
import { openMenu } from "./popup.js";
import { now } from "./clock.js";
import { attempt, loadFeed, store } from "./store.js";

/** One open conversation; made anew for another channel or another person. */
export class Conversation {
  constructor(channel) {
    this.channel = channel;
    this.feed = new FeedView(channel, null, () => this.#intro());
    this.composer = new Composer({
      channel,
      placeholder: `Message ${this.title}`,
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
      !other &&
        info &&
        el(
          "button.pane__count",
          {
            type: "button",
            title: "Who is here",
            "aria-label": `${info.num_members ?? info.members?.length ?? 0} members`,
            "aria-haspopup": "menu",
            on: { click: ({ currentTarget }) => this.#openMembers(currentTarget) },
          },
          icon("people", 16),
          String(info.num_members ?? info.members?.length ?? ""),
        ),
    );
  }

  #openMembers(anchor) {
    const people = (this.info.members ?? []).map((id) => store.users.get(id)).filter(Boolean);
    openMenu(
      anchor,
      people.map((user) => ({
        label: nameOf(user),
        description: aboutPerson(user),
        lead: userAvatar(user, { size: "s" }),
        run: () => openDirect(user),
      })),
      { label: "Who is here", align: "end" },
    );
  }

  #foot() {
    const { info } = this;
    if (!info) return el("p.pane__note", { key: "foot" }, "You are not in this conversation.");
    if (info.is_archived) return el("p.pane__note", { key: "foot" }, "This channel is archived.");
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

/** A person's title, local time and language on one line. */
export function aboutPerson(user) {
  if (isApp(user)) return "App";
  return [user.profile?.title, localTime(user.tz), languageOf(user.locale)].filter(Boolean).join(" · ");
}

/** "14:05 local time", with the day when it is another one than here. */
export function localTime(zone) {
  if (!zone) return "";
  const here = store.me?.tz || "UTC";
  const day = dayOf(now(), zone);
  const other = day > dayOf(now(), here) ? " tomorrow" : day < dayOf(now(), here) ? " yesterday" : "";
  return `${time(seconds(now()), { zone })}${other} local time`;
}
