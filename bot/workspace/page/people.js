/** People and apps as the page shows them: names, avatars, and the context mrkdwn needs to name them. */

import { now } from "./clock.js";
import { dayOf, time } from "./dates.js";
import { emoji } from "./emoji.js";
import { el, svg } from "./dom.js";
import { routeHash } from "./route.js";
import { store } from "./store.js";

const HUES = [168, 205, 32, 348, 265, 95, 18, 225, 140, 310, 62, 285];

/** The name a person is shown by. */
export function nameOf(user) {
  return (
    user?.profile?.display_name ||
    user?.profile?.real_name ||
    user?.real_name ||
    user?.name ||
    "Unknown person"
  );
}

/** The person (or bot) with an id, for mentions: `{name, handle}` or undefined. */
function mentionable(id) {
  const user =
    store.users.get(id) ??
    (id === store.bot?.user_id ? { name: store.bot.name, real_name: store.bot.name } : null);
  return user ? { name: nameOf(user), handle: user.name } : undefined;
}

/** Answers for mrkdwn.js, from the point of view of the present person. */
export function context() {
  return {
    user: mentionable,
    channel: (id) => store.channels.get(id),
    group: (id) => store.usergroups.get(id),
    channelHref: (id) => routeHash({ me: store.me?.id, kind: "channel", channel: id }),
    me: store.me?.id,
    ...viewer(),
    now: now(),
  };
}

/** Whose zone and locale times are shown in. */
export function viewer() {
  return { zone: store.me?.tz || "UTC", locale: store.me?.locale };
}

function hueOf(text) {
  let sum = 7;
  for (const letter of text) sum = (sum * 131 + letter.codePointAt(0)) % 65521;
  return HUES[sum % HUES.length];
}

function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? "?"];
  return letters.map((word) => [...word][0].toUpperCase()).join("");
}

/** An avatar of initials on a colour that is always the same for that name. */
export function avatar(name, { size = "m", presence } = {}) {
  return el(
    "span.avatar",
    { class: `avatar--${size}`, vars: { "--hue": hueOf(name) }, "aria-hidden": "true" },
    initials(name),
    presence && el("span.avatar__presence", { class: `is-${presence}` }),
  );
}

/** The avatar of a user object. */
export function userAvatar(user, options = {}) {
  if (user && isApp(user)) return appAvatar(options.size);
  return avatar(nameOf(user), options);
}

/** Whether a user is the installed app's bot. */
export function isApp(user) {
  return Boolean(user?.is_bot) || user?.id === store.bot?.user_id;
}

/** The product's mark: two jacks joined by a cord. */
export function mark(size = 20) {
  return svg(
    "svg.mark",
    { viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true" },
    svg("path", {
      d: "M5.5 6.5v2.5c0 6 9 0 9 6",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 1.8,
      "stroke-linecap": "round",
    }),
    svg("circle", { cx: 5.5, cy: 5, r: 2.6, fill: "currentColor" }),
    svg("circle", { cx: 14.5, cy: 15.5, r: 2.6, fill: "currentColor" }),
  );
}

/** The avatar of the app itself. */
export function appAvatar(size = "m") {
  return el(
    "span.avatar.avatar--app",
    { class: `avatar--${size}`, "aria-hidden": "true" },
    mark({ s: 14, m: 22, l: 36 }[size]),
  );
}

/** Who wrote a message: `{name, avatar, app, user}`, with an app's chosen name and icon. */
export function authorOf(message) {
  const user = store.users.get(message.user);
  const app = Boolean(message.bot_id || message.app_id || message.subtype === "bot_message") || isApp(user);
  const name =
    message.username || (app ? message.bot_profile?.name || store.bot?.name || nameOf(user) : nameOf(user));
  if (!app) return { name, app, user, avatar: userAvatar(user) };
  return { name, app, user, avatar: iconAvatar(message.icons ?? {}, name, Boolean(message.username)) };
}

function iconAvatar(icons, name, renamed) {
  const character = emoji((icons.emoji ?? "").replace(/:/g, "")) ?? null;
  if (character) return el("span.avatar.avatar--emoji.avatar--m", { "aria-hidden": "true" }, character);
  const image = icons.image_48 ?? icons.image_72 ?? icons.image_36;
  // The page fetches nothing from elsewhere; an icon of another host becomes initials.
  if (
    image &&
    (image.startsWith("data:image/") || new URL(image, location.origin).origin === location.origin)
  ) {
    return el("img.avatar.avatar--m", { src: image, alt: "" });
  }
  return renamed ? avatar(name) : appAvatar();
}

/** The language a locale names, in English: "Chinese". */
export function languageOf(locale) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of((locale ?? "").split(/[-_]/)[0]) ?? "";
  } catch {
    return ""; // Intl refuses a malformed code with a RangeError
  }
}

/** A person's title, local time and language on one line. */
export function aboutPerson(user) {
  if (isApp(user)) return "App";
  return [user.profile?.title, localTime(user.tz), languageOf(user.locale)].filter(Boolean).join(" · ");
}

/** "14:05 local time", with the day when it is another one than here. */
function localTime(zone) {
  if (!zone) return "";
  const here = store.me?.tz || "UTC";
  const day = dayOf(now(), zone);
  const other = day > dayOf(now(), here) ? " tomorrow" : day < dayOf(now(), here) ? " yesterday" : "";
  return `${time(now(), { zone })}${other} local time`;
}
