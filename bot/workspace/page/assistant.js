/** How a thread with the app stands: what it is doing, and what it suggests to ask. */

import { el } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { nameOf } from "./people.js";
import { attempt, feedKey, store } from "./store.js";

/** The line and the suggestions above the composer of a thread; null when there are none. */
export function assistantFoot(channel, thread) {
  const { status, prompts = [] } = store.assistants.get(feedKey(channel, thread)) ?? {};
  const asked = (store.feeds.get(feedKey(channel, thread))?.messages ?? []).some(
    ({ user }) => user === store.me.id,
  );
  const suggested = asked ? [] : prompts;
  if (!status && !suggested.length) return null;
  const ask = ({ title, message }) =>
    el(
      "button.button.button--small",
      {
        type: "button",
        on: { click: () => attempt("say", { channel, thread_ts: thread, text: message ?? title }) },
      },
      plain(title),
    );
  const app = nameOf(store.users.get(store.bot?.user_id) ?? { name: store.bot?.name });
  return el(
    "div.assistant",
    { key: "assistant" },
    suggested.length > 0 && el("div.assistant__prompts", {}, suggested.map(ask)),
    status && el("p.assistant__status", { role: "status" }, `${app} ${status}`),
  );
}
