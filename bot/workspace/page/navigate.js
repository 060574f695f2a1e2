/** Going somewhere: the hash changes, and main.js follows it. */

import { permalink, routeHash } from "./route.js";
import { isApp } from "./people.js";
import { attempt, changed, store } from "./store.js";

/** Go to a place of the present person, or of `route.me`; `pane` is what a phone shows of it. */
export function go(route, pane = "main") {
  store.pane = pane;
  const hash = routeHash({ me: store.me?.id ?? store.route.me, ...route });
  if (hash === location.hash) changed("route");
  else location.hash = hash;
}

/** Close the thread or the jumped-to message, staying in the channel. */
export function closeSide() {
  store.searching = null;
  const { thread, at, ...rest } = store.route;
  if (thread) go(rest);
  else changed("route", "search");
}

/** On a phone: from a conversation back to the list of conversations. */
export function backToList() {
  store.pane = "list";
  changed("route");
}

/** Open the direct message with a user. */
export async function openDirect(user) {
  if (isApp(user)) return go({ kind: "app", tab: "messages" });
  const answer = await attempt("open_dm", { user: user.id });
  return answer && go({ kind: "channel", channel: channelId(answer.channel) });
}

/** The id of a channel given as an id or as an object. */
export function channelId(channel) {
  return channel?.id ?? channel;
}

/** Let links to our own messages open here instead of in a new window. */
export function followPermalinks() {
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[href]");
    const found = anchor && isOurs(anchor) && permalink(anchor.href);
    if (!found || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go({ kind: "channel", ...found });
  });
}

function isOurs(anchor) {
  return (
    anchor.host === location.host ||
    (anchor.host.endsWith(".slack.com") && store.channels.has(permalink(anchor.href)?.channel))
  );
}
