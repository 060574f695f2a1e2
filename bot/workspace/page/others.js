/** The other people one can be: a direct message to one of them is told here, too. */

import { Stream } from "./stream.js";
import { changed, store } from "./store.js";

let watched = [];

/** Listen for everybody but the present person. */
export function watchOthers() {
  for (const stream of watched) stream.close();
  store.elsewhere.delete(store.me.id);
  const others = store.personas.filter((id) => id !== store.me.id);
  watched = others.map(
    (id) =>
      new Stream(
        id,
        (event) => heard(id, event),
        () => {},
      ),
  );
}

function heard(person, { type, channel, message }) {
  const isDirect = type === "message" && channel.startsWith("D");
  if (!isDirect || message.user === person) return;
  store.elsewhere = new Map(store.elsewhere).set(person, (store.elsewhere.get(person) ?? 0) + 1);
  store.latestElsewhere = { person, channel, message };
  changed("elsewhere");
}
