/** The state of input elements in Slack's own shapes, and what may be wrong with it. */

import { richToPlain } from "./richtext.js";

const FIELD_OF = {
  plain_text_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  number_input: "value",
  rich_text_input: "rich_text_value",
  file_input: "files",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  users_select: "selected_user",
  conversations_select: "selected_conversation",
  channels_select: "selected_channel",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  checkboxes: "selected_options",
  multi_users_select: "selected_users",
  multi_conversations_select: "selected_conversations",
  multi_channels_select: "selected_channels",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
};

const INITIAL_OF = {
  value: "initial_value",
  rich_text_value: "initial_value",
  selected_option: "initial_option",
  selected_options: "initial_options",
  selected_user: "initial_user",
  selected_users: "initial_users",
  selected_conversation: "initial_conversation",
  selected_conversations: "initial_conversations",
  selected_channel: "initial_channel",
  selected_channels: "initial_channels",
  selected_date: "initial_date",
  selected_time: "initial_time",
  selected_date_time: "initial_date_time",
};

/** The field that carries the value of an element type, or undefined for elements without state. */
export function fieldOf(type) {
  return FIELD_OF[type];
}

/** What an element holds before anybody touched it. */
export function initialOf(element) {
  const field = FIELD_OF[element.type];
  const initial = element[INITIAL_OF[field]];
  if (initial !== undefined) return initial;
  return field.endsWith("s") ? [] : null;
}

/** Slack's state object of an element: `{type, [field]: value}`. */
export function stateOf(element, value) {
  return { type: element.type, [FIELD_OF[element.type]]: value };
}

/** Every element with state in `blocks`, as `{block, element}`. */
export function statefulElements(blocks) {
  return (blocks ?? []).flatMap((block) => {
    const elements =
      block.type === "input"
        ? [block.element]
        : block.type === "section"
          ? [block.accessory]
          : block.type === "actions"
            ? block.elements
            : [];
    return elements
      .filter((element) => element && FIELD_OF[element.type])
      .map((element) => ({ block, element }));
  });
}

/** Whether a value counts as nothing. */
export function isEmpty(value) {
  if (value?.type === "rich_text") return !richToPlain(value);
  return (
    value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

/** What is wrong with the value of one input, as a sentence; null when nothing is. */
export function problem(block, element, value) {
  if (isEmpty(value)) return block.optional ? null : "Please complete this required field.";
  if (typeof value === "string") return textProblem(element, value);
  return null;
}

function textProblem(element, value) {
  const { min_length: min, max_length: max, type } = element;
  if (min && value.length < min) return `Please write at least ${min} characters.`;
  if (max && value.length > max) return `Please keep to ${max} characters.`;
  if (type === "email_text_input" && !/^[^\s@]+@[^\s@]+$/.test(value))
    return "Please enter a valid email address.";
  if (type === "url_text_input" && !URL.canParse(value))
    return "Please enter a valid link, beginning with https://.";
  return type === "number_input" ? numberProblem(element, value) : null;
}

function numberProblem(element, value) {
  const { min_value: min, max_value: max, is_decimal_allowed: decimal } = element;
  if (!(decimal ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/).test(value))
    return decimal ? "Please enter a number." : "Please enter a whole number.";
  if (min !== undefined && Number(value) < Number(min)) return `Please enter ${min} or more.`;
  return max !== undefined && Number(value) > Number(max) ? `Please enter ${max} or less.` : null;
}
