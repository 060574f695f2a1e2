/** Date and time elements, as the browser's own inputs: they know every keyboard and every phone. */

import { fromLocal, toLocal } from "./dates.js";
import { el } from "./dom.js";
import { viewer } from "./people.js";

function nativeInput(type, spec, at, value, read, field, act) {
  const change = ({ target }) => {
    const entered = target.value ? read(target.value) : null;
    at.surface.enter(at.block, spec, entered);
    if (at.dispatch) act(spec, at, { [field]: entered });
  };
  return el("input.field.field--date", {
    type,
    value: value ?? "",
    "aria-label": at.label ?? spec.placeholder?.text ?? "Date",
    "aria-describedby": at.describedBy,
    "aria-invalid": at.error ? "true" : null,
    "data-action": spec.action_id,
    on: { change },
  });
}

/** `datepicker`: "YYYY-MM-DD". */
export function dateInput(spec, at, act) {
  return nativeInput(
    "date",
    spec,
    at,
    at.surface.value(at.block, spec),
    (text) => text,
    "selected_date",
    act,
  );
}

/** `timepicker`: "HH:MM". */
export function timeInput(spec, at, act) {
  return nativeInput(
    "time",
    spec,
    at,
    at.surface.value(at.block, spec),
    (text) => text,
    "selected_time",
    act,
  );
}

/** `datetimepicker`: seconds since 1970, shown in the person's zone. */
export function dateTimeInput(spec, at, act) {
  const { zone } = viewer();
  const value = at.surface.value(at.block, spec);
  const shown = value ? toLocal(value, zone).join("T") : "";
  return nativeInput(
    "datetime-local",
    spec,
    at,
    shown,
    (text) => fromLocal(...text.split("T"), zone),
    "selected_date_time",
    act,
  );
}
