/** Where blocks stand (a message, a modal, the Home): what was entered there, and how its elements act. */

import { post } from "./api.js";
import { fieldOf, initialOf, isEmpty, problem, stateOf, statefulElements } from "./values.js";
import { store, trouble } from "./store.js";

const TYPE_AFTER = 250; // milliseconds without a key before what was typed is kept on the server
const surfaces = new Map();

/** The surface of a message (or an ephemeral). */
export function messageSurface(channel, message) {
  return keep(
    `message ${store.me.id} ${channel} ${message.ts}`,
    () => new Surface({ channel, ts: message.ts }),
    message.blocks,
    {},
  );
}

/** The surface of a view, modal or Home. */
export function viewSurface(view) {
  return keep(
    `view ${view.id}`,
    () => new Surface({ view_id: view.id }),
    view.blocks,
    view.values ?? view.state?.values ?? {},
  );
}

function keep(key, make, blocks, saved) {
  if (!surfaces.has(key)) surfaces.set(key, make());
  const surface = surfaces.get(key);
  surface.blocks = blocks ?? [];
  surface.saved = saved;
  return surface;
}

/** Forget the views that are closed, so that opening one again starts afresh. */
export function forgetViews(openIds) {
  for (const [key, surface] of surfaces) {
    const view = surface.place.view_id;
    if (view && view !== store.home?.id && !openIds.has(view)) {
      clearTimeout(surface.timer);
      surfaces.delete(key);
    }
  }
}

class Surface {
  /** `place` is `{channel, ts}` or `{view_id}`, as the control protocol wants it. */
  constructor(place) {
    this.place = place;
    this.entered = {};
    this.saved = {};
    this.blocks = [];
  }

  /** What an element holds: entered here, else kept on the server, else its initial value. */
  value(block, element) {
    const here = this.entered[block.block_id]?.[element.action_id];
    if (here && here.type === element.type) return here[fieldOf(element.type)];
    const kept = this.saved[block.block_id]?.[element.action_id];
    return kept && kept.type === element.type
      ? (kept[fieldOf(element.type)] ?? initialOf({ type: element.type }))
      : initialOf(element);
  }

  /** Take what somebody entered; a view keeps it on the server, too. */
  enter(block, element, value) {
    (this.entered[block.block_id] ??= {})[element.action_id] = stateOf(element, value);
    if (!this.place.view_id) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#keep(), TYPE_AFTER);
  }

  async #keep() {
    try {
      await post("type", { as: store.me.id, ...this.place, values: this.values() });
    } catch {
      // The view may have closed meanwhile; what was typed still stands here and goes with the submission.
    }
  }

  /** The state of every element, {block_id: {action_id: {"type", ...}}}. */
  values() {
    const values = {};
    for (const { block, element } of statefulElements(this.blocks)) {
      const value = this.value(block, element);
      (values[block.block_id] ??= {})[element.action_id] = stateOf(
        element,
        isEmpty(value) && !Array.isArray(value) ? null : value,
      );
    }
    return values;
  }

  /** What must be put right before a submission: {block_id: sentence}. */
  problems() {
    const found = statefulElements(this.blocks)
      .filter(({ block }) => block.type === "input")
      .map(({ block, element }) => [block.block_id, problem(block, element, this.value(block, element))]);
    return Object.fromEntries(found.filter(([, sentence]) => sentence));
  }

  /** Tell the app that an element was used; `carried` is what Slack adds for it (value, selected_option, ...). */
  async act(block, element, carried) {
    const { type, action_id: actionId, text, placeholder } = element;
    const action = {
      type,
      action_id: actionId,
      block_id: block.block_id,
      ...(text && { text }),
      ...(placeholder && { placeholder }),
      ...carried,
    };
    clearTimeout(this.timer);
    try {
      await post("act", { as: store.me.id, ...this.place, action, values: this.values() });
    } catch (error) {
      trouble(error.message);
    }
  }

  /** Ask the app for the options of an external select: `{options}` or `{option_groups}`. */
  async options(block, element, query) {
    try {
      return await post("options", {
        as: store.me.id,
        ...this.place,
        action_id: element.action_id,
        block_id: block.block_id,
        query,
      });
    } catch (error) {
      trouble(error.message);
      return { options: [] };
    }
  }
}
