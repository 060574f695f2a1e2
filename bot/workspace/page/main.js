/** The page itself: starts everything, follows the hash, and draws each part when what it shows has changed. */

import { ApiError, get } from "./api.js";
import { setClock, startTicking } from "./clock.js";
import { el, patch } from "./dom.js";
import { applyEvent } from "./events.js";
import { openJump } from "./jump.js";
import { mountModal, renderModal } from "./modal.js";
import { closeSide, followPermalinks, go } from "./navigate.js";
import { drawPanes, dropPanes, panes, placePanes } from "./panes.js";
import { closePopup } from "./popup.js";
import { watchOthers } from "./others.js";
import { followPeople } from "./profile.js";
import { parseRoute, pathHash } from "./route.js";
import { sidebar } from "./sidebar.js";
import { applyState, changed, loadChat, loadFeed, loadMails, on, store, trouble } from "./store.js";
import { Stream } from "./stream.js";
import { applyTheme, followSystem } from "./theme.js";
import { clockPage, readComing } from "./clockpanel.js";
import { faultsPage, readFaults } from "./faults.js";
import { inspectorPage, readTraces } from "./inspector.js";
import { readSnapshots, snapshotsPage } from "./snapshots.js";
import { drawWorkbench, registerPage } from "./workbench.js";
import { mountToasts, showArrival, showChatArrival, showElsewhere, showMailArrival, showTrouble } from "./toasts.js";

const LAST_PERSON = "last person";
const app = document.getElementById("app");
const side = el("aside.sidebar", { "aria-label": "Workspace" });
const stage = el("main.stage");
const extra = el("aside.extra", { hidden: true, "aria-label": "Thread or search" });
const bench = el("section.workbench", { hidden: true, "aria-label": "Workbench" });
const bar = el("div.connection", { role: "status", hidden: true }, "Reconnecting…");
let stream = null;

/** Be the person of the route: their state, their stream. */
async function become(person) {
  stream?.close();
  Object.assign(store, {
    feeds: new Map(),
    chats: new Map(),
    stack: [],
    viewErrors: {},
    home: undefined,
    editing: null,
    searching: null,
  });
  dropPanes();
  const id = person ?? (await get("state")).me.id;
  // First listen, then read: what happens in between is heard, and taken in afterwards.
  let early = [];
  stream = new Stream(id, (event) => (early ? early.push(event) : applyEvent(event)), connection);
  await stream.tried;
  await refresh(id);
  localStorage.setItem(LAST_PERSON, store.me.id);
  for (const event of early) applyEvent(event);
  early = null;
  watchOthers();
}

function connection(state) {
  // What happened while the stream was away is read anew.
  if (state === "open" && store.connection === "lost" && store.me) reread();
  store.connection = state;
  changed("connection");
}

/** Read the sidebar, the clock and the modals of a person. */
async function refresh(person) {
  const state = await get("state", { as: person });
  applyState(state);
  setClock(state.clock);
  const { stack } = await get("views", { as: store.me.id });
  store.stack = stack;
  changed("views");
}

async function reread() {
  try {
    await refresh(store.me.id);
    for (const key of [...store.feeds.keys()]) {
      const [channel, thread] = key.split(":");
      if (key === panes.main?.channel || panes.extra?.ts === thread) loadFeed(channel, thread);
      else store.feeds.delete(key);
    }
    for (const address of store.mails.keys()) loadMails(address);
    for (const contact of store.chats.keys()) loadChat(contact);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error; // the stream will be lost again, and tried again
  }
}

/** Another world stands in the place of the one shown: forget all of it. */
async function startAfresh() {
  const { id } = store.me;
  store.me = null;
  await start(id).catch((error) => showFailure(error.message));
  follow();
}

async function follow() {
  const route = parseRoute();
  const known = store.me?.id ?? localStorage.getItem(LAST_PERSON) ?? undefined;
  const switching = store.me && route.me && route.me !== store.me.id;
  closePopup();
  try {
    if (!store.me || switching) await start(route.me ?? known);
    // What was just made may be known to the workspace, and not yet here.
    else if (!exists(route)) await refresh(store.me.id);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return showFailure(error.message);
  }
  // Somebody else need not see what one just looked at; a link that leads nowhere is worth a word.
  if (route.kind && !exists(route) && !switching)
    trouble("This conversation does not exist, or is not yours to see.");
  if (!route.kind || !exists(route)) return go({ ...defaultPlace(), me: store.me.id }, "list");
  store.route = { ...route, ...appPlace(route), me: store.me.id };
  return changed("route");
}

