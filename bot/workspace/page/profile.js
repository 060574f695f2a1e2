/** A card about a person, opened from their name or a mention of them; and who is in a channel. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { openDirect } from "./navigate.js";
import { aboutPerson, isApp, nameOf, userAvatar } from "./people.js";
import { closePopup, openPopup } from "./popup.js";
import { store } from "./store.js";

/** Let every element with `data-user` open its person's card. */
export function followPeople() {
  document.addEventListener("click", (event) => open(event, event.target.closest?.("[data-user]")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("span[data-user]")) open(event, event.target);
  });
}

function open(event, anchor) {
  const user = anchor && store.users.get(anchor.dataset.user);
  if (!user) return;
  event.preventDefault();
  const message = () => {
    closePopup();
    openDirect(user);
  };
  const card = el(
    "div.profile",
    {},
    userAvatar(user, { size: "l" }),
    el(
      "div.profile__words",
      {},
      el("strong", {}, nameOf(user)),
      user.real_name && user.real_name !== nameOf(user) && el("span", {}, user.real_name),
      el("small", {}, aboutPerson(user)),
      kindOf(user) && el("small", {}, kindOf(user)),
    ),
    user.id !== store.me.id &&
      !user.deleted &&
      el(
        "button.button",
        { type: "button", on: { click: message } },
        icon("reply", 15),
        isApp(user) ? "Open the app" : "Message",
      ),
  );
  openPopup(anchor, card, { label: nameOf(user) });
  card.querySelector("button")?.focus();
}

function kindOf(user) {
  if (user.deleted) return "No longer here";
  if (user.is_stranger) return "From another company, through Slack Connect";
  if (user.is_ultra_restricted) return "Guest in one channel";
  return user.is_restricted ? "Guest" : "";
}
