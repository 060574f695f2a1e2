/** The head of what somebody outside looks at: who they are, what time it is there, mail or WeChat. */

import { backButton } from "./conversation.js";
import { now } from "./clock.js";
import { time } from "./dates.js";
import { el } from "./dom.js";
import { avatar, languageOf } from "./people.js";
import { go } from "./navigate.js";
import { store } from "./store.js";
import { tabs } from "./tabs.js";

/** The correspondent of an address, known or not. */
export function ownerOf(address) {
  return (
    store.correspondents.find((one) => one.address === address) ?? { address, name: address, zone: "UTC" }
  );
}

/** The header, with `tools` at its right. */
export function outsideHead(owner, chosen, ...tools) {
  const zone = owner.zone || "UTC";
  const about = [owner.company, owner.address, languageOf(owner.language)].filter(Boolean).join(" · ");
  return el(
    "header.mailbox__head",
    { key: "head" },
    backButton(),
    avatar(owner.name, {}),
    el(
      "div.mailbox__words",
      {},
      el("h1.mailbox__title", {}, owner.name),
      el("div.mailbox__about", {}, about),
    ),
    owner.wechat && store.wechat && ways(owner, chosen),
    el(
      "div.mailbox__time",
      {},
      el("strong", {}, time(now(), { zone })),
      el("small", {}, `${weekday(zone)}, local time`),
    ),
    ...tools,
  );
}

function ways(owner, chosen) {
  const unread = { mail: owner.unread, wechat: owner.unread_wechat };
  return tabs(
    "Ways to write",
    { mail: "Mail", wechat: "WeChat" },
    chosen,
    (name) => go({ kind: "mail", address: owner.address, chat: name === "wechat" }),
    (name) => name !== chosen && unread[name] > 0 && el("span.count", {}, String(unread[name])),
  );
}

function weekday(zone) {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: zone }).format(now() * 1000);
}