async function start(person) {
  try {
    await become(person);
  } catch (error) {
    // A remembered or linked person may be gone from this workspace.
    if (!person || !(error instanceof ApiError) || error.status === 0) throw error;
    await become(undefined);
  }
}

function exists(route) {
  return route.kind !== "channel" || store.channels.has(route.channel);
}

// The conversation with the app is a tab of the app's own pane, however one came to it.
function appPlace(route) {
  const direct = [...store.channels.values()].find(
    (channel) => channel.is_im && channel.user === store.bot?.user_id,
  )?.id;
  if (direct && route.kind === "channel" && route.channel === direct) return { kind: "app", tab: "messages" };
  return route.kind === "app" ? { channel: direct } : {};
}

function defaultPlace() {
  const mine = [...store.channels.values()].filter(
    (channel) => !channel.is_im && channel.member !== false && !channel.is_archived,
  );
  const first =
    mine.find(({ unread }) => unread) ?? mine.find(({ is_general: general }) => general) ?? mine[0];
  return first ? { kind: "channel", channel: first.id } : { kind: "app", tab: "home" };
}

function showFailure(sentence) {
  const again = () => location.reload();
  patch(
    app,
    el(
      "div.failure",
      { role: "alert" },
      el("h1", {}, "The workspace does not answer"),
      el("p", {}, sentence),
      el("button.button.button--primary", { type: "button", on: { click: again } }, "Try again"),
    ),
  );
}

function drawAll() {
  if (!store.me || !store.route.kind) return;
  placePanes(stage, extra);
  document.title = title();
  app.dataset.pane = panes.extra ? "extra" : (store.pane ?? "main");
  app.dataset.side = store.route.kind === "mail" ? "outside" : "inside";
  store.openChannel = panes.main?.channel ?? null;
  patch(app, bar, side, stage, extra, bench);
  drawSide();
  drawPanes();
}

function drawSide() {
  if (store.me) patch(side, sidebar());
}

function title() {
  const mentions = [...store.channels.values()].reduce(
    (sum, channel) => sum + (channel.is_im ? (channel.unread ?? 0) : (channel.mentions ?? 0)),
    0,
  );
  return `${mentions ? `(${mentions}) ` : ""}${store.team?.name ?? "Workspace"}`;
}

/** Once a route names a message, show it. */
function showTarget() {
  const { at, channel, thread } = store.route;
  const key = at ? `${channel} ${thread} ${at}` : null;
  if (key === store.shownTarget) return;
  store.shownTarget = key;
  const { feed } = (thread ? panes.extra : panes.main) ?? {};
  if (at && feed)
    loadFeed(channel, thread)
      .then(() => feed.showMessage(at))
      .then((found) => found || thread || lookInThreads(channel, at));
}

// A link to a reply need not say which thread it stands in; the message itself does.
async function lookInThreads(channel, at) {
  const { messages } = await get("messages", { as: store.me.id, channel, thread_ts: at, limit: 1 });
  const thread = messages[0]?.thread_ts;
  if (thread && store.route.at === at) go({ kind: "channel", channel, thread, at });
}

function keys(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openJump();
  } else if (event.key === "Escape" && panes.extra && !document.querySelector("dialog[open]")) closeSide();
}

on(["route"], () => {
  drawAll();
  showTarget();
});
on(["state", "channels", "users", "bot", "mail", "clock", "minute", "workbench", "drafts"], drawSide);
on(["workbench", "traces", "clock", "minute"], () => drawWorkbench(bench));
on(["restored"], startAfresh);
on(["feed", "channels", "users", "state", "home", "mail", "minute", "search", "bot", "clock"], drawPanes);
on(["channels"], () => {
  document.title = title();
});
on(["search"], drawAll);
on(["views", "users", "route"], renderModal);
on(["connection"], () => {
  bar.hidden = store.connection === "open";
});
on(["trouble"], showTrouble);
on(["arrival"], showArrival);
on(["mail-arrival"], showMailArrival);
on(["chat-arrival"], showChatArrival);
on(["elsewhere"], () => {
  showElsewhere();
  drawSide();
});

registerPage("clock", clockPage, readComing);
registerPage("inspector", inspectorPage, readTraces);
registerPage("faults", faultsPage, readFaults);
registerPage("snapshots", snapshotsPage, readSnapshots);

if (pathHash()) history.replaceState(null, "", `/${pathHash()}`);
applyTheme();
followSystem();
followPermalinks();
followPeople();
mountModal();
mountToasts();
startTicking();
window.addEventListener("hashchange", follow);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) panes.main?.feed?.markRead();
});
document.addEventListener("keydown", keys);
follow();
