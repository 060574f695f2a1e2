/** Line icons drawn for this page on a 20 x 20 grid; they take the colour of the text around them. */

import { svg } from "./dom.js";

const PATHS = {
  hash: "M7.5 3 5.5 17M14.5 3l-2 14M3.5 7.5h14M2.5 12.5h14",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.2a2 2 0 0 0 4 0V10a7 7 0 1 0-3 5.7",
  send: "M3 10 17 3.5 13 17l-3.5-5.5zM9.5 11.5 17 3.5",
  clip: "M15.5 9.5 10 15a3.5 3.5 0 0 1-5-5l6.5-6.5a2.4 2.4 0 0 1 3.4 3.4L8.5 13.3a1.2 1.2 0 0 1-1.7-1.7l5.4-5.4",
  smile: "M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0zM7 12c1.5 2.3 4.5 2.3 6 0M7.5 7.8v.2M12.5 7.8v.2",
  reply:
    "M3 5.5A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H10l-4 3v-3H4.5A1.5 1.5 0 0 1 3 12.5z",
  more: "M5 10v.01M10 10v.01M15 10v.01",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4l-6 6 6 6",
  down: "M5 8l5 5 5-5",
  right: "M8 5l5 5-5 5",
  arrowDown: "M10 4v12M5 11l5 5 5-5",
  search: "M13 13l4 4M14.5 8.8a5.7 5.7 0 1 1-11.4 0 5.7 5.7 0 0 1 11.4 0z",
  sun: "M13.5 10a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1",
  moon: "M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z",
  clock: "M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0zM10 5.5V10l3 2",
  pause: "M7 5v10M13 5v10",
  play: "M6.5 4.5v11l9-5.5z",
  forward: "M4 5v10l6-5zM10.5 5v10l6-5z",
  sunrise: "M2.5 15.5h15M5 15.5a5 5 0 0 1 10 0M10 4v3M3.5 9.5 5 11M16.5 9.5 15 11",
  power: "M10 3v6M6 5.5a6 6 0 1 0 8 0",
  mail: "M3 5h14v10H3zM3 5.5l7 5.5 7-5.5",
  file: "M5 2.5h6.5L15.5 6.5V17.5H5zM11 2.5v4.5h4.5",
  image: "M3 4h14v12H3zM3 14l4-4 3.5 3.5 2-2L17 15M12.5 7.5v.1",
  download: "M10 3v9M6 8.5l4 4 4-4M3.5 16.5h13",
  pin: "M7 3h6l-1 5 3 3.5H5L8 8zM10 11.5V17.5",
  plus: "M10 4v12M4 10h12",
  edit: "M4 13.5 13 4.5l2.5 2.5-9 9H4z",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  warn: "M10 3 18 16.5H2zM10 8v4M10 14.3v.1",
  info: "M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0zM10 9.5v4M10 6.5v.1",
  link: "M8.5 11.5a3 3 0 0 0 4.2 0l2.8-2.8a3 3 0 0 0-4.2-4.2L10 5.8M11.5 8.5a3 3 0 0 0-4.2 0l-2.8 2.8a3 3 0 0 0 4.2 4.2L10 14.2",
  bolt: "M11 2.5 4.5 11.5H10L9 17.5l6.5-9H10z",
  people:
    "M10 9a2.7 2.7 0 1 1-5.4 0A2.7 2.7 0 0 1 10 9zM2.5 16.5c.5-3 2.3-4 4.8-4s4.3 1 4.8 4M12.5 6.5a2.5 2.5 0 0 1 0 5M14.5 12.8c1.7.4 2.7 1.6 3 3.7",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM12.3 10a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0z",
  home: "M3.5 9 10 3.5 16.5 9v7.5h-4.5v-4.5H8v4.5H3.5z",
  chart: "M3.5 3.5v13h13M7 13V9.5M10.5 13V6M14 13v-2.5",
  video: "M3 5.5h9v9H3zM12 9l5-2.5v7L12 11.5",
  outside: "M9 4H4v12h12v-5M11.5 3.5H16.5V8.5M16 4l-7 7",
  filter: "M3 5h14M6 10h8M8.5 15h3",
};

/** An icon by its name; hidden from screen readers, since a label always stands beside or around it. */
export function icon(name, size = 18) {
  return svg(
    "svg.icon",
    { viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true", focusable: "false" },
    svg("path", {
      d: PATHS[name],
      fill: "none",
      stroke: "currentColor",
      "stroke-width": name === "more" ? 2.6 : 1.6,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }),
  );
}
