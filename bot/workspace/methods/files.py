"""files.*: uploads in two steps, lists, deletion."""

import mimetypes
import secrets
from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.methods.table import Call, invalid, method

Json = dict[str, Any]

_LARGEST = 1024**3


@method("files.getUploadURLExternal", "files:write", tier=4)
def _upload_url(call: Call) -> Json:
    name, length = call.text("filename"), call.number("length")
    if length <= 0:
        raise invalid("length must be greater than 0")
    if length > _LARGEST:
        raise ApiError("file_upload_size_restricted")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = call.tools.filing.add(name, b"", kind, call.bot)
    file |= {"size": length, "alt_txt": call.maybe("alt_txt") or ""}
    ticket = secrets.token_urlsafe(16)
    call.tickets.uploads[ticket] = file["id"]
    return {"upload_url": f"{call.room.url}/upload/{ticket}", "file_id": file["id"]}


@method("files.completeUploadExternal", "files:write", tier=4)
def _complete(call: Call) -> Json:
    files = []
    for one in call.parsed("files") or []:
        file = call.tools.filing.find(str(one.get("id")))
        if len(call.world.contents.get(file["id"], b"")) != file["size"]:
            raise ApiError("file_not_found")
        file["title"] = one.get("title") or file["name"]
        files.append(file)
    if not files:
        raise invalid("missing required field: files")
    where = call.maybe("channel_id") or call.maybe("channels")
    channels = []
    for channel_id in (where or "").split(",") if where else []:
        call.args["channel"] = channel_id
        channels.append(call.open_channel())
    for file in files:
        call.tools.filing.created(file)
    message: Json = {"text": str(call.args.get("initial_comment") or "")}
    for channel in channels:
        call.tools.filing.share(
            files, channel["id"], call.room.bot_author() | message, call.maybe("thread_ts")
        )
    return {"files": files}


@method("files.info", "files:read", tier=4)
def _file(call: Call) -> Json:
    return {"file": call.tools.filing.find(call.text("file")), "comments": []}


@method("files.list", "files:read")
def _files(call: Call) -> Json:
    channel, user, types = call.maybe("channel"), call.maybe("user"), call.maybe("types")
    since, until = float(call.maybe("ts_from") or 0), float(call.maybe("ts_to") or "inf")
    kept = [
        one for one in reversed(list(call.world.files.values()))
        if one["mode"] != "tombstone" and since <= one["created"] <= until
        and channel in (None, *one["channels"], *one["groups"], *one["ims"])
        and user in (None, one["user"]) and _is_of(one, types)
        and _may_see(call, one)
    ]  # fmt: skip
    count, page = int(call.maybe("count") or 100), int(call.maybe("page") or 1)
    pages = max(1, -(-len(kept) // count))
    return {
        "files": kept[(page - 1) * count : page * count],
        "paging": {"count": count, "total": len(kept), "page": page, "pages": pages},
    }


def _may_see(call: Call, file: Json) -> bool:
    places = (*file["channels"], *file["groups"], *file["ims"])
    return file["user"] == call.bot or any(call.world.is_member(one, call.bot) for one in places)


def _is_of(file: Json, types: str | None) -> bool:
    if types in (None, "all"):
        return True
    kinds = {"images": "image/", "pdfs": "application/pdf", "zips": "application/zip", "snippets": "text/"}
    return any(file["mimetype"].startswith(kinds.get(one, "-")) for one in str(types).split(","))


@method("files.delete", "files:write")
def _delete(call: Call) -> Json:
    file = call.tools.filing.find(call.text("file"))
    if file["user"] != call.bot:
        raise ApiError("cant_delete_file")
    call.tools.filing.delete(file)
    return {}
