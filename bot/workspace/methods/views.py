"""views.*: modals and Homes."""

from typing import Any

from bot.workspace.methods.table import Call, invalid, method

Json = dict[str, Any]


def _view(call: Call) -> Json:
    view = call.parsed("view")
    if not isinstance(view, dict):
        raise invalid("missing required field: view")
    return view


def _trigger(call: Call) -> str:
    return call.maybe("interactivity_pointer") or call.text("trigger_id")


@method("views.open", tier=4)
def _open(call: Call) -> Json:
    return {"view": call.tools.views.open(_trigger(call), _view(call))}


@method("views.push", tier=4)
def _push(call: Call) -> Json:
    return {"view": call.tools.views.open(_trigger(call), _view(call), push=True)}


@method("views.update", tier=4)
def _update(call: Call) -> Json:
    view_id, external_id = call.maybe("view_id"), call.maybe("external_id")
    if not (view_id or external_id):
        raise invalid("missing required field: view_id or external_id")
    return {"view": call.tools.views.update(view_id, external_id, _view(call), call.maybe("hash"))}


@method("views.publish", tier=4)
def _publish(call: Call) -> Json:
    return {"view": call.tools.views.publish(call.text("user_id"), _view(call), call.maybe("hash"))}
