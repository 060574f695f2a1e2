/** Looking at a file without leaving the page: pictures, and the beginning of texts. */

import { fileUrl } from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const TEXTS = /^text\/|^application\/(?:json|xml|x-ndjson)$|^message\/rfc822$/;
const LONGEST = 100_000; // characters shown of a text

/** Whether a file is a picture the page shows. */
export function isPicture(file) {
  return PICTURES.has(file.mimetype);
}

/** Whether a file can be looked at here. */
export function canPreview(file) {
  return isPicture(file) || TEXTS.test(file.mimetype ?? "");
}

/** Open a file in a dialog. */
export function openPreview(file) {
  const url = fileUrl(file);
  const name = file.title || file.name || "File";
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const content = el("div.preview__content", { tabindex: 0 });
  const dialog = el(
    "dialog.preview",
    {
      "aria-label": name,
      on: {
        close: () => dialog.remove(),
        click: (event) => {
          if (event.target === dialog) close();
        },
      },
    },
    el(
      "header.modal__head",
      {},
      el("h2.modal__title", {}, name),
      el(
        "a.icon-button",
        { href: url, download: file.name ?? "file", "aria-label": `Download ${name}` },
        icon("download"),
      ),
      el(
        "button.icon-button",
        { type: "button", "aria-label": "Close", on: { click: close } },
        icon("close"),
      ),
    ),
    content,
  );
  document.body.append(dialog);
  dialog.showModal();
  content.focus();
  if (isPicture(file)) content.append(el("img", { src: url, alt: file.alt_txt || name }));
  else readText(url, content);
}

async function readText(url, content) {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new TypeError("not there");
    const text = await response.text();
    const rest = text.length > LONGEST ? "\n…" : "";
    content.replaceChildren(el("pre.preview__text", {}, text.slice(0, LONGEST) + rest));
  } catch {
    content.replaceChildren(el("p.feed__state", {}, "This file cannot be read any more."));
  }
}
