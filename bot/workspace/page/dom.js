/** Build and patch DOM. Nothing here parses HTML, so text from outside can never become markup. */

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set([
  "value",
  "checked",
  "disabled",
  "hidden",
  "selected",
  "readOnly",
  "open",
  "multiple",
  "files",
]);

/**
 * Make an element: `el("button.primary", {type: "button", on: {click: f}, key: 1}, "Send")`.
 *
 * Special props: `on` handlers, `key` identity among siblings, `vars` CSS custom properties (set through the
 * CSSOM, which a strict CSP allows where a style attribute is refused). null, undefined and false are left out.
 */
export function el(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  return fill(document.createElement(tag || "div"), classes, props, children);
}

/** Make an SVG element, as `el` does. */
export function svg(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  return fill(document.createElementNS(SVG, tag), classes, props, children);
}

function fill(node, classes, props, children) {
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [name, value] of Object.entries(props ?? {})) assign(node, name, value);
  node.append(...flat(children));
  // A select's value can only be chosen once its options stand.
  if (node.$value !== undefined && node.tagName === "SELECT") node.value = node.$value;
  return node;
}

function assign(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") listen(node, value);
  else if (name === "key") node.$key = String(value);
  else if (name === "vars") setVars(node, value);
  else if (name === "class")
    node.setAttribute("class", [node.getAttribute("class"), value].filter(Boolean).join(" "));
  else if (name === "value" && "value" in node) node.value = node.$value = String(value);
  else if (name === "checked") node.checked = node.$checked = value;
  else if (PROPERTIES.has(name) && name in node) node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

function setVars(node, vars = {}) {
  for (const name of Object.keys(node.$vars ?? {})) if (!(name in vars)) node.style.removeProperty(name);
  node.$vars = vars;
  for (const [name, value] of Object.entries(vars)) node.style.setProperty(name, value);
}

function listen(node, handlers) {
  node.$on ??= {};
  for (const [type, handler] of Object.entries(handlers)) {
    if (!handler) continue;
    // The listener looks the handler up, so that patching can put a newer closure in its place.
    if (!(type in node.$on)) node.addEventListener(type, (event) => node.$on[type]?.(event));
    node.$on[type] = handler;
  }
}

/** Flatten nested children and drop the empty ones. */
function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

/** A child that is only built when one of `deps` changed since the last patch. */
export function lazy(key, deps, build) {
  return { $key: String(key), deps, build };
}

/** Mark `node` as managing itself: patching leaves it alone as long as `signature` stays the same. */
export function own(signature, node) {
  node.$own = signature;
  return node;
}

/**
 * Make the children of `parent` equal to `items` (nodes, strings, `lazy`) with as few changes as possible:
 * focus, caret, scroll positions and running animations survive.
 */
export function patch(parent, ...items) {
  const wanted = flat(items);
  const keys = new Set(wanted.map((item) => item.$key).filter((key) => key !== undefined));
  const keyed = new Map();
  for (const child of [...parent.childNodes]) {
    if (child.$key === undefined) continue;
    if (keys.has(child.$key)) keyed.set(child.$key, child);
    else child.remove();
  }
  let cursor = parent.firstChild;
  for (const item of wanted) {
    const old = item.$key === undefined ? unkeyed(cursor) : keyed.get(item.$key);
    const node = settle(old, item);
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
  while (cursor) {
    const next = cursor.nextSibling;
    cursor.remove();
    cursor = next;
  }
  return parent;
}

function unkeyed(node) {
  return node && node.$key === undefined ? node : undefined;
}

function settle(old, item) {
  if (typeof item === "string" || typeof item === "number") return morph(old, document.createTextNode(item));
  if (!item.build) return morph(old, item);
  if (old?.$deps && sameDeps(old.$deps, item.deps)) return old;
  const fresh = item.build();
  fresh.$key = item.$key;
  const node = morph(old, fresh);
  node.$deps = item.deps;
  return node;
}

function sameDeps(a, b) {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

function morph(old, fresh) {
  if (!old || old === fresh || old.nodeName !== fresh.nodeName || old.$own !== fresh.$own) return fresh;
  if (fresh.$own !== undefined) return old;
  if (fresh.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return old;
  }
  syncAttributes(old, fresh);
  syncHandlers(old, fresh);
  if (fresh.$vars || old.$vars) setVars(old, fresh.$vars);
  patch(old, ...fresh.childNodes);
  syncValue(old, fresh);
  return old;
}

function syncAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (name !== "style" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

function syncHandlers(old, fresh) {
  for (const type of Object.keys(old.$on ?? {})) if (!fresh.$on?.[type]) old.$on[type] = undefined;
  if (fresh.$on) listen(old, fresh.$on);
}

function syncValue(old, fresh) {
  if (fresh.$value !== undefined) {
    // What someone is typing is theirs: only a field at rest takes a new value.
    if (fresh.$value !== old.$value && document.activeElement !== old) old.value = fresh.$value;
    old.$value = fresh.$value;
  }
  if (fresh.$checked !== undefined) {
    if (fresh.$checked !== old.$checked) old.checked = fresh.$checked;
    old.$checked = fresh.$checked;
  }
}
