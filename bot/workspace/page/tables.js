/** `table` and `data_table` blocks. */

import { el, own } from "./dom.js";
import { icon } from "./icons.js";
import { withEmoji } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const PAGE = 5; // Slack's default page_size

function cell(content, context, interactive) {
  if (!content) return "";
  if (content.type === "rich_text") return richText(content, context);
  if (content.type === "raw_number")
    return content.text ?? new Intl.NumberFormat("en-GB").format(content.value);
  if (content.type === "action")
    return (content.elements ?? [content.element]).filter(Boolean).map(interactive);
  return withEmoji(String(content.text ?? ""));
}

/** Render a table block: the first row is its head, as Slack shows it. */
export function table(block, context) {
  const setting = (index) => block.column_settings?.[index] ?? {};
  const row = (tag, cells) =>
    el(
      "tr",
      {},
      cells.map((content, index) =>
        el(
          tag,
          {
            class: `align-${setting(index)?.align ?? "left"}${setting(index)?.is_wrapped === false ? " table__nowrap" : ""}`,
            scope: tag === "th" ? "col" : null,
          },
          cell(content, context),
        ),
      ),
    );
  const [head, ...body] = block.rows ?? [];
  return el(
    "div.table-scroll",
    { tabindex: 0, role: "region", "aria-label": "Table" },
    el(
      "table.table",
      {},
      head && el("thead", {}, row("th", head)),
      el(
        "tbody",
        {},
        body.map((cells) => row("td", cells)),
      ),
    ),
  );
}

/** Render a data_table block with sorting by column and pages. */
export function dataTable(block, context, interactive) {
  const node = el("div.data-table");
  const [head = [], ...rows] = block.rows ?? [];
  const size = block.page_size ?? PAGE;
  const view = { page: 0, column: null, down: false };
  const redraw = () => node.replaceChildren(...parts());
  const parts = () => {
    const sorted = sort(rows, view);
    const pages = Math.max(1, Math.ceil(sorted.length / size));
    const shown = sorted.slice(view.page * size, (view.page + 1) * size);
    const body = shown.map((cells) =>
      el(
        "tr",
        {},
        cells.map((content, index) =>
          el(
            index === (block.row_header_column_index ?? 0) ? "th" : "td",
            {
              scope: index === (block.row_header_column_index ?? 0) ? "row" : null,
              class: content?.type === "raw_number" ? "align-right" : null,
            },
            cell(content, context, interactive),
          ),
        ),
      ),
    );
    return [
      el(
        "div.table-scroll",
        {},
        el(
          "table.table",
          {},
          el("caption", {}, block.caption),
          el("thead", {}, headRow(head, view, redraw)),
          el("tbody", {}, body),
        ),
      ),
      ...(pages > 1 ? [pager(view, pages, redraw)] : []),
    ];
  };
  redraw();
  return own(JSON.stringify(block), node);
}

function sort(rows, { column, down }) {
  if (column === null) return rows;
  const key = (cells) => cells[column]?.value ?? cells[column]?.text ?? "";
  const compare = (a, b) =>
    typeof key(a) === "number" && typeof key(b) === "number"
      ? key(a) - key(b)
      : String(key(a)).localeCompare(String(key(b)), undefined, { numeric: true });
  return [...rows].sort((a, b) => (down ? -compare(a, b) : compare(a, b)));
}

function headRow(head, view, redraw) {
  return el(
    "tr",
    {},
    head.map((content, index) => {
      const sorted = view.column === index;
      const turn = () => {
        Object.assign(view, { column: index, down: sorted && !view.down, page: 0 });
        redraw();
      };
      return el(
        "th",
        { scope: "col", "aria-sort": sorted ? (view.down ? "descending" : "ascending") : null },
        el(
          "button.table__sort",
          { type: "button", on: { click: turn } },
          content?.text ?? "",
          sorted && icon("down", 12),
        ),
      );
    }),
  );
}

function pager(view, pages, redraw) {
  const turn = (by) => () => {
    view.page += by;
    redraw();
  };
  return el(
    "div.data-table__pager",
    {},
    el("button.ghost", { type: "button", disabled: view.page === 0, on: { click: turn(-1) } }, "Previous"),
    `${view.page + 1} of ${pages}`,
    el("button.ghost", { type: "button", disabled: view.page >= pages - 1, on: { click: turn(1) } }, "Next"),
  );
}
