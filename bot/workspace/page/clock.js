/** Business time: what the workspace's clock says, running on in between. */

import { changed, store } from "./store.js";

let base = Date.now() / 1000;
let since = performance.now();
let running = true;

/** Take over a CLOCK of the workspace: `{now: ISO, running}`. */
export function setClock(clock) {
  base = Date.parse(clock.now) / 1000;
  since = performance.now();
  running = clock.running;
  store.clock = clock;
  changed("clock");
}

/** The present instant of business time, in seconds. */
export function now() {
  return running ? base + (performance.now() - since) / 1000 : base;
}

/** Whether business time is running. */
export function isRunning() {
  return running;
}

/** Tell "minute" listeners when the minute turned, so that "2 minutes ago" and local times stay true. */
export function startTicking() {
  let last = 0;
  setInterval(() => {
    const minute = Math.floor(now() / 60);
    if (minute === last) return;
    last = minute;
    changed("minute");
  }, 1000);
}
