/** Files: cards and pictures in messages, and reading what a person attaches. */

import { fileUrl } from "./api.js";
import { el, patch } from "./dom.js";
import { icon } from "./icons.js";
import { link, plain } from "./mrkdwn.js";
import { canPreview, isPicture, openPreview } from "./preview.js";

const KILO = 1024;

/** "12 KB". */
export function sizeWords(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < KILO) return `${bytes} B`;
  const units = ["KB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(KILO)), units.length);
  const value = bytes / KILO ** power;
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} ${units[power - 1]}`;
}

function kindOf(name = "", type = "") {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const family = type.startsWith("image/")
    ? "picture"
    : ["xls", "xlsx", "csv", "ods"].includes(ending)
      ? "sheet"
      : ending === "pdf"
        ? "pdf"
        : ["zip", "gz", "7z", "rar"].includes(ending)
          ? "archive"
          : "text";
  return { ending: ending.toUpperCase() || "FILE", family };
}

/** The coloured tile that says what kind of file it is. */
export function fileTile(name, type) {
  const { ending, family } = kindOf(name, type);
  return el("span.file-tile", { class: `file-tile--${family}`, "aria-hidden": "true" }, ending.slice(0, 4));
}

/** One file of a message: a picture when it is one, else a card; both can be downloaded. */
export function fileCard(file) {
  if (file.mode === "tombstone") return el("div.file.file--gone", {}, "This file was deleted.");
  const url = fileUrl(file);
  const name = file.title || file.name || "File";
  const download =
    url &&
    el(
      "a.icon-button",
      { href: url, download: file.name ?? "file", "aria-label": `Download ${name}` },
      icon("download"),
    );
  if (url && isPicture(file)) {
    return el(
      "figure.picture",
      {},
      el("figcaption.picture__name", {}, name, " ", el("small", {}, sizeWords(file.size))),
      el(
        "button.picture__frame",
        { type: "button", "aria-label": `Look at ${name}`, on: { click: () => openPreview(file) } },
        el("img", { src: url, alt: file.alt_txt || name, loading: "lazy" }),
      ),
      download,
    );
  }
  return el(
    "div.file",
    {},
    fileTile(file.name, file.mimetype),
    el(
      "span.file__words",
      {},
      url && canPreview(file)
        ? el(
            "button.file__name",
            { type: "button", "aria-label": `Look at ${name}`, on: { click: () => openPreview(file) } },
            name,
          )
        : el("span.file__name", {}, name),
      el("small", {}, [file.pretty_type, sizeWords(file.size)].filter(Boolean).join(" · ")),
    ),
    download,
  );
}

/** The picture of an image block or element; one that stands elsewhere is named, never fetched. */
export function imageNode(spec, className) {
  const url = localPicture(spec);
  if (url) return el("img.image", { class: className, src: url, alt: spec.alt_text ?? "", loading: "lazy" });
  const address = spec.image_url ?? "";
  const host = URL.canParse(address) ? new URL(address).host : "";
  if (className === "image--small")
    return el(
      "span.image.image--small.image--away",
      { title: spec.alt_text, "aria-label": spec.alt_text, role: "img" },
      icon("image", 14),
    );
  return el(
    "div.image.image--away",
    { class: className },
    icon("image"),
    el("span", {}, spec.alt_text || "Picture"),
    host && link(address, `on ${host}`),
  );
}

function localPicture({ image_url: address, slack_file: file }) {
  if (file) return fileUrl({ id: file.id, url_private: file.url });
  if (/^data:image\//.test(address ?? "")) return address;
  if (!URL.canParse(address ?? "")) return null;
  const url = new URL(address);
  return url.origin === location.origin ? (fileUrl({ url_private: address }) ?? address) : null;
}

/** Read a browser File as `{name, type, size, base64}`. */
export async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  const step = 0x8000; // more arguments at once overflow the stack
  for (let at = 0; at < bytes.length; at += step)
    binary += String.fromCharCode(...bytes.subarray(at, at + step));
  return {
    name: file.name,
    type: file.type || "application/octet-stream",
    size: file.size,
    base64: btoa(binary),
  };
}

/** Chosen files as removable chips. */
export function fileChips(files, remove) {
  return files.map((file, index) =>
    el(
      "span.file-chip",
      { key: `file ${index} ${file.name}` },
      fileTile(file.name, file.type ?? file.mimetype),
      el("span.file-chip__words", {}, file.name, el("small", {}, sizeWords(file.size))),
      el(
        "button.chip__remove",
        { type: "button", "aria-label": `Remove ${file.name}`, on: { click: () => remove(index) } },
        icon("close", 12),
      ),
    ),
  );
}

/** A button that lets one choose files, told to `chosen` once they are read. */
export function filePicker(props, children, chosen) {
  const input = el("input", {
    type: "file",
    multiple: props.multiple !== false,
    accept: props.accept,
    class: "visually-hidden",
    tabindex: -1,
    "aria-hidden": "true",
    on: {
      change: async () => {
        const read = await Promise.all([...input.files].map(readFile));
        input.value = "";
        chosen(read);
      },
    },
  });
  return [
    el(
      "button",
      {
        type: "button",
        class: props.class,
        "aria-label": props.label,
        title: props.label,
        on: { click: () => input.click() },
      },
      children,
    ),
    input,
  ];
}

/** The file_input element of a form. */
export function fileInput(spec, label, files, change) {
  const root = el("div.file-input", { "data-action": spec.action_id });
  const limit = spec.max_files ?? 10;
  const accept = (spec.filetypes ?? []).map((ending) => `.${ending}`).join(",");
  let kept = files;
  const take = (next) => {
    kept = next.slice(0, limit);
    change(kept);
    draw();
  };
  const draw = () =>
    patch(
      root,
      fileChips(kept, (index) => take(kept.filter((_, at) => at !== index))),
      kept.length < limit &&
        filePicker(
          {
            class: "button",
            label: `Add files: ${plain(label)}`,
            accept: accept || null,
            multiple: limit > 1,
          },
          [icon("clip", 16), limit > 1 ? "Add files" : "Add a file"],
          (read) => take([...kept, ...read]),
        ),
    );
  draw();
  return root;
}
