/** Instants as people read them, in a person's own zone. Times from Slack are `ts` strings: seconds since 1970. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const formats = new Map();

/** Seconds since 1970 of a `ts`. */
export function seconds(ts) {
  return Number.parseFloat(ts);
}

// Making an Intl format costs a hundred times using one.
function format(zone, options, locale = "en-GB") {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
  return formats.get(key);
}

function parts(at, zone, options) {
  const entries = format(zone, options, "en-US")
    .formatToParts(at * 1000)
    .map(({ type, value }) => [type, value]);
  return Object.fromEntries(entries);
}

/** "14:05", or "2:05 PM" for someone whose locale is American. */
export function time(at, { zone, locale } = {}, withSeconds = false) {
  const american = locale === "en-US";
  const options = { hour: american ? "numeric" : "2-digit", minute: "2-digit", hour12: american };
  if (withSeconds) options.second = "2-digit";
  return format(zone, options, american ? "en-US" : "en-GB").format(at * 1000);
}

/** The calendar day of an instant in a zone, as a sortable "2026-11-23". */
export function dayOf(at, zone) {
  return format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA").format(at * 1000);
}

/** The words of a day divider: "Today", "Yesterday", "Monday, 3 November". */
export function dayLabel(at, zone, now) {
  return relativeDay(at, zone, now) ?? longDay(at, zone, now);
}

/** "Monday, 3 November", with the year when it is another one. */
export function longDay(at, zone, now) {
  const sameYear = dayOf(at, zone).slice(0, 4) === dayOf(now, zone).slice(0, 4);
  return format(zone, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(at * 1000);
}

function relativeDay(at, zone, now) {
  const day = dayOf(at, zone);
  if (day === dayOf(now, zone)) return "Today";
  if (day === dayOf(now - DAY, zone)) return "Yesterday";
  if (day === dayOf(now + DAY, zone)) return "Tomorrow";
  return null;
}

/** "09:12" today, "Yesterday 09:12", "3 Nov, 09:12" earlier: short, for lists. */
export function shortStamp(at, who, now) {
  const day = relativeDay(at, who.zone, now);
  if (day === "Today") return time(at, who);
  return `${day ?? format(who.zone, { day: "numeric", month: "short" }).format(at * 1000)}, ${time(at, who)}`;
}

/** The whole instant, for tooltips: "Monday, 23 November 2026 at 09:12:44". */
export function fullStamp(at, who) {
  const day = format(who.zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(
    at * 1000,
  );
  return `${day} at ${time(at, who, true)}`;
}

/** "just now", "3 minutes ago", "in 2 days". */
export function ago(at, now) {
  const distance = Math.round(Math.abs(now - at));
  if (distance < MINUTE) return at > now ? "in a moment" : "just now";
  const [count, unit] =
    distance < HOUR
      ? [distance / MINUTE, "minute"]
      : distance < DAY
        ? [distance / HOUR, "hour"]
        : [distance / DAY, "day"];
  const whole = Math.floor(count);
  const words = `${whole} ${unit}${whole === 1 ? "" : "s"}`;
  return at > now ? `in ${words}` : `${words} ago`;
}

function ordinal(day) {
  const teen = day % 100 >= 11 && day % 100 <= 13;
  return `${day}${teen ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th")}`;
}

const DATE_TOKENS = {
  date_num: ({ at, zone }) => dayOf(at, zone),
  date: (context) => slackDate(context, "long"),
  date_short: (context) => slackDate(context, "short"),
  date_long: (context) => slackDate(context, "long", true),
  date_pretty: (context) => pretty(context) ?? slackDate(context, "long"),
  date_short_pretty: (context) => pretty(context) ?? slackDate(context, "short"),
  date_long_pretty: (context) => pretty(context) ?? slackDate(context, "long", true),
  day_divider_pretty: (context) => dayLabel(context.at, context.zone, context.now),
  time: ({ at, ...who }) => time(at, who),
  time_secs: ({ at, ...who }) => time(at, who, true),
  ago: ({ at, now }) => ago(at, now),
};

function pretty({ at, zone, now }) {
  return relativeDay(at, zone, now)?.toLowerCase();
}

function slackDate({ at, zone }, month, weekday = false) {
  const found = parts(at, zone, { weekday: "long", month, day: "numeric", year: "numeric" });
  const day = month === "short" ? found.day : ordinal(Number(found.day));
  return `${weekday ? `${found.weekday}, ` : ""}${found.month} ${day}, ${found.year}`;
}

/**
 * Slack's `<!date^...>` format string with its tokens filled in; null when it holds none that is known,
 * so that the caller shows the fallback. `who` is `{zone, locale, now}`, `now` in seconds.
 */
export function slackFormat(pattern, at, who) {
  if (!Number.isFinite(at)) return null;
  let known = false;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => {
    if (!(token in DATE_TOKENS)) return whole;
    known = true;
    return DATE_TOKENS[token]({ at, ...who });
  });
  return known ? text : null;
}

/** The instant (seconds) of a local "YYYY-MM-DD" and "HH:MM" in a zone. */
export function fromLocal(day, clock, zone) {
  const wanted = Date.parse(`${day}T${clock}:00Z`) / 1000;
  let guess = wanted;
  // Twice: the first offset may belong to the other side of a daylight saving change.
  for (let round = 0; round < 2; round += 1) guess = wanted - offset(guess, zone);
  return guess;
}

/** The local "YYYY-MM-DD" and "HH:MM" of an instant in a zone. */
export function toLocal(at, zone) {
  return [dayOf(at, zone), time(at, { zone })];
}

function offset(at, zone) {
  const local = Date.parse(`${dayOf(at, zone)}T${time(at, { zone }, true)}Z`) / 1000;
  return local - Math.floor(at);
}

/** The next time it is `clock` on a `weekday` ("Monday") in a zone, strictly after `now`. */
export function nextAt(now, zone, clock, weekday) {
  const days = Array.from({ length: 8 }, (_, ahead) =>
    fromLocal(dayOf(now + ahead * DAY, zone), clock, zone),
  );
  return days.find((at) => at > now && parts(at, zone, { weekday: "long" }).weekday === weekday);
}
