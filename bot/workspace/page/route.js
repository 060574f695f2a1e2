/**
 * Where we are lives in the URL's hash, so that a reload, a second window and the back button keep it:
 * `#/U1/C1`, `#/U1/C1/thread/TS`, `#/U1/C1/at/TS` (or both), `#/U1/app/home`, `#/U1/mail/ADDRESS/ID`, `#/U1/mail/ADDRESS/wechat`.
 */

const PERMALINK = /\/archives\/([CDG][A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?/;

/** Read the hash into `{me, kind, channel, thread, at, tab, address, mail, chat}`; kind is "" for no place yet. */
export function parseRoute(hash = location.hash) {
  const link = permalink(hash.replace(/^#/, ""));
  if (link) return { me: null, kind: "channel", ...link };
  const [me, place, ...rest] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const route = { me: me || null, kind: "" };
  if (place === "app") return { ...route, kind: "app", tab: rest[0] || "home", ...pairs(rest.slice(1)) };
  if (place === "mail") {
    const chat = rest[1] === "wechat";
    return { ...route, kind: "mail", address: rest[0], chat, mail: chat ? undefined : rest[1] };
  }
  if (!place) return route;
  return { ...route, kind: "channel", channel: place, ...pairs(rest) };
}

function pairs(words) {
  const found = {};
  for (let at = 0; at < words.length; at += 2) found[words[at]] = words[at + 1];
  return found;
}

/** The hash for a permalink that was opened as an address (`/archives/...`), or "". */
export function pathHash({ pathname, search } = location) {
  return pathname.startsWith("/archives/") ? `#${pathname}${search}` : "";
}

/** Write a route as a hash. */
export function routeHash(route) {
  const parts = [route.me];
  if (route.kind === "app") parts.push("app", route.tab ?? "home");
  else if (route.kind === "mail") parts.push("mail", route.address, ...(route.chat ? ["wechat"] : route.mail ? [route.mail] : []));
  else if (route.channel) parts.push(route.channel);
  if (route.thread) parts.push("thread", route.thread);
  if (route.at) parts.push("at", route.at);
  return `#/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

/** Read a Slack permalink: `{channel, at?, thread?}`, or null when `url` is none. */
export function permalink(url) {
  const match = PERMALINK.exec(url);
  if (!match) return null;
  const at = match[2] && `${match[2]}.${match[3]}`;
  const thread = new URLSearchParams(url.split("?")[1]).get("thread_ts") ?? undefined;
  return { channel: match[1], at, thread };
}
