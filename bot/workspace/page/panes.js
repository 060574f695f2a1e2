/** Which panes stand beside the sidebar: the conversation, app or mailbox, and a thread or search at its right. */

import { Chat } from "./chat.js";
import { Conversation } from "./conversation.js";
import { AppPane } from "./home.js";
import { Mailbox } from "./mailbox.js";
import { SearchResults, Thread } from "./side.js";
import { store } from "./store.js";

/** The panes that stand now, and what they were made for. */
export const panes = { main: null, mainKey: "", extra: null, extraKey: "" };

/** Close both. */
export function dropPanes() {
  panes.main?.close();
  panes.extra?.close();
  Object.assign(panes, { main: null, mainKey: "", extra: null, extraKey: "" });
}

/** Put the panes that the route asks for into their holders. */
export function placePanes(stage, extra) {
  const { route } = store;
  const key = [
    store.me.id,
    route.kind,
    route.kind === "channel" ? route.channel : "",
    route.tab,
    route.address,
    route.chat,
  ].join(" ");
  if (key !== panes.mainKey) {
    panes.main?.close();
    panes.mainKey = key;
    panes.main = {
      channel: () => new Conversation(route.channel),
      app: () => new AppPane(route.tab),
      mail: () => (route.chat ? new Chat(route.address) : new Mailbox(route.address)),
    }[route.kind]();
    if (matchMedia("(hover: hover)").matches)
      queueMicrotask(() => {
        if (!route.thread && !route.at) panes.main.focus();
      });
  }
  placeExtra();
  show(stage, panes.main.element);
  show(extra, panes.extra?.element);
  extra.hidden = !panes.extra;
}

function placeExtra() {
  const { route, searching } = store;
  const key = route.thread
    ? `thread ${store.me.id} ${route.channel} ${route.thread}`
    : searching
      ? `search ${searching}`
      : "";
  if (key === panes.extraKey) return;
  panes.extra?.close();
  panes.extraKey = key;
  panes.extra = route.thread
    ? new Thread(route.channel ?? panes.main.channel, route.thread)
    : searching
      ? new SearchResults(searching)
      : null;
}

// A pane is put in whole: patching would make the old pane look like the new one, and leave the new one outside.
function show(holder, element) {
  if (holder.firstChild === (element ?? null)) return;
  holder.replaceChildren(...(element ? [element] : []));
}

/** Draw both again. */
export function drawPanes() {
  if (!store.me || !panes.main) return;
  panes.main.render();
  panes.extra?.render();
}
