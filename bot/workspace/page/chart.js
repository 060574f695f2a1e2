/** `data_visualization` blocks as plain SVG: bar, line, area and pie. */

import { el, svg } from "./dom.js";

const WIDTH = 480;
const HEIGHT = 220;
const LEFT = 44; // room for the numbers of the axis
const BOTTOM = 26;
const TOP = 10;
const RIGHT = 8;
const COLOURS = 6; // Slack allows 6 series; each has a class .tone-N

/** Render one data_visualization block. */
export function chart(block) {
  const { chart: data = {}, title } = block;
  const draw = { pie, bar: axes(bars), line: axes(linesOf), area: axes(areas) }[data.type];
  const figure = draw ? draw(data) : [el("p.placeholder", {}, "This kind of chart cannot be shown here.")];
  return el(
    "figure.chart",
    { role: "group", "aria-label": `Chart: ${title ?? ""}` },
    el("figcaption.chart__title", {}, title),
    figure,
  );
}

function axes(draw) {
  return (data) => {
    const categories =
      data.axis_config?.categories ?? data.series?.[0]?.data?.map((point) => point.label) ?? [];
    const series = (data.series ?? []).map((one) => ({
      name: one.name,
      values: categories.map((label) => Number(one.data?.find((point) => point.label === label)?.value ?? 0)),
    }));
    const scale = scaleOf(series.flatMap((one) => one.values));
    const frame = {
      categories,
      series,
      y: scale.y,
      zero: scale.y(0),
      step: (WIDTH - LEFT - RIGHT) / Math.max(categories.length, 1),
    };
    const picture = svg(
      "svg.chart__picture",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": spoken(series, categories) },
      grid(scale),
      labels(frame),
      draw(frame),
    );
    const { x_label: x, y_label: y } = data.axis_config ?? {};
    return [
      y && el("p.chart__axis", {}, y),
      picture,
      x && el("p.chart__axis.chart__axis--x", {}, x),
      series.length > 1 && legend(series.map((one) => one.name)),
    ];
  };
}

/** A round scale that holds 0 and every value. */
function scaleOf(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values, low + 1e-9);
  const raw = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw);
  const from = Math.floor(low / step) * step;
  const to = Math.ceil(high / step) * step;
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - from) / (to - from));
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
  return { y, ticks };
}

function number(value) {
  return new Intl.NumberFormat("en-GB", {
    notation: Math.abs(value) >= 10000 ? "compact" : "standard",
    maximumFractionDigits: 2,
  }).format(value);
}

function grid({ ticks, y }) {
  return ticks.map((tick) => [
    svg("line.chart__grid", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick) }),
    svg("text.chart__number", { x: LEFT - 6, y: y(tick) + 3.5, "text-anchor": "end" }, number(tick)),
  ]);
}

function labels({ categories, step }) {
  const every = Math.ceil(categories.length / 8); // more than eight labels would run into each other
  const room = Math.max(4, Math.floor((step * every) / 6.5));
  return categories.map(
    (name, index) =>
      index % every === 0 &&
      svg(
        "text.chart__number",
        { x: LEFT + step * (index + 0.5), y: HEIGHT - 8, "text-anchor": "middle" },
        name.length > room ? `${name.slice(0, room - 1)}…` : name,
      ),
  );
}

function bars({ series, categories, y, zero, step }) {
  const width = Math.min((step * 0.7) / series.length, 36);
  return series.map((one, tone) =>
    one.values.map((value, index) => {
      const x = LEFT + step * (index + 0.5) + width * (tone - series.length / 2);
      return svg(
        "rect",
        {
          class: `tone-${tone % COLOURS}`,
          x,
          y: Math.min(y(value), zero),
          width: width - 1,
          height: Math.max(Math.abs(y(value) - zero), 1),
          rx: 2,
        },
        svg("title", {}, `${one.name}, ${categories[index]}: ${number(value)}`),
      );
    }),
  );
}

function points(one, { y, step }) {
  return one.values.map((value, index) => [LEFT + step * (index + 0.5), y(value)]);
}

function linesOf(frame) {
  return frame.series.map((one, tone) =>
    svg(
      "g",
      { class: `tone-${tone % COLOURS}` },
      svg("polyline.chart__line", {
        points: points(one, frame)
          .map((pair) => pair.join(","))
          .join(" "),
      }),
      points(one, frame).map(([x, y], index) =>
        svg(
          "circle",
          { cx: x, cy: y, r: 3 },
          svg("title", {}, `${one.name}, ${frame.categories[index]}: ${number(one.values[index])}`),
        ),
      ),
    ),
  );
}

function areas(frame) {
  const filled = frame.series.map((one, tone) => {
    const outline = points(one, frame);
    if (!outline.length) return null;
    const shape = [[outline[0][0], frame.zero], ...outline, [outline.at(-1)[0], frame.zero]];
    return svg("polygon.chart__area", {
      class: `tone-${tone % COLOURS}`,
      points: shape.map((pair) => pair.join(",")).join(" "),
    });
  });
  return [filled, linesOf(frame)];
}

function pie({ segments = [] }) {
  const total = segments.reduce((sum, { value }) => sum + Number(value), 0) || 1;
  let turned = 0;
  const slices = segments.map(({ label, value }, tone) => {
    const share = Number(value) / total;
    const from = turned;
    turned += share;
    return svg(
      "path",
      { class: `tone-${tone % COLOURS}`, d: slice(from, Math.min(turned, from + 0.9999)) },
      svg("title", {}, `${label}: ${number(value)}`),
    );
  });
  const names = segments.map(
    ({ label, value }) => `${label}: ${number(value)} (${Math.round((100 * value) / total)} %)`,
  );
  const picture = svg(
    "svg.chart__pie",
    { viewBox: "-1.05 -1.05 2.1 2.1", role: "img", "aria-label": names.join("; ") },
    slices,
  );
  return [el("div.chart__round", {}, picture, legend(names))];
}

function slice(from, to) {
  const spot = (turn) => `${Math.sin(turn * 2 * Math.PI)} ${-Math.cos(turn * 2 * Math.PI)}`;
  return `M0 0L${spot(from)}A1 1 0 ${to - from > 0.5 ? 1 : 0} 1 ${spot(to)}Z`;
}

function legend(names) {
  return el(
    "ul.chart__legend",
    {},
    names.map((name, tone) => el("li", {}, el("span.chart__key", { class: `tone-${tone % COLOURS}` }), name)),
  );
}

function spoken(series, categories) {
  return series
    .map(
      (one) =>
        `${one.name}: ${one.values.map((value, index) => `${categories[index]} ${number(value)}`).join(", ")}`,
    )
    .join("; ");
}
