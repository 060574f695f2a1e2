/** The control protocol (docs/workspace.md): the page speaks nothing else. */

const token = document.querySelector('meta[name="workspace-token"]')?.content ?? "";

/** A call the workspace refused; `message` is a sentence for people, `status` the HTTP status or 0. */
export class ApiError extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

async function call(method, path, body) {
  const headers = { "X-Workspace-Token": token };
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(`/control/${path}`, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new ApiError("The workspace cannot be reached.", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(answer.error ?? "The workspace could not do that.", response.status);
  return answer;
}

/** Read `path` with query arguments; undefined ones are left out. */
export function get(path, args = {}) {
  const query = new URLSearchParams(
    Object.entries(args).filter(([, value]) => value !== undefined && value !== null),
  );
  return call("GET", `${path}?${query}`);
}

/** Do something. */
export function post(path, body) {
  return call("POST", path, body);
}

/** Take something away; `args` say what. */
export function remove(path, args) {
  return call("DELETE", args ? `${path}?${new URLSearchParams(args)}` : path);
}

/** The address of one person's stream of changes. */
export function streamUrl(person) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/control/stream?${new URLSearchParams({ as: person, token })}`;
}

/** Where the page may fetch a Slack file from: always our own server, whatever host the file object names. */
export function fileUrl(file) {
  const source =
    file.url_private_download ??
    file.url_private ??
    `/files/${file.id}/${encodeURIComponent(file.name ?? "file")}`;
  const url = new URL(source, location.origin);
  if (!url.pathname.startsWith("/files/")) return null;
  return `${url.pathname}?${new URLSearchParams({ token })}`;
}
