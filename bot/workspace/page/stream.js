/** One person's live changes over a WebSocket that is opened again whenever it is lost. */

import { streamUrl } from "./api.js";

const FIRST_WAIT = 400; // milliseconds; doubled up to LONGEST_WAIT while the workspace stays away
const LONGEST_WAIT = 5000;

/**
 * Follow the changes of one person.
 * `onEvent(object)` gets each change, `onState("open" | "lost")` each turn of the connection.
 */
export class Stream {
  constructor(person, onEvent, onState) {
    this.person = person;
    this.onEvent = onEvent;
    this.onState = onState;
    this.wait = FIRST_WAIT;
    /** Settles once the first attempt has opened or failed. */
    this.tried = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.#open();
  }

  /** Stop following; nothing is reported any more. */
  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }

  #open() {
    this.socket = new WebSocket(streamUrl(this.person));
    this.socket.addEventListener("open", () => {
      this.settle();
      if (this.closed) return;
      this.wait = FIRST_WAIT;
      this.onState("open");
    });
    this.socket.addEventListener("message", (event) => {
      if (!this.closed) this.onEvent(JSON.parse(event.data));
    });
    this.socket.addEventListener("close", () => this.#again());
  }

  #again() {
    this.settle();
    if (this.closed) return;
    this.onState("lost");
    this.timer = setTimeout(() => this.#open(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }
}
